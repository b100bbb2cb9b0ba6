#include "compiler/pack/object.h"

#include <bpf/btf.h>
#include <gelf.h>
#include <libelf.h>

#include "compiler/pack/pack_error.h"
#include "runtime/abi.h"

#ifndef EM_BPF
#define EM_BPF 247
#endif

namespace stele::pack {

void BtfDeleter::operator()(btf* types) const {
  btf__free(types);
}

uint32_t Object::find_section(std::string_view name) const {
  for (uint32_t i = 1; i < sections.size(); i++)
    if (sections[i].name == name) return i;
  return 0;
}

namespace {

struct ElfDeleter {
  void operator()(Elf* elf) const { elf_end(elf); }
};

void read_symbols(Elf* elf, Elf_Data* data, const GElf_Shdr& header, Object& object) {
  for (size_t i = 0; i < header.sh_size / sizeof(Elf64_Sym); i++) {
    GElf_Sym symbol;
    if (!gelf_getsym(data, static_cast<int>(i), &symbol)) refuse("the object's symbols are damaged");
    const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    object.symbols.push_back({name ? name : "", symbol.st_shndx, static_cast<uint8_t>(GELF_ST_TYPE(symbol.st_info)),
                              GELF_ST_BIND(symbol.st_info) != STB_LOCAL, symbol.st_value, symbol.st_size});
  }
}

void read_relocations(Elf_Data* data, const GElf_Shdr& header, Object& object) {
  for (size_t i = 0; i < header.sh_size / sizeof(Elf64_Rel); i++) {
    GElf_Rel relocation;
    if (!gelf_getrel(data, static_cast<int>(i), &relocation)) refuse("the object's relocations are damaged");
    object.relocations[header.sh_info][relocation.r_offset] = {static_cast<uint32_t>(GELF_R_SYM(relocation.r_info)),
                                                               static_cast<uint32_t>(GELF_R_TYPE(relocation.r_info))};
  }
}

void read_section(Elf* elf, Elf_Scn* scn, size_t names, Object& object) {
  GElf_Shdr header;
  if (!gelf_getshdr(scn, &header)) refuse("the object's sections are damaged");
  const char* name = elf_strptr(elf, names, header.sh_name);
  Elf_Data* data = elf_getdata(scn, nullptr);
  Section& section = object.sections.emplace_back();
  section = {name ? name : "", header.sh_type, header.sh_flags, {}};
  if (header.sh_size > STELE_MAX_PLAN) refuse("section `" + section.name + "` is larger than a plan can be");
  if (header.sh_type == SHT_NOBITS) section.bytes.assign(header.sh_size, '\0');
  if (data && data->d_buf) section.bytes.assign(static_cast<const char*>(data->d_buf), data->d_size);
  if (header.sh_type == SHT_SYMTAB && data) read_symbols(elf, data, header, object);
  if (header.sh_type == SHT_REL && data) read_relocations(data, header, object);
}

void check_references(const Object& object) {
  for (const Symbol& symbol : object.symbols)
    if (symbol.section >= object.sections.size() && symbol.section < SHN_LORESERVE)
      refuse("the object's symbols are damaged");
  for (const auto& [section, relocations] : object.relocations)
    for (const auto& [offset, relocation] : relocations)
      if (relocation.symbol >= object.symbols.size()) refuse("the object's relocations are damaged");
}

}  // namespace

Object read_object(const std::string& bytes) {
  elf_version(EV_CURRENT);
  std::string copy = bytes;  // libelf wants it writable
  std::unique_ptr<Elf, ElfDeleter> elf(elf_memory(copy.data(), copy.size()));
  GElf_Ehdr header;
  size_t names = 0;
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF || !gelf_getehdr(elf.get(), &header) || header.e_machine != EM_BPF ||
      header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_type != ET_REL ||
      elf_getshdrstrndx(elf.get(), &names) != 0)
    refuse("not a little-endian BPF object");
  Object object;
  object.sections.emplace_back();
  for (Elf_Scn* scn = nullptr; (scn = elf_nextscn(elf.get(), scn));) read_section(elf.get(), scn, names, object);
  check_references(object);
  uint32_t types = object.find_section(".BTF");
  if (!types) refuse("the object has no BTF (compile with -g)");
  const std::string& data = object.sections[types].bytes;
  object.types.reset(btf__new(data.data(), static_cast<uint32_t>(data.size())));
  if (!object.types) refuse("the object's BTF is damaged");
  return object;
}

}  // namespace stele::pack
