// Hostile and huge input gives a diagnostic or a policy, never a crash.

#include <gtest/gtest.h>

#include <random>

#include "dsl/diag/codes.h"
#include "dsl/diag/render.h"
#include "dsl/parse/parse.h"
#include "tests/sema/memory_reader.h"

namespace stele {
namespace {

const std::string kHead = "policy p version \"1.0.0\"\nrule r:\n  deny file read on \"/a\" for ";

uint16_t first_code(const std::string& text) {
  diag::Sink sink;
  EXPECT_FALSE(test::load_text(text, sink).has_value());
  EXPECT_TRUE(sink.has_errors());
  EXPECT_FALSE(diag::render_text(sink, diag::Colour::on).empty());
  EXPECT_FALSE(diag::render_json(sink).empty());
  return sink.all().empty() ? 0 : sink.all().front().code;
}

std::string repeated(const std::string& text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Robustness, NestingIsBounded) {
  EXPECT_EQ(first_code(kHead + std::string(10000, '(') + "uid 1" + std::string(10000, ')')),
            diag::code::nested_too_deeply);
  EXPECT_EQ(first_code(std::string(1 << 20, '{')), diag::code::nested_too_deeply);
  diag::Sink sink;
  EXPECT_TRUE(test::load_text(
      kHead + std::string(parse::kMaxNesting, '(') + "uid 1" + std::string(parse::kMaxNesting, ')'), sink));
}

TEST(Robustness, LongChainsAreFlat) {
  diag::Sink sink;
  EXPECT_TRUE(test::load_text(kHead + repeated("not ", 100001) + "uid 1", sink));
  EXPECT_TRUE(test::load_text(kHead + repeated("uid 1 or ", 20000) + "uid 2", sink));
  EXPECT_TRUE(test::load_text(kHead + repeated("uid 1 and ", 20000) + "uid 2", sink));
}

TEST(Robustness, ChainsOfSetsAreBounded) {
  std::string text = "policy p version \"1.0.0\"\nrule r:\n  deny file read on a0\n";
  for (int i = 0; i < 20000; ++i) text += "let a" + std::to_string(i) + " = path { a" + std::to_string(i + 1) + " }\n";
  EXPECT_EQ(first_code(text), diag::code::sets_nested_too_deeply);
}

TEST(Robustness, ChainsOfIncludesAreBounded) {
  std::map<std::string, std::string> files;
  for (int i = 0; i < 5000; ++i) files[std::to_string(i)] = "include \"" + std::to_string(i + 1) + "\"\n";
  diag::Sink sink;
  EXPECT_FALSE(sema::load_policy("0", test::MemoryReader(files), sink).has_value());
  ASSERT_EQ(sink.all().size(), 1u);
  EXPECT_EQ(sink.all().at(0).code, diag::code::includes_nested_too_deeply);
}

TEST(Robustness, EmptyAndMissing) {
  EXPECT_EQ(first_code(""), diag::code::empty_policy);
  EXPECT_EQ(first_code(" \n// nothing\n"), diag::code::empty_policy);
  diag::Sink sink;
  EXPECT_FALSE(sema::load_policy("missing.stele", test::MemoryReader({}), sink).has_value());
  EXPECT_EQ(sink.all().at(0).code, diag::code::unreadable_policy);
}

TEST(Robustness, TooLarge) {
  EXPECT_EQ(first_code(std::string(parse::kMaxPolicyBytes + 1, ' ')), diag::code::policy_too_large);
}

TEST(Robustness, Noise) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::string bytes, letters;
    for (int i = 0; i < 2000; ++i) {
      bytes += static_cast<char>(random());
      letters += static_cast<char>(' ' + random() % 95);
    }
    EXPECT_NE(first_code(bytes), 0);
    EXPECT_NE(first_code(letters), 0);
  }
}

TEST(Robustness, ShuffledWords) {
  const std::vector<std::string> words = {"policy",
                                          "version",
                                          "target",
                                          "let",
                                          "include",
                                          "rule",
                                          "require",
                                          "seal",
                                          "assert",
                                          "use",
                                          "as",
                                          "template",
                                          "self",
                                          "removable",
                                          "never",
                                          "by",
                                          "deny",
                                          "audit",
                                          "kill",
                                          "only",
                                          "on",
                                          "for",
                                          "unless",
                                          "errno",
                                          "log",
                                          "limit",
                                          "without",
                                          "else",
                                          "libs",
                                          "and",
                                          "or",
                                          "not",
                                          "in",
                                          "net",
                                          "to",
                                          "port",
                                          "family",
                                          "of",
                                          "syscall",
                                          "cap",
                                          "bpf",
                                          "=",
                                          "==",
                                          "{",
                                          "}",
                                          "(",
                                          ")",
                                          ",",
                                          ":",
                                          "..",
                                          ".",
                                          "|",
                                          "&",
                                          "-",
                                          "/",
                                          "!",
                                          "file",
                                          "read",
                                          "exec",
                                          "uid",
                                          "exe",
                                          "path",
                                          "x",
                                          "arg1",
                                          "1",
                                          "0x10",
                                          "6.1",
                                          "10.0.0.1",
                                          "::1",
                                          "443/tcp",
                                          "5/s",
                                          "netlink(!route)",
                                          "\"/a\"",
                                          "\"",
                                          "'x'",
                                          "/*",
                                          "@g",
                                          "@basic-io",
                                          "ioctl(arg1 & 3)",
                                          "33a",
                                          ";",
                                          "99999999999999999999999"};
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    std::string text = round % 2 ? kHead : "";
    for (int i = 0; i < 60; ++i) text += words[random() % words.size()] + " ";
    diag::Sink sink;
    test::load_text(text, sink);
    diag::render_text(sink, diag::Colour::off);
  }
}

/// Every prefix of a policy, and the policy with each byte in turn missing or damaged.
TEST(Robustness, DamagedPolicies) {
  const std::string good =
      "/// Doc.\npolicy p version \"1.0.0\"\ntarget linux 6.1..6.12\nlet k = path { \"/a/**\", \"/b\\x20\" }\n"
      "rule r:\n  deny file { read, write } on k for uid 3..4 unless exe \"/x\" or not gid in { 5 } errno EACCES\n"
      "  only exec on \"/usr/bin/**\" for uid 33 else kill log alert limit 5/s without { exe_libs }\n"
      "  deny net connect to 10.0.0.0/8 | ::1 port { 443/tcp } deny syscall { @mount, ioctl(arg1 & 3 == 1) }\n"
      "seal { self deny bpf map_update on maps of policy removable by uid 0 }\n"
      "assert never uid 5 : file read on \"/a/x\"\n"
      "template t(x) { rule s: deny file stat on x }\nuse t({ \"/t\" }) as u\n";
  diag::Sink clean;
  ASSERT_FALSE(test::load_text(good, clean).has_value());  // the `only` has no exception, so no part to drop
  ASSERT_EQ(clean.all().at(0).code, diag::code::part_not_present);
  for (size_t i = 0; i < good.size(); ++i) {
    for (const std::string& text :
         {good.substr(0, i), good.substr(0, i) + good.substr(i + 1), good.substr(0, i) + '\xff' + good.substr(i + 1),
          good.substr(0, i) + '"' + good.substr(i)}) {
      diag::Sink sink;
      test::load_text(text, sink);
      diag::render_text(sink, diag::Colour::off);
    }
  }
}

}  // namespace
}  // namespace stele
