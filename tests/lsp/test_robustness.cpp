// Texts as they are while they are typed: cut off anywhere, with a word missing anywhere. Every question must be
// answered, at every place, with ranges that lie within the text.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "compiler/lsp/server.h"
#include "dsl/diag/utf8.h"
#include "dsl/parse/lex.h"

namespace stele::lsp {
namespace {

constexpr const char* kUri = "file:///nowhere/p.stele";
const std::string kText =
    "policy p version \"1.0.0\"\ntarget linux >= 6.1\nrequire lockdown integrity\ninclude \"a.stele\"\n"
    "let web = uid { 33, 1000..1999 }\nlet more = web | (uid 5 - 6)\nlet up = net { 10.2.0.0/16, 2001:db8::/48 }\n"
    "/// \xf0\x9f\x98\x80 doc\ntemplate guard(things, users) {\n  rule r:\n    deny file { read, write } on things\n"
    "    for uid in users and not parent.exe \"/a\" unless exe in { \"/b\" } errno EACCES log alert limit 5/s\n"
    "    without { link }\n  assert never uid 1 : exec on things\n}\nuse guard(\"/x\", web) as w\n"
    "rule calls:\n  only syscall { @clock, ioctl(arg1 == 0x5401) } for uid in web else kill\n"
    "  deny net create family { packet, netlink(!route) } type raw unless cap NET_RAW\n"
    "seal {\n  self\n  deny bpf map_update on maps of policy\n  removable by uid 0 with exe \"/r\"\n}\n"
    "assert always uid 33 exe \"/n\" : net bind to up port 443/tcp\n";

class NoFiles : public sema::FileReader {
public:
  std::optional<std::string> read(const std::string&, int* error) const override {
    *error = 2;
    return std::nullopt;
  }
};

class Robustness : public ::testing::Test {
protected:
  Robustness() : server_(files_) { ask("initialize", Json::object()); }

  Json ask(const std::string& method, const Json& params) {
    const Json message = {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}};
    return server_.handle(message.dump()).back();
  }
  void open(const std::string& text) {
    const Json document = {{"uri", kUri}, {"version", 1}, {"text", text}};
    const Json message = {
        {"jsonrpc", "2.0"}, {"method", "textDocument/didOpen"}, {"params", {{"textDocument", document}}}};
    for (const Json& sent : server_.handle(message.dump()))
      ASSERT_EQ(sent["method"], "textDocument/publishDiagnostics") << sent.dump() << "\n" << text;
  }
  void ask_everything(const std::string& text, size_t offset) {
    const Json document = {{"uri", kUri}};
    const Json position = json_of(LineIndex(text, Encoding::utf16).position(offset));
    for (const char* method : {"hover", "definition", "references", "documentHighlight", "completion", "prepareRename",
                               "rename", "documentSymbol", "formatting"}) {
      const Json answer = ask(std::string("textDocument/") + method,
                              {{"textDocument", document}, {"position", position}, {"newName", "zz"}});
      const bool refused = answer.contains("error") && answer["error"]["code"] == kRequestFailed;
      ASSERT_TRUE(answer.contains("result") || refused) << method << " at " << offset << ": " << answer << "\n" << text;
    }
  }

  NoFiles files_;
  Server server_;
};

TEST_F(Robustness, EveryPlace) {
  open(kText);
  for (size_t at = 0; at <= kText.size(); at += 3) ask_everything(kText, at);
}

TEST_F(Robustness, CutOffAnywhere) {
  for (size_t size = 0; size < kText.size(); size += 5) {
    const std::string text = kText.substr(0, size);
    if (diag::find_invalid_utf8(text) != std::string::npos) continue;  // JSON cannot carry it
    open(text);
    ask_everything(text, size);
  }
}

TEST_F(Robustness, AnyWordMissing) {
  const auto source = std::make_shared<const diag::SourceFile>(diag::SourceFile{"t", kText});
  for (const parse::Lexeme& lexeme : parse::lex(source)) {
    std::string text = kText;
    text.erase(lexeme.span.begin, lexeme.span.end - lexeme.span.begin);
    open(text);
    ask_everything(text, lexeme.span.begin);
  }
}

}  // namespace
}  // namespace stele::lsp
