// The front end's driver: files → statements → header, target, sets, rules, templates, seal → closure → Policy.

#include "dsl/sema/resolve.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/sema/accounts.h"
#include "dsl/sema/acknowledgements.h"
#include "dsl/sema/assertions.h"
#include "dsl/sema/closure.h"
#include "dsl/sema/constraints.h"
#include "dsl/sema/header.h"
#include "dsl/sema/load.h"
#include "dsl/sema/seal.h"
#include "dsl/sema/sets.h"
#include "dsl/sema/templates.h"

namespace stele::sema {

namespace {

constexpr size_t kMaxFromTemplates = 200'000;  // constraints of one policy that come of templates

class Resolver {
public:
  Resolver(const Program& program, const FileReader& files, const LoadOptions& options, diag::Sink& sink)
      : program_(program),
        sink_(sink),
        report_(sink, program.complete),
        accounts_(options, files, report_),
        path_sets_(policy_.path_sets),
        sets_(accounts_, path_sets_, report_, program.complete),
        header_(policy_, report_),
        seal_(policy_, context_),
        templates_(report_, program.complete) {}

  Policy run() {
    for (const auto& file : program_.files) policy_.sources.push_back(file->source);
    policy_.acknowledgements = acknowledgements(program_, report_);
    sink_.acknowledge(policy_.acknowledgements, policy_.sources);
    for (const auto& placed : program_.statements) {
      if (const auto* let = std::get_if<ast::Let>(placed.statement)) sets_.define(*let, placed.in_root);
      if (const auto* one = std::get_if<ast::Template>(placed.statement)) templates_.define(*one, placed.in_root);
    }
    for (const auto& placed : program_.statements)
      std::visit([&](const auto& statement) { resolve(statement, placed); }, *placed.statement);
    check_whole();
    sets_.evaluate_all();
    templates_.check_unused();
    sets_.check_unused();
    add_closure(policy_, closure_, path_sets_, report_);
    return std::move(policy_);
  }

private:
  using Placed = Program::Placed;

  void resolve(const ast::Header& header, const Placed& placed) { header_.resolve(header, placed.in_root); }
  void resolve(const ast::Target& target, const Placed& placed) { header_.resolve(target, placed.file); }
  void resolve(const ast::Requirement& requirement, const Placed&) { header_.resolve(requirement); }
  void resolve(const ast::Let&, const Placed&) {}
  void resolve(const ast::Include&, const Placed&) {}
  void resolve(const ast::Template&, const Placed&) {}
  void resolve(const ast::Rule& rule, const Placed&) { resolve_rule(rule, rule.name.text, rule.name.span); }
  void resolve(const ast::Assertion& assertion, const Placed&) { resolve_assertion(assertion, policy_, context_); }

  void resolve(const ast::Seal& seal, const Placed&) {
    seal_.resolve(seal);
    if (seal.constraints.empty()) return;
    if (!seal_rule_) seal_rule_ = add_rule({.name = "seal", .doc = {}, .span = seal.span}, seal.span);
    resolve_constraints(seal.constraints, *seal_rule_);
  }

  void resolve(const ast::Use& use, const Placed&) {
    sets_.evaluate_all();  // their own mistakes are not this use's
    Templates::Instance instance;
    if (!templates_.bind(use, instance)) return;
    report_.enter_use(use.span);
    sets_.set_parameters(&instance.parameters);
    for (const ast::Rule& rule : instance.body->rules) {
      from_templates_ += rule.constraints.size();
      if (from_templates_ > kMaxFromTemplates) break;
      resolve_rule(rule, fmt::format("{}_{}", use.prefix.text, rule.name.text), use.prefix.span);
    }
    for (const ast::Assertion& assertion : instance.body->assertions) resolve_assertion(assertion, policy_, context_);
    sets_.set_parameters(nullptr);
    report_.leave_use();
    templates_.note_used(instance);
    if (from_templates_ > kMaxFromTemplates && !std::exchange(too_many_, true))
      report_.fail(diag::code::too_many_instances, use.span,
                   fmt::format("the uses of templates stand for more than {} constraints", kMaxFromTemplates),
                   "give the rules sets of several members instead");
  }

  uint32_t add_rule(Rule rule, const diag::Span& name_span) {
    const auto [it, fresh] = rules_.try_emplace(rule.name, name_span);
    if (!fresh)
      report_.fail(diag::code::duplicate_rule, name_span, fmt::format("a second rule `{}`", rule.name),
                   "events name rules: give it another name", {it->second, "the first one"});
    policy_.rules.push_back(std::move(rule));
    return static_cast<uint32_t>(policy_.rules.size() - 1);
  }

  void resolve_rule(const ast::Rule& rule, std::string name, const diag::Span& name_span) {
    resolve_constraints(rule.constraints,
                        add_rule({.name = std::move(name), .doc = rule.doc, .span = rule.span}, name_span));
  }

  void resolve_constraints(const std::vector<ast::Constraint>& constraints, uint32_t rule) {
    for (const ast::Constraint& one : constraints) {
      for (ResolvedConstraint& resolved : resolve_constraint(one, rule, context_)) {
        policy_.constraints.push_back(std::move(resolved.constraint));
        closure_.push_back(std::move(resolved.closure));
      }
    }
  }

  void check_whole() {
    if (!program_.complete) return;  // what is missing may be what could not be read
    const diag::Span start{program_.files.front()->source, 0, 0};
    const ast::Header* header = header_.header();
    if (program_.files.front()->statements.empty()) {
      report_.fail(diag::code::empty_policy, start, "the policy file is empty",
                   "begin with `policy NAME version \"1.0.0\"`");
    } else if (!header) {
      report_.fail(diag::code::missing_header, start, "no policy header", "begin with `policy NAME version \"1.0.0\"`");
    } else if (policy_.constraints.empty() && !policy_.seal.self && !report_.has_errors()) {
      report_.fail(diag::code::no_constraints, header->span, "this policy has no constraints: it allows everything",
                   "add a rule");
    }
  }

  const Program& program_;
  diag::Sink& sink_;
  Policy policy_;
  Reporter report_;
  Accounts accounts_;
  PathSetTable path_sets_;
  Sets sets_;
  Context context_{report_, sets_, path_sets_, accounts_};
  HeaderResolver header_;
  SealResolver seal_;
  Templates templates_;
  std::map<std::string, diag::Span> rules_;
  std::optional<uint32_t> seal_rule_;
  std::vector<ClosureOptions> closure_;  // by author's constraint
  size_t from_templates_ = 0;
  bool too_many_ = false;
};

}  // namespace

std::optional<Policy> load_policy(const std::string& path, const FileReader& files, diag::Sink& sink,
                                  const LoadOptions& options) {
  const Program program = load_program(path, files, sink);
  if (program.files.empty()) return std::nullopt;
  Policy policy = Resolver(program, files, options, sink).run();
  if (sink.has_errors()) return std::nullopt;
  return policy;
}

}  // namespace stele::sema
