#include "compiler/pack/plan_check.h"

#include <linux/bpf.h>

#include <algorithm>
#include <vector>

#include "compiler/pack/checksum.h"

namespace stele::pack {
namespace {

class PlanCheck {
public:
  explicit PlanCheck(std::string_view plan) : plan_(plan) {}

  std::string run() {
    if (plan_.size() < sizeof(header_)) return "it is shorter than its header";
    std::memcpy(&header_, plan_.data(), sizeof(header_));
    if (std::memcmp(header_.magic, STELE_PLAN_MAGIC, sizeof(header_.magic)) != 0)
      return "it does not begin like a plan";
    if (header_.abi != STELE_ABI_VERSION) return "its version is not this compiler's";
    if (header_.size != plan_.size() || plan_.size() > STELE_MAX_PLAN) return "its size is not the segment's";
    if (plan_checksum(plan_) != header_.checksum) return "its checksum does not match";
    if (!header_fits()) return "its header is not valid";
    if (!tables_fit()) return "a table leaves it";
    if (!maps_fit()) return "a map is not valid";
    if (!functions_fit()) return "a function is not valid";
    if (!programs_fit()) return "a program is not valid";
    if (!automaton_fits()) return "the automaton is not valid";
    if (!texts_fit()) return "a text leaves it";
    return "";
  }

private:
  bool string_fits(uint32_t offset) const { return offset < plan_.size(); }  // the plan ends with a NUL

  bool span_fits(stele_span span, size_t size, uint32_t alignment = 8) const {
    return span.count == 0 || (span.offset % alignment == 0 && span.offset <= plan_.size() &&
                               span.count <= (plan_.size() - span.offset) / size);
  }

  static bool name_ends(const char (&name)[16]) { return name[0] && std::find(name, name + 16, '\0') != name + 16; }

  bool header_fits() const {
    if (plan_.back() != '\0' || header_.maps.count > STELE_MAX_MAPS || header_.programs.count > STELE_MAX_PROGRAMS ||
        !string_fits(header_.policy_name) || !string_fits(header_.policy_version) || !string_fits(header_.license))
      return false;
    std::string name = string_at(plan_, header_.policy_name);
    return !name.empty() && name.size() <= 48 &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  }

  bool tables_fit() const {
    return span_fits(header_.maps, sizeof(stele_plan_map)) && span_fits(header_.insns, sizeof(bpf_insn)) &&
           span_fits(header_.relocs, sizeof(stele_plan_reloc)) &&
           span_fits(header_.functions, sizeof(stele_plan_function)) &&
           span_fits(header_.programs, sizeof(stele_plan_program)) &&
           span_fits(header_.constraints, sizeof(stele_plan_constraint)) &&
           span_fits(header_.edges, sizeof(stele_plan_edge)) && span_fits(header_.states, sizeof(stele_plan_state)) &&
           span_fits(header_.operations, sizeof(uint32_t)) &&
           span_fits(header_.protected_paths, sizeof(stele_plan_protected)) && span_fits(header_.manifest, 1, 1);
  }

  bool maps_fit() const {
    for (uint32_t i = 0; i < header_.maps.count; i++) {
      auto map = record_at<stele_plan_map>(plan_, header_.maps, i);
      if (!name_ends(map.name) || map.role > STELE_MAP_DEVICES || !span_fits(map.data, 1) ||
          (map.data.count && map.data.count != map.value_size))
        return false;
    }
    return value_fits(header_.late_map, sizeof(stele_late)) && value_fits(header_.device_map, sizeof(stele_devices));
  }

  bool value_fits(uint32_t map, size_t size) const {
    return map == STELE_NO_MAP ||
           (map < header_.maps.count && record_at<stele_plan_map>(plan_, header_.maps, map).value_size == size);
  }

  static bool part_fits(uint32_t first, uint32_t count, stele_span whole) {
    return first <= whole.count && count <= whole.count - first;
  }

  /// No instruction of two words is cut, and every call leads to a function.
  bool insns_fit(const stele_plan_function& function) const {
    for (uint32_t i = 0; i < function.insn_count; i++) {
      auto insn = record_at<bpf_insn>(plan_, header_.insns, function.first_insn + i);
      bool call = insn.code == (BPF_JMP | BPF_CALL) && insn.src_reg == BPF_PSEUDO_CALL;
      if (call && static_cast<uint32_t>(insn.imm) >= header_.functions.count) return false;
      if (insn.code == (BPF_LD | BPF_IMM | BPF_DW) && ++i >= function.insn_count) return false;
    }
    return true;
  }

  bool function_fits(const stele_plan_function& function) const {
    if (function.once > STELE_ONCE || !function.insn_count ||
        !part_fits(function.first_insn, function.insn_count, header_.insns) ||
        !part_fits(function.first_reloc, function.reloc_count, header_.relocs) || !insns_fit(function))
      return false;
    uint32_t at = 0;
    for (uint32_t i = 0; i < function.reloc_count; i++) {
      auto reloc = record_at<stele_plan_reloc>(plan_, header_.relocs, function.first_reloc + i);
      if (reloc.gap >= function.insn_count - at || !string_fits(reloc.path)) return false;
      at += reloc.gap;
      auto insn = record_at<bpf_insn>(plan_, header_.insns, function.first_insn + at);
      if (insn.code == (BPF_LD | BPF_IMM | BPF_DW) && at + 1 >= function.insn_count) return false;
    }
    return true;
  }

  bool functions_fit() const {
    for (uint32_t i = 0; i < header_.functions.count; i++)
      if (!function_fits(record_at<stele_plan_function>(plan_, header_.functions, i))) return false;
    return true;
  }

  /// Every function at most once, so that no program is larger than all functions together.
  bool program_functions_fit(const stele_plan_program& program) const {
    std::vector<bool> listed(header_.functions.count);
    for (uint32_t i = 0; i < program.functions.count; i++) {
      auto function = record_at<uint32_t>(plan_, program.functions, i);
      if (function >= header_.functions.count || listed[function]) return false;
      listed[function] = true;
    }
    return true;
  }

  bool program_fits(const stele_plan_program& program) const {
    uint32_t limit = program.kind == STELE_PROGRAM_LSM        ? uint32_t{STELE_HOOK_COUNT}
                     : program.kind == STELE_PROGRAM_ITER_MAP ? header_.maps.count
                                                              : 1;
    return name_ends(program.name) && program.kind <= STELE_PROGRAM_END && program.hook < limit &&
           program.functions.count && span_fits(program.functions, sizeof(uint32_t)) && program_functions_fit(program);
  }

  bool programs_fit() const {
    for (uint32_t i = 0; i < header_.programs.count; i++)
      if (!program_fits(record_at<stele_plan_program>(plan_, header_.programs, i))) return false;
    return true;
  }

  bool automaton_fits() const {
    for (uint32_t i = 0; i < header_.states.count; i++)
      if (record_at<stele_plan_state>(plan_, header_.states, i).other >= header_.states.count) return false;
    for (uint32_t i = 0; i < header_.edges.count; i++) {
      auto edge = record_at<stele_plan_edge>(plan_, header_.edges, i);
      if (edge.from >= header_.states.count || edge.to >= header_.states.count || !string_fits(edge.name) ||
          edge.name_length > plan_.size() - edge.name)
        return false;
    }
    return header_.states.count > STELE_STATE_TOP;
  }

  bool texts_fit() const {
    for (uint32_t i = 0; i < header_.constraints.count; i++) {
      auto constraint = record_at<stele_plan_constraint>(plan_, header_.constraints, i);
      if (!string_fits(constraint.rule) || !string_fits(constraint.source) || !string_fits(constraint.part))
        return false;
    }
    for (uint32_t i = 0; i < header_.operations.count; i++)
      if (!string_fits(record_at<uint32_t>(plan_, header_.operations, i))) return false;
    for (uint32_t i = 0; i < header_.protected_paths.count; i++) {
      auto path = record_at<stele_plan_protected>(plan_, header_.protected_paths, i);
      if (!string_fits(path.path) || plan_[path.path] != '/') return false;
    }
    return true;
  }

  std::string_view plan_;
  stele_plan header_{};
};

}  // namespace

std::string check_plan(std::string_view plan) {
  return PlanCheck(plan).run();
}

}  // namespace stele::pack
