#include "tests/bench/estimates.h"

#include <nlohmann/json.hpp>

#include "compiler/os/files.h"
#include "compiler/os/process.h"

namespace stele::bench {

Result<Estimate> estimate_costs(const std::string& tool, const std::string& policy_text, const std::string& kernel) {
  auto folder = os::TemporaryDirectory::make();
  if (!folder) return tl::unexpected(folder.error());
  const std::string policy = folder->path() + "/policy.stele";
  if (auto written = os::replace_file(policy, policy_text); !written) return tl::unexpected(written.error());
  auto run = os::run_process({tool, "check", policy, "--costs", "--format", "json"});
  if (!run) return tl::unexpected(run.error());
  const auto json = nlohmann::json::parse(run->output, nullptr, false);
  if (run->status != 0 || json.is_discarded()) return tl::unexpected(Failure{policy, 0, "stele check refused it"});
  const auto& costs = json["costs"];
  for (const auto& one : costs["kernels"])
    if (one["kernel"] == kernel) {
      Estimate estimate{one["programs"], one["verified"], one["apply_millions"], costs["error_percent"].is_null()};
      if (!estimate.rough) {
        estimate.verified_error = costs["error_percent"]["verified"];
        estimate.apply_error = costs["error_percent"]["apply"];
      }
      return estimate;
    }
  return tl::unexpected(Failure{kernel, 0, "no estimate for this kernel"});
}

}  // namespace stele::bench
