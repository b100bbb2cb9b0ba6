// make_enforcer OBJECT OUTPUT: an enforcer from a BPF object, for tests that need one without a policy. The policy is
// named like OUTPUT.

#include <filesystem>
#include <iostream>

#include "tests/enforcer/fixture.h"

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  stele::pack::PlanInput input = fixture_input();
  input.policy_name = std::filesystem::path(argv[2]).stem();
  auto plan = stele::pack::make_plan(read_bytes(argv[1]), input);
  auto enforcer = plan ? stele::pack::link_enforcer(stele::pack::enforcer_stub(), *plan) : plan;
  if (!enforcer) {
    std::cerr << enforcer.error().message << "\n";
    return 1;
  }
  std::ofstream(argv[2], std::ios::binary) << *enforcer;
  std::filesystem::permissions(argv[2], std::filesystem::perms::owner_exec, std::filesystem::perm_options::add);
  return 0;
}
