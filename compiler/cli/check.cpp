// stele check: every diagnostic, and for each constraint what it is worth on the policy's kernels and by which hooks.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/cli/command.h"
#include "compiler/cli/pipeline.h"
#include "compiler/evaluate/reason.h"
#include "compiler/lower/guarantee.h"

namespace stele::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  Output output;
  std::string policy;
};

const char* effect_text(const Constraint& constraint) {
  static constexpr const char* kListed[] = {"audit", "deny", "kill"};
  static constexpr const char* kOnly[] = {"only … else audit", "only", "only … else kill"};
  const auto index = static_cast<size_t>(constraint.effect);
  return constraint.form == Form::only_listed ? kOnly[index] : kListed[index];
}

std::vector<std::string> operation_texts(const Constraint& constraint) {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < kOpCount; ++i)
    if (constraint.ops & op_bit(static_cast<Op>(i))) names.push_back(op_text(static_cast<Op>(i)));
  return names;
}

std::string source_of(const Constraint& constraint) {
  return fmt::format("{}:{}", constraint.span.file->path, locate(*constraint.span.file, constraint.span.begin).line);
}

/// The hooks of all its operations, each once, in the order of the operations.
std::vector<std::string> hooks_of(const ConstraintGuarantee& guarantee) {
  std::vector<std::string> hooks;
  for (const auto& mechanism : guarantee.mechanisms)
    for (const std::string& hook : mechanism.hooks)
      if (std::find(hooks.begin(), hooks.end(), hook) == hooks.end()) hooks.push_back(hook);
  return hooks;
}

std::string guarantee_lines(const Policy& policy, const ConstraintGuarantee& guarantee) {
  const Constraint& constraint = policy.constraints[guarantee.constraint];
  const std::string worth = guarantee_text(guarantee.guarantee) + (guarantee.kills ? " and kill" : "");
  const bool above = constraint.reach == Reach::listed_or_above;
  return fmt::format("  {}{}: {} {} on {}{}\n      by {}\n",
                     constraint.origin.derived ? "+ " + constraint.origin.part + ", " : "", worth,
                     effect_text(constraint), fmt::join(operation_texts(constraint), ", "),
                     set_text(policy, constraint.objects), above ? " and the directories above" : "",
                     fmt::join(hooks_of(guarantee), ", "));
}

/// The author's constraints in order, each with what was added to keep it true.
std::string report_text(const Policy& policy, const std::vector<ConstraintGuarantee>& all) {
  std::string text;
  size_t added = 0;
  for (const ConstraintGuarantee& written : all) {
    const Constraint& constraint = policy.constraints[written.constraint];
    if (constraint.origin.derived) {
      ++added;
      continue;
    }
    text += fmt::format("\n{} rule {}\n", source_of(constraint), policy.rules[constraint.rule].name);
    text += guarantee_lines(policy, written);
    for (const ConstraintGuarantee& other : all) {
      const Constraint& derived = policy.constraints[other.constraint];
      if (derived.origin.derived && derived.origin.of == written.constraint) text += guarantee_lines(policy, other);
    }
  }
  const size_t written = all.size() - added;
  return fmt::format("policy {} {}: {} rules, {} constraints, {} more added to keep them true\n{}", policy.name,
                     policy.version, policy.rules.size(), written, added, text);
}

Json constraint_json(const Policy& policy, const ConstraintGuarantee& guarantee) {
  const Constraint& constraint = policy.constraints[guarantee.constraint];
  Json json;
  json["constraint"] = guarantee.constraint;
  json["rule"] = policy.rules[constraint.rule].name;
  json["source"] = source_of(constraint);
  if (constraint.origin.derived) {
    json["closure"] = constraint.origin.part;
    json["closure_of"] = constraint.origin.of;
  }
  json["effect"] = effect_text(constraint);
  json["operations"] = operation_texts(constraint);
  json["guarantee"] = guarantee_text(guarantee.guarantee);
  json["kills"] = guarantee.kills;
  json["mechanisms"] = Json::array();
  for (const auto& mechanism : guarantee.mechanisms)
    json["mechanisms"].push_back({{"operation", op_text(mechanism.op)}, {"hooks", mechanism.hooks}});
  return json;
}

int run(const Options& options) {
  Sink sink;
  const auto lowered = load_and_lower(options.policy, sink);
  if (!options.output.json()) {
    print_diagnostics(sink, options.output, options.policy);
    if (lowered && !options.output.sarif()) print(report_text(*lowered->policy, guarantees(*lowered->policy)));
    return lowered ? kFine : kFailed;
  }
  Json json = Json::parse(render_json(sink));
  if (lowered) {
    const Policy& policy = *lowered->policy;
    json["policy"] = policy.name;
    json["version"] = policy.version;
    json["constraints"] = Json::array();
    for (const auto& guarantee : guarantees(policy)) json["constraints"].push_back(constraint_json(policy, guarantee));
  }
  print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  return lowered ? kFine : kFailed;
}

}  // namespace

Command add_check(CLI::App& stele) {
  auto options = std::make_shared<Options>();
  CLI::App* app = add_subcommand(stele, "check", "Find mistakes in a policy and print what each constraint guarantees",
                                 "  stele check web.stele\n"
                                 "  stele check web.stele --format json\n"
                                 "  stele check web.stele --format sarif > web.sarif   (for code scanning)\n",
                                 options->output, Formats::text_json_sarif);
  app->add_option("POLICY", options->policy, "the policy's file")->required();
  return {app, [options] { return run(*options); }};
}

}  // namespace stele::cli
