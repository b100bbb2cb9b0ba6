#pragma once

// A BPF ELF object in memory: sections, symbols, relocations and BTF, as plain data.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct btf;

namespace stele::pack {

struct Section {
  std::string name;
  uint32_t type = 0;   // SHT_*
  uint64_t flags = 0;  // SHF_*
  std::string bytes;   // zeroes for SHT_NOBITS
};

struct Symbol {
  std::string name;
  uint32_t section = 0;  // index; 0 = undefined
  uint8_t type = 0;      // STT_*
  bool global = false;
  uint64_t value = 0, size = 0;  // bytes within the section
};

struct Relocation {
  uint32_t symbol = 0;
  uint32_t type = 0;  // R_BPF_*
};

struct BtfDeleter {
  void operator()(btf* types) const;
};

struct Object {
  std::vector<Section> sections;                                   // by ELF index
  std::vector<Symbol> symbols;                                     // by ELF index
  std::map<uint32_t, std::map<uint64_t, Relocation>> relocations;  // section → byte offset
  std::unique_ptr<btf, BtfDeleter> types;

  /// Index of the section of that name, or 0.
  uint32_t find_section(std::string_view name) const;
};

/// Throws PackError when the bytes are not a BPF object with BTF.
Object read_object(const std::string& bytes);

}  // namespace stele::pack
