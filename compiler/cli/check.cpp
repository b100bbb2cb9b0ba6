// stele check: every diagnostic, the analyses and assertions over all requests, and for each constraint what it is
// worth on the policy's kernels and by which hooks.

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "compiler/analyze/acknowledgements.h"
#include "compiler/analyze/analyze.h"
#include "compiler/analyze/root_check.h"
#include "compiler/cli/command_line.h"
#include "compiler/cli/costs.h"
#include "compiler/cli/pipeline.h"
#include "compiler/cli/policy_file.h"
#include "compiler/cli/progress.h"
#include "compiler/evaluate/reason.h"
#include "compiler/guarantee/enforceable.h"
#include "compiler/guarantee/guarantee.h"
#include "dsl/diag/codes.h"
#include "dsl/diag/utf8.h"
#include "dsl/sema/condition_tree.h"
#include "dsl/sema/print.h"
#include "dsl/words/words.h"

namespace stele::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  Output output;
  PolicyFile policy;
  std::string root;
  bool guarantees = false, costs = false, warnings_are_errors = false;
};

std::string effect_words(const Constraint& constraint) {
  const std::string effect = sema::effect_text(constraint);
  if (constraint.form != Form::only_listed) return effect;
  return effect == "deny" ? "only" : "only … else " + effect;
}

std::vector<std::string> operation_texts(const Constraint& constraint) {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < kOpCount; ++i)
    if (constraint.ops & op_bit(static_cast<Op>(i))) names.push_back(op_text(static_cast<Op>(i)));
  return names;
}

std::string source_of(const diag::Span& span) {
  return fmt::format("{}:{}", span.file->path, diag::locate(*span.file, span.begin).line);
}

/// The hooks of all its operations, each once, in the order of the operations.
std::vector<std::string> hooks_of(const guarantee::ConstraintGuarantee& guarantee) {
  std::vector<std::string> hooks;
  for (const auto& mechanism : guarantee.mechanisms)
    for (const std::string& hook : mechanism.hooks)
      if (std::find(hooks.begin(), hooks.end(), hook) == hooks.end()) hooks.push_back(hook);
  return hooks;
}

/// "deny file read, file write on `secrets` and the directories above"
std::string constraint_words(const Policy& policy, const Constraint& constraint) {
  std::string text = fmt::format("{} {}", effect_words(constraint), fmt::join(operation_texts(constraint), ", "));
  if (constraint.objects != kAnyPath) text += " on " + evaluate::set_text(policy, constraint.objects);
  if (constraint.reach == Reach::listed_or_above) text += " and the directories above";
  if (const std::string object = sema::condition_text(policy, constraint.object); !object.empty())
    text += ", " + object;
  return text;
}

std::string worth_of(const guarantee::ConstraintGuarantee& guarantee) {
  return guarantee::worth_text(guarantee) + (guarantee.enforced ? "" : " (no programs yet)");
}

std::string call_word(const guarantee::OperationGuarantee& one) {
  return std::string(words::word_of(words::WordTable::syscall, one.syscall));
}

std::string operation_words(const guarantee::OperationGuarantee& one) {
  return one.op == Op::syscall ? "syscall " + call_word(one) : op_text(one.op);
}

/// Of `deny or kill`: which operations and calls are prevented, and on which kernels the caller is killed instead.
std::string alternative_lines(const guarantee::ConstraintGuarantee& guarantee) {
  std::vector<std::pair<std::string, std::string>> lines;  // those alike, in the order of the first
  for (const guarantee::Alternative& one : guarantee::alternatives(guarantee)) {
    std::string how = one.prevented.empty() ? "killed" : "prevented";
    if (!one.prevented.empty() && !one.killed.empty())
      how = fmt::format("killed on linux {}, prevented on {}", fmt::join(one.killed, ", "),
                        fmt::join(one.prevented, ", "));
    auto line = std::find_if(lines.begin(), lines.end(), [&](const auto& known) { return known.first == how; });
    if (line == lines.end())
      lines.emplace_back(how, operation_words(one.operation));
    else
      line->second +=
          ", " + (one.operation.op == Op::syscall ? call_word(one.operation) : operation_words(one.operation));
  }
  std::string text;
  for (const auto& [how, operations] : lines) text += fmt::format("      {}: {}\n", how, operations);
  return text;
}

/// One line a kernel, and below it each operation with its hooks and what there is to know of it.
std::string kernel_lines(const guarantee::ConstraintGuarantee& guarantee) {
  std::string text;
  for (const guarantee::KernelGuarantee& kernel : guarantee.kernels) {
    text += fmt::format("      linux {}: {}\n", sema::kernel_version_text(kernel.kernel.version),
                        catalog::guarantee_text(kernel.guarantee));
    for (const guarantee::OperationGuarantee& one : kernel.operations) {
      const catalog::Mechanism& mechanism = *one.mechanism;
      text += fmt::format("        {}: {}{}{}\n", operation_words(one), catalog::guarantee_text(mechanism.guarantee),
                          mechanism.hooks.empty() ? "" : fmt::format(" by {}", fmt::join(mechanism.hooks, ", ")),
                          mechanism.note.empty() ? "" : fmt::format("; {}", mechanism.note));
    }
  }
  return text;
}

/// With --subuid, whom a constraint for users holds; without, and where all is to be said, that they may be others.
std::string subject_line(const Policy& policy, const Constraint& constraint, const Options& options) {
  Condition subject = constraint.subject;
  if (sema::user_tests(subject).empty()) return {};
  if (!options.policy.names.subuid.empty()) return fmt::format("      for {}\n", sema::condition_text(policy, subject));
  if (!options.guarantees) return {};
  return "      for these ids alone: a user's subordinate ids are others without `--subuid FILE`\n";
}

std::string guarantee_lines(const Policy& policy, const guarantee::ConstraintGuarantee& guarantee, bool of_kernels) {
  const Constraint& constraint = policy.constraints[guarantee.constraint];
  std::string how =
      of_kernels ? kernel_lines(guarantee) : fmt::format("      by {}\n", fmt::join(hooks_of(guarantee), ", "));
  if (guarantee.or_kill && guarantee.guarantee != catalog::Guarantee::prevent && !of_kernels)
    how += alternative_lines(guarantee);
  return fmt::format("  {}{}: {}\n{}", constraint.origin.derived ? "+ " + constraint.origin.part + ", " : "",
                     worth_of(guarantee), constraint_words(policy, constraint), how);
}

/// The author's constraints in order, each with what was added to keep it true.
std::string report_text(const Policy& policy, const std::vector<guarantee::ConstraintGuarantee>& all,
                        const Options& options) {
  const bool of_kernels = options.guarantees;
  std::map<uint32_t, std::vector<const guarantee::ConstraintGuarantee*>> closure;  // by the author's constraint
  for (const guarantee::ConstraintGuarantee& one : all)
    if (const Origin& origin = policy.constraints[one.constraint].origin; origin.derived)
      closure[origin.of].push_back(&one);
  std::string text;
  size_t written = 0;
  for (const guarantee::ConstraintGuarantee& one : all) {
    const Constraint& constraint = policy.constraints[one.constraint];
    if (constraint.origin.derived) continue;
    ++written;
    text += fmt::format("\n{} rule {}\n", source_of(constraint.span), policy.rules[constraint.rule].name);
    text += guarantee_lines(policy, one, of_kernels);
    text += subject_line(policy, constraint, options);
    for (const guarantee::ConstraintGuarantee* added : closure[one.constraint])
      text += guarantee_lines(policy, *added, of_kernels);
  }
  return fmt::format("policy {} {}: {} rules, {} constraints, {} more added to keep them true\n{}", policy.name,
                     policy.version, policy.rules.size(), written, all.size() - written, text);
}

Json constraint_json(const Policy& policy, const guarantee::ConstraintGuarantee& guarantee) {
  const Constraint& constraint = policy.constraints[guarantee.constraint];
  Json json;
  json["constraint"] = guarantee.constraint;
  json["rule"] = policy.rules[constraint.rule].name;
  json["source"] = source_of(constraint.span);
  if (constraint.origin.derived) {
    json["closure"] = constraint.origin.part;
    json["closure_of"] = constraint.origin.of;
  }
  json["effect"] = effect_words(constraint);
  json["operations"] = operation_texts(constraint);
  json["for"] = sema::condition_text(policy, constraint.subject);
  json["guarantee"] = catalog::guarantee_text(guarantee.guarantee);
  json["kills"] = guarantee.kills;
  if (guarantee.or_kill)
    for (const guarantee::Alternative& one : guarantee::alternatives(guarantee))
      json["deny_or_kill"].push_back(
          {{"operation", operation_words(one.operation)}, {"prevented", one.prevented}, {"killed", one.killed}});
  json["enforced"] = guarantee.enforced;
  json["mechanisms"] = Json::array();
  for (const auto& mechanism : guarantee.mechanisms)
    json["mechanisms"].push_back({{"operation", op_text(mechanism.op)}, {"hooks", mechanism.hooks}});
  return json;
}

Json kernels_json(const guarantee::ConstraintGuarantee& guarantee) {
  Json kernels = Json::array();
  for (const guarantee::KernelGuarantee& kernel : guarantee.kernels) {
    Json operations = Json::array();
    for (const guarantee::OperationGuarantee& one : kernel.operations)
      operations.push_back({{"operation", operation_words(one)},
                            {"guarantee", catalog::guarantee_text(one.mechanism->guarantee)},
                            {"hooks", one.mechanism->hooks},
                            {"note", one.mechanism->note},
                            {"tried", one.mechanism->tried}});
    kernels.push_back({{"kernel", sema::kernel_version_text(kernel.kernel.version)},
                       {"guarantee", catalog::guarantee_text(kernel.guarantee)},
                       {"operations", std::move(operations)}});
  }
  return kernels;
}

/// Reports what `build` refuses, as far as there are programs for what the policy says.
bool can_be_built(const Policy& policy, diag::Sink& sink) {
  diag::Sink without_programs;
  guarantee::check_enforceable(policy, without_programs);
  if (without_programs.has_errors()) return true;
  const Progress progress("putting the paths together" + crossed_paths_text(policy));
  return lower::lower(policy, sink).has_value();
}

/// Everything that can be said of a policy without building it. nullopt when it is wrong.
std::optional<Policy> checked(const Options& options, diag::Sink& sink) {
  std::optional<Policy> policy = load(options.policy, sink);
  if (!policy) return std::nullopt;
  guarantee::check_guarantees(*policy, sink);
  if (options.root.empty())
    analyze::check_script_names(*policy, sink);
  else
    analyze::check_root(*policy, options.root, sink);
  // Before the analyses, which would not end well either where there are too many paths.
  if (!sink.has_errors() && !can_be_built(*policy, sink)) return std::nullopt;
  {
    const Progress progress("analysing" + crossed_paths_text(*policy));
    analyze::analyze(*policy, {}, sink);
  }
  if (sink.has_errors()) return std::nullopt;
  analyze::check_acknowledgements(
      *policy, {.image = !options.root.empty(), .subordinates = !options.policy.names.subuid.empty()}, sink);
  return policy;
}

/// What the policy acknowledges, so that it stays in sight.
std::string acknowledged_text(const diag::Sink& sink) {
  std::string text;
  for (const diag::Diagnostic& one : sink.all())
    if (one.acknowledged)
      text +=
          fmt::format("  {}{}: {}\n      {}\n", one.span.file ? source_of(one.span) + " " : "",
                      diag::code_text(one.code), diag::harmless(one.message), diag::harmless(one.acknowledged->reason));
  return text.empty() ? text : "\nacknowledged:\n" + text;
}

Json report_json(const Policy& policy, const diag::Sink& sink, bool of_kernels) {
  Json json = parse_json(diag::render_json(sink));
  json["policy"] = policy.name;
  json["version"] = policy.version;
  json["constraints"] = Json::array();
  for (const auto& guarantee : guarantee::guarantees(policy)) {
    json["constraints"].push_back(constraint_json(policy, guarantee));
    if (of_kernels) json["constraints"].back()["kernels"] = kernels_json(guarantee);
  }
  return json;
}

/// Builds it, and looks at what was built.
Result<cost::Costs> estimate(const Policy& policy, const ir::Module& module) {
  const Progress progress("building");
  const auto build = build_enforcer(policy, module);
  if (!build) return tl::unexpected(build.error());
  const auto info = pack::read_enforcer(build->enforcer);
  if (!info) return tl::unexpected(info.error());
  return cost::costs_of(module, *info);
}

int run(const Options& options) {
  std::error_code error;
  if (!options.root.empty() && !std::filesystem::is_directory(options.root, error))
    return fail(
        {options.root, error.value(), error ? "cannot read the image" : "the image is a folder, and this is none"},
        options.output);
  diag::Sink sink;
  const std::optional<Policy> policy = checked(options, sink);
  std::optional<cost::Costs> costs;
  if (policy && options.costs) {
    const auto module = lower::lower(*policy, sink);
    if (!module) {  // what cannot be built costs nothing
      print_diagnostics(sink, options.output, options.policy.path);
      return kFailed;
    }
    auto estimated = estimate(*policy, *module);
    if (!estimated) return fail(estimated.error(), options.output);
    costs = std::move(*estimated);
  }
  if (policy && options.output.json()) {
    Json json = report_json(*policy, sink, options.guarantees);
    if (options.costs) json["costs"] = costs_json(*costs);
    print_json(json);
    return has_failed(sink, options.warnings_are_errors) ? kFailed : kFine;
  }
  print_diagnostics(sink, options.output, options.policy.path);
  if (policy && !options.output.sarif()) {
    print(report_text(*policy, guarantee::guarantees(*policy), options) + acknowledged_text(sink));
    if (options.costs) print(costs_text(*costs));
  }
  return !policy || has_failed(sink, options.warnings_are_errors) ? kFailed : kFine;
}

}  // namespace

Command add_check(CLI::App& stele) {
  auto options = std::make_shared<Options>();
  CLI::App* app = add_subcommand(
      stele, "check", "Find mistakes in a policy and print what each constraint guarantees",
      "  stele check web.stele\n"
      "  stele check web.stele --guarantees                     (for each kernel of the target)\n"
      "  stele check web.stele --costs                          (what it takes to load, and per operation)\n"
      "  stele check web.stele --root image --passwd image/etc/passwd --subuid image/etc/subuid\n"
      "  stele check web.stele --format sarif > web.sarif       (for code scanning)\n\n"
      "Looks for constraints that never decide anything, and decides `assert` for all\n"
      "requests. What has no programs yet is marked; `stele build` refuses it.\n",
      options->output, Formats::text_json_sarif);
  add_policy_file(*app, options->policy);
  add_warnings_as_errors(*app, options->warnings_are_errors);
  add_value(*app, "--root", options->root, "compare paths with the image in this folder: symlinks, missing files");
  add_flag(*app, "--guarantees", options->guarantees, "for each kernel: what each operation is worth, by which hooks");
  add_flag(*app, "--costs", options->costs, "what loading it will take on each kernel, and each operation: estimates");
  return {app, [options] { return run(*options); }};
}

}  // namespace stele::cli
