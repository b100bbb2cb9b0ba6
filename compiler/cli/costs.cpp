#include "compiler/cli/costs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "dsl/sema/print.h"

namespace stele::cli {
namespace {

using Json = nlohmann::ordered_json;

/// "474 / 496 / 475"; what a kernel does not have is "-".
std::string by_kernel(const uint32_t (&values)[cost::kKernels]) {
  std::vector<std::string> words;
  for (const uint32_t value : values) words.push_back(value ? std::to_string(value) : "-");
  return fmt::format("{}", fmt::join(words, " / "));
}

std::string kernel_names(const cost::Costs& costs) {
  std::vector<std::string> names;
  for (const cost::KernelCost& kernel : costs.kernels) names.push_back(sema::kernel_version_text(kernel.version));
  return fmt::format("{}", fmt::join(names, " / "));
}

Json values_json(const cost::Costs& costs, const uint32_t (&values)[cost::kKernels]) {
  Json out = Json::object();
  for (size_t k = 0; k < cost::kKernels; ++k)
    if (values[k]) out[sema::kernel_version_text(costs.kernels[k].version)] = values[k];
  return out;
}

std::string loading_text(const cost::Costs& costs) {
  const std::string error = cost::is_rough(costs.names) ? "a rough guess, such policies were hardly measured"
                                                        : fmt::format("verified ± {} %, apply ± {} %",
                                                                      cost::kVerifiedError, cost::apply_error(costs));
  std::string out = fmt::format("\nto load it ({}; {}):\n", cost::names_text(costs.names), error);
  for (const cost::KernelCost& kernel : costs.kernels)
    out += fmt::format("  linux {:5} {} programs, {} instructions verified, apply {:.0f} million instructions{}\n",
                       sema::kernel_version_text(kernel.version), kernel.programs, kernel.verified,
                       kernel.apply_millions, kernel.in_target ? "" : " (not in the target)");
  return out;
}

std::string operations_text(const cost::Costs& costs) {
  std::string out =
      fmt::format("\nan operation on a file that no rule names, instructions more on {}:\n", kernel_names(costs));
  for (const cost::OperationCost& one : costs.operations)
    for (const cost::AnswerCost& answer : one.answers)
      out += fmt::format("  {:20} {:20} {}\n", op_text(one.op), answer.hook, by_kernel(answer.added));
  return out + "  everything else      no hook              0\n";
}

}  // namespace

std::string costs_text(const cost::Costs& costs) {
  std::string out = fmt::format(
      "\nprograms, with the instructions of their text, the places that walk a path, and what "
      "is verified on {}:\n",
      kernel_names(costs));
  for (const cost::ProgramCost& program : costs.programs)
    out += fmt::format("  {:20} {:6} {:3}   {}\n", program.hook, program.instructions, program.walks,
                       by_kernel(program.verified));
  out += fmt::format("\ntables: {} bytes in {} maps; {} edges between components of paths\n", costs.table_bytes,
                     costs.maps, costs.edges);
  return out + loading_text(costs) + operations_text(costs);
}

Json costs_json(const cost::Costs& costs) {
  Json json;
  json["names"] = cost::names_text(costs.names);
  json["table_bytes"] = costs.table_bytes;
  json["edges"] = costs.edges;
  json["maps"] = costs.maps;
  json["error_percent"] = cost::is_rough(costs.names)
                              ? Json()
                              : Json({{"verified", cost::kVerifiedError}, {"apply", cost::apply_error(costs)}});
  json["programs"] = Json::array();
  for (const cost::ProgramCost& program : costs.programs)
    json["programs"].push_back({{"hook", program.hook},
                                {"instructions", program.instructions},
                                {"walks", program.walks},
                                {"permitting", program.permitting},
                                {"several", program.several},
                                {"verified", values_json(costs, program.verified)}});
  json["kernels"] = Json::array();
  for (const cost::KernelCost& kernel : costs.kernels)
    json["kernels"].push_back({{"kernel", sema::kernel_version_text(kernel.version)},
                               {"in_target", kernel.in_target},
                               {"programs", kernel.programs},
                               {"verified", kernel.verified},
                               {"apply_millions", kernel.apply_millions}});
  json["operations"] = Json::array();
  for (const cost::OperationCost& one : costs.operations) {
    Json hooks = Json::array();
    for (const cost::AnswerCost& answer : one.answers)
      hooks.push_back({{"hook", answer.hook}, {"added", values_json(costs, answer.added)}});
    json["operations"].push_back({{"operation", op_text(one.op)}, {"hooks", std::move(hooks)}});
  }
  return json;
}

}  // namespace stele::cli
