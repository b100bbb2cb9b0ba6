#include "dsl/parse/slips.h"

#include <SteleLexer.h>
#include <SteleParser.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "dsl/parse/tree.h"

namespace stele::parse {

using grammar::SteleLexer;
using grammar::SteleParser;

namespace {

struct OtherWord {
  std::string_view word, ours;
};

/// Words of other languages for what begins a clause.
constexpr OtherWord kClauses[] = {
    {"but", "unless"},         {"except", "unless"},  {"excluding", "unless"},     {"if", "for"},
    {"ignore", "acknowledge"}, {"otherwise", "else"}, {"suppress", "acknowledge"}, {"when", "for"},
    {"where", "for"},          {"who", "for"},
};
/// Words of other languages for effects.
constexpr OtherWord kEffects[] = {
    {"block", "deny"},
    {"drop", "deny"},
    {"forbid", "deny"},
    {"reject", "deny"},
};
constexpr std::string_view kAllowing[] = {"accept", "allow", "grant", "permit"};

template <size_t N>
std::string_view ours_for(const OtherWord (&words)[N], const std::string& word) {
  const auto found =
      std::find_if(std::begin(words), std::end(words), [&](const OtherWord& one) { return one.word == word; });
  return found == std::end(words) ? std::string_view() : found->ours;
}

bool ends_word(char c) {
  return std::string_view(" \t\r\n,{}()\"").find(c) != std::string_view::npos;
}

bool is_number(size_t type) {
  return type == SteleLexer::NUMBER || type == SteleLexer::HEX || type == SteleLexer::OCTAL;
}
bool is_address(size_t type) {
  return type == SteleLexer::DOTTED || type == SteleLexer::IPV6;
}

size_t end_of_path(const diag::SourceFile& source, size_t offset) {
  while (offset < source.text.size() && !ends_word(source.text[offset])) ++offset;
  return offset;
}

class SlipFinder {
public:
  SlipFinder(antlr4::Parser& parser, const antlr4::Token& found, const diag::SourceFile& source)
      : parser_(parser), found_(found), source_(source), rule_(parser.getContext()->getRuleIndex()) {
    if (auto* tokens = dynamic_cast<antlr4::BufferedTokenStream*>(parser.getTokenStream())) tokens->fill();
  }

  std::optional<Slip> run() {
    if (std::optional<Slip> slip = other_clause()) return slip;
    std::string hint = hint_for(found_.getType());
    if (hint.empty()) hint = unfinished_test();
    if (hint.empty()) return std::nullopt;
    const bool path = found_.getType() == SteleLexer::SLASH;
    return Slip{std::move(hint), nullptr, path ? end_of_path(source_, found_.getStartIndex()) : 0};
  }

private:
  /// The token so many behind the one at hand.
  const antlr4::Token* token(ptrdiff_t distance) const {
    auto* tokens = dynamic_cast<antlr4::BufferedTokenStream*>(parser_.getTokenStream());
    const ptrdiff_t at = static_cast<ptrdiff_t>(found_.getTokenIndex()) + distance;
    if (!tokens || at < 0 || at >= static_cast<ptrdiff_t>(tokens->size())) return nullptr;
    return tokens->get(static_cast<size_t>(at));
  }
  size_t type(ptrdiff_t distance) const {
    const antlr4::Token* one = token(distance);
    return one ? one->getType() : antlr4::Token::EOF;
  }
  bool touches_both() const {
    const antlr4::Token *before = token(-1), *behind = token(1);
    return before && behind && before->getStopIndex() + 1 == found_.getStartIndex() &&
           found_.getStopIndex() + 1 == behind->getStartIndex();
  }
  bool between_constraints() const { return rule_ == SteleParser::RuleFile || rule_ == SteleParser::RulePolicyRule; }
  const antlr4::ParserRuleContext* context() const { return parser_.getContext(); }

  std::string hint_for(size_t found) const {
    switch (found) {
      case SteleLexer::SLASH:
        return unquoted_path();
      case SteleLexer::MINUS:
        return minus();
      case SteleLexer::COLON:
        return colon();
      case SteleLexer::LB:
      case SteleLexer::LP:
        return bracket();
      case SteleLexer::NOT:
        return not_in();
      case SteleLexer::INTERSECT:
        return type(1) == SteleLexer::INTERSECT ? "join conditions with `and`" : "";
      case SteleLexer::UNION:
        return type(1) == SteleLexer::UNION ? "join conditions with `or`" : "";
      case SteleLexer::NAME:
        return between_constraints() ? effect_for(found_.getText()) : "";
      default:
        return {};
    }
  }

  std::string unquoted_path() const {
    if (is_number(type(-1)) || is_address(type(-1))) return {};
    const std::string path = path_around(source_, found_.getStartIndex());
    if (path.size() < 2) return {};
    if (type(-1) == SteleLexer::NAME && is_number(type(1)))
      return fmt::format("write `{}/{}`", token(1)->getText(), token(-1)->getText());
    if (between_constraints()) return fmt::format("begin with what is denied: `deny file read on \"{}\"`", path);
    return fmt::format("paths are strings: write `\"{}\"`", path);
  }

  std::string minus() const {
    if (is_number(type(-1)) || is_address(type(-1)))
      return fmt::format("write a range as `{}..{}`", token(-1)->getText(),
                         type(1) == antlr4::Token::EOF ? "" : token(1)->getText());
    if (rule_ == SteleParser::RulePolicyRule && begins_constraint(type(1)))
      return "leave it out: a constraint begins with its effect";
    if (!touches_both() || type(-1) != SteleLexer::NAME) return {};
    std::string whole = path_around(source_, found_.getStartIndex());
    auto* object = enclosing<SteleParser::ObjectContext>(*parser_.getContext());
    if (object && object->NAME() && object->NAME()->getText() == "protocol")
      return "protocols are words or numbers, such as `icmpv6`";
    if (!is_naming()) return fmt::format("names of users and groups are strings: write `\"{}\"`", whole);
    whole.erase(std::min(whole.find(':'), whole.size()));
    std::replace(whole.begin(), whole.end(), '-', '_');
    return fmt::format("names are letters, digits and `_`: write `{}`", whole);
  }

  /// Is it the name of a policy, a rule, a set or a template that is being read?
  bool is_naming() const {
    constexpr size_t kBeginning = 2;  // the reserved word and the name
    switch (rule_) {
      case SteleParser::RuleHeader:
      case SteleParser::RulePolicyRule:
      case SteleParser::RuleSetDefinition:
      case SteleParser::RuleTemplateDefinition:
      case SteleParser::RuleTemplateUse:
        return context()->children.size() <= kBeginning;
      default:
        return false;
    }
  }

  std::string colon() const {
    if (is_address(type(-1)) && is_number(type(1)))
      return fmt::format("write `{} port {}`", token(-1)->getText(), token(1)->getText());
    return begins_constraint(type(-1)) ? "leave it out: what is denied stands behind the effect" : "";
  }

  std::string bracket() const {
    if (rule_ == SteleParser::RulePolicyRule && context()->children.size() == 2)
      return fmt::format("constraints follow a colon: `rule {}:`", token(-1)->getText());
    auto* test = enclosing<SteleParser::TestContext>(*parser_.getContext());
    if (!test || !test->op || found_.getType() != SteleLexer::LB) return {};
    const char* negation = test->op->getType() == SteleLexer::NE ? "not " : "";
    return fmt::format("write `{}{} in {{ … }}`", negation, test->field()->getText());
  }

  std::string not_in() const {
    auto* test = enclosing<SteleParser::TestContext>(*parser_.getContext());
    return test && test->field() && type(1) == SteleLexer::IN
               ? fmt::format("write `not {} in …`", test->field()->getText())
               : "";
  }

  static std::string effect_for(const std::string& word) {
    if (std::find(std::begin(kAllowing), std::end(kAllowing), word) != std::end(kAllowing))
      return "what nothing denies is allowed; a list of what is allowed begins with `only`";
    const std::string_view ours = ours_for(kEffects, word);
    return ours.empty() ? "" : fmt::format("write `{}`", ours);
  }

  /// `deny file read on "/a" if uid 33` reads as an object `if` and its set.
  std::optional<Slip> other_clause() const {
    auto* operation = enclosing<SteleParser::OperationContext>(*parser_.getContext());
    if (!operation) operation = just_read<SteleParser::OperationContext>(parser_);
    if (!operation) return std::nullopt;
    for (auto* object : operation->object()) {
      if (!object->NAME()) continue;
      const antlr4::Token* word = object->NAME()->getSymbol();
      const std::string_view ours = ours_for(kClauses, word->getText());
      std::string hint = ours.empty() ? effect_for(word->getText()) : fmt::format("write `{}`", ours);
      if (!hint.empty()) return Slip{std::move(hint), word};
    }
    return std::nullopt;
  }

  /// `for web`
  std::string unfinished_test() const {
    auto* test = enclosing<SteleParser::TestContext>(*parser_.getContext());
    if (!test || test->children.size() != 1 || is_sign(found_.getType())) return {};
    const std::string word = test->field()->getText();
    if (word == "all" || word == "any" || word == "everybody" || word == "everyone")
      return "for everybody: `for uid >= 0` of an `only`, elsewhere no `for` at all";
    return fmt::format("say what is in the set, such as `uid in {}`", word);
  }

  static bool begins_constraint(size_t type) {
    return type == SteleLexer::DENY || type == SteleLexer::AUDIT || type == SteleLexer::KILL ||
           type == SteleLexer::ONLY;
  }
  static bool is_sign(size_t type) {
    return type >= SteleLexer::ASSIGN && type <= SteleLexer::BANG && type != SteleLexer::RB;
  }

  antlr4::Parser& parser_;
  const antlr4::Token& found_;
  const diag::SourceFile& source_;
  size_t rule_;
};

}  // namespace

std::optional<Slip> find_slip(antlr4::Parser& parser, const antlr4::Token& found, const diag::SourceFile& source) {
  return SlipFinder(parser, found, source).run();
}

std::string path_around(const diag::SourceFile& source, size_t offset) {
  const std::string& text = source.text;
  size_t begin = std::min(offset, text.size());
  while (begin > 0 && !ends_word(text[begin - 1])) --begin;
  return text.substr(begin, end_of_path(source, offset) - begin);
}

}  // namespace stele::parse
