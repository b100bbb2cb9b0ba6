// Messages, the table of methods, and the life cycle.

#include "compiler/lsp/server.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace stele::lsp {

/// The methods by name. What is not here is answered with kMethodNotFound, or as a notification ignored.
struct Methods {
  using Request = Json (Server::*)(const Json&);
  using Notification = void (Server::*)(const Json&);

  static const std::map<std::string, Request>& requests() {
    static const std::map<std::string, Request> kTable = {
        {"initialize", &Server::initialize},
        {"shutdown", &Server::shutdown},
        {"textDocument/hover", &Server::hover},
        {"textDocument/definition", &Server::definition},
        {"textDocument/references", &Server::references},
        {"textDocument/documentHighlight", &Server::highlights},
        {"textDocument/completion", &Server::completion},
        {"textDocument/prepareRename", &Server::prepare_rename},
        {"textDocument/rename", &Server::rename},
        {"textDocument/documentSymbol", &Server::document_symbols},
        {"textDocument/formatting", &Server::formatting},
        {"textDocument/codeAction", &Server::code_actions},
    };
    return kTable;
  }
  static const std::map<std::string, Notification>& notifications() {
    static const std::map<std::string, Notification> kTable = {
        {"textDocument/didOpen", &Server::did_open},
        {"textDocument/didChange", &Server::did_change},
        {"textDocument/didClose", &Server::did_close},
        {"textDocument/didSave", &Server::disk_changed},
        {"workspace/didChangeWatchedFiles", &Server::disk_changed},
    };
    return kTable;
  }
};

namespace {

Json response(const Json& id, Json result) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}};
}

Json error_response(const Json& id, int code, const std::string& message) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"error", {{"code", code}, {"message", message}}}};
}

/// The encoding that positions will have: UTF-8 if the client offers it, for it is what the compiler counts in.
Encoding chosen_encoding(const Json& params) {
  static const Json::json_pointer kOffered("/capabilities/general/positionEncodings");
  if (!params.contains(kOffered)) return Encoding::utf16;
  for (const Json& offered : params.at(kOffered))
    if (offered == "utf-8") return Encoding::utf8;
  return Encoding::utf16;
}

}  // namespace

Json Server::refusal(ErrorCode code, const std::string& message) {
  return error_response(nullptr, code, message);
}

std::vector<Json> Server::handle(const std::string& content) {
  out_.clear();
  const Json message = Json::parse(content, nullptr, false);
  if (message.is_discarded()) return {refusal(kParseError, "this is not JSON")};
  const bool valid = message.is_object() && message.value("jsonrpc", Json()) == "2.0";
  const Json id = valid ? message.value("id", Json()) : Json();
  if (!valid || !(id.is_null() || id.is_string() || id.is_number_integer()))
    return {refusal(kInvalidRequest, "this is not a JSON-RPC 2.0 message")};
  if (!message.contains("method")) {
    if (message.contains("result") || message.contains("error")) return {};  // we ask nothing, so nothing is awaited
    return {error_response(id, kInvalidRequest, "`method` is missing")};
  }
  if (!message["method"].is_string()) return {error_response(id, kInvalidRequest, "`method` is not a string")};
  const std::string method = message["method"];
  const Json params = message.value("params", Json::object());
  if (!message.contains("id")) {
    notify(method, params);
    return std::move(out_);
  }
  try {
    out_.push_back(response(id, answer(method, params)));
  } catch (const RpcError& error) {
    out_.push_back(error_response(id, error.code(), error.what()));
  } catch (const std::exception& error) {
    out_.push_back(error_response(id, kInternalError, error.what()));
  }
  return std::move(out_);
}

Json Server::answer(const std::string& method, const Json& params) {
  const auto found = Methods::requests().find(method);
  if (state_ == State::fresh && method != "initialize")
    throw RpcError(kServerNotInitialized, "`initialize` has not been sent yet");
  if (found == Methods::requests().end()) throw RpcError(kMethodNotFound, fmt::format("no method `{}`", method));
  if (state_ == State::shut_down) throw RpcError(kInvalidRequest, "`shutdown` has been sent");
  return (this->*found->second)(params);
}

void Server::notify(const std::string& method, const Json& params) {
  if (method == "exit") {
    exit_code_ = code_at_end();
    return;
  }
  const auto found = Methods::notifications().find(method);
  if (state_ != State::running || found == Methods::notifications().end()) return;
  try {
    (this->*found->second)(params);
  } catch (const std::exception& error) {  // a notification has no answer: say it in the client's log
    constexpr int kErrorMessage = 1;
    out_.push_back({{"jsonrpc", "2.0"},
                    {"method", "window/logMessage"},
                    {"params", {{"type", kErrorMessage}, {"message", fmt::format("{}: {}", method, error.what())}}}});
  }
}

Json Server::initialize(const Json& params) {
  if (state_ != State::fresh) throw RpcError(kInvalidRequest, "`initialize` was sent before");
  if (!params.is_object()) throw RpcError(kInvalidParams, "`params` is not an object");
  encoding_ = chosen_encoding(params);
  state_ = State::running;
  constexpr int kIncremental = 2;
  const Json capabilities = {
      {"positionEncoding", encoding_ == Encoding::utf8 ? "utf-8" : "utf-16"},
      {"textDocumentSync", {{"openClose", true}, {"change", kIncremental}, {"save", true}}},
      {"hoverProvider", true},
      {"definitionProvider", true},
      {"referencesProvider", true},
      {"documentHighlightProvider", true},
      {"completionProvider", {{"triggerCharacters", {"@", "."}}}},
      {"renameProvider", {{"prepareProvider", true}}},
      {"documentSymbolProvider", true},
      {"documentFormattingProvider", true},
      {"codeActionProvider", {{"codeActionKinds", {"quickfix"}}}},
  };
  return {{"capabilities", capabilities}, {"serverInfo", {{"name", "stele"}, {"version", STELE_VERSION}}}};
}

Json Server::shutdown(const Json&) {
  state_ = State::shut_down;
  return nullptr;
}

}  // namespace stele::lsp
