#include "compiler/lsp/symbols.h"

#include <algorithm>
#include <filesystem>

#include "dsl/sema/objects.h"
#include "dsl/sema/words.h"

namespace stele::lsp {
namespace {

/// Walks the tree in two passes: first what is defined, then what is used.
class Collector {
public:
  explicit Collector(const sema::Program& program) : program_(program) {}

  Symbols run() {
    for (const auto& file : program_.files)
      for (const ast::Statement& statement : file->statements)
        std::visit([this](const auto& one) { define(one); }, statement);
    for (const auto& file : program_.files)
      for (const ast::Statement& statement : file->statements)
        std::visit([this](const auto& one) { use(one); }, statement);
    return std::move(out_);
  }

private:
  void add(SymbolKind kind, const ast::Word& word, bool definition) {
    if (word.text.empty() || word.span.begin == word.span.end) return;
    const bool local = kind == SymbolKind::parameter || kind == SymbolKind::rule;
    out_.occurrences.push_back({kind, word.text, word.span, definition, local ? scope_ : nullptr});
  }

  template <typename T>
  void define(const T&) {}
  void define(const ast::Let& let) {
    out_.sets.try_emplace(let.name.text, &let);
    add(SymbolKind::set, let.name, true);
  }
  void define(const ast::Rule& rule) {
    out_.rules.push_back(&rule);
    add(SymbolKind::rule, rule.name, true);
  }
  void define(const ast::Template& one) {
    out_.templates.try_emplace(one.name.text, &one);
    add(SymbolKind::template_name, one.name, true);
    scope_ = &one;
    for (const ast::Word& parameter : one.parameters) add(SymbolKind::parameter, parameter, true);
    for (const ast::Rule& rule : one.rules) define(rule);
    scope_ = nullptr;
  }
  void define(const ast::Use& use) {
    out_.uses.push_back(&use);
    add(SymbolKind::prefix, use.prefix, true);
  }

  template <typename T>
  void use(const T&) {}
  void use(const ast::Let& let) { set(let.value, sema::find_set_type(let.type.text)); }
  void use(const ast::Rule& rule) {
    for (const ast::Constraint& one : rule.constraints) constraint(one);
  }
  void use(const ast::Seal& seal) {
    for (const ast::Constraint& one : seal.constraints) constraint(one);
    for (const ast::Removable& one : seal.removable) {
      if (one.by) condition(*one.by);
      if (one.with) condition(*one.with);
    }
  }
  void use(const ast::Assertion& assertion) {
    for (const ast::Condition& one : assertion.subject) condition(one);
    operation(assertion.operation);
  }
  void use(const ast::Template& one) {
    scope_ = &one;
    for (const ast::Rule& rule : one.rules) use(rule);
    for (const ast::Assertion& assertion : one.assertions) use(assertion);
    scope_ = nullptr;
  }
  void use(const ast::Use& use) {
    if (out_.templates.contains(use.name.text)) add(SymbolKind::template_name, use.name, false);
    for (const ast::SetExpression& argument : use.arguments) set(argument, std::nullopt);
  }

  void constraint(const ast::Constraint& one) {
    operation(one.operation);
    if (one.subject) condition(*one.subject);
    if (one.exception) condition(*one.exception);
    if (one.libs) set(*one.libs, sema::SetType::path);
  }

  void operation(const ast::Operation& one) {
    const std::optional<sema::SetType> type = class_type(one.klass.text);
    if (one.operations && type) set(*one.operations, type);
    for (const ast::Object& object : one.objects) {
      const std::string_view word = object.qualifier ? std::string_view(object.qualifier->text) : "";
      if (word != "of") set(object.set, object_type(one.klass.text, word));
    }
  }

  void condition(const ast::Condition& one) {
    for (const ast::Condition& operand : one.operands) condition(operand);
    if (one.kind == ast::Condition::Kind::test) set(one.value, field_type(one.field.text));
  }

  void set(const ast::SetExpression& expression, std::optional<sema::SetType> type) {
    for (const ast::SetExpression& operand : expression.operands) set(operand, type);
    for (const ast::Item& item : expression.items)
      if (item.kind == ast::Item::Kind::name && !item.arguments) name(item, type);
  }

  /// As the resolver reads a name: a parameter, else a word of the type, else a set.
  void name(const ast::Item& item, std::optional<sema::SetType> type) {
    const ast::Word word{item.text.bytes, item.span};
    const bool is_parameter =
        scope_ && std::any_of(scope_->parameters.begin(), scope_->parameters.end(),
                              [&](const ast::Word& parameter) { return parameter.text == word.text; });
    if (is_parameter)
      add(SymbolKind::parameter, word, false);
    else if (!(type && sema::find_type_word(*type, word.text)) && out_.sets.contains(word.text))
      add(SymbolKind::set, word, false);
  }

  const sema::Program& program_;
  Symbols out_;
  const ast::Template* scope_ = nullptr;
};

}  // namespace

bool same_symbol(const Occurrence& a, const Occurrence& b) {
  return a.kind == b.kind && a.name == b.name && a.scope == b.scope;
}

Symbols collect_symbols(const sema::Program& program) {
  return Collector(program).run();
}

const ast::File* file_of(const sema::Program& program, const std::string& path) {
  for (const auto& file : program.files)
    if (file->source->path == path || std::filesystem::path(file->source->path).lexically_normal() == path)
      return file.get();
  return nullptr;
}

const Occurrence* symbol_at(const Symbols& symbols, const ast::File& file, size_t offset) {
  for (const Occurrence& one : symbols.occurrences)
    if (one.span.file == file.source && one.span.begin <= offset && offset <= one.span.end) return &one;
  return nullptr;
}

std::optional<sema::SetType> object_type(std::string_view klass, std::string_view word) {
  const sema::ObjectWord* object = sema::find_object_word(klass, word);
  if (!object) return std::nullopt;
  switch (object->kind) {
    case sema::ObjectKind::path:
    case sema::ObjectKind::exe:
    case sema::ObjectKind::source:
      return sema::SetType::path;
    case sema::ObjectKind::address:
      return sema::SetType::net;
    case sema::ObjectKind::port:
      return sema::SetType::port;
    case sema::ObjectKind::family:
      return sema::SetType::family;
    case sema::ObjectKind::socket_type:
      return sema::SetType::socket_type;
    case sema::ObjectKind::protocol:
      return sema::SetType::protocol;
    case sema::ObjectKind::uid:
      return sema::SetType::uid;
    case sema::ObjectKind::gid:
      return sema::SetType::gid;
    case sema::ObjectKind::fstype:
      return sema::SetType::name;
    case sema::ObjectKind::bpf_type:
      return sema::SetType::bpf_type;
    case sema::ObjectKind::policy:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<sema::SetType> field_type(std::string_view field) {
  const std::optional<Field> found = find_subject_field(field);
  if (!found) return std::nullopt;
  switch (*found) {
    case Field::gid:
    case Field::egid:
      return sema::SetType::gid;
    case Field::loginuid:
      return sema::SetType::login_uid;
    case Field::comm:
      return sema::SetType::name;
    case Field::mntns:
    case Field::pidns:
      return sema::SetType::name_space;
    case Field::tty:
      return sema::SetType::tty;
    case Field::cap:
      return sema::SetType::cap;
    case Field::uid:
    case Field::euid:
      return sema::SetType::uid;
    default:
      return sema::SetType::path;
  }
}

std::optional<sema::SetType> class_type(std::string_view klass) {
  if (klass == "syscall") return sema::SetType::syscall;
  if (klass == "cap") return sema::SetType::cap;
  return std::nullopt;
}

}  // namespace stele::lsp
