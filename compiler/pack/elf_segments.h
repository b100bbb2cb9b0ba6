#pragma once

#include <elf.h>

#include <string_view>
#include <vector>

namespace stele::pack {

struct Segments {
  std::vector<Elf64_Phdr> headers;
  uint64_t offset = 0;  // of the program headers in the file
};

/// Program headers of an x86-64 executable; throws PackError when it is none.
Segments read_segments(std::string_view file);

/// Index of the last PT_LOAD: the stub's constants, or an enforcer's packed data.
size_t data_segment(const Segments& segments);

}  // namespace stele::pack
