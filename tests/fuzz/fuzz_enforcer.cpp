// The reader of enforcers. The input is read as a file, and as the plan of one: behind its magic, version, size and
// checksum, which are made to fit, packed into the smallest ELF file that has a place for it.

#include <elf.h>

#include <cstring>
#include <string>

#include "compiler/pack/checksum.h"
#include "compiler/pack/pack.h"
#include "compiler/pack/packed_data.h"
#include "runtime/abi.h"
#include "tests/fuzz/fuzz.h"

namespace stele::fuzz {
namespace {

constexpr size_t kGiven = offsetof(stele_plan, checksum) + sizeof(stele_plan::checksum);

std::string plan_of(const std::string& input) {
  std::string plan = std::string(kGiven, '\0') + input;
  if (plan.size() < sizeof(stele_plan)) plan.resize(sizeof(stele_plan));
  plan += '\0';
  stele_plan header;
  std::memcpy(&header, plan.data(), sizeof(header));
  std::memcpy(header.magic, STELE_PLAN_MAGIC, sizeof(header.magic));
  header.abi = STELE_ABI_VERSION;
  header.size = static_cast<uint32_t>(plan.size());
  header.checksum = pack::plan_checksum(plan);
  std::memcpy(plan.data(), &header, sizeof(header));
  return plan;
}

std::string enforcer_of(const std::string& plan) {
  const std::string packed = pack::pack_data("", plan);
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_machine = EM_X86_64;
  header.e_type = ET_EXEC;
  header.e_phoff = sizeof(header);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 1;
  Elf64_Phdr segment{};
  segment.p_type = PT_LOAD;
  segment.p_offset = sizeof(header) + sizeof(segment);
  segment.p_vaddr = STELE_PACKED_ADDRESS + segment.p_offset;
  segment.p_filesz = segment.p_memsz = packed.size();
  std::string file(segment.p_offset, '\0');
  std::memcpy(file.data(), &header, sizeof(header));
  std::memcpy(file.data() + sizeof(header), &segment, sizeof(segment));
  return file + packed;
}

void run(const std::string& input) {
  const auto file = pack::read_enforcer(input);
  require(file || !file.error().message.empty(), "a refusal says why");
  const auto info = pack::read_enforcer(enforcer_of(plan_of(input)));
  if (!info) return require(!info.error().message.empty(), "a refusal says why");
  require(!info->policy_name.empty(), "a policy has a name");
}

}  // namespace
}  // namespace stele::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  stele::fuzz::run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
