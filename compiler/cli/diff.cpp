// stele diff: what a new version of a policy permits that the old one did not, and the other way round, over all
// requests. For CI: permitting more needs a reason.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <vector>

#include "compiler/analyze/difference.h"
#include "compiler/cli/command_line.h"
#include "compiler/cli/policy_file.h"
#include "compiler/cli/progress.h"
#include "compiler/evaluate/explain_request.h"
#include "dsl/diag/codes.h"
#include "dsl/diag/utf8.h"
#include "dsl/sema/words.h"

namespace stele::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  Output output;
  std::string old_policy, new_policy, allow_widen;
  sema::LoadOptions names;
};

std::vector<std::string> operation_texts(OpSet ops) {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < kOpCount; ++i)
    if (ops & op_bit(static_cast<Op>(i))) names.push_back(op_text(static_cast<Op>(i)));
  return names;
}

/// "policy.stele:14 rule web", with the part of the closure when that is what decided; or nothing for what no
/// constraint decided.
std::string place_of(const Policy& policy, const evaluate::Decision& decision) {
  if (!decision.constraint) return {};
  const Constraint& constraint = policy.constraints[*decision.constraint];
  return fmt::format(
      "{}:{} rule {}{}", constraint.span.file->path, diag::locate(*constraint.span.file, constraint.span.begin).line,
      policy.rules[constraint.rule].name,
      constraint.origin.derived ? fmt::format(" ({}, added to keep it true)", constraint.origin.part) : "");
}

/// What the first policy acknowledges and the second does not, in whatever order and place.
std::vector<std::string> acknowledged_only_by(const Policy& policy, const Policy& other) {
  const auto texts = [](const Policy& one) {
    std::vector<std::string> out;
    for (const diag::Acknowledgement& each : one.acknowledgements)
      out.push_back(fmt::format("{} {}", diag::code_text(each.code), diag::harmless(each.reason)));
    std::sort(out.begin(), out.end());
    return out;
  };
  const std::vector<std::string> mine = texts(policy), others = texts(other);
  std::vector<std::string> out;
  std::set_difference(mine.begin(), mine.end(), others.begin(), others.end(), std::back_inserter(out));
  return out;
}

class Report {
public:
  Report(const Policy& old_policy, const Policy& new_policy, const analyze::Difference& difference,
         const std::string& reason)
      : old_(old_policy), new_(new_policy), difference_(difference), reason_(reason) {}

  std::string text() const {
    std::string out = fmt::format("{}: {} {} -> {} {}\n", outcome(), old_.name, old_.version, new_.name, new_.version);
    for (const analyze::HeaderChange& one : difference_.header)
      out += fmt::format("\n{}: {}\n  {} -> {}\n", one.what, analyze::change_text(one.change), one.from, one.to);
    for (const analyze::ClassDifference& one : difference_.classes) {
      if (one.change() == analyze::Change::equal) continue;
      out += fmt::format("\n{}: {}\n", one.klass, analyze::change_text(one.change()));
      if (one.wider) out += direction_text("permits more", one.wider_ops, *one.wider);
      if (one.narrower) out += direction_text("permits less", one.narrower_ops, *one.narrower);
    }
    for (const analyze::DecisionChange& one : difference_.decisions)
      out += fmt::format("\n{}: {} -> {}{}\n  {}\n    such as {}\n", what_text(one), value_text(one, one.from),
                         value_text(one, one.to), one.logs_less() ? ", logs less" : "",
                         fmt::join(operation_texts(one.ops), ", "),
                         evaluate::request_text(one.example.subject, one.example.request));
    for (const std::string& one : acknowledged_only_by(new_, old_)) out += fmt::format("\nacknowledged: {}\n", one);
    for (const std::string& one : acknowledged_only_by(old_, new_))
      out += fmt::format("\nacknowledged no more: {}\n", one);
    if (difference_.unfinished.empty() && widens() && !reason_.empty()) out += "\nallowed: " + reason_ + "\n";
    return out;
  }

  Json json() const {
    Json out;
    out["old"] = {{"policy", old_.name}, {"version", old_.version}};
    out["new"] = {{"policy", new_.name}, {"version", new_.version}};
    out["change"] = outcome();
    if (!difference_.unfinished.empty()) out["unfinished"] = difference_.unfinished;
    out["allow_widen"] = reason_.empty() ? Json() : Json(reason_);
    out["header"] = Json::array();
    for (const analyze::HeaderChange& one : difference_.header)
      out["header"].push_back(
          {{"what", one.what}, {"change", analyze::change_text(one.change)}, {"old", one.from}, {"new", one.to}});
    out["acknowledged"] = acknowledged_only_by(new_, old_);
    out["acknowledged_no_more"] = acknowledged_only_by(old_, new_);
    out["decisions"] = Json::array();
    for (const analyze::DecisionChange& one : difference_.decisions)
      out["decisions"].push_back({{"what", what_text(one)},
                                  {"old", value_text(one, one.from)},
                                  {"new", value_text(one, one.to)},
                                  {"operations", operation_texts(one.ops)},
                                  {"request", evaluate::request_text(one.example.subject, one.example.request)}});
    out["classes"] = Json::array();
    for (const analyze::ClassDifference& one : difference_.classes) {
      Json klass = {{"class", one.klass}, {"change", analyze::change_text(one.change())}};
      if (one.wider) klass["wider"] = direction_json(one.wider_ops, *one.wider);
      if (one.narrower) klass["narrower"] = direction_json(one.narrower_ops, *one.narrower);
      out["classes"].push_back(std::move(klass));
    }
    return out;
  }

  bool widens() const {
    return difference_.change() == analyze::Change::widens || difference_.change() == analyze::Change::both;
  }

private:
  std::string outcome() const {
    return difference_.unfinished.empty() ? std::string(analyze::change_text(difference_.change())) : "not known";
  }

  static std::string what_text(const analyze::DecisionChange& one) {
    static constexpr const char* kWords[] = {"errno", "log", "effect"};
    return kWords[static_cast<size_t>(one.what)];
  }

  static std::string value_text(const analyze::DecisionChange& one, int value) {
    static constexpr const char* kLevels[] = {"none", "events", "alert"};
    if (one.what == analyze::DecisionChange::What::error) return std::string(errno_name(value));
    if (one.what == analyze::DecisionChange::What::or_kill) return value ? "deny or kill" : "deny";
    return kLevels[value];
  }

  std::string direction_text(std::string_view title, OpSet ops, const analyze::ChangedRequest& changed) const {
    std::string out = fmt::format("  {}: {}\n    such as {}\n", title, fmt::join(operation_texts(ops), ", "),
                                  evaluate::request_text(changed.subject, changed.request));
    out += decision_text("old", old_, changed.old_decision);
    return out + decision_text("new", new_, changed.new_decision);
  }

  static std::string decision_text(std::string_view which, const Policy& policy, const evaluate::Decision& decision) {
    const std::string place = place_of(policy, decision);
    return fmt::format("      {}: {}{}\n", which, evaluate::verdict_text(decision.verdict),
                       place.empty() ? ", no constraint applies" : " by " + place);
  }

  Json direction_json(OpSet ops, const analyze::ChangedRequest& changed) const {
    Json out;
    out["operations"] = operation_texts(ops);
    out["request"] = evaluate::request_text(changed.subject, changed.request);
    out["old"] = decision_json(old_, changed.old_decision);
    out["new"] = decision_json(new_, changed.new_decision);
    return out;
  }

  static Json decision_json(const Policy& policy, const evaluate::Decision& decision) {
    const std::string place = place_of(policy, decision);
    return {{"verdict", evaluate::verdict_text(decision.verdict)},
            {"decided_by", place.empty() ? Json() : Json(place)}};
  }

  const Policy& old_;
  const Policy& new_;
  const analyze::Difference& difference_;
  const std::string& reason_;
};

analyze::Difference compare(const Policy& old_policy, const Policy& new_policy) {
  const Progress progress("comparing");
  return analyze::diff(old_policy, new_policy);
}

int run(const Options& options) {
  diag::Sink sink;
  const auto old_policy = sema::load_policy(options.old_policy, sema::disk_reader(), sink, options.names);
  const auto new_policy = sema::load_policy(options.new_policy, sema::disk_reader(), sink, options.names);
  if (!old_policy || !new_policy) {
    print_diagnostics(sink, options.output, options.new_policy);
    return kFailed;
  }
  const analyze::Difference difference = compare(*old_policy, *new_policy);
  const Report report(*old_policy, *new_policy, difference, options.allow_widen);
  if (options.output.sarif()) {  // the policies' diagnostics alone
    print_diagnostics(sink, options.output, options.new_policy);
    fmt::print(stderr, "{}", report.text());
  } else if (options.output.json()) {
    print_json(report.json());
  } else {
    print(report.text());
  }
  if (!difference.unfinished.empty()) {
    fmt::print(stderr, "stele: {}\n", difference.unfinished);
    return kFailed;
  }
  if (!report.widens() || !options.allow_widen.empty()) return kFine;
  fmt::print(stderr, "stele: the new policy permits more; say why with `--allow-widen REASON`\n");
  return kFailed;
}

}  // namespace

Command add_diff(CLI::App& stele) {
  auto options = std::make_shared<Options>();
  CLI::App* app =
      add_subcommand(stele, "diff", "Say what a new policy permits and the old one does not, and vice versa",
                     "  stele diff web-1.3.stele web-1.4.stele\n"
                     "  stele diff old.stele new.stele --allow-widen 'TICKET-7: backups read /srv'\n",
                     options->output, Formats::text_json_sarif);
  add_value(*app, "OLD", options->old_policy, "the policy so far", Need::required);
  add_value(*app, "NEW", options->new_policy, "the one that is to replace it", Need::required);
  add_value(*app, "--allow-widen", options->allow_widen, "why the new policy may permit more; exit code 0 then");
  add_names(*app, options->names);
  return {app, [options] { return run(*options); }};
}

}  // namespace stele::cli
