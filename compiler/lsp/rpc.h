#pragma once

// JSON-RPC 2.0 as LSP 3.17 uses it: errors by number, and the readers of parameters that every handler shares.

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "compiler/lsp/position.h"

namespace stele::lsp {

using Json = nlohmann::json;

enum ErrorCode : int {
  kParseError = -32700,
  kInvalidRequest = -32600,
  kMethodNotFound = -32601,
  kInvalidParams = -32602,
  kInternalError = -32603,
  kServerNotInitialized = -32002,
  kRequestFailed = -32803
};

/// Ends a request with an error; thrown and caught within this folder.
class RpcError : public std::runtime_error {
public:
  RpcError(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

private:
  ErrorCode code_;
};

/// The member `name` of an object. Throws kInvalidParams when it is not there, or of another type than wanted.
const Json& member(const Json& object, const char* name);
std::string text_member(const Json& object, const char* name);
int64_t integer_member(const Json& object, const char* name);

/// {"line", "character"}; numbers up to 2^31 - 1.
Position position_of(const Json& json);
Range range_of(const Json& json);

Json json_of(Position position);
Json json_of(const Range& range);

}  // namespace stele::lsp
