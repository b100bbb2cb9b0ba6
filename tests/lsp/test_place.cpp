// What may come next, for the beginnings of texts: `|` marks the place.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "compiler/lsp/completion.h"
#include "compiler/lsp/completion_place.h"

namespace stele::lsp {
namespace {

CompletionPlace place_in(std::string text) {
  const size_t at = text.find('|');
  text.erase(at, 1);
  const auto source = std::make_shared<const diag::SourceFile>(diag::SourceFile{"t", std::move(text)});
  return completion_place(*source, parse::lex(source), at);
}

TEST(CompletionPlace, Expectations) {
  const struct {
    const char* text;
    Expect expect;
  } table[] = {
      {"|", Expect::statement},
      {"le|", Expect::statement},
      {"policy |", Expect::nothing},
      {"policy p version \"1.0.0\" |", Expect::on_failure},
      {"policy p version \"1.0.0\" on |", Expect::failure},
      {"policy p version \"1.0.0\" on failure |", Expect::failure_action},
      {"policy p version \"1.0.0\" on failure halt |", Expect::statement},
      {"policy p version \"1.0.0\" target |", Expect::system},
      {"target |", Expect::system},
      {"target linux |", Expect::nothing},
      {"target linux >= 6.1 |", Expect::statement},
      {"target linux >= 6.1 r|", Expect::statement},
      {"require |", Expect::requirement},
      {"require lockdown |", Expect::lockdown},
      {"include \"a|\"", Expect::nothing},
      {"// l|", Expect::nothing},
      {"/* l| */", Expect::nothing},
      {"/* l */ |", Expect::statement},
      {"/// l|", Expect::nothing},
      {"let |", Expect::nothing},
      {"let a = |", Expect::set_type},
      {"let a = ui|", Expect::set_type},
      {"let a = uid |", Expect::member},
      {"let a = uid { 1, |", Expect::member},
      {"rule r: deny exec on \"/a\" for uid { |", Expect::member},
      {"rule r: deny exec on \"/a\" for uid { 33 } |", Expect::after_test},
      {"let a = uid { 1 |", Expect::nothing},
      {"let a = uid { 1 } |", Expect::statement},
      {"let a = b - |", Expect::member},
      {"rule |", Expect::nothing},
      {"rule log: |", Expect::effect},
      {"rule r: de|", Expect::effect},
      {"rule r: deny |", Expect::klass},
      {"rule r: deny file |", Expect::operation},
      {"rule r: deny file { read, |", Expect::operation},
      {"rule r: deny file { read, w|", Expect::operation},
      {"rule r: deny file read |", Expect::object},
      {"rule r: deny file { read } |", Expect::object},
      {"rule r: deny exec |", Expect::object},
      {"rule r: deny file read on |", Expect::member},
      {"rule r: deny file read on s |", Expect::object},
      {"rule r: deny net connect to |", Expect::member},
      {"rule r: deny net connect to x port { 443/|", Expect::member},
      {"rule r: deny net create family netlink(!|", Expect::netlink},
      {"rule r: deny bpf map_update on maps of |", Expect::owner},
      {"rule r: only syscall |", Expect::member},
      {"rule r: only syscall { @|", Expect::member},
      {"rule r: only syscall { clone(arg0 & |", Expect::constant},
      {"rule r: deny exec on a for |", Expect::field},
      {"rule r: deny exec on a for not |", Expect::field},
      {"rule r: deny exec on a unless owner |", Expect::after_test},
      {"rule r: deny exec on a for parent.|", Expect::field},
      {"rule r: deny exec on a for uid |", Expect::comparison},
      {"rule r: deny exec on a for exe |", Expect::exe},
      {"rule r: deny exec on a unless not exe k|", Expect::exe},
      {"rule r: deny exec on a for exe kernel |", Expect::after_test},
      {"rule r: deny exec on a for parent.exe |", Expect::comparison},
      {"rule r: deny exec on a for uid in |", Expect::member},
      {"rule r: deny exec on a for uid == |", Expect::member},
      {"rule r: deny exec on a for uid 5 |", Expect::after_test},
      {"rule r: deny exec on a for (uid 5 or |", Expect::field},
      {"rule r: deny exec on a for (uid 5) |", Expect::after_test},
      {"rule r: deny exec on a for uid 5 errno |", Expect::error},
      {"rule r: deny exec on a errno EPERM |", Expect::clause},
      {"rule r: deny exec on a log |", Expect::log_level},
      {"rule r: deny exec on a log alert |", Expect::log_limit},
      {"rule r: deny exec on a log limit |", Expect::nothing},
      {"rule r: deny exec on a without |", Expect::part},
      {"rule r: deny exec on a without { link, |", Expect::part},
      {"rule r: deny exec on a acknowledge |", Expect::warning},
      {"rule r: deny exec on a acknowledge S4025 |", Expect::nothing},
      {"rule r: deny exec on a acknowledge S4025 \"x\" |", Expect::clause},
      {"policy p version \"1.0.0\" acknowledge |", Expect::warning},
      {"let a = path \"/a\" acknowledge S|", Expect::warning},
      {"let a = path \"/a\" acknowledge S3039 \"x\" |", Expect::statement},
      {"use t(a) as b acknowledge |", Expect::warning},
      {"assert never uid 1 : exec on a acknowledge |", Expect::warning},
      {"rule r: only exec on a for uid 1 else |", Expect::other_effect},
      {"rule r: only exec on a for uid 1 else kill |", Expect::clause},
      {"rule r: only exec on a for uid 1 else deny or |", Expect::or_kill},
      {"rule r: only exec on a for uid 1 else deny or kill |", Expect::clause},
      {"rule r: deny or |", Expect::or_kill},
      {"rule r: deny or kill |", Expect::klass},
      {"rule r: deny or kill file |", Expect::operation},
      {"seal { |", Expect::statement},
      {"seal { self |", Expect::statement},
      {"seal { removable |", Expect::removable},
      {"seal { removable by |", Expect::field},
      {"seal { removable by uid 0 |", Expect::after_test},
      {"seal { self } |", Expect::statement},
      {"assert |", Expect::quantifier},
      {"assert never |", Expect::field},
      {"assert never uid 1 |", Expect::after_test},
      {"assert never uid 1 : |", Expect::klass},
      {"template t(a, b) { |", Expect::statement},
      {"template t(a, b) { rule r: deny exec on |", Expect::member},
      {"use |", Expect::template_name},
      {"use t(|", Expect::member},
      {"use t(a) as |", Expect::nothing},
      {"use t(a) as x |", Expect::statement},
      {"nonsense ) } , |", Expect::statement},
      {"let a = uid { 1 rule r: |", Expect::effect},
  };
  for (const auto& [text, expect] : table)
    EXPECT_EQ(static_cast<int>(place_in(text).expect), static_cast<int>(expect)) << text;
}

TEST(CompletionPlace, WhatIsAround) {
  EXPECT_EQ(place_in("rule r: deny net { | }").klass, "net");
  EXPECT_EQ(place_in("let a = gid |").type, sema::SetType::gid);
  EXPECT_EQ(place_in("rule r: deny cap |").type, sema::SetType::cap);
  EXPECT_EQ(place_in("rule r: deny net connect port |").type, sema::SetType::port);
  EXPECT_EQ(place_in("rule r: deny exec on a unless exe in |").type, sema::SetType::path);
  EXPECT_EQ(place_in("template t(a, b) { rule r: deny exec on |").parameters, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(place_in("template t(a) { } rule r: deny exec on |").parameters.empty());
  EXPECT_EQ(place_in("rule r: deny exec on a for parent.ex|").begin, 27u);
  EXPECT_EQ(place_in("rule r: deny exec on ab|").begin, 21u);
}

TEST(CompletionPlace, SurvivesEveryPrefix) {
  const std::string text =
      "policy p version \"1.0.0\" target linux >= 6.1 require lockdown integrity let a = uid { 1..2, b } | (c - d)\n"
      "template t(x) { rule r: only syscall { ioctl(arg1 == 0x1) } for (uid in x and not exe \"/a\") else kill }\n"
      "use t({ 1, 2 }, a) as z seal { self removable by uid 0 with exe \"/b\" deny bpf map_update on maps of policy }\n"
      "assert never uid 1 exe \"/c\" : net bind to 10.0.0.0/8 port 443/tcp family netlink(!route)";
  const auto source = std::make_shared<const diag::SourceFile>(diag::SourceFile{"t", text});
  const std::vector<parse::Lexeme> lexemes = parse::lex(source);
  for (size_t at = 0; at <= text.size(); ++at) completions(completion_place(*source, lexemes, at), Symbols());
  const std::string deep = "rule r: deny exec for " + std::string(200000, '(');
  const auto nested = std::make_shared<const diag::SourceFile>(diag::SourceFile{"t", deep});
  completion_place(*nested, parse::lex(nested), deep.size());
}

}  // namespace
}  // namespace stele::lsp
