#include "dsl/sema/acknowledgements.h"

#include <fmt/format.h>

#include <functional>
#include <string>
#include <utility>
#include <variant>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"

namespace stele::sema {

namespace {

const diag::CodeInfo* find_code(const std::string& text) {
  for (const diag::CodeInfo& info : diag::all_codes())
    if (diag::code_text(info.number) == text) return &info;
  return nullptr;
}

using Visit = std::function<void(const std::vector<ast::Acknowledgement>&, const diag::Span& place)>;

/// Everything that an acknowledgement may stand behind.
class Places {
public:
  explicit Places(const Visit& visit) : visit_(visit) {}

  void of(const ast::Statement& statement) {
    std::visit([&](const auto& one) { of(one); }, statement);
  }

private:
  void of(const ast::Header& header) { visit_(header.acknowledged, {}); }
  void of(const ast::Let& let) { visit_(let.acknowledged, let.span); }
  void of(const ast::Constraint& constraint) { visit_(constraint.acknowledged, constraint.span); }
  void of(const ast::Assertion& assertion) { visit_(assertion.acknowledged, assertion.span); }
  void of(const ast::Use& use) { visit_(use.acknowledged, use.span); }
  void of(const ast::Rule& rule) { each(rule.constraints); }
  void of(const ast::Seal& seal) { each(seal.constraints); }
  void of(const ast::Template& definition) {
    each(definition.rules);
    each(definition.assertions);
  }
  void of(const ast::Target&) {}
  void of(const ast::Requirement&) {}
  void of(const ast::Include&) {}

  template <typename T>
  void each(const std::vector<T>& all) {
    for (const T& one : all) of(one);
  }

  const Visit& visit_;
};

class Collector {
public:
  explicit Collector(Reporter& report) : report_(report) {}

  std::vector<diag::Acknowledgement> run(const Program& program) {
    const Visit visit = [&](const auto& all, const diag::Span& place) { add(all, place); };
    for (const Program::Placed& placed : program.statements) Places(visit).of(*placed.statement);
    return std::move(out_);
  }

private:
  void add(const std::vector<ast::Acknowledgement>& all, const diag::Span& place) {
    for (const ast::Acknowledgement& one : all) {
      const diag::CodeInfo* info = check_code(one.code);
      if (check_reason(one.reason) && info) out_.push_back({info->number, one.reason.bytes, one.span, place});
    }
  }

  const diag::CodeInfo* check_code(const ast::Word& code) {
    const diag::CodeInfo* info = find_code(code.text);
    if (!info) {
      std::vector<std::string> known;
      for (const diag::CodeInfo& one : diag::all_codes())
        if (diag::can_be_acknowledged(one)) known.push_back(diag::code_text(one.number));
      std::string hint = diag::did_you_mean(code.text, known);
      if (hint.empty()) hint = "write the code in the brackets of the warning, such as `S4025`";
      report_.fail(diag::code::unknown_code, code.span, fmt::format("no warning has the code `{}`", code.text), hint);
    } else if (!diag::can_be_acknowledged(*info)) {
      const bool error = info->severity == diag::Severity::error;
      report_.fail(diag::code::not_acknowledgeable, code.span,
                   fmt::format("{} is {}: {}", code.text, error ? "an error" : "about acknowledgements", info->text),
                   "warnings and notes can be acknowledged: correct what is reported");
      return nullptr;
    }
    return info;
  }

  bool check_reason(const ast::Text& reason) {
    if (reason.bytes.find_first_not_of(" \t\n") != std::string::npos) return true;
    report_.fail(diag::code::missing_reason, reason.span, "an acknowledgement without a reason",
                 "say why what the warning says is meant so");
    return false;
  }

  Reporter& report_;
  std::vector<diag::Acknowledgement> out_;
};

}  // namespace

std::vector<diag::Acknowledgement> acknowledgements(const Program& program, Reporter& report) {
  return Collector(report).run(program);
}

std::optional<uint32_t> end_to_acknowledge(const ast::File& file, const diag::Span& span) {
  std::optional<uint32_t> end;
  const Visit visit = [&](const auto&, const diag::Span& place) {
    if (place.file && place.begin <= span.begin && span.end <= place.end) end = place.end;
  };
  for (const ast::Statement& statement : file.statements) Places(visit).of(statement);
  return end;
}

}  // namespace stele::sema
