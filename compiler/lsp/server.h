#pragma once

// The language server without its streams: one message in, the messages that answer it out.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/lsp/places.h"
#include "compiler/lsp/rpc.h"
#include "compiler/lsp/workspace.h"

namespace stele::lsp {

class Server {
public:
  /// `disk` serves what is not open in the editor, by normalised paths; it must outlive the server.
  explicit Server(const sema::FileReader& disk, const sema::LoadOptions& options = {}) : workspace_(disk, options) {}

  /// Takes the content of one message, whatever it holds. Returns the messages to send, in order.
  std::vector<Json> handle(const std::string& content);

  /// Is there more to be said of the texts when nothing comes for a while? Then this says some of it.
  bool has_more() const { return workspace_.has_more(); }
  std::vector<Json> say_more();

  /// The answer to something that could not be taken for a message.
  static Json refusal(ErrorCode code, const std::string& message);

  /// Set once the client has sent `exit`: 0 after `shutdown`, else 1. Nothing more is to be handled then.
  std::optional<int> exit_code() const { return exit_code_; }
  /// What the process should exit with when the client goes away without `exit`.
  int code_at_end() const { return state_ == State::shut_down ? 0 : 1; }

private:
  friend struct Methods;
  enum class State : uint8_t { fresh, running, shut_down };

  Json answer(const std::string& method, const Json& params);
  void notify(const std::string& method, const Json& params);

  // Life cycle and texts.
  Json initialize(const Json& params);
  Json shutdown(const Json& params);
  void did_open(const Json& params);
  void did_change(const Json& params);
  void did_close(const Json& params);
  void disk_changed(const Json& params);

  // What stands at a place.
  Json hover(const Json& params);
  Json definition(const Json& params);
  Json references(const Json& params);
  Json highlights(const Json& params);
  Json completion(const Json& params);
  Json prepare_rename(const Json& params);
  Json rename(const Json& params);
  Json document_symbols(const Json& params);
  Json formatting(const Json& params);
  Json code_actions(const Json& params);

  /// The text that a request is about. Throws kInvalidParams when it is not open.
  const Document& document(const Json& params) const;
  size_t offset_in(const Document& document, const Json& params) const;
  std::vector<diag::Span> everywhere(const Document& text, size_t offset);
  void refuse_scenario(const std::string& root, const std::string& rule) const;
  void publish(const std::string& changed_uri);

  Workspace workspace_;
  Encoding encoding_ = Encoding::utf16;
  State state_ = State::fresh;
  std::optional<int> exit_code_;
  std::vector<Json> out_;
  std::map<std::string, Json> published_;  // diagnostics by URI
};

}  // namespace stele::lsp
