// Diagnostics as the texts come, change and go.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/cli/tool.h"
#include "tests/lsp/client.h"

namespace stele::testing {
namespace {

constexpr const char* kUri = "file:///nowhere/p.stele";
const std::string kHead = "policy p version \"1.0.0\"\n";
const std::string kGood = kHead + "rule r:\n  deny file read on \"/etc/shadow\"\n";

std::vector<std::string> codes(const Json& diagnostics) {
  std::vector<std::string> out;
  for (const Json& diagnostic : diagnostics) out.push_back(diagnostic["code"]);
  return out;
}
using Codes = std::vector<std::string>;

Json change(int version, const Json& changes) {
  return {{"textDocument", {{"uri", kUri}, {"version", version}}}, {"contentChanges", changes}};
}

TEST(Diagnostics, WhereWhatAndHint) {
  Client client;
  client.start();
  client.open(kUri, kHead + "let secrets = path \"/etc/shadow\"\nrule r:\n  deny file read on secret\n");
  const Json list = client.diagnostics(kUri);
  ASSERT_EQ(codes(list), (Codes{"S3032"}));
  EXPECT_EQ(list[0]["severity"], 1);
  EXPECT_EQ(list[0]["source"], "stele");
  EXPECT_EQ(list[0]["range"], Json::parse(R"({"start":{"line":3,"character":20},"end":{"line":3,"character":26}})"));
  EXPECT_EQ(list[0]["message"], "unknown set `secret`\nhelp: did you mean `secrets`?");
}

TEST(Diagnostics, WhatNothingUsesIsFaded) {
  Client client;
  client.start();
  client.open(kUri, kGood + "let s = path \"/a\"\n");
  const Json list = client.diagnostics(kUri);
  ASSERT_EQ(codes(list), (Codes{"S3039"}));
  EXPECT_EQ(list[0]["severity"], 2);
  EXPECT_EQ(list[0]["tags"], Json::array({1}));
}

TEST(Diagnostics, LabelsAreRelatedInformation) {
  Client client;
  client.start();
  client.open(kUri, kGood + "rule r:\n  deny file read on \"/etc/passwd\"\n");
  const Json list = client.diagnostics(kUri);
  ASSERT_EQ(codes(list), (Codes{"S3031"}));
  const Json related = list[0]["relatedInformation"][0];
  EXPECT_EQ(related["location"]["uri"], kUri);
  EXPECT_EQ(related["location"]["range"]["start"]["line"], 1);
}

TEST(Diagnostics, GoAwayWithTheMistake) {
  Client client;
  client.start();
  client.open(kUri, kGood + "x");
  EXPECT_EQ(client.diagnostics(kUri).size(), 1u);
  client.notify("textDocument/didChange", change(2, {{{"text", kGood}}}));
  const std::vector<Json> published = client.take_diagnostics();
  ASSERT_EQ(published.size(), 1u);
  EXPECT_EQ(published[0]["version"], 2);
  EXPECT_TRUE(published[0]["diagnostics"].empty());
}

TEST(Diagnostics, IncrementalChangesInOrder) {
  Client client;
  client.start();
  client.open(kUri, kHead + "// \xf0\x9f\x98\x80 x\r\nrule r:\r\n  deny file read on \"/a\"\r\n");
  const auto range = [](int line, int from, int to) {
    return Json{{"start", {{"line", line}, {"character", from}}}, {"end", {{"line", line}, {"character", to}}}};
  };
  client.notify("textDocument/didChange",
                change(2, {{{"range", range(1, 6, 7)}, {"text", "\r\nlet s = path \"/b\"\r\n//"}},
                           {{"range", range(5, 20, 24)}, {"text", "s"}}}));
  EXPECT_EQ(client.diagnostics(kUri), Json::array());
  client.notify("textDocument/didChange", change(3, {{{"range", range(5, 20, 21)}, {"text", "t"}}}));
  const Json list = client.diagnostics(kUri);
  ASSERT_EQ(codes(list), (Codes{"S3032"}));
  EXPECT_EQ(list[0]["range"], range(5, 20, 21));
}

TEST(Diagnostics, ColumnsCountUtf16) {
  Client client;
  client.start();
  client.open(kUri, kHead + "/* \xf0\x9f\x98\x80 */ rule r: deny file read on nothing\n");
  EXPECT_EQ(client.diagnostics(kUri)[0]["range"]["start"]["character"], 35);
}

TEST(Diagnostics, AFragmentNeedsNoHeader) {
  Client client;
  client.start();
  client.open(kUri, "let s = path \"/a\"\n");
  EXPECT_EQ(client.diagnostics(kUri), Json::array());
  client.open(kUri, "rule r:\n  deny file read on nothing\n");
  EXPECT_EQ(codes(client.diagnostics(kUri)), (Codes{"S3032"}));
  client.open(kUri, "");
  EXPECT_EQ(client.diagnostics(kUri), Json::array());
}

TEST(Diagnostics, OfIncludedFiles) {
  const Folder folder;
  const std::string root = "file://" + folder.path("root.stele"), part = "file://" + folder.path("part one.stele");
  const std::string part_uri = "file://" + folder.path("part%20one.stele");
  folder.write("part one.stele", "rule q:\n  deny file read on nothing\n");
  Client client;
  client.start();
  client.open(root, kHead + "include \"part one.stele\"\n");
  EXPECT_EQ(codes(client.diagnostics(part_uri)), (Codes{"S3032"}));

  // What is open counts, not what is on disk; and the policy's sets are known in its fragment.
  client.open(part_uri, "rule q:\n  deny file read on secrets\n");
  EXPECT_EQ(codes(client.diagnostics(part_uri)), (Codes{"S3032"}));
  client.notify("textDocument/didChange",
                {{"textDocument", {{"uri", root}, {"version", 2}}},
                 {"contentChanges", {{{"text", kHead + "include \"part one.stele\" let secrets = path \"/a\"\n"}}}}});
  EXPECT_EQ(client.diagnostics(part_uri), Json::array());

  // Without the policy the fragment stands alone again; without either there is nothing to say.
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", root}}}});
  EXPECT_EQ(codes(client.diagnostics(part_uri)), (Codes{"S3032"}));
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", part_uri}}}});
  EXPECT_EQ(client.diagnostics(part_uri), Json::array());
}

/// The next diagnostics that the server sends by itself.
Json awaited(Client& client) {
  for (;;) {
    const Json message = client.receive();
    if (message.is_null() || message["method"] == "textDocument/publishDiagnostics") return message["params"];
  }
}

TEST(Diagnostics, OfTheAnalysesAfterAPause) {
  const std::string holds = kHead + "rule r:\n  deny file read on \"/etc/shadow\" for uid 0\n",
                    fails = holds + "assert never uid 33 : file read on \"/etc/shadow\"\n";
  Client client;
  client.start();
  client.open(kUri, fails);
  EXPECT_EQ(client.diagnostics(kUri), Json::array()) << "at once only what is quick";
  const Json found = awaited(client);
  EXPECT_EQ(found["uri"], kUri);
  ASSERT_EQ(codes(found["diagnostics"]), (Codes{"S4030"}));
  EXPECT_EQ(found["diagnostics"][0]["range"]["start"]["line"], 3);
  client.notify("textDocument/didChange", change(2, {{{"text", holds}}}));
  EXPECT_EQ(client.diagnostics(kUri), Json::array()) << "nothing old is said of a new text";
}

/// Of reading and of the analyses.
TEST(Diagnostics, WhatIsAcknowledgedIsAHint) {
  const std::string loader = "rule l:\n  deny exec on \"/lib64/ld-linux-x86-64.so.2\" acknowledge ";
  Client client;
  client.start();
  client.open(kUri, kGood + "let s = path \"/a\" acknowledge S3039 \"later\"\n" + loader + "S4037 \"static\"\n");
  EXPECT_EQ(codes(client.diagnostics(kUri)), Codes{"S3039"});
  const Json list = awaited(client)["diagnostics"];
  ASSERT_EQ(codes(list), (Codes{"S3039", "S4037"}));
  EXPECT_EQ(list[0]["severity"], 4);
  EXPECT_EQ(list[0]["message"], "set `s` is not used\nacknowledged: later");
  EXPECT_EQ(list[1]["severity"], 4);
}

TEST(Diagnostics, WhatSilencesNothingIsFaded) {
  Client client;
  client.start();
  client.open(kUri, kHead + "rule r:\n  deny file read on \"/etc/shadow\" acknowledge S4037 \"static\"\n");
  EXPECT_EQ(client.diagnostics(kUri), Json::array());
  const Json list = awaited(client)["diagnostics"];
  ASSERT_EQ(codes(list), Codes{"S4044"});
  EXPECT_EQ(list[0]["severity"], 2);
  EXPECT_EQ(list[0]["tags"], Json::array({1}));
}

TEST(Diagnostics, OfTheAnalysesWithinIncludes) {
  const Folder folder;
  const std::string root = "file://" + folder.path("root.stele"), part = "file://" + folder.path("part.stele");
  folder.write("part.stele", "rule q:\n  deny file read on \"/a\"\nassert never : file read on \"/b\"\n");
  Client client;
  client.start();
  client.open(root, kHead + "include \"part.stele\"\n");
  EXPECT_EQ(client.diagnostics(root), Json::array());
  const Json found = awaited(client);
  EXPECT_EQ(found["uri"], part);
  EXPECT_EQ(codes(found["diagnostics"]), (Codes{"S4030"}));
}

TEST(Diagnostics, FollowTheDisk) {
  const Folder folder;
  const std::string root = "file://" + folder.path("root.stele");
  Client client;
  client.start();
  client.open(root, kHead + "include \"part.stele\"\n");
  EXPECT_EQ(codes(client.diagnostics(root)), (Codes{"S3020"}));
  folder.write("part.stele", "rule q:\n  deny file read on \"/a\"\n");
  client.notify("textDocument/didSave", {{"textDocument", {{"uri", root}}}});
  EXPECT_EQ(client.diagnostics(root), Json::array());
}

TEST(Diagnostics, APipeIsNotRead) {
  const Folder folder;
  ASSERT_EQ(mkfifo(folder.path("pipe").c_str(), 0600), 0);
  Client client;
  client.start();
  client.open("file://" + folder.path("root.stele"), kHead + "include \"pipe\"\n");
  EXPECT_EQ(codes(client.diagnostics("file://" + folder.path("root.stele"))), (Codes{"S3020"}));
}

TEST(Diagnostics, WhatNoKernelCanPrevent) {
  Client client;
  client.start();
  client.open(kUri, kHead + "rule r:\n  deny syscall { getpid }\n");
  EXPECT_EQ(codes(client.diagnostics(kUri)), (Codes{"S6010"}));
}

TEST(Diagnostics, NamesOfUsersAndGroups) {
  const Folder folder;
  const std::string passwd = folder.write("passwd", "www-data:x:33:33::/:/bin/sh\n");
  const std::string group = folder.write("group", "adm:x:4:\n");
  const std::string text = kHead + "rule r:\n  deny exec on \"/a\" for uid \"www-data\" or gid \"adm\"\n";
  Client with({"--stdio", "--passwd", passwd, "--group", group}), without;
  with.start();
  with.open(kUri, text);
  EXPECT_EQ(with.diagnostics(kUri), Json::array());
  without.start();
  without.open(kUri, text);
  EXPECT_EQ(codes(without.diagnostics(kUri)), (Codes{"S3045", "S3045"}));
}

TEST(Diagnostics, OfATextThatHasNoFile) {
  Client client;
  client.start();
  client.open("untitled:Untitled-1", kHead + "rule r: deny file read on nothing");
  EXPECT_EQ(codes(client.diagnostics("untitled:Untitled-1")), (Codes{"S3032"}));
}

}  // namespace
}  // namespace stele::testing
