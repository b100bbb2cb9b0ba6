#include <algorithm>

#include "compiler/catalog/catalog.h"
#include "compiler/pack/object.h"
#include "compiler/pack/object_maps.h"
#include "compiler/pack/pack.h"
#include "compiler/pack/pack_error.h"
#include "compiler/pack/plan_check.h"
#include "compiler/pack/plan_writer.h"
#include "compiler/pack/program_linker.h"
#include "runtime/abi.h"

namespace stele::pack {
namespace {

std::string read_license(const pack::Object& object) {
  uint32_t section = object.find_section("license");
  if (!section) pack::refuse("the object has no section `license`");
  return object.sections[section].bytes.c_str();
}

/// A hook that is forgotten would be a guarantee without a program behind it.
void check_hooks(const std::vector<stele_hook>& needed, const std::vector<pack::LinkedProgram>& programs) {
  for (const catalog::HookInfo& info : catalog::hooks()) {
    const std::string section = "lsm/" + std::string(info.name);
    const bool has =
        std::any_of(programs.begin(), programs.end(), [&](const auto& one) { return one.section == section; });
    const bool needs = std::find(needed.begin(), needed.end(), info.hook) != needed.end();
    if (needs && !has) pack::refuse("no program for hook `" + std::string(info.name) + "`, which the policy needs");
    if (has && !needs)
      pack::refuse("a program for hook `" + std::string(info.name) + "`, which the policy does not need");
  }
}

std::string plan_of(const std::string& bytes, const PlanInput& input) {
  pack::Object object = pack::read_object(bytes);
  pack::ObjectMaps maps = pack::collect_maps(object);
  pack::LinkedObject linked = pack::link_programs(object, maps);
  if (linked.programs.empty()) pack::refuse("the object has no program");
  if (linked.programs.size() > STELE_MAX_PROGRAMS)
    pack::refuse("more than " + std::to_string(STELE_MAX_PROGRAMS) + " programs");
  std::string plan = pack::write_plan(input, read_license(object), maps, linked);
  check_hooks(input.hooks, linked.programs);
  std::string problem = pack::check_plan(plan);  // also of what the caller gave
  if (!problem.empty()) pack::refuse("the plan is not valid: " + problem);
  return plan;
}

}  // namespace

Result<std::string> make_plan(const std::string& object, const PlanInput& input) {
  try {
    return plan_of(object, input);
  } catch (const pack::PackError& error) {
    return tl::unexpected(Failure{"", 0, error.message});
  }
}

}  // namespace stele::pack
