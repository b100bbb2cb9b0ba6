// Each function is linked once, however many programs call it; a program is the list of the functions that it reaches,
// in the order in which calls to them are found. References to maps become indices into the plan's maps.

#include "compiler/pack/program_linker.h"

#include <elf.h>

#include <cstring>
#include <set>

#include "compiler/pack/pack_error.h"
#include "runtime/abi.h"

namespace stele::pack {
namespace {

constexpr uint32_t kRelocation64 = 1;     // R_BPF_64_64: ld_imm64
constexpr uint32_t kRelocationCall = 10;  // R_BPF_64_32: call
constexpr uint8_t kLoadImmediate = BPF_LD | BPF_IMM | BPF_DW;
constexpr uint8_t kCall = BPF_JMP | BPF_CALL;
constexpr uint8_t kMayGoto = BPF_JMP | 0xe0;                        // BPF_JCOND
constexpr uint8_t kToLittleEndian = BPF_ALU | BPF_END | BPF_TO_LE;  // see NUMBER in kernel.h
constexpr const char* kCast = "bpf_rdonly_cast";
constexpr std::string_view kArgumentsOf = "arguments_of_";  // see TAKES in kernel.h
constexpr const char* kText = ".text";
constexpr const char* kNumbersOnly = ".text.numbers";

using CoreRecords = std::map<std::string, std::map<uint64_t, CoreRelocation>>;
using Place = std::pair<uint32_t, uint64_t>;  // section, byte offset

bool is_program_section(const std::string& name) {
  return name.starts_with("lsm/") || name.starts_with("iter/");
}

/// kernel.h: __followed_once, __numbers_only.
stele_once once_of(const Symbol& function, const std::string& section) {
  if (section == kNumbersOnly) return STELE_ONCE;
  return section == kText && function.global ? STELE_ONCE_WITH_CASTS : STELE_AT_EACH_CALL;
}

class Linker {
public:
  Linker(const Object& object, const ObjectMaps& maps, const CoreRecords& core)
      : object_(object), maps_(maps), core_(core) {
    for (const Symbol& symbol : object.symbols)
      if (symbol.type == STT_FUNC && symbol.section && symbol.section < object.sections.size())
        functions_[{symbol.section, symbol.value}] = &symbol;
  }

  void link(const Symbol& entry) {
    program_ = {entry.name, object_.sections[entry.section].name, {}};
    reached_.clear();
    reach(index_of({entry.section, entry.value}));
    for (size_t i = linked_.functions.size(); i < places_.size(); i++) copy_function(places_[i]);  // grows
    for (size_t i = 0; i < program_.functions.size(); i++)                                         // grows
      for (uint32_t callee : callees_[program_.functions[i]]) reach(callee);
    linked_.programs.push_back(program_);
  }

  LinkedObject take() { return std::move(linked_); }

private:
  [[noreturn]] void refuse_here(const std::string& what) const { refuse("program `" + program_.name + "`: " + what); }

  void reach(uint32_t function) {
    if (reached_.insert(function).second) program_.functions.push_back(function);
  }

  uint32_t index_of(Place function) {
    if (!functions_.contains(function)) refuse_here("a call leads to no function");
    auto [known, added] = indices_.insert({function, static_cast<uint32_t>(places_.size())});
    if (added) places_.push_back(function);
    return known->second;
  }

  void copy_function(Place function) {
    auto [section, offset] = function;
    const std::string& code = object_.sections[section].bytes;
    const Symbol& symbol = *functions_.at(function);
    uint64_t size = symbol.size;
    if (size == 0 || size % sizeof(bpf_insn) || offset % sizeof(bpf_insn) || offset > code.size() ||
        size > code.size() - offset)
      refuse_here("a function leaves its section");
    function_ = LinkedFunction{
        once_of(symbol, object_.sections[section].name), std::vector<bpf_insn>(size / sizeof(bpf_insn)), {}};
    callees_.emplace_back();
    std::memcpy(function_.insns.data(), code.data() + offset, size);
    for (uint32_t i = 0; i < function_.insns.size(); i++) {
      uint64_t at = offset + i * sizeof(bpf_insn);
      copy_core(function, at, i);
      if (function_.insns[i].code == kMayGoto) function_.relocations.push_back({i, may_goto_exists()});
      if (function_.insns[i].code == kToLittleEndian)
        function_.relocations.push_back({i, {STELE_RELOC_FUNCTION, kCast, 0}});
      link_insn(section, at, i);
      if (function_.insns[i].code == kLoadImmediate) i++;
    }
    linked_.functions.push_back(std::move(function_));
  }

  void copy_core(Place function, uint64_t at, uint32_t insn) {
    auto records = core_.find(object_.sections[function.first].name);
    if (records == core_.end()) return;
    auto record = records->second.find(at);
    if (record == records->second.end()) return;
    LinkedRelocation relocation{insn, record->second};
    uint8_t kind = BPF_CLASS(function_.insns[insn].code);
    bool memory = kind == BPF_LDX || kind == BPF_ST || kind == BPF_STX;
    bool constant = function_.insns[insn].code == kLoadImmediate ||
                    ((kind == BPF_ALU || kind == BPF_ALU64) && BPF_SRC(function_.insns[insn].code) == BPF_K);
    if ((!memory && !constant) || (memory && relocation.core.kind != STELE_RELOC_FIELD_OFFSET))
      refuse_here("CO-RE record `" + relocation.core.path + "` on an instruction that cannot take it");
    if (!memory) relocation.core.size = 0;
    function_.relocations.push_back(std::move(relocation));
  }

  void link_insn(uint32_t section, uint64_t at, uint32_t index) {
    bpf_insn& insn = function_.insns[index];
    auto relocations = object_.relocations.find(section);
    const Relocation* relocation = nullptr;
    if (relocations != object_.relocations.end()) {
      auto found = relocations->second.find(at);
      if (found != relocations->second.end()) relocation = &found->second;
    }
    if (insn.code == kLoadImmediate && (index + 1 >= function_.insns.size()))
      refuse_here("its last instruction is cut");
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
    uint32_t callee = index_of(target);
    function_.insns[index].src_reg = BPF_PSEUDO_CALL;
    function_.insns[index].imm = static_cast<int32_t>(callee);
    callees_.back().push_back(callee);
  }

  void link_relocation(bpf_insn& insn, uint32_t index, const Relocation& relocation) {
    const Symbol& symbol = object_.symbols[relocation.symbol];
    if (symbol.section == 0) return link_question(insn, index, relocation, symbol);
    if (symbol.section >= object_.sections.size()) refuse_here("symbol `" + symbol.name + "` has no section");
    if (relocation.type == kRelocationCall && insn.code == kCall)
      return link_call(index, {symbol.section, symbol.value + (int64_t{insn.imm} + 1) * 8});
    if (relocation.type != kRelocation64 || insn.code != kLoadImmediate)
      refuse_here("relocation of type " + std::to_string(relocation.type) + " to `" + symbol.name + "`");
    uint64_t offset = symbol.value + static_cast<uint32_t>(insn.imm);
    if (symbol.section == maps_.maps_section) {
      auto map = maps_.by_offset.find(offset);
      if (map == maps_.by_offset.end()) refuse_here("a reference into the middle of a map");
      return set_map(insn, function_.insns[index + 1], BPF_PSEUDO_MAP_IDX, map->second, 0);
    }
    auto constants = maps_.by_section.find(symbol.section);
    if (constants == maps_.by_section.end())
      refuse_here("the address of `" + (symbol.name.empty() ? object_.sections[symbol.section].name : symbol.name) +
                  "` is taken");
    if (offset >= maps_.maps[constants->second].value_size) refuse_here("a reference beyond a constant's section");
    set_map(insn, function_.insns[index + 1], BPF_PSEUDO_MAP_IDX_VALUE, constants->second, offset);
  }

  /// What kernel and machine have is known on the target: a call of a function, or the question whether it has
  /// something.
  void link_question(bpf_insn& insn, uint32_t index, const Relocation& relocation, const Symbol& symbol) {
    const bool call = relocation.type == kRelocationCall && insn.code == kCall;
    const bool question = relocation.type == kRelocation64 && insn.code == kLoadImmediate;
    CoreRelocation asked;
    if (symbol.name == kCast && (call || question))
      asked = {STELE_RELOC_FUNCTION, symbol.name, 0};
    else if (symbol.name == "may_goto" && question)
      asked = may_goto_exists();
    else if (symbol.name == "has_parts" && question)
      asked = {STELE_RELOC_HAS_PARTS, "", 0};
    else if (symbol.name == "long_parts" && question)
      asked = {STELE_RELOC_LONG_PARTS, "", 0};
    else if (symbol.name == "has_linked" && question)
      asked = {STELE_RELOC_HAS_LINKED, "", 0};
    else if (symbol.name == "has_layers" && question)
      asked = {STELE_RELOC_HAS_LAYERS, "", 0};
    else if (symbol.name.starts_with(kArgumentsOf) && question)
      asked = {STELE_RELOC_ARGUMENTS, symbol.name.substr(kArgumentsOf.size()), 0};
    else
      refuse_here("undefined symbol `" + symbol.name + "`");
    insn.src_reg = 0;
    insn.imm = 0;
    function_.relocations.push_back({index, asked});
  }

  static CoreRelocation may_goto_exists() { return {STELE_RELOC_ENUM_EXISTS, "bpf_cond_pseudo_jmp:BPF_MAY_GOTO", 0}; }

  static void set_map(bpf_insn& insn, bpf_insn& second, uint8_t pseudo, uint32_t map, uint64_t offset) {
    insn.src_reg = pseudo & 15;
    insn.imm = static_cast<int32_t>(map);
    second.imm = static_cast<int32_t>(offset);
  }

  const Object& object_;
  const ObjectMaps& maps_;
  const CoreRecords& core_;
  std::map<Place, const Symbol*> functions_;    // of the object
  std::map<Place, uint32_t> indices_;           // of those that are linked
  std::vector<Place> places_;                   // by index
  std::vector<std::vector<uint32_t>> callees_;  // by index
  LinkedObject linked_;
  LinkedFunction function_;  // under way
  LinkedProgram program_;    // under way
  std::set<uint32_t> reached_;
};

}  // namespace

LinkedObject link_programs(const Object& object, const ObjectMaps& maps) {
  std::map<Place, const Symbol*> entries;
  for (const Symbol& symbol : object.symbols) {
    if (symbol.section == 0 || symbol.section >= object.sections.size() || symbol.type != STT_FUNC) continue;
    const std::string& section = object.sections[symbol.section].name;
    if (is_program_section(section) && symbol.global)
      entries[{symbol.section, symbol.value}] = &symbol;
    else if (section != kText && section != kNumbersOnly && !is_program_section(section))
      refuse("function `" + symbol.name + "` lies in section `" + section + "`, which is not a hook's");
  }
  CoreRecords core = collect_core_relocations(object);
  Linker linker(object, maps, core);
  for (const auto& [place, symbol] : entries) linker.link(*symbol);
  return linker.take();
}

}  // namespace stele::pack
