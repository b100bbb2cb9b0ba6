#include "tests/lsp/client.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>

namespace stele::testing {
namespace {

constexpr int kPatience = 20000;  // milliseconds; the machine may be busy

[[noreturn]] void become_server(int in, int out) {
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  execl(STELE_TOOL, "stele", "lsp", nullptr);
  _exit(127);
}

}  // namespace

Client::Client() {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> to{}, from{};
  if (pipe2(to.data(), O_CLOEXEC) != 0 || pipe2(from.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipes");
  child_ = fork();
  if (child_ == 0) become_server(to[0], from[1]);
  if (child_ < 0) throw std::runtime_error("cannot run the server");
  close(to[0]);
  close(from[1]);
  in_ = to[1];
  out_ = from[0];
}

Client::~Client() {
  wait();
  close(out_);
}

int Client::wait() {
  if (child_ < 0) return code_;
  close(in_);
  int status = 0;
  waitpid(child_, &status, 0);
  child_ = -1;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return code_;
}

void Client::send_bytes(const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t sent = write(in_, bytes.data() + done, bytes.size() - done);
    if (sent <= 0) return;  // the server is gone: the next receive says so
    done += static_cast<size_t>(sent);
  }
}

void Client::send(const Json& message) {
  const std::string content = message.dump();
  send_bytes(fmt::format("Content-Length: {}\r\n\r\n{}", content.size(), content));
}

void Client::notify(const std::string& method, const Json& params) {
  send({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
}

bool Client::read_more() {
  pollfd ready{out_, POLLIN, 0};
  if (poll(&ready, 1, kPatience) <= 0) return false;
  std::array<char, 65536> block{};
  const ssize_t got = read(out_, block.data(), block.size());
  if (got <= 0) return false;
  buffer_.append(block.data(), static_cast<size_t>(got));
  return true;
}

Json Client::receive() {
  size_t header = 0;
  while ((header = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!read_more()) return nullptr;
  const size_t length = std::stoul(buffer_.substr(buffer_.find(':') + 1));
  const size_t begin = header + 4;
  while (buffer_.size() < begin + length)
    if (!read_more()) return nullptr;
  Json message = Json::parse(buffer_.substr(begin, length));
  buffer_.erase(0, begin + length);
  return message;
}

Json Client::request(const std::string& method, const Json& params) {
  const int id = next_id_++;
  send({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
  for (;;) {
    Json message = receive();
    if (message.is_null()) throw std::runtime_error("no answer to " + method);
    if (message.contains("id") && message["id"] == id) return message;
    notifications_.push_back(std::move(message));
  }
}

Json Client::result(const std::string& method, const Json& params) {
  Json response = request(method, params);
  EXPECT_TRUE(response.contains("result")) << method << ": " << response.dump();
  return response.value("result", Json());
}

Json Client::start(const Json& capabilities) {
  Json result =
      this->result("initialize", {{"processId", nullptr}, {"rootUri", nullptr}, {"capabilities", capabilities}});
  notify("initialized", Json::object());
  return result;
}

void Client::open(const std::string& uri, const std::string& text) {
  notify("textDocument/didOpen",
         {{"textDocument", {{"uri", uri}, {"languageId", "stele"}, {"version", 1}, {"text", text}}}});
}

std::vector<Json> Client::take_diagnostics() {
  request("stele/nothing", nullptr);  // its refusal comes after all that was sent before
  std::vector<Json> all;
  for (const Json& message : notifications_)
    if (message.value("method", "") == "textDocument/publishDiagnostics") all.push_back(message["params"]);
  notifications_.clear();
  return all;
}

Json Client::diagnostics(const std::string& uri) {
  Json latest;
  for (const Json& params : take_diagnostics())
    if (params["uri"] == uri) latest = params["diagnostics"];
  return latest;
}

Json position(const std::string& text, size_t offset) {
  const std::string before = text.substr(0, offset);
  const size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {{"line", std::count(before.begin(), before.end(), '\n')}, {"character", before.size() - start}};
}

Json at(const std::string& uri, const std::string& text, const std::string& marker, size_t offset) {
  const size_t found = text.find(marker);
  if (found == std::string::npos) throw std::runtime_error("no `" + marker + "` in the text");
  return {{"textDocument", {{"uri", uri}}}, {"position", position(text, found + offset)}};
}

}  // namespace stele::testing
