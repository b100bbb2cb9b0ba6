// What the resolver takes from elsewhere: files of users and groups, includes, templates of other files; and that large
// policies resolve in good time.

#include <gtest/gtest.h>

#include "dsl/diag/codes.h"
#include "dsl/sema/print.h"
#include "tests/sema/memory_reader.h"

namespace stele {
namespace {

const std::string kHead = "policy p version \"1.0.0\"\n";

std::vector<uint16_t> codes(const diag::Sink& sink) {
  std::vector<uint16_t> out;
  for (const diag::Diagnostic& d : sink.all()) out.push_back(d.code);
  return out;
}

TEST(Accounts, NamesAreThoseOfTheFilesGiven) {
  const test::MemoryReader files({{"p", kHead + "rule r: audit exec on \"/a\" for uid \"web\" or gid \"adm\""},
                                  {"image/passwd", "web:x:33:1::/:\n"},
                                  {"image/group", "adm:x:4:web\n"}});
  diag::Sink sink;
  const auto policy =
      sema::load_policy("p", files, sink, {.passwd = "image/passwd", .group = "image/group", .subuid = ""});
  ASSERT_TRUE(policy.has_value());
  EXPECT_EQ(sema::condition_text(*policy, policy->constraints.at(0).subject), "uid in { 33 } or gid in { 4 }");
}

TEST(Accounts, AFileThatCannotBeReadIsReportedOnce) {
  const test::MemoryReader files({{"p", kHead + "rule r: audit exec on \"/a\" for uid \"web\" or uid \"web\""}});
  diag::Sink sink;
  EXPECT_FALSE(sema::load_policy("p", files, sink, {.passwd = "missing", .group = "", .subuid = ""}).has_value());
  EXPECT_EQ(codes(sink), std::vector<uint16_t>{diag::code::unreadable_accounts});
  EXPECT_NE(sink.all().front().message.find("missing"), std::string::npos);
}

TEST(Accounts, WithoutFilesNamesAreRefused) {
  const test::MemoryReader files({{"p", kHead + "rule r: audit exec on \"/a\" for uid \"root\""}});
  diag::Sink sink;
  EXPECT_FALSE(sema::load_policy("p", files, sink).has_value());
  EXPECT_EQ(codes(sink), std::vector<uint16_t>{diag::code::no_account_file});
}

TEST(Accounts, SubordinateIdsNeedTheirFile) {
  const test::MemoryReader files({{"p", kHead + "rule r: audit exec on \"/a\" for uid 1000"},
                                  {"good", "1000:100000:65536\n"},
                                  {"beyond", "1000:18446744073709551616:1\n"},
                                  {"owner", "4294967295:100000:65536\n"},
                                  {"many", "1000:1:4294967295\n"},
                                  {"none", ":1:1\n"},
                                  {"more", "1000:1:1:1\n"},
                                  {"empty", "1000:1:\n"}});
  const auto codes_with = [&](const std::string& subuid) {
    diag::Sink sink;
    EXPECT_EQ(sema::load_policy("p", files, sink, {.passwd = "", .group = "", .subuid = subuid}).has_value(),
              subuid == "good");
    return codes(sink);
  };
  EXPECT_EQ(codes_with("good"), std::vector<uint16_t>{});
  EXPECT_EQ(codes_with("missing"), std::vector<uint16_t>{diag::code::unreadable_accounts});
  for (const char* subuid : {"beyond", "owner", "many"})
    EXPECT_EQ(codes_with(subuid), std::vector<uint16_t>{diag::code::id_out_of_range}) << subuid;
  for (const char* subuid : {"none", "more", "empty"})
    EXPECT_EQ(codes_with(subuid), std::vector<uint16_t>{diag::code::bad_account_line}) << subuid;
}

TEST(Includes, TemplatesSetsAndSealsCrossFiles) {
  const test::MemoryReader files(
      {{"d/p", kHead + "include \"lib/t\"\ninclude \"lib/t\"\nuse one(shells) as a\nseal { self }"},
       {"d/lib/t",
        "include \"../more\"\nlet shells = path \"/bin/sh\"\ntemplate one(x) { rule r: audit exec on x }\n"
        "template spare(x) { rule r: audit exec on x }"},
       {"d/more", "seal { removable by uid 0 }\nrequire lsm bpf"}});
  diag::Sink sink;
  const auto policy = sema::load_policy("d/p", files, sink);
  ASSERT_TRUE(policy.has_value());
  EXPECT_TRUE(sink.all().empty());  // what a file of the library leaves unused is no mistake
  EXPECT_EQ(sema::policy_text(*policy),
            "policy p 1.0.0 linux 6.1..\nrequire lsm bpf\nset shells = { \"/bin/sh\" }\nseal self removable uid in { 0 "
            "}\nrule a_r\n  0: audit exec on shells\n");
}

TEST(Templates, TooManyUsesAreRefused) {
  std::string text = kHead + "template t(a) {\n";
  for (int i = 0; i < 500; ++i) text += "rule r" + std::to_string(i) + ": audit exec on a\n";
  text += "}\n";
  for (int i = 0; i < 500; ++i) text += "use t(\"/a\") as u" + std::to_string(i) + "\n";
  diag::Sink sink;
  EXPECT_FALSE(sema::load_policy("p", test::MemoryReader({{"p", text}}), sink).has_value());
  EXPECT_EQ(codes(sink), std::vector<uint16_t>{diag::code::too_many_instances});
}

/// Each set is made of the one before, twice: the tree is small, its expansion is not.
TEST(Bounds, ComputedSetsDoNotGrowWithTheirExpansion) {
  std::string paths = "let p0 = path \"/a/**\" - \"/a/b\"\n", calls = "let c0 = syscall ioctl(arg1 == 1)\n";
  for (int i = 1; i < 90; ++i) {
    paths += "let p" + std::to_string(i) + " = path { p" + std::to_string(i - 1) + ", \"/x\" } & { p" +
             std::to_string(i - 1) + ", \"/y\" }\n";
    calls += "let c" + std::to_string(i) + " = syscall ioctl(arg2 == 1) - c" + std::to_string(i - 1) + " | c" +
             std::to_string(i - 1) + "\n";
  }
  diag::Sink sink;
  const auto policy =
      sema::load_policy("p", test::MemoryReader({{"p", kHead + paths + "rule r: audit file read on p89"}}), sink);
  ASSERT_TRUE(policy.has_value());
  EXPECT_LT(policy->path_sets.size(), 1000u);
  EXPECT_LT(sema::policy_text(*policy).size(), 50000u);
  diag::Sink second;
  EXPECT_FALSE(
      sema::load_policy("p", test::MemoryReader({{"p", kHead + calls + "rule r: audit syscall c89"}}), second));
  EXPECT_EQ(second.all().front().code, diag::code::sets_nested_too_deeply);
}

TEST(Bounds, BracesOfAWholePolicyAreBounded) {
  std::string text = kHead + "rule r: audit file read on {\n";
  for (int i = 0; i < 1200; ++i)
    text += "\"/" + std::to_string(i) + "{0,1,2,3}{0,1,2,3}{0,1,2,3}{0,1,2,3}{0,1,2,3}\",\n";
  diag::Sink sink;
  EXPECT_FALSE(sema::load_policy("p", test::MemoryReader({{"p", text + "}"}}), sink).has_value());
  EXPECT_EQ(sink.all().front().code, diag::code::too_many_alternatives);
}

}  // namespace
}  // namespace stele
