#include "compiler/lsp/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "compiler/lsp/language.h"
#include "dsl/diag/codes.h"
#include "dsl/sema/objects.h"

namespace stele::lsp {
namespace {

using Kind = Completion::Kind;

/// The words' table of a type of sets; nullopt: it has none, or several.
std::optional<words::WordTable> table_of(sema::SetType type) {
  switch (type) {
    case sema::SetType::syscall:
      return words::WordTable::syscall;
    case sema::SetType::cap:
      return words::WordTable::capability;
    case sema::SetType::family:
      return words::WordTable::family;
    case sema::SetType::socket_type:
      return words::WordTable::socket_type;
    case sema::SetType::protocol:
      return words::WordTable::protocol;
    case sema::SetType::program_type:
      return words::WordTable::bpf_program;
    case sema::SetType::map_type:
      return words::WordTable::bpf_map;
    case sema::SetType::tty:
      return words::WordTable::tty;
    default:
      return std::nullopt;
  }
}

class Completer {
public:
  Completer(const CompletionPlace& place, const Symbols& symbols) : place_(place), symbols_(symbols) {}

  std::vector<Completion> run() {
    add();
    return std::move(out_);
  }

private:
  void add() {
    switch (place_.expect) {
      case Expect::nothing:
        return;
      case Expect::statement:
        return statements();
      case Expect::effect:
        return words(WordKind::effect);
      case Expect::klass:
        return words(WordKind::klass, Kind::module);
      case Expect::operation:
        return all(operation_words(place_.klass), Kind::function);
      case Expect::object:
        return objects();
      case Expect::clause:
        return clauses();
      case Expect::set_type:
        words(WordKind::set_type, Kind::type);
        return sets();
      case Expect::member:
        return members();
      case Expect::netlink:
        return table(words::WordTable::netlink_protocol);
      case Expect::constant:
        return table(words::WordTable::argument_constant);
      case Expect::field:
        some(WordKind::logic, {"not"});
        return words(WordKind::field, Kind::field);
      case Expect::exe:
        one("kernel", Kind::keyword, "what the kernel starts itself, before its exec");
        [[fallthrough]];
      case Expect::comparison:
        some(WordKind::logic, {"in"});
        return members();
      case Expect::after_test:
        return after_test();
      case Expect::error:
        return words(WordKind::error, Kind::constant);
      case Expect::log_level:
        words(WordKind::log_level);
        return clauses();
      case Expect::log_limit:
        some(WordKind::log_level, {"limit"});
        return clauses();
      case Expect::part:
        return words(WordKind::part, Kind::property);
      case Expect::or_kill:
        return some(WordKind::effect, {"kill"});
      case Expect::other_effect:
        return some(WordKind::effect, {"deny", "kill", "audit"});
      case Expect::warning:
        return warnings();
      case Expect::quantifier:
        return some(WordKind::sealing, {"never", "always"});
      case Expect::requirement:
        return some(WordKind::requirement, {"lockdown", "module_signatures", "lsm"});
      case Expect::lockdown:
        return some(WordKind::requirement, {"integrity", "confidentiality"});
      case Expect::on_failure:
        some(WordKind::failure, {"on"});
        return statements();
      case Expect::failure:
        return some(WordKind::failure, {"failure"});
      case Expect::failure_action:
        return some(WordKind::failure, {"halt", "continue"});
      case Expect::system:
        return one("linux", Kind::constant, "the kernel: `target linux >= 6.1`");
      case Expect::removable:
        return some(WordKind::sealing, {"never", "by"});
      case Expect::template_name:
        for (const auto& [name, found] : symbols_.templates) one(name, Kind::function, "template");
        return;
      case Expect::owner:
        return one("policy", Kind::constant, "this policy's own programs, maps, links and pins");
    }
  }

  void one(std::string label, Kind kind, std::string detail) {
    out_.push_back({std::move(label), kind, std::move(detail)});
  }
  void all(std::vector<WordInfo> infos, Kind kind) {
    for (WordInfo& info : infos) one(std::move(info.word), kind, std::move(info.detail));
  }
  void words(WordKind kind, Kind shown = Kind::keyword) { all(words_of(kind), shown); }
  void some(WordKind kind, std::initializer_list<std::string_view> wanted) {
    for (WordInfo& info : words_of(kind))
      if (std::find(wanted.begin(), wanted.end(), info.word) != wanted.end())
        one(std::move(info.word), Kind::keyword, std::move(info.detail));
  }
  void warnings() {
    for (const diag::CodeInfo& info : diag::all_codes())
      if (diag::can_be_acknowledged(info)) one(diag::code_text(info.number), Kind::constant, std::string(info.text));
  }
  void table(words::WordTable words) {
    for (std::string& word : stele::words::words_of(words)) {
      std::string detail = table_detail(words, word);
      one(std::move(word), Kind::constant, std::move(detail));
    }
  }

  void statements() {
    if (place_.in_seal) {
      words(WordKind::effect);
      some(WordKind::sealing, {"self", "removable"});
    } else if (place_.in_template) {
      some(WordKind::statement, {"rule", "assert"});
    } else {
      words(WordKind::statement);
    }
  }

  void clauses() {
    if (place_.in_constraint) {
      for (WordInfo& info : words_of(WordKind::clause))
        if (info.word != "on") one(std::move(info.word), Kind::keyword, std::move(info.detail));
      if (!place_.in_seal) words(WordKind::effect);
    }
    statements();
  }

  void objects() {
    for (const std::string& word : sema::object_words_of(place_.klass)) {
      some(word == "on" ? WordKind::clause : WordKind::qualifier, {word});
    }
    clauses();
  }

  void after_test() {
    some(WordKind::logic, {"and", "or"});
    if (place_.in_removable) some(WordKind::sealing, {"with"});
    if (place_.in_assertion) return words(WordKind::field, Kind::field);
    clauses();
  }

  void members() {
    sets();
    if (!place_.type) return;
    if (const std::optional<words::WordTable> words = table_of(*place_.type)) {
      table(*words);
    } else {
      for (std::string& word : sema::type_words(*place_.type))
        one(std::move(word), Kind::constant, sema::set_type_text(*place_.type));
    }
    if (place_.type == sema::SetType::syscall)
      for (std::string& group : words::syscall_groups()) {
        const size_t calls = words::syscall_group(group)->size();
        one(std::move(group), Kind::module, fmt::format("systemd's group of {} system calls", calls));
      }
  }

  void sets() {
    for (const std::string& parameter : place_.parameters) one(parameter, Kind::variable, "parameter of this template");
    for (const auto& [name, let] : symbols_.sets) {
      const std::optional<sema::SetType> type = sema::find_set_type(let->type.text);
      if (place_.type && type && !sema::fits(*type, *place_.type)) continue;
      one(name, Kind::variable, fmt::format("set of type `{}`", let->type.text));
    }
  }

  const CompletionPlace& place_;
  const Symbols& symbols_;
  std::vector<Completion> out_;
};

}  // namespace

std::vector<Completion> completions(const CompletionPlace& place, const Symbols& symbols) {
  return Completer(place, symbols).run();
}

}  // namespace stele::lsp
