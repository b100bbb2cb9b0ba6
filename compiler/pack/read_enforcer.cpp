#include <array>

#include "compiler/catalog/catalog.h"
#include "compiler/pack/elf_segments.h"
#include "compiler/pack/pack.h"
#include "compiler/pack/pack_error.h"
#include "compiler/pack/packed_data.h"
#include "compiler/pack/plan_check.h"

namespace stele::pack {
namespace {

const char* const kRoleNames[] = {"constants", "counters", "events", "devices"};

void describe_programs(std::string_view plan, const stele_plan& header, EnforcerInfo& info) {
  for (uint32_t i = 0; i < header.programs.count; i++) {
    auto program = pack::record_at<stele_plan_program>(plan, header.programs, i);
    bool lsm = program.kind == STELE_PROGRAM_LSM;
    EnforcerInfo::Program& shown = info.programs.emplace_back();
    shown.name = program.name;
    shown.hook = lsm ? catalog::hooks()[program.hook].name : program.kind == STELE_PROGRAM_END ? "sb_delete" : "";
    shown.if_hook_exists = (program.flags & STELE_PROGRAM_IF_HOOK_EXISTS) != 0;
    for (uint32_t k = 0; k < program.functions.count; k++) {
      auto index = pack::record_at<uint32_t>(plan, program.functions, k);
      auto function = pack::record_at<stele_plan_function>(plan, header.functions, index);
      shown.instructions += function.insn_count;
      shown.relocations += function.reloc_count;
    }
  }
}

void describe_maps(std::string_view plan, const stele_plan& header, EnforcerInfo& info) {
  for (uint32_t i = 0; i < header.maps.count; i++) {
    auto map = pack::record_at<stele_plan_map>(plan, header.maps, i);
    info.maps.push_back({map.name, kRoleNames[map.role], map.value_size, map.max_entries, map.data.count});
  }
}

EnforcerInfo read(const std::string& bytes) {
  pack::Segments segments = pack::read_segments(bytes);
  const Elf64_Phdr& segment = segments.headers[pack::data_segment(segments)];
  if (segment.p_vaddr / STELE_PAGE != STELE_PACKED_ADDRESS / STELE_PAGE)
    pack::refuse("not an enforcer: it holds no plan");
  if (segment.p_offset > bytes.size() || segment.p_filesz > bytes.size() - segment.p_offset ||
      segment.p_memsz != segment.p_filesz)
    pack::refuse("the enforcer is cut short");
  pack::PackedData data = pack::unpack_data({bytes.data() + segment.p_offset, segment.p_filesz});
  std::string_view plan = data.plan;
  std::string problem = pack::check_plan(plan);
  if (!problem.empty()) pack::refuse("the enforcer's plan is damaged: " + problem);

  stele_plan header = pack::record_at<stele_plan>(plan, {0, 1}, 0);
  EnforcerInfo info;
  info.policy_name = pack::string_at(plan, header.policy_name);
  info.policy_version = pack::string_at(plan, header.policy_version);
  info.manifest = plan.substr(header.manifest.count ? header.manifest.offset : 0, header.manifest.count);
  info.min_kernel = header.min_kernel;
  info.max_kernel = header.max_kernel;
  info.file_bytes = bytes.size();
  info.stub_bytes = segment.p_offset;
  info.plan_bytes = segment.p_filesz;
  info.unpacked_bytes = plan.size();
  info.constraints = header.constraints.count;
  info.states = header.states.count;
  info.edges = header.edges.count;
  describe_programs(plan, header, info);
  describe_maps(plan, header, info);
  return info;
}

}  // namespace

Result<EnforcerInfo> read_enforcer(const std::string& bytes) {
  try {
    return read(bytes);
  } catch (const pack::PackError& error) {
    return tl::unexpected(Failure{"", 0, error.message});
  }
}

}  // namespace stele::pack
