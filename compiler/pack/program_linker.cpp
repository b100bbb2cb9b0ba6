// Each program becomes one run of instructions: its function, then every static function that it reaches, in the order
// in which calls to them are found. References to maps become indices into the plan's maps.

#include "compiler/pack/program_linker.h"

#include <elf.h>

#include <cstring>

#include "compiler/pack/pack_error.h"
#include "runtime/abi.h"

namespace stele::pack {
namespace {

constexpr uint32_t kRelocation64 = 1;     // R_BPF_64_64: ld_imm64
constexpr uint32_t kRelocationCall = 10;  // R_BPF_64_32: call
constexpr uint8_t kLoadImmediate = BPF_LD | BPF_IMM | BPF_DW;
constexpr uint8_t kCall = BPF_JMP | BPF_CALL;

using CoreRecords = std::map<std::string, std::map<uint64_t, CoreRelocation>>;
using Place = std::pair<uint32_t, uint64_t>;  // section, byte offset

class Linker {
public:
  Linker(const Object& object, const ObjectMaps& maps, const CoreRecords& core, const Symbol& entry)
      : object_(object), maps_(maps), core_(core), entry_(entry) {
    for (const Symbol& symbol : object.symbols)
      if (symbol.type == STT_FUNC && symbol.section && symbol.section < object.sections.size())
        functions_[{symbol.section, symbol.value}] = symbol.size;
  }

  LinkedProgram link() {
    program_.name = entry_.name;
    program_.section = object_.sections[entry_.section].name;
    position_of({entry_.section, entry_.value});
    for (size_t i = 0; i < order_.size(); i++) copy_function(order_[i]);  // grows as calls are found
    for (const auto& [insn, target] : calls_)
      program_.insns[insn].imm = static_cast<int32_t>(starts_.at(target)) - static_cast<int32_t>(insn) - 1;
    return std::move(program_);
  }

private:
  [[noreturn]] void refuse_here(const std::string& what) const { refuse("program `" + entry_.name + "`: " + what); }

  void position_of(Place function) {
    if (!functions_.contains(function)) refuse_here("a call leads to no function");
    if (known_.insert({function, order_.size()}).second) order_.push_back(function);
  }

  void copy_function(Place function) {
    auto [section, offset] = function;
    const std::string& code = object_.sections[section].bytes;
    uint64_t size = functions_.at(function);
    uint32_t base = static_cast<uint32_t>(program_.insns.size());
    if (size == 0 || size % sizeof(bpf_insn) || offset % sizeof(bpf_insn) || offset > code.size() ||
        size > code.size() - offset)
      refuse_here("a function leaves its section");
    starts_[function] = base;
    program_.insns.resize(base + size / sizeof(bpf_insn));
    std::memcpy(&program_.insns[base], code.data() + offset, size);
    for (uint32_t i = base; i < program_.insns.size(); i++) {
      uint64_t at = offset + (i - base) * sizeof(bpf_insn);
      copy_core(function, at, i);
      link_insn(section, at, i);
      if (program_.insns[i].code == kLoadImmediate) i++;
    }
  }

  void copy_core(Place function, uint64_t at, uint32_t insn) {
    auto records = core_.find(object_.sections[function.first].name);
    if (records == core_.end()) return;
    auto record = records->second.find(at);
    if (record == records->second.end()) return;
    LinkedRelocation relocation{insn, record->second};
    uint8_t kind = BPF_CLASS(program_.insns[insn].code);
    bool memory = kind == BPF_LDX || kind == BPF_ST || kind == BPF_STX;
    bool constant = program_.insns[insn].code == kLoadImmediate ||
                    ((kind == BPF_ALU || kind == BPF_ALU64) && BPF_SRC(program_.insns[insn].code) == BPF_K);
    if ((!memory && !constant) || (memory && relocation.core.kind != STELE_RELOC_FIELD_OFFSET))
      refuse_here("CO-RE record `" + relocation.core.path + "` on an instruction that cannot take it");
    if (!memory) relocation.core.size = 0;
    program_.relocations.push_back(std::move(relocation));
  }

  void link_insn(uint32_t section, uint64_t at, uint32_t index) {
    bpf_insn& insn = program_.insns[index];
    auto relocations = object_.relocations.find(section);
    const Relocation* relocation = nullptr;
    if (relocations != object_.relocations.end()) {
      auto found = relocations->second.find(at);
      if (found != relocations->second.end()) relocation = &found->second;
    }
    if (insn.code == kLoadImmediate && (index + 1 >= program_.insns.size())) refuse_here("its last instruction is cut");
    if (relocation)
      link_relocation(insn, index, *relocation);
    else if (insn.code == kCall && insn.src_reg == BPF_PSEUDO_CALL)
      link_call(index, {section, at + sizeof(bpf_insn) + int64_t{insn.imm} * 8});
    else if (insn.code == kCall && insn.src_reg != 0)
      refuse_here("calls a kernel function");
    else if (insn.code == kLoadImmediate && insn.src_reg != 0)
      refuse_here("a map reference has no relocation");
  }

  void link_call(uint32_t index, Place target) {
    program_.insns[index].src_reg = BPF_PSEUDO_CALL;
    position_of(target);
    calls_.emplace_back(index, target);
  }

  void link_relocation(bpf_insn& insn, uint32_t index, const Relocation& relocation) {
    const Symbol& symbol = object_.symbols[relocation.symbol];
    if (symbol.section == 0) refuse_here("undefined symbol `" + symbol.name + "`");
    if (symbol.section >= object_.sections.size()) refuse_here("symbol `" + symbol.name + "` has no section");
    if (relocation.type == kRelocationCall && insn.code == kCall)
      return link_call(index, {symbol.section, symbol.value + (int64_t{insn.imm} + 1) * 8});
    if (relocation.type != kRelocation64 || insn.code != kLoadImmediate)
      refuse_here("relocation of type " + std::to_string(relocation.type) + " to `" + symbol.name + "`");
    uint64_t offset = symbol.value + static_cast<uint32_t>(insn.imm);
    if (symbol.section == maps_.maps_section) {
      auto map = maps_.by_offset.find(offset);
      if (map == maps_.by_offset.end()) refuse_here("a reference into the middle of a map");
      return set_map(insn, program_.insns[index + 1], BPF_PSEUDO_MAP_IDX, map->second, 0);
    }
    auto constants = maps_.by_section.find(symbol.section);
    if (constants == maps_.by_section.end())
      refuse_here("the address of `" + (symbol.name.empty() ? object_.sections[symbol.section].name : symbol.name) +
                  "` is taken");
    if (offset >= maps_.maps[constants->second].value_size) refuse_here("a reference beyond a constant's section");
    set_map(insn, program_.insns[index + 1], BPF_PSEUDO_MAP_IDX_VALUE, constants->second, offset);
  }

  static void set_map(bpf_insn& insn, bpf_insn& second, uint8_t pseudo, uint32_t map, uint64_t offset) {
    insn.src_reg = pseudo & 15;
    insn.imm = static_cast<int32_t>(map);
    second.imm = static_cast<int32_t>(offset);
  }

  const Object& object_;
  const ObjectMaps& maps_;
  const CoreRecords& core_;
  const Symbol& entry_;
  std::map<Place, uint64_t> functions_;  // → bytes
  std::map<Place, size_t> known_;
  std::vector<Place> order_;
  std::map<Place, uint32_t> starts_;
  std::vector<std::pair<uint32_t, Place>> calls_;
  LinkedProgram program_;
};

bool is_program_section(const std::string& name) {
  return name.starts_with("lsm/") || name.starts_with("iter/");
}

}  // namespace

std::vector<LinkedProgram> link_programs(const Object& object, const ObjectMaps& maps) {
  std::map<Place, const Symbol*> entries;
  for (const Symbol& symbol : object.symbols) {
    if (symbol.section == 0 || symbol.section >= object.sections.size() || symbol.type != STT_FUNC) continue;
    const std::string& section = object.sections[symbol.section].name;
    if (is_program_section(section) && symbol.global)
      entries[{symbol.section, symbol.value}] = &symbol;
    else if (section != ".text" && !is_program_section(section))
      refuse("function `" + symbol.name + "` lies in section `" + section + "`, which is not a hook's");
  }
  CoreRecords core = collect_core_relocations(object);
  std::vector<LinkedProgram> programs;
  for (const auto& [place, symbol] : entries) programs.push_back(Linker(object, maps, core, *symbol).link());
  return programs;
}

}  // namespace stele::pack
