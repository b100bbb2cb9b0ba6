#pragma once

// An editor's side of the protocol: runs `stele lsp` as a process and talks to it over pipes.

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace stele::testing {

using Json = nlohmann::json;

class Client {
public:
  /// Starts the server. Nothing is sent yet.
  Client();
  /// Closes the pipes and waits for the server's end.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// `initialize` with these capabilities, then `initialized`. Returns the result.
  Json start(const Json& capabilities = Json::object());

  void send_bytes(const std::string& bytes);
  void send(const Json& message);
  void notify(const std::string& method, const Json& params);
  /// Sends a request and returns its whole response; notifications that come before it are kept.
  Json request(const std::string& method, const Json& params);
  /// Its result; fails the test when there is an error instead.
  Json result(const std::string& method, const Json& params);

  /// The next message, or null after 20 seconds or at the server's end.
  Json receive();
  /// Diagnostics in the order they came; call it after a request that was sent after the change.
  std::vector<Json> take_diagnostics();
  /// The latest diagnostics of a URI, after everything sent so far has been handled. Null: none came.
  Json diagnostics(const std::string& uri);

  /// Opens a text of version 1.
  void open(const std::string& uri, const std::string& text);
  /// Closes the server's input and returns its exit code, 128 + signal when it was killed.
  int wait();

private:
  bool read_more();

  pid_t child_ = -1;
  int in_ = -1, out_ = -1;  // the server's input and output
  std::string buffer_;
  std::vector<Json> notifications_;
  int next_id_ = 1;
  int code_ = -1;  // once it has ended
};

/// {"textDocument": {"uri": …}, "position": …} for the first `marker` in `text`, plus `offset` bytes. ASCII only.
Json at(const std::string& uri, const std::string& text, const std::string& marker, size_t offset = 0);
/// {"line", "character"} of a byte of an ASCII text.
Json position(const std::string& text, size_t offset);

}  // namespace stele::testing
