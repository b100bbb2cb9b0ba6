#pragma once

// BPF object → load plan → enforcer. libbpf's BTF reader and libelf stay inside this folder.

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/model/failure.h"
#include "runtime/abi.h"

namespace stele::pack {

/// What the plan carries beside the object; see runtime/abi.h for each.
struct PlanInput {
  struct Constraint {
    std::string rule, source, part;
    uint8_t verdict = 0, log = 0;
    uint16_t error = 0;
  };
  struct Edge {
    uint32_t from = 0, to = 0;
    std::string name;
  };
  struct State {
    uint32_t other = 0;
    bool absorbing = false;
    bool unlinked = false;  // a further name of a file there would evade the policy
    uint32_t path_class = 0;
  };
  struct Protected {
    std::string path;
    bool tree = false;
  };
  std::string policy_name, policy_version;
  uint32_t min_kernel = 0, max_kernel = 0;
  stele_on_failure on_failure = STELE_ON_FAILURE_HALT;
  std::vector<Constraint> constraints;
  std::vector<Edge> edges;
  std::vector<State> states;
  std::vector<std::string> operations;  // events carry the index
  std::vector<stele_hook> hooks;        // each must have a program, and no other may
  std::vector<Protected> protected_paths;
  std::string manifest;  // JSON
};

/// Lowers the object to a plan. Programs are the functions in sections "lsm/HOOK" (named stele_HOOK or shorter, cut to
/// 15 bytes) and "iter/bpf_map_elem" (show_events, show_counters: pinned as "events", "counters", over the map of that
/// name), and "lsm/sb_delete", which needs no hook of `input`; maps are "events", "counters", each .rodata* section
/// (".rodata.late" is struct stele_late) and ".data.devices" (struct stele_devices), the one that a program writes.
/// Functions are linked once, for all programs that call them; CO-RE records become paths. Fails on: a hook of `input`
/// without a program, a program for another hook, undefined symbols, other sections with data, unknown relocations,
/// unknown hooks, limits of the ABI.
Result<std::string> make_plan(const std::string& object, const PlanInput& input);

/// Packs the stub's constants and the plan together into its last PT_LOAD segment (struct stele_packed). `stub` are the
/// bytes of the ELF built from runtime/enforcer.
Result<std::string> link_enforcer(const std::string& stub, const std::string& plan);

/// The stub that was built with this compiler.
const std::string& enforcer_stub();

/// What `stele inspect` shows of an enforcer.
struct EnforcerInfo {
  std::string policy_name, policy_version, manifest;
  uint32_t min_kernel = 0, max_kernel = 0;
  size_t file_bytes = 0, stub_bytes = 0, plan_bytes = 0;  // file = stub + plan, packed with the stub's texts
  size_t unpacked_bytes = 0;                              // of the plan
  struct Program {
    std::string name, hook;  // hook "" for iterators
    uint32_t instructions = 0, relocations = 0;
    bool if_hook_exists = false;
  };
  struct Map {
    std::string name, role;
    uint32_t value_size = 0, max_entries = 0, data_bytes = 0;
  };
  std::vector<Program> programs;
  std::vector<Map> maps;
  uint32_t constraints = 0, states = 0, edges = 0;
};
/// Reads an enforcer; every offset is checked against the file. Fails when it is not one or is damaged.
Result<EnforcerInfo> read_enforcer(const std::string& bytes);

}  // namespace stele::pack
