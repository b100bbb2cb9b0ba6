#include "compiler/lsp/completion_place.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "compiler/lsp/symbols.h"
#include "dsl/parse/parse.h"
#include "dsl/sema/objects.h"
#include "dsl/sema/words.h"

namespace stele::lsp {
namespace {

using Kind = parse::Lexeme::Kind;

struct Token {
  Kind kind;
  std::string_view text;
  size_t begin;
};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

class Reader {
public:
  Reader(const std::vector<Token>& tokens, CompletionPlace place) : tokens_(tokens), place_(std::move(place)) {}

  CompletionPlace run() {
    while (look(Expect::statement)) statement();
    return place_;
  }

private:
  /// Is there another word? If not, this is the place, and `expect` what it is for; nothing is looked for after that.
  bool look(Expect expect) {
    if (at_ < tokens_.size()) return true;
    if (!found_) place_.expect = expect;
    found_ = true;
    return false;
  }
  bool look_member(std::optional<sema::SetType> type, Expect expect = Expect::member) {
    if (!found_) place_.type = type;
    return look(expect);
  }

  const Token& here() const { return tokens_[at_]; }
  bool is(std::string_view text) const { return at_ < tokens_.size() && here().text == text; }
  bool is_word() const { return here().kind == Kind::name || here().kind == Kind::reserved; }
  bool is_effect() const { return is("deny") || is("audit") || is("kill") || is("only"); }
  bool accept(std::string_view text, Expect expect = Expect::nothing) {
    if (!look(expect) || !is(text)) return false;
    ++at_;
    return true;
  }
  /// A name that the author makes up, or any other single word.
  void word(Expect expect = Expect::nothing) {
    if (look(expect) && is_word()) ++at_;
  }
  void literal(Kind kind) {
    if (look(Expect::nothing) && here().kind == kind) ++at_;
  }

  void statement() {
    const std::string_view keyword = here().text;
    if (is_effect()) return constraint();
    ++at_;
    if (keyword == "policy") header();
    if (keyword == "target") target();
    if (keyword == "require") requirement();
    if (keyword == "include") literal(Kind::string);
    if (keyword == "let") let();
    if (keyword == "rule") rule();
    if (keyword == "seal") seal();
    if (keyword == "assert") assertion();
    if (keyword == "template") templated();
    if (keyword == "use") use();
  }

  void header() {
    word();
    if (!accept("version")) return;
    literal(Kind::string);
    if (accept("on", Expect::on_failure) && accept("failure", Expect::failure)) word(Expect::failure_action);
    acknowledgements();
  }

  /// Behind what is no constraint.
  void acknowledgements() {
    while (accept("acknowledge", Expect::statement)) acknowledgement();
  }
  void acknowledgement() {
    word(Expect::warning);
    literal(Kind::string);
  }

  void target() {
    word(Expect::system);
    bool bound = false;
    while (look(bound ? Expect::statement : Expect::nothing)) {
      if (here().kind != Kind::number && here().kind != Kind::sign && !is("exact") && here().kind != Kind::string)
        return;
      bound = here().kind == Kind::number || here().kind == Kind::string;
      ++at_;
    }
  }

  void requirement() {
    if (!look(Expect::requirement)) return;
    const std::string_view subject = here().text;
    word();
    if (subject == "lockdown") word(Expect::lockdown);
    if (subject == "lsm") word();
  }

  void let() {
    word();
    if (!accept("=") || !look(Expect::set_type)) return;
    const std::optional<sema::SetType> type = sema::find_set_type(std::string(here().text));
    if (type) ++at_;
    set(type, Expect::statement);
    acknowledgements();
  }

  void rule() {
    word();
    if (!accept(":")) return;
    while (look(Expect::effect) && is_effect()) constraint();
  }

  void constraint() {
    ++at_;
    place_.in_constraint = true;
    or_kill();
    operation();
    while (look(Expect::clause) && clause()) continue;
    if (!found_) place_.in_constraint = false;
  }

  void or_kill() {
    if (!is("or")) return;
    ++at_;
    accept("kill", Expect::or_kill);
  }

  bool clause() {
    if (accept("for") || accept("unless")) return condition(0), true;
    if (accept("errno")) return word(Expect::error), true;
    if (accept("log")) return log(), true;
    if (accept("without")) return list(Expect::part), true;
    if (accept("else")) return word(Expect::other_effect), or_kill(), true;
    if (accept("libs")) return set(sema::SetType::path, Expect::clause), true;
    if (accept("acknowledge")) return acknowledgement(), true;
    return false;
  }

  void log() {
    if (look(Expect::log_level) && here().kind == Kind::name && !is("limit")) ++at_;
    if (!accept("limit", Expect::log_limit)) return;
    literal(Kind::number);
    if (accept("/")) word();
  }

  /// One word or several in braces.
  void list(Expect expect) {
    if (!look(expect)) return;
    if (!is("{")) return operation_word(expect);
    ++at_;
    while (look(expect) && !is("}")) {
      const size_t before = at_;
      operation_word(expect);
      if (at_ == before || !accept(",")) break;
    }
    accept("}");
  }

  void operation_word(Expect expect) {
    word(expect);
    if (is("(")) arguments({});
  }

  void operation() {
    if (!look(Expect::klass) || !is_word()) return;
    place_.klass = here().text;
    ++at_;
    const std::vector<std::string> operations = operations_of(place_.klass);
    if (const std::optional<sema::SetType> type = class_type(place_.klass))
      set(type, Expect::object);
    else if (operations.size() != 1 || operations.front() != place_.klass)
      list(Expect::operation);
    while (look(Expect::object) && object()) continue;
  }

  bool object() {
    const bool on = accept("on");
    if (on && !look_member(object_type(place_.klass, ""))) return false;
    const bool named = here().kind == Kind::name && sema::find_object_word(place_.klass, here().text);
    if (!on && !named) return false;
    if (!named) return set(object_type(place_.klass, ""), Expect::object), true;
    const std::string_view name = here().text;
    ++at_;
    if (name == "of") return word(Expect::owner), true;
    return set(object_type(place_.klass, name), Expect::object), true;
  }

  /// Joined by `and` and `or`.
  void condition(uint32_t depth) {
    do {
      while (accept("not", Expect::field)) continue;
      if (!look(Expect::field)) return;
      if (is("(") && depth < parse::kMaxNesting) {
        ++at_;
        condition(depth + 1);
        accept(")", Expect::after_test);
      } else if (is_word()) {
        test();
      } else {
        return;
      }
    } while (accept("and", Expect::after_test) || accept("or", Expect::after_test));
  }

  void test() {
    const size_t begin = here().begin;
    std::string field(here().text);
    ++at_;
    if (field == "owner") {
      look(Expect::after_test);
      return;
    }
    if (is(".")) {
      ++at_;
      if (!look(Expect::field)) {
        place_.begin = std::min(place_.begin, begin);
        return;
      }
      field.append(".").append(here().text);
      word();
    }
    const std::optional<sema::SetType> type = field_type(field);
    if (!look_member(type, field == "exe" ? Expect::exe : Expect::comparison)) return;
    if (field == "exe" && accept("kernel")) {
      look(Expect::after_test);
      return;
    }
    if (accept("in") || is("{")) return set(type, Expect::after_test);
    if (is_one_of(here().text, {"==", "!=", "<", "<=", ">", ">="})) ++at_;
    if (look_member(type)) item(type, Expect::after_test);
  }

  void set(std::optional<sema::SetType> type, Expect after, uint32_t depth = 0) {
    do {
      if (!look_member(type)) return;
      if (is("{")) {
        braces(type);
      } else if (is("(") && depth < parse::kMaxNesting) {
        ++at_;
        set(type, Expect::nothing, depth + 1);
        accept(")");
      } else {
        item(type, after);
      }
    } while (accept("|", after) || accept("&", after) || accept("-", after));
  }

  void braces(std::optional<sema::SetType> type) {
    ++at_;
    while (look_member(type) && !is("}")) {
      const size_t before = at_;
      item(type, Expect::nothing);
      if (at_ == before || !accept(",")) break;
    }
    accept("}");
  }

  void item(std::optional<sema::SetType> type, Expect after) {
    const Token first = here();
    if (first.kind == Kind::sign || first.kind == Kind::unknown || first.kind == Kind::reserved) return;
    ++at_;
    if (first.kind == Kind::name && is("(")) return arguments(first.text);
    if (first.kind != Kind::number) return;
    if (accept("..", after)) literal(Kind::number);
    if (!accept("/", after)) return;
    if (type == sema::SetType::port && look_member(sema::SetType::protocol)) ++at_;
    if (type == sema::SetType::net) literal(Kind::number);
  }

  /// `(!route, audit)`, `(arg0 & CLONE_NEWUSER == 0)`, `("/proc/sys/**")`
  void arguments(std::string_view callee) {
    ++at_;
    Expect expect = callee == "netlink" ? Expect::netlink : Expect::nothing;
    while (look(expect) && !is(")")) {
      if (here().kind == Kind::reserved) return;
      const bool is_test = here().kind == Kind::sign && !is_one_of(here().text, {",", "!"});
      const bool goes_on = is(",") || is("!");
      expect = is_test ? Expect::constant : goes_on && callee == "netlink" ? Expect::netlink : Expect::nothing;
      ++at_;
    }
    accept(")");
  }

  void seal() {
    if (!accept("{")) return;
    place_.in_seal = true;
    while (look(Expect::statement) && !is("}")) {
      if (is_effect()) {
        constraint();
      } else if (is("removable")) {
        removable();
      } else if (is("self")) {
        ++at_;
      } else {
        break;
      }
    }
    if (accept("}")) place_.in_seal = false;
  }

  void removable() {
    ++at_;
    place_.in_removable = true;
    if (!accept("never", Expect::removable) && accept("by")) {
      condition(0);
      if (accept("with")) condition(0);
    }
    if (!found_) place_.in_removable = false;
  }

  void assertion() {
    word(Expect::quantifier);
    place_.in_assertion = true;
    for (bool first = true; look(first ? Expect::field : Expect::after_test) && !is(":"); first = false) {
      const size_t before = at_;
      condition(0);
      if (at_ == before) break;
    }
    if (accept(":")) {
      if (!found_) place_.in_assertion = false;
      operation();
    }
    if (!found_) place_.in_assertion = false;
    acknowledgements();
  }

  void templated() {
    word();
    if (!accept("(")) return;
    while (look(Expect::nothing) && (is_word() || is(","))) {
      if (is_word()) place_.parameters.emplace_back(here().text);
      ++at_;
    }
    if (!accept(")") || !accept("{")) return;
    place_.in_template = true;
    while (look(Expect::statement) && (is("rule") || is("assert"))) statement();
    if (!accept("}")) return;
    place_.in_template = false;
    place_.parameters.clear();
  }

  void use() {
    word(Expect::template_name);
    if (!accept("(")) return;
    while (look_member(std::nullopt) && !is(")")) {
      const size_t before = at_;
      set(std::nullopt, Expect::nothing);
      if (at_ == before || !accept(",")) break;
    }
    accept(")");
    if (accept("as")) word();
    acknowledgements();
  }

  const std::vector<Token>& tokens_;
  CompletionPlace place_;
  size_t at_ = 0;
  bool found_ = false;
};

/// Does a word with this first half go on where it ends?
bool is_unfinished(const parse::Lexeme& lexeme, std::string_view text) {
  return lexeme.kind == Kind::name || lexeme.kind == Kind::reserved || lexeme.kind == Kind::group || text == "@";
}

}  // namespace

CompletionPlace completion_place(const diag::SourceFile& source, const std::vector<parse::Lexeme>& lexemes,
                                 size_t offset) {
  CompletionPlace place;
  place.begin = offset;
  std::vector<Token> tokens;
  for (const parse::Lexeme& lexeme : lexemes) {
    const diag::Span& span = lexeme.span;
    if (span.begin >= offset) break;
    const std::string_view text = std::string_view(source.text).substr(span.begin, span.end - span.begin);
    const bool comment = lexeme.kind == Kind::comment || lexeme.kind == Kind::doc;
    const bool open_ended = text.substr(0, 2) != "/*" && comment;
    if (span.end > offset || (span.end == offset && open_ended)) {
      if (!is_unfinished(lexeme, text)) return place;
      place.begin = span.begin;
      break;
    }
    if (span.end == offset && is_unfinished(lexeme, text)) {
      place.begin = span.begin;
      break;
    }
    if (lexeme.kind == Kind::unknown && text.front() == '"') return place;
    if (!comment) tokens.push_back({lexeme.kind, text, span.begin});
  }
  return Reader(tokens, std::move(place)).run();
}

}  // namespace stele::lsp
