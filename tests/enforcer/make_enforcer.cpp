// make_enforcer OBJECT OUTPUT [PROTECTED…]: an enforcer from a BPF object, for tests that need one without a policy.
// The automaton knows /etc/forbidden, /mnt/forbidden, /home/*/forbidden and /srv/** as live places.

#include <fstream>
#include <iostream>
#include <iterator>

#include "compiler/pack/pack.h"

namespace {

std::string read_file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

stele::PlanInput fixture_input() {
  stele::PlanInput input;
  input.policy_name = "fixture";
  input.policy_version = "1.0.0";
  input.min_kernel = 0x060100;
  input.max_kernel = 0xffffff;
  input.constraints = {{"no_open", "policy.stele:3", "", 1, 1, 1}, {"no_open", "policy.stele:3", "delete", 1, 2, 1}};
  // 0 dead, 1 "/", 2 /etc, 3 /mnt, 4 /home, 5 /home/*, 6 a forbidden file, 7 /srv, 8 beneath /srv
  input.states = {{0, false}, {0, false}, {0, false}, {0, false}, {5, false},
                  {0, false}, {0, true},  {8, false}, {8, true}};
  input.edges = {{1, 2, "etc"},       {1, 3, "mnt"},       {1, 4, "home"},     {1, 7, "srv"},
                 {2, 6, "forbidden"}, {3, 6, "forbidden"}, {5, 6, "forbidden"}};
  input.ops = {"file read", "file delete"};
  input.manifest = "{\"policy\":\"fixture\"}";
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  stele::PlanInput input = fixture_input();
  for (int i = 3; i < argc; i++) {
    std::string path = argv[i];
    bool tree = path.ends_with("/**");
    input.protected_paths.push_back({tree ? path.substr(0, path.size() - 3) : path, tree});
  }
  auto plan = stele::make_plan(read_file(argv[1]), input);
  auto enforcer = plan ? stele::link_enforcer(stele::enforcer_stub(), *plan) : plan;
  if (!enforcer) {
    std::cerr << enforcer.error().message << "\n";
    return 1;
  }
  std::ofstream(argv[2], std::ios::binary) << *enforcer;
  return 0;
}
