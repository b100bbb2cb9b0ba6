#pragma once

// An enforcer's input without a policy: names live places for the fixture's programs (fixtures/policy.bpf.c).
// Live: /etc/forbidden, /mnt/forbidden, /home/*/forbidden, /srv/**.

#include <fstream>
#include <iterator>
#include <string>

#include "compiler/pack/pack.h"

inline std::string read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline stele::pack::PlanInput fixture_input() {
  stele::pack::PlanInput input;
  input.policy_name = "fixture";
  input.policy_version = "1.0.0";
  input.min_kernel = 0x060100;
  input.max_kernel = 0xffffff;
  input.constraints = {{"no_open", "policy.stele:3", "", 1, 1, 1}, {"no_open", "policy.stele:3", "delete", 1, 2, 1}};
  // 0 dead, 1 "/", 2 /etc, 3 /mnt, 4 /home, 5 /home/*, 6 a forbidden file, 7 /srv, 8 beneath /srv
  for (const uint32_t other : {0, 0, 0, 0, 5, 0, 0, 8, 8}) input.states.push_back({.other = other});
  input.states[6].absorbing = input.states[8].absorbing = true;
  input.edges = {{1, 2, "etc"},       {1, 3, "mnt"},       {1, 4, "home"},     {1, 7, "srv"},
                 {2, 6, "forbidden"}, {3, 6, "forbidden"}, {5, 6, "forbidden"}};
  input.operations = {"file read", "file delete"};
  input.hooks = {STELE_HOOK_file_open, STELE_HOOK_inode_unlink, STELE_HOOK_inode_setxattr, STELE_HOOK_inode_set_acl};
  input.manifest = "{\"policy\":\"fixture\"}";
  return input;
}
