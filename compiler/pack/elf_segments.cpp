#include "compiler/pack/elf_segments.h"

#include <cstring>

#include "compiler/pack/pack_error.h"

namespace stele::pack {

Segments read_segments(std::string_view file) {
  Elf64_Ehdr header;
  if (file.size() < sizeof(header)) refuse("not an enforcer: too short");
  std::memcpy(&header, file.data(), sizeof(header));
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_machine != EM_X86_64 || header.e_type != ET_EXEC || header.e_phentsize != sizeof(Elf64_Phdr))
    refuse("not an enforcer: not a static x86-64 executable");
  if (header.e_phoff > file.size() || header.e_phnum > (file.size() - header.e_phoff) / sizeof(Elf64_Phdr))
    refuse("not an enforcer: its program headers leave the file");
  Segments segments{std::vector<Elf64_Phdr>(header.e_phnum), header.e_phoff};
  if (header.e_phnum)
    std::memcpy(segments.headers.data(), file.data() + header.e_phoff, header.e_phnum * sizeof(Elf64_Phdr));
  return segments;
}

size_t data_segment(const Segments& segments) {
  for (size_t i = segments.headers.size(); i-- > 0;)
    if (segments.headers[i].p_type == PT_LOAD) return i;
  refuse("not an enforcer: it has no segments");
}

}  // namespace stele::pack
