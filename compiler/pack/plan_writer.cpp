// Header, tables, bytes, strings: in that order, tables 8-aligned, each string once. Same input, same bytes.

#include "compiler/pack/plan_writer.h"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <unordered_map>

#include "compiler/catalog/catalog.h"
#include "compiler/pack/checksum.h"
#include "compiler/pack/pack_error.h"
#include "runtime/abi.h"

namespace stele::pack {
namespace {

class PlanWriter {
public:
  PlanWriter() : bytes_(sizeof(stele_plan), '\0') {}

  uint32_t string(const std::string& text) {
    if (text.find('\0') != std::string::npos) refuse("a string of the plan holds a NUL");
    auto [found, added] = string_offsets_.insert({text, static_cast<uint32_t>(strings_.size())});
    if (added) strings_.append(text.c_str(), text.size() + 1);
    return found->second;  // within the pool
  }

  template <typename T>
  stele_span table(const std::vector<T>& records) {
    return append(records.data(), records.size() * sizeof(T), records.size());
  }

  stele_span bytes(const std::string& data) { return append(data.data(), data.size(), data.size()); }

  uint32_t strings_begin() const { return static_cast<uint32_t>(bytes_.size()); }
  std::string take() { return std::move(bytes_) + strings_; }

private:
  stele_span append(const void* data, size_t size, size_t count) {
    bytes_.resize((bytes_.size() + 7) / 8 * 8, '\0');
    stele_span span{static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(count)};
    if (bytes_.size() + size > STELE_MAX_PLAN) refuse("the plan is larger than 64 MiB");
    if (size) bytes_.append(static_cast<const char*>(data), size);
    return span;
  }

  std::string bytes_;
  std::string strings_;
  std::unordered_map<std::string, uint32_t> string_offsets_;
};

void copy_name(char (&to)[16], const std::string& name) {
  std::memset(to, 0, sizeof(to));
  std::memcpy(to, name.data(), std::min(name.size(), sizeof(to) - 1));
}

bool has_hook(const std::vector<LinkedProgram>& programs, const std::string& hook) {
  return std::any_of(programs.begin(), programs.end(),
                     [&](const LinkedProgram& program) { return program.section == "lsm/" + hook; });
}

/// A hook that came after the oldest kernel may be missing: before, the same operations passed the hook beside it, or
/// did not exist.
uint32_t program_flags(uint32_t hook, const std::vector<LinkedProgram>& programs) {
  const catalog::HookInfo& info = catalog::hooks()[hook];
  const bool in_every_kernel = info.since == catalog::hooks().front().since;
  const bool has_way_before =
      info.before == STELE_HOOK_none || has_hook(programs, std::string(catalog::hooks()[info.before].name));
  return !in_every_kernel && has_way_before ? STELE_PROGRAM_IF_HOOK_EXISTS : 0;
}

uint32_t shown_map(const LinkedProgram& program, const ObjectMaps& maps, std::string& ret_name) {
  ret_name = program.name.starts_with("show_") ? program.name.substr(5) : program.name;
  for (uint32_t i = 0; i < maps.maps.size(); i++)
    if (maps.maps[i].role != STELE_MAP_CONSTANTS && maps.maps[i].name == ret_name) return i;
  refuse("iterator `" + program.name + "` shows no map (show_events or show_counters)");
}

class PlanBuilder {
public:
  PlanBuilder(const PlanInput& input, const std::string& license, const ObjectMaps& maps, const LinkedObject& linked)
      : input_(input), license_(license), maps_(maps), linked_(linked) {}

  /// The strings lie behind the tables and the tables name strings: laid out once to learn where, once for good.
  std::string build() {
    lay_out();
    strings_ = strings_begin_;
    return lay_out();
  }

private:
  uint32_t string(const std::string& text) { return strings_ + writer_.string(text); }

  std::vector<stele_plan_map> write_maps() {
    std::vector<stele_plan_map> records;
    for (const MapSpec& map : maps_.maps) {
      stele_plan_map record{};
      copy_name(record.name, map.name);
      record.role = map.role;
      record.type = map.type;
      record.key_size = map.key_size;
      record.value_size = map.value_size;
      record.max_entries = map.max_entries;
      record.flags = map.flags;
      record.data = writer_.bytes(map.data);
      records.push_back(record);
    }
    return records;
  }

  /// Instructions, relocations and the functions that they belong to.
  void write_functions(stele_plan& header) {
    std::vector<bpf_insn> insns;
    std::vector<stele_plan_reloc> relocations;
    std::vector<stele_plan_function> functions;
    for (const LinkedFunction& function : linked_.functions) {
      auto first = static_cast<uint32_t>(insns.size());
      functions.push_back({first, static_cast<uint32_t>(function.insns.size()),
                           static_cast<uint32_t>(relocations.size()),
                           static_cast<uint32_t>(function.relocations.size()), function.once});
      insns.insert(insns.end(), function.insns.begin(), function.insns.end());
      uint32_t before = 0;
      for (const LinkedRelocation& relocation : function.relocations) {
        relocations.push_back(
            {relocation.insn - before, relocation.core.kind, string(relocation.core.path), relocation.core.size});
        before = relocation.insn;
      }
    }
    header.insns = writer_.table(insns);
    header.relocs = writer_.table(relocations);
    header.functions = writer_.table(functions);
  }

  stele_plan_program write_program(const LinkedProgram& program) {
    stele_plan_program record{};
    std::string name = program.name;
    if (program.section == "iter/bpf_map_elem") {
      record.kind = STELE_PROGRAM_ITER_MAP;
      record.hook = shown_map(program, maps_, name);
    } else if (program.section == "lsm/sb_delete") {
      record.kind = STELE_PROGRAM_END;
    } else {
      int hook = program.section.starts_with("lsm/") ? hook_number(program.section.substr(4)) : -1;
      if (hook < 0) refuse("program `" + program.name + "`: unknown hook `" + program.section + "`");
      record.kind = STELE_PROGRAM_LSM;
      record.hook = static_cast<uint32_t>(hook);
      record.flags = program_flags(record.hook, linked_.programs);
    }
    copy_name(record.name, name);
    record.functions = writer_.table(program.functions);
    return record;
  }

  std::vector<stele_plan_program> write_programs() {
    std::vector<stele_plan_program> records;
    for (const LinkedProgram& program : linked_.programs) {
      records.push_back(write_program(program));
      for (size_t i = 0; i + 1 < records.size(); i++)
        if (records[i].kind == records.back().kind && records[i].hook == records.back().hook)
          refuse("two programs for `" + program.section + "`: " + program.name);
    }
    return records;
  }

  std::vector<stele_plan_constraint> write_constraints() {
    std::vector<stele_plan_constraint> records;
    for (const auto& constraint : input_.constraints)
      records.push_back({string(constraint.rule), string(constraint.source), string(constraint.part),
                         constraint.verdict, constraint.log, constraint.error});
    return records;
  }

  std::vector<stele_plan_edge> write_edges() {
    std::vector<PlanInput::Edge> edges = input_.edges;
    std::sort(edges.begin(), edges.end(),
              [](const auto& a, const auto& b) { return std::tie(a.from, a.name) < std::tie(b.from, b.name); });
    std::vector<stele_plan_edge> records;
    for (const auto& edge : edges)
      records.push_back({edge.from, edge.to, string(edge.name), static_cast<uint32_t>(edge.name.size())});
    return records;
  }

  /// The states from which one that is `unlinked` can be reached, those included. What leads nowhere is refused later.
  std::vector<bool> above_unlinked() const {
    std::vector<std::vector<uint32_t>> from(input_.states.size());
    std::vector<bool> above(input_.states.size());
    std::vector<uint32_t> open;
    for (uint32_t i = 0; i < input_.states.size(); ++i) {
      if (input_.states[i].other < from.size()) from[input_.states[i].other].push_back(i);
      if (input_.states[i].unlinked) open.push_back(i);
    }
    for (const PlanInput::Edge& edge : input_.edges)
      if (edge.to < from.size() && edge.from < from.size()) from[edge.to].push_back(edge.from);
    while (!open.empty()) {
      const uint32_t state = open.back();
      open.pop_back();
      if (above[state]) continue;
      above[state] = true;
      open.insert(open.end(), from[state].begin(), from[state].end());
    }
    return above;
  }

  std::vector<stele_plan_state> write_states() {
    std::vector<stele_plan_state> records;
    const std::vector<bool> above = above_unlinked();
    for (size_t i = 0; i < input_.states.size(); ++i) {
      const PlanInput::State& state = input_.states[i];
      records.push_back({state.other,
                         (state.absorbing ? STELE_STATE_ABSORBING : 0) | (state.unlinked ? STELE_STATE_UNLINKED : 0) |
                             (above[i] ? STELE_STATE_ABOVE : 0),
                         state.path_class});
    }
    return records;
  }

  std::vector<stele_plan_protected> write_protected() {
    std::vector<stele_plan_protected> records;
    for (const auto& path : input_.protected_paths) records.push_back({string(path.path), path.tree ? 1u : 0u});
    return records;
  }

  std::string lay_out() {
    writer_ = PlanWriter();
    stele_plan header{};
    std::memcpy(header.magic, STELE_PLAN_MAGIC, sizeof(header.magic));
    header.abi = STELE_ABI_VERSION;
    header.policy_name = string(input_.policy_name);
    header.policy_version = string(input_.policy_version);
    header.min_kernel = input_.min_kernel;
    header.on_failure = input_.on_failure;
    header.max_kernel = input_.max_kernel;
    header.license = string(license_);
    header.late_map = maps_.late;
    header.device_map = maps_.devices;
    header.maps = writer_.table(write_maps());
    write_functions(header);
    header.programs = writer_.table(write_programs());
    header.constraints = writer_.table(write_constraints());
    header.edges = writer_.table(write_edges());
    header.states = writer_.table(write_states());
    std::vector<uint32_t> operations;
    for (const std::string& operation : input_.operations) operations.push_back(string(operation));
    header.operations = writer_.table(operations);
    header.protected_paths = writer_.table(write_protected());
    header.manifest = writer_.bytes(input_.manifest);
    strings_begin_ = writer_.strings_begin();
    std::string plan = writer_.take();
    header.size = static_cast<uint32_t>(plan.size());
    std::memcpy(plan.data(), &header, sizeof(header));
    header.checksum = plan_checksum(plan);
    std::memcpy(plan.data(), &header, sizeof(header));
    return plan;
  }

  const PlanInput& input_;
  const std::string& license_;
  const ObjectMaps& maps_;
  const LinkedObject& linked_;
  PlanWriter writer_;
  uint32_t strings_ = 0, strings_begin_ = 0;
};

}  // namespace

int hook_number(const std::string& name) {
  const auto found = std::find_if(catalog::hooks().begin(), catalog::hooks().end(),
                                  [&](const catalog::HookInfo& info) { return info.name == name; });
  return found == catalog::hooks().end() ? -1 : static_cast<int>(found - catalog::hooks().begin());
}

std::string write_plan(const PlanInput& input, const std::string& license, const ObjectMaps& maps,
                       const LinkedObject& linked) {
  return PlanBuilder(input, license, maps, linked).build();
}

}  // namespace stele::pack
