// What an editor asks about a place in a policy, over the real protocol.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/cli/tool.h"
#include "tests/lsp/client.h"

namespace stele::testing {
namespace {

constexpr const char* kUri = "file:///nowhere/p.stele";
const std::string kText =
    "policy p version \"1.0.0\"\n"
    "target linux >= 6.1\n"
    "let web     = uid { 33, 1000..1999 }\n"
    "let staff   = uid { web, 2000 }\n"
    "let secrets = path { \"/etc/shadow\" }\n"
    "/// Nobody reads secrets.\n"
    "rule hidden:\n"
    "  deny file { read, write } on secrets\n"
    "  for uid in staff unless exe in { \"/usr/bin/passwd\" }\n"
    "template guard(things, users) {\n"
    "  rule fixed:\n"
    "    deny file write on things for uid in users\n"
    "}\n"
    "use guard(secrets, web) as web_guard\n"
    "rule calls:\n"
    "  kill syscall { @clock, ptrace } for uid in web\n";

class Features : public ::testing::Test {
protected:
  void SetUp() override {
    client_.start();
    client_.open(kUri, kText);
  }
  std::string hover(const std::string& marker, size_t offset = 0) {
    const Json found = client_.result("textDocument/hover", at(kUri, kText, marker, offset));
    return found.is_null() ? "" : found["contents"]["value"].get<std::string>();
  }
  /// Lines on which the results of a request stand.
  std::vector<int> lines(const std::string& method, const std::string& marker, size_t offset = 0) {
    Json params = at(kUri, kText, marker, offset);
    params["context"] = {{"includeDeclaration", true}};
    std::vector<int> out;
    for (const Json& one : client_.result(method, params)) out.push_back(one["range"]["start"]["line"]);
    std::sort(out.begin(), out.end());
    return out;
  }
  Json rename(const std::string& marker, size_t offset, const std::string& name) {
    Json params = at(kUri, kText, marker, offset);
    params["newName"] = name;
    return client_.request("textDocument/rename", params);
  }
  Client client_;
};
using Lines = std::vector<int>;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Features, ThePolicyIsFine) {
  EXPECT_EQ(client_.diagnostics(kUri), Json::array());
}

TEST_F(Features, HoverOnWords) {
  EXPECT_TRUE(contains(hover("read,"), "open a file for reading")) << hover("read,");
  EXPECT_TRUE(contains(hover("file {"), "by path")) << hover("file {");
  EXPECT_TRUE(contains(hover("exe in"), "the file that the task executes"));
  EXPECT_TRUE(contains(hover("unless"), "exception"));
  EXPECT_TRUE(contains(hover("target"), "kernels"));
  EXPECT_TRUE(contains(hover("ptrace"), "system call 101")) << hover("ptrace");
  EXPECT_EQ(hover("\"/etc"), "");
}

TEST_F(Features, HoverOnAConstraint) {
  const std::string text = hover("deny file { read, write }");
  for (const char* part : {"**prevent**", "rule `hidden`", "`file_open`", "The closure adds", "`link`", "`exe_file`"})
    EXPECT_TRUE(contains(text, part)) << part << " in " << text;
}

TEST_F(Features, HoverOnARule) {
  const std::string text = hover("hidden");
  EXPECT_TRUE(contains(text, "Nobody reads secrets.")) << text;
  EXPECT_TRUE(contains(text, "**prevent**")) << text;
}

TEST_F(Features, HoverOnASet) {
  const std::string text = hover("staff unless");
  EXPECT_TRUE(contains(text, "let staff   = uid { web, 2000 }")) << text;
  EXPECT_TRUE(contains(text, "let web     = uid { 33, 1000..1999 }")) << text;
}

TEST_F(Features, HoverOnAGroup) {
  EXPECT_TRUE(contains(hover("@clock", 3), "clock_settime"));
}

TEST_F(Features, HoverOnTemplates) {
  EXPECT_TRUE(contains(hover("guard(secrets"), "template guard(things, users)"));
  EXPECT_TRUE(contains(hover("things for"), "parameter `things` of template `guard`"));
  EXPECT_TRUE(contains(hover("web_guard"), "web_guard_fixed"));
}

TEST_F(Features, HoverSaysWhenThereAreErrors) {
  client_.open(kUri, kText + "x");
  EXPECT_TRUE(contains(hover("deny file { read, write }"), "when the policy has no errors"));
}

TEST_F(Features, Definition) {
  EXPECT_EQ(lines("textDocument/definition", "secrets\n  for"), Lines{4});
  EXPECT_EQ(lines("textDocument/definition", "web, 2000"), Lines{2});
  EXPECT_EQ(lines("textDocument/definition", "guard(secrets"), Lines{9});
  EXPECT_EQ(lines("textDocument/definition", "secrets, web", 2), Lines{4});
  EXPECT_EQ(lines("textDocument/definition", "things for", 6), Lines{9});
  EXPECT_EQ(client_.result("textDocument/definition", at(kUri, kText, "uid in staff")), nullptr);
}

TEST_F(Features, References) {
  EXPECT_EQ(lines("textDocument/references", "secrets = path"), (Lines{4, 7, 13}));
  EXPECT_EQ(lines("textDocument/references", "web     ="), (Lines{2, 3, 13, 15}));
  EXPECT_EQ(lines("textDocument/documentHighlight", "users)"), (Lines{9, 11}));
}

TEST_F(Features, Rename) {
  const Json changes = rename("secrets\n  for", 3, "hidden_files")["result"]["changes"];
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[kUri].size(), 3u);
  for (const Json& edit : changes[kUri]) EXPECT_EQ(edit["newText"], "hidden_files");
  EXPECT_EQ(rename("things,", 0, "objects")["result"]["changes"][kUri].size(), 2u);
  EXPECT_EQ(rename("guard(secrets", 0, "guarded")["result"]["changes"][kUri].size(), 2u);
  EXPECT_EQ(rename("hidden:", 0, "shown")["result"]["changes"][kUri].size(), 1u);
  EXPECT_EQ(rename("web_guard", 0, "g")["result"]["changes"][kUri].size(), 1u);
}

TEST_F(Features, RenameRefuses) {
  const struct {
    const char *marker, *name, *reason;
  } table[] = {{"secrets\n", "two words", "not a name"},    {"secrets\n", "", "not a name"},
               {"secrets\n", "deny", "not a name"},         {"secrets\n", "web", "there is a set `web`"},
               {"secrets\n", "things", "a parameter"},      {"secrets\n", "openat", "a word of the language"},
               {"things,", "users", "a parameter"},         {"things,", "web", "there is a set `web`"},
               {"guard(secrets", "1x", "not a name"},       {"hidden:", "calls", "two rules"},
               {"hidden:", "web_guard_fixed", "two rules"}, {"read,", "x", "no set, rule or template"}};
  for (const auto& [marker, name, reason] : table) {
    const Json response = rename(marker, 0, name);
    ASSERT_TRUE(response.contains("error")) << response.dump();
    EXPECT_EQ(response["error"]["code"], -32803);
    EXPECT_TRUE(contains(response["error"]["message"], reason)) << response.dump();
  }
}

TEST_F(Features, PrepareRename) {
  const Json found = client_.result("textDocument/prepareRename", at(kUri, kText, "staff unless", 2));
  EXPECT_EQ(found["placeholder"], "staff");
  EXPECT_EQ(found["range"]["end"]["character"].get<int>() - found["range"]["start"]["character"].get<int>(), 5);
  EXPECT_EQ(client_.result("textDocument/prepareRename", at(kUri, kText, "read,")), nullptr);
}

TEST_F(Features, DocumentSymbols) {
  std::vector<std::string> names;
  const Json symbols = client_.result("textDocument/documentSymbol", {{"textDocument", {{"uri", kUri}}}});
  for (const Json& one : symbols) names.push_back(one["name"]);
  EXPECT_EQ(names, (std::vector<std::string>{"p", "target", "web", "staff", "secrets", "hidden", "guard", "web_guard",
                                             "calls"}));
  EXPECT_EQ(symbols[6]["children"][0]["name"], "fixed");
}

TEST_F(Features, Completion) {
  const auto labels = [&](const std::string& more) {
    const std::string text = kText + more;
    client_.open(kUri, text);
    std::set<std::string> out;
    const Json params = {{"textDocument", {{"uri", kUri}}}, {"position", position(text, text.size())}};
    const Json items = client_.result("textDocument/completion", params)["items"];
    for (const Json& item : items) {
      EXPECT_FALSE(item["detail"].get<std::string>().empty()) << item.dump();
      out.insert(item["label"]);
    }
    return out;
  };
  const auto has = [&](const std::string& more, const std::set<std::string>& wanted,
                       const std::set<std::string>& unwanted = {}) {
    const std::set<std::string> found = labels(more);
    for (const std::string& one : wanted) EXPECT_TRUE(found.contains(one)) << one << " behind " << more;
    for (const std::string& one : unwanted) EXPECT_FALSE(found.contains(one)) << one << " behind " << more;
  };
  has("", {"rule", "let", "deny", "without"});
  has("rule r: ", {"deny", "only", "audit", "kill"}, {"rule"});
  has("rule r: deny ", {"file", "net", "bpf"}, {"read"});
  has("rule r: deny file { re", {"read", "mount_over"}, {"connect", "secrets"});
  has("rule r: deny file read on ", {"secrets"}, {"web", "NET_RAW"});
  has("rule r: deny net connect ", {"on", "to", "port", "for", "unless"}, {"fstype"});
  has("rule r: deny cap ", {"NET_RAW", "SYS_ADMIN"}, {"web"});
  has("rule r: deny net create family ", {"packet", "inet"});
  has("rule r: only syscall { ", {"openat", "@basic-io"}, {"web"});
  has("rule r: deny exec on secrets for ", {"uid", "parent.exe", "not"});
  has("rule r: deny exec on secrets for uid in ", {"web", "staff"}, {"secrets"});
  has("rule r: deny exec on secrets errno ", {"EACCES"});
  has("rule r: deny exec on secrets without ", {"map_exec", "exe_libs"});
  has("rule r: deny exec on secrets acknowledge ", {"S4025", "S3039", "S4040"});
  has("use ", {"guard"});
  has("template t(mine) { rule r: deny exec on ", {"mine", "secrets"});
  EXPECT_TRUE(labels("// ").empty());
}

TEST_F(Features, CompletionReplacesTheWord) {
  const std::string text = kText + "rule r: only syscall { @basi";
  client_.open(kUri, text);
  const Json params = {{"textDocument", {{"uri", kUri}}}, {"position", position(text, text.size())}};
  const Json items = client_.result("textDocument/completion", params)["items"];
  EXPECT_EQ(items[0]["textEdit"]["range"]["start"]["character"], 23);
  EXPECT_EQ(items[0]["textEdit"]["range"]["end"]["character"], 28);
}

TEST_F(Features, Formatting) {
  const Json params = {{"textDocument", {{"uri", kUri}}}, {"options", {{"tabSize", 2}, {"insertSpaces", true}}}};
  client_.open(kUri, "policy   p version \"1.0.0\"\nlet a=uid{1,2}\n");
  const Json edits = client_.result("textDocument/formatting", params);
  ASSERT_EQ(edits.size(), 1u);
  EXPECT_EQ(edits[0]["range"]["start"], Json::parse(R"({"line":0,"character":0})"));
  EXPECT_EQ(edits[0]["range"]["end"], Json::parse(R"({"line":2,"character":0})"));
  client_.open(kUri, edits[0]["newText"]);
  EXPECT_EQ(client_.result("textDocument/formatting", params), Json::array());
  client_.open(kUri, "policy   p {");  // with errors: left alone
  EXPECT_EQ(client_.result("textDocument/formatting", params), Json::array());
}

TEST(IncludedFiles, DefinitionAndRename) {
  const Folder folder;
  const std::string root = "file://" + folder.path("root.stele"), part = "file://" + folder.path("part.stele");
  const std::string root_text = "policy p version \"1.0.0\"\ninclude \"part.stele\"\nrule r:\n  deny exec on things\n";
  const std::string part_text = "let things = path { \"/a\" }\n";
  folder.write("part.stele", part_text);
  Client client;
  client.start();
  client.open(root, root_text);
  const Json file = client.result("textDocument/definition", at(root, root_text, "part.stele"));
  EXPECT_EQ(file["uri"], part);
  const Json set = client.result("textDocument/definition", at(root, root_text, "things"));
  EXPECT_EQ(set[0]["uri"], part);
  EXPECT_EQ(set[0]["range"]["start"]["character"], 4);

  // From the included file, too, every policy that is open is changed.
  client.open(part, part_text);
  Json params = at(part, part_text, "things");
  params["newName"] = "objects";
  const Json changes = client.result("textDocument/rename", params)["changes"];
  EXPECT_EQ(changes[root].size(), 1u);
  EXPECT_EQ(changes[part].size(), 1u);
}

Json actions(Client& client, const std::string& uri, const Json& start, const Json& end, const Json& context) {
  return client.result(
      "textDocument/codeAction",
      {{"textDocument", {{"uri", uri}}}, {"range", {{"start", start}, {"end", end}}}, {"context", context}});
}

TEST(CodeActions, TheWordThatWasMeant) {
  const std::string text =
      "policy p version \"1.0.0\"\nlet secrets = path \"/etc/shadow\"\nrule r:\n  deny file { raed } on secret\n";
  const Json any = {{"diagnostics", Json::array()}};
  const auto place = [&](const std::string& marker) { return position(text, text.find(marker)); };
  Client client;
  EXPECT_EQ(client.start()["capabilities"]["codeActionProvider"]["codeActionKinds"], Json({"quickfix"}));
  client.open(kUri, text);
  const Json list = actions(client, kUri, place("secret\n"), place("secret\n"), any);
  ASSERT_EQ(list.size(), 1u) << list.dump();
  EXPECT_EQ(list[0]["title"], "write `secrets`");
  EXPECT_EQ(list[0]["kind"], "quickfix");
  EXPECT_EQ(list[0]["diagnostics"][0]["code"], "S3032");
  const Json edit = list[0]["edit"]["changes"][kUri][0];
  EXPECT_EQ(edit["newText"], "secrets");
  EXPECT_EQ(edit["range"]["start"], place("secret\n"));
  EXPECT_EQ(edit["range"]["end"], position(text, text.find("secret\n") + 6));

  EXPECT_EQ(actions(client, kUri, position(text, 0), position(text, text.size()), any).size(), 2u);
  EXPECT_EQ(actions(client, kUri, place("rule"), place("rule"), any), Json::array());
  const Json other = {{"diagnostics", Json::array()}, {"only", {"refactor"}}};
  EXPECT_EQ(actions(client, kUri, place("secret\n"), place("secret\n"), other), Json::array());
  const Json fixes = {{"diagnostics", Json::array()}, {"only", {"quickfix"}}};
  EXPECT_EQ(actions(client, kUri, place("raed"), place("raed"), fixes)[0]["title"], "write `read`");
}

TEST(CodeActions, AcknowledgesAWarningWhereItBelongs) {
  std::string text = "policy p version \"1.0.0\"\nrule r: deny exec on \"/a\"\nlet later = path \"/b\"\n";
  const Json any = {{"diagnostics", Json::array()}};
  Client client;
  client.start();
  client.open(kUri, text);
  const Json place = position(text, text.find("later"));
  const Json list = actions(client, kUri, place, place, any);
  ASSERT_EQ(list.size(), 1u) << list.dump();
  EXPECT_EQ(list[0]["title"], "acknowledge S3039 here");
  EXPECT_EQ(list[0]["isPreferred"], false);
  const Json edit = list[0]["edit"]["changes"][kUri][0];
  EXPECT_EQ(edit["newText"], " acknowledge S3039 \"\"");
  EXPECT_EQ(edit["range"]["start"], position(text, text.size() - 1));
  EXPECT_EQ(edit["range"]["end"], edit["range"]["start"]);
  client.open(kUri, text.insert(text.size() - 1, " acknowledge S3039 \"the next release\""));
  EXPECT_EQ(actions(client, kUri, place, place, any), Json::array());
}

TEST(CodeActions, WithinIncludes) {
  const Folder folder;
  const std::string root = "file://" + folder.path("root.stele"), part = "file://" + folder.path("part.stele");
  const std::string text = "rule q:\n  deny file read on secret\n";
  Client client;
  client.start();
  client.open(part, text);
  client.open(root, "policy p version \"1.0.0\"\nlet secrets = path \"/a\"\ninclude \"part.stele\"\n");
  const Json at_word = position(text, text.find("secret"));
  const Json list = actions(client, part, at_word, at_word, {{"diagnostics", Json::array()}});
  ASSERT_EQ(list.size(), 1u) << list.dump();
  EXPECT_EQ(list[0]["edit"]["changes"][part][0]["newText"], "secrets");
}

TEST(IncludedFiles, ARuleThatAScenarioNames) {
  const Folder folder;
  const std::string uri = "file://" + folder.path("p.stele");
  const std::string text =
      "policy p version \"1.0.0\"\nrule one:\n  deny exec on \"/a\"\nrule two:\n  deny exec on \"/b\"\n";
  folder.write("p.test.yaml", "cases:\n  - rule: one\n");
  Client client;
  client.start();
  client.open(uri, text);
  Json params = at(uri, text, "one");
  params["newName"] = "first";
  const Json refused = client.request("textDocument/rename", params);
  EXPECT_TRUE(contains(refused["error"]["message"], "`p.test.yaml` names this rule")) << refused.dump();
  params = at(uri, text, "two");
  params["newName"] = "second";
  EXPECT_EQ(client.result("textDocument/rename", params)["changes"][uri].size(), 1u);
}

}  // namespace
}  // namespace stele::testing
