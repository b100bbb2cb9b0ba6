// Whatever the text: a tree or diagnostics, in steps that grow with the text and no faster.

#include <gtest/gtest.h>

#include <random>

#include "dsl/diag/codes.h"
#include "dsl/diag/render.h"
#include "dsl/parse/lex.h"
#include "dsl/parse/parse.h"
#include "tests/parse/dump.h"

namespace stele {
namespace {

/// Parses, lexes, prints: nothing of it may crash. True when there was no error.
bool survives(const std::string& text) {
  const auto source = std::make_shared<const diag::SourceFile>(diag::SourceFile{"p.stele", text});
  diag::Sink sink;
  const ast::File file = parse::parse(source, sink);
  EXPECT_EQ(file.complete, !sink.has_errors());
  test::dump(file);
  parse::lex(source);
  diag::render_text(sink, diag::Colour::off);
  return !sink.has_errors();
}

/// A bit of everything.
const std::string kWhole = R"(/// Doc.
policy web version "1.4.0"
target linux 6.1..6.12 exact "ab12"
require lockdown integrity
include "a.stele"
let web = uid { 33, 1000..1999, "www-data" } | b & c - d
let up = net { 10.2.0.0/16, 2001:db8:7::/48, 10.0.0.1..10.0.0.9 }
rule r:
  deny file { read, write } on secrets for uid in web unless exe in { "/a", "/b\x20" } or not (gid 3) log alert limit 5/s
  only net { connect, send } to up port { 443/tcp, 53/udp } else kill libs { "/l/**" } without { link, rename }
  deny net create family { packet, netlink(!route) } type raw errno ENOENT
  only syscall { @basic-io, ioctl(arg1 == 0x5401), clone(arg0 & CLONE_NEWUSER == 0) } deny syscall kill
  kill kernel sysctl("/proc/sys/**") deny process signal on uid 0 exe "/x"
seal { self deny bpf map_update on maps of policy removable by uid 0 with exe "/a" }
assert never uid 33 exe "/x" : file write on "/etc/**"
template service(exe, user) { rule run: only exec on exe for uid in user assert always : exec on exe }
use service("/usr/sbin/nginx", { 33 } | web) as nginx
)";

TEST(ParseRobustness, DamagedPolicies) {
  ASSERT_TRUE(survives(kWhole));
  for (size_t i = 0; i < kWhole.size(); ++i) {
    survives(kWhole.substr(0, i));
    survives(kWhole.substr(0, i) + kWhole.substr(i + 1));
    survives(kWhole.substr(0, i) + '\xff' + kWhole.substr(i + 1));
    survives(kWhole.substr(0, i) + '"' + kWhole.substr(i));
  }
}

std::vector<std::string> words_of(const std::string& text) {
  const auto source = std::make_shared<const diag::SourceFile>(diag::SourceFile{"p.stele", text});
  std::vector<std::string> out;
  for (const parse::Lexeme& lexeme : parse::lex(source))
    if (lexeme.kind != parse::Lexeme::Kind::doc)
      out.push_back(text.substr(lexeme.span.begin, lexeme.span.end - lexeme.span.begin));
  return out;
}

TEST(ParseRobustness, MissingDoubledAndForeignWords) {
  const std::vector<std::string> words = words_of(kWhole);
  std::mt19937 random(4);
  for (size_t i = 0; i < words.size(); ++i) {
    std::string missing, doubled, foreign;
    for (size_t j = 0; j < words.size(); ++j) {
      missing += j == i ? "" : words[j] + " ";
      doubled += j == i ? words[j] + " " + words[j] + " " : words[j] + " ";
      foreign += (j == i ? words[random() % words.size()] : words[j]) + " ";
    }
    survives(missing);
    survives(doubled);
    survives(foreign);
  }
}

TEST(ParseRobustness, ShuffledWords) {
  std::vector<std::string> words = words_of(kWhole);
  for (const char* more :
       {"'x'", "/*", "33a", ";", "0x", "\"", "..", "1.2.3", "!=", "<", "a:b:c", "99999999999999999999"})
    words.push_back(more);
  std::mt19937 random(5);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (int i = 0; i < 60; ++i) text += words[random() % words.size()] + " ";
    survives(text);
  }
}

std::string repeated(const std::string& text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

uint64_t steps_for(const std::string& text) {
  diag::Sink sink;
  return parse::parse(std::make_shared<const diag::SourceFile>(diag::SourceFile{"p.stele", text}), sink).steps;
}

/// What looks far ahead does so once: twice the text is twice the steps. The quadratic would be four times as many.
TEST(ParseRobustness, NothingIsQuadratic) {
  const std::vector<std::string> parts = {"a ",
                                          "on a b ",
                                          "deny net a b ",
                                          "deny syscall kill ",
                                          "removable by a b with c d ",
                                          "let a = b ",
                                          "deny net on a b c ",
                                          "of policy ",
                                          "(",
                                          "a, ",
                                          "a | ",
                                          "a or ",
                                          "not ",
                                          "'",
                                          "assert never a b : exec ",
                                          "a:",
                                          "\"",
                                          "/*",
                                          "use t(a) as b ",
                                          "log limit 5/s "};
  for (const std::string head : {"", "rule r: ", "rule r: deny net ", "seal { ", "let a = ", "let a = path { ",
                                 "rule r: deny exec for ", "assert never ", "use t(", "rule r: deny syscall f("})
    for (const std::string& part : parts) {
      const uint64_t once = steps_for(head + repeated(part, 1000)), twice = steps_for(head + repeated(part, 2000));
      EXPECT_LT(static_cast<double>(twice), 2.2 * static_cast<double>(once)) << head << part;
    }
}

TEST(ParseRobustness, TooManyWords) {
  diag::Sink sink;
  parse::parse(std::make_shared<const diag::SourceFile>(diag::SourceFile{"p.stele", repeated("a,", 600'000)}), sink);
  ASSERT_EQ(sink.all().size(), 1u);
  EXPECT_EQ(sink.all().front().code, diag::code::policy_too_large);
}

TEST(ParseRobustness, ABigPolicyTakesAFewStepsAByte) {
  std::string text;
  for (int rule = 0; rule < 2000; ++rule) {
    text += "rule r" + std::to_string(rule) + ": deny file { read, write } on { ";
    for (int path = 0; path < 10; ++path) text += "\"/srv/app/d" + std::to_string(path) + "/é.conf\", ";
    text += "} unless exe \"/usr/bin/x\"\n";
  }
  EXPECT_LT(steps_for(text), 6 * text.size());
}

}  // namespace
}  // namespace stele
