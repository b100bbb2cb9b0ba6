// The plan goes behind the stub, unpadded, as far into a page in memory as in the file; the stub's empty last segment
// gets its place and size.

#include <cstring>

#include "compiler/pack/elf_segments.h"
#include "compiler/pack/pack.h"
#include "compiler/pack/pack_error.h"
#include "compiler/pack/plan_check.h"
#include "runtime/abi.h"

namespace stele {
namespace {

constexpr size_t kAlignment = 16;

std::string link(const std::string& stub, const std::string& plan) {
  std::string problem = pack::check_plan(plan);
  if (!problem.empty()) pack::refuse("the plan is damaged: " + problem);
  pack::Segments segments = pack::read_segments(stub);
  size_t index = pack::plan_segment(segments);
  Elf64_Phdr& segment = segments.headers[index];
  if (segment.p_filesz != 0 || segment.p_memsz != 0) pack::refuse("the stub holds a plan already");
  std::string enforcer = stub;
  enforcer.resize((enforcer.size() + kAlignment - 1) / kAlignment * kAlignment, '\0');
  segment.p_offset = enforcer.size();
  segment.p_vaddr = segment.p_paddr = STELE_PLAN_ADDRESS + enforcer.size() % STELE_PAGE;
  segment.p_filesz = segment.p_memsz = plan.size();
  segment.p_flags = PF_R;
  segment.p_align = STELE_PAGE;
  std::memcpy(enforcer.data() + segments.offset + index * sizeof(segment), &segment, sizeof(segment));
  return enforcer + plan;
}

}  // namespace

Result<std::string> link_enforcer(const std::string& stub, const std::string& plan) {
  try {
    return link(stub, plan);
  } catch (const pack::PackError& error) {
    return tl::unexpected(Failure{"", 0, error.message});
  }
}

}  // namespace stele
