// The stub's last segment, its constants, leaves the file and comes back packed with the plan behind it, unpadded, as
// far into a page in memory as in the file. Section headers and names stay behind: only the kernel reads an enforcer.

#include <algorithm>
#include <cstring>

#include "compiler/pack/elf_segments.h"
#include "compiler/pack/pack.h"
#include "compiler/pack/pack_error.h"
#include "compiler/pack/packed_data.h"
#include "compiler/pack/plan_check.h"
#include "runtime/abi.h"

namespace stele::pack {
namespace {

constexpr size_t kAlignment = 8;

void drop_sections(std::string& enforcer) {
  Elf64_Ehdr header;
  std::memcpy(&header, enforcer.data(), sizeof(header));
  header.e_shoff = 0;
  header.e_shnum = header.e_shstrndx = header.e_shentsize = 0;
  std::memcpy(enforcer.data(), &header, sizeof(header));
}

std::string link(const std::string& stub, const std::string& plan) {
  std::string problem = pack::check_plan(plan);
  if (!problem.empty()) pack::refuse("the plan is damaged: " + problem);
  pack::Segments segments = pack::read_segments(stub);
  size_t index = pack::data_segment(segments);
  Elf64_Phdr& segment = segments.headers[index];
  if (segment.p_vaddr != STELE_DATA_ADDRESS) pack::refuse("the stub holds a plan already");
  if (segment.p_offset > stub.size() || segment.p_filesz > stub.size() - segment.p_offset)
    pack::refuse("the stub is cut short");
  std::string packed = pack::pack_data(stub.substr(segment.p_offset, segment.p_filesz), plan);
  size_t end = 0;  // of what is loaded from the file as it is
  for (size_t i = 0; i < segments.headers.size(); i++)
    if (i != index) end = std::max<size_t>(end, segments.headers[i].p_offset + segments.headers[i].p_filesz);
  if (end > segment.p_offset) pack::refuse("the stub's constants are not its end");
  std::string enforcer = stub.substr(0, (end + kAlignment - 1) / kAlignment * kAlignment);
  segment.p_offset = enforcer.size();
  segment.p_vaddr = segment.p_paddr = STELE_PACKED_ADDRESS + enforcer.size() % STELE_PAGE;
  segment.p_filesz = segment.p_memsz = packed.size();
  segment.p_flags = PF_R;
  segment.p_align = STELE_PAGE;
  std::memcpy(enforcer.data() + segments.offset + index * sizeof(segment), &segment, sizeof(segment));
  drop_sections(enforcer);
  return enforcer + packed;
}

}  // namespace

Result<std::string> link_enforcer(const std::string& stub, const std::string& plan) {
  try {
    return link(stub, plan);
  } catch (const pack::PackError& error) {
    return tl::unexpected(Failure{"", 0, error.message});
  }
}

}  // namespace stele::pack
