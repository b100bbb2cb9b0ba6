// The language server. An input that begins with `{` is a session, one message a line; one that begins with
// `Content-Length` is the bytes of the stream; any other is a policy that an editor opens, changes and asks about at
// places of the input's choice. Kept beside "no crash": every answer is a message of the protocol.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "compiler/lsp/serve.h"
#include "compiler/lsp/transport.h"
#include "tests/fuzz/fuzz.h"
#include "tests/sema/memory_reader.h"

namespace stele::fuzz {
namespace {

using Json = nlohmann::json;

constexpr size_t kQuestions = 12;
const std::string kUri = "file:///srv/case.stele";

std::string framed(const std::string& content) {
  return "Content-Length: " + std::to_string(content.size()) + "\r\n\r\n" + content;
}

std::string framed(const std::string& method, const Json& params, int id = 0) {
  Json message = {{"jsonrpc", "2.0"}, {"method", method}, {"params", params}};
  if (id != 0) message["id"] = id;
  return framed(message.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string session_of_lines(const std::string& input) {
  std::istringstream lines(input);
  std::string stream;
  for (std::string line; std::getline(lines, line);) stream += framed(line);
  return stream;
}

Json place(Choices& choices, size_t lines) {
  return {{"line", choices.below(lines + 2)}, {"character", choices.below(60)}};
}

std::string session_about(const std::string& policy) {
  static const char* const kMethods[] = {"hover",         "definition", "references", "documentHighlight", "completion",
                                         "prepareRename", "rename",     "formatting", "documentSymbol"};
  Choices choices(policy);
  const auto lines = static_cast<size_t>(std::count(policy.begin(), policy.end(), '\n'));
  const Json document = {{"uri", kUri}};
  std::string stream = framed("initialize", {{"capabilities", Json::object()}}, 1);
  stream += framed("textDocument/didOpen",
                   {{"textDocument", {{"uri", kUri}, {"languageId", "stele"}, {"version", 1}, {"text", policy}}}});
  for (size_t i = 0; i < kQuestions; ++i) {
    if (i == kQuestions / 2) {
      const Json change = {{"range", {{"start", place(choices, lines)}, {"end", place(choices, lines)}}},
                           {"text", "rule"}};
      stream += framed("textDocument/didChange",
                       {{"textDocument", {{"uri", kUri}, {"version", 2}}}, {"contentChanges", {change}}});
    }
    const std::string method = kMethods[choices.below(std::size(kMethods))];
    stream += framed("textDocument/" + method,
                     {{"textDocument", document},
                      {"position", place(choices, lines)},
                      {"context", {{"includeDeclaration", true}}},
                      {"options", {{"tabSize", 2}, {"insertSpaces", true}}},
                      {"newName", "renamed"}},
                     static_cast<int>(i) + 2);
  }
  return stream + framed("shutdown", Json::object(), 99) + framed("exit", Json::object());
}

std::string stream_of(const std::string& input) {
  if (input.starts_with("{")) return session_of_lines(input);
  if (input.starts_with("Content-Length")) return input;
  return session_about(input);
}

void run(const std::string& input) {
  const test::MemoryReader disk({{"/srv/other.stele", "let others = path { \"/etc/shadow\" }\n"}});
  std::istringstream in(stream_of(input));
  std::ostringstream out;
  lsp::serve(in, out, disk);
  std::istringstream answers(out.str());
  for (;;) {
    const lsp::Incoming answer = lsp::receive(answers);
    if (answer.kind == lsp::Incoming::Kind::end) return;
    require(answer.kind == lsp::Incoming::Kind::message, "an answer is framed");
    const Json message = Json::parse(answer.content, nullptr, false);
    require(message.is_object() && message.value("jsonrpc", "") == "2.0", "an answer is JSON-RPC");
    require(message.value("/error/code"_json_pointer, 0) != -32603, "nothing fails within");
  }
}

}  // namespace
}  // namespace stele::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  stele::fuzz::run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
