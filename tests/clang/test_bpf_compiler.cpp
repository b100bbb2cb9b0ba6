// The wrapper around Clang: objects with BTF and without DWARF, the same bytes every time, nothing read from the
// machine, and each of the three lint findings at its place.

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <set>

#include "compiler/clang/bpf_compiler.h"

namespace stele {
namespace {

using Files = std::map<std::string, std::string>;

const char* const kHeader = R"(
#define SEC(name) __attribute__((section(name), used))
typedef unsigned int u32;
typedef unsigned long long u64;
struct inode { u64 i_ino; } __attribute__((preserve_access_index));
struct file { struct inode *f_inode; } __attribute__((preserve_access_index));
)";

Files program(const std::string& body) {
  return {{"kernel.h", kHeader}, {"policy.bpf.c", "#include \"kernel.h\"\n" + body}};
}

const char* const kGood = R"(
char LICENSE[] SEC("license") = "Dual BSD/GPL";
static const u32 limit = 7;
struct { int (*type)[2]; u32 *key; u64 *value; int (*max_entries)[8]; } events SEC(".maps");
static u32 twice(u32 x) { return 2 * x; }
SEC("lsm/file_open") int file_open(u64 *context)
{
	struct file *file = (void *)context[0];
	__asm__ volatile("" : "+r"(file));
	return file->f_inode->i_ino == twice(limit) ? -1 : 0;
}
)";

Result<std::string> compile(const Files& files) {
  codegen::BpfCompileOptions options;
  options.allowed_maps = {"events"};
  return codegen::compile_bpf(files, "policy.bpf.c", options);
}

std::set<std::string> section_names(const std::string& object) {
  Elf64_Ehdr header;
  std::memcpy(&header, object.data(), sizeof(header));
  auto section = [&](size_t index) {
    Elf64_Shdr found;
    std::memcpy(&found, object.data() + header.e_shoff + index * sizeof(found), sizeof(found));
    return found;
  };
  std::set<std::string> names;
  for (size_t i = 0; i < header.e_shnum; ++i)
    names.insert(object.data() + section(header.e_shstrndx).sh_offset + section(i).sh_name);
  return names;
}

/// Compiles what must be refused and returns what was said.
std::string refusal(const std::string& body) {
  const auto object = compile(program(body));
  EXPECT_FALSE(object);
  return object ? "" : object.error().message;
}

TEST(BpfCompiler, MakesAnObjectWithBtfAndWithoutDwarf) {
  const auto object = compile(program(kGood));
  ASSERT_TRUE(object) << object.error().message;
  const auto names = section_names(*object);
  for (const char* name : {".BTF", ".BTF.ext", "lsm/file_open", "license", ".maps"})
    EXPECT_TRUE(names.count(name)) << name;
  for (const std::string& name : names) EXPECT_FALSE(name.starts_with(".debug")) << name;
}

TEST(BpfCompiler, SameInputSameBytesInOneProcess) {
  const auto first = compile(program(kGood));
  const auto other =
      compile(program(std::string(kGood) + "static const u32 unused_constant __attribute__((unused)) = 1;\n"));
  const auto second = compile(program(kGood));
  ASSERT_TRUE(first && other && second);
  EXPECT_EQ(*first, *second);
}

TEST(BpfCompiler, SameBytesInAnotherFolder) {
  const auto here = compile(program(kGood));
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path("/");
  const auto elsewhere = compile(program(kGood));
  std::filesystem::current_path(before);
  ASSERT_TRUE(here && elsewhere);
  EXPECT_EQ(*here, *elsewhere);
}

TEST(BpfCompiler, ReadsNoFileOfTheMachine) {
  EXPECT_NE(refusal("#include \"/etc/passwd\"\n").find("policy.bpf.c:2:10: error: '/etc/passwd' file not found"),
            std::string::npos);
  EXPECT_NE(refusal("#include <stdint.h>\n").find("'stdint.h' file not found"), std::string::npos);
}

struct LintCase {
  const char* name;
  const char* body;
  const char* expected;
};

const LintCase kLint[] = {
    {"WritableGlobal", "int counter;\n", "policy.bpf.c:2:5: error: global 'counter' is writable"},
    {"WritableArray", "static int table[2] __attribute__((used));\n",
     "policy.bpf.c:2:12: error: global 'table' is writable"},
    {"WritableStaticLocal", "SEC(\"lsm/x\") int x(u64 *c) { static int n; return n++; }\n",
     "policy.bpf.c:2:41: error: global 'n' is writable"},
    {"UnlistedMap", "struct { int (*type)[1]; } spare SEC(\".maps\");\n",
     "policy.bpf.c:2:28: error: map 'spare' is not among the maps that a policy may have"},
    {"GlobalFunction", "int helper(int a) { return a; }\n",
     "policy.bpf.c:2:5: error: function 'helper' is neither static nor placed by SEC()"},
    {"InAHeader", "#include \"extra.h\"\n", "extra.h:1:5: error: global 'hidden' is writable"},
    {"SyntaxError", "int x(\n", "policy.bpf.c:2:7: error: expected"},
    {"WarningIsAnError", "SEC(\"lsm/x\") int x(u64 *c) { int n; return n; }\n",
     "policy.bpf.c:2:44: error: variable 'n' is uninitialized"},
};

class Lint : public testing::TestWithParam<LintCase> {};

TEST_P(Lint, RefusesAtItsPlace) {
  Files files = program(GetParam().body);
  files["extra.h"] = "int hidden;\n";
  const auto object = compile(files);
  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().path, "policy.bpf.c");
  EXPECT_NE(object.error().message.find(GetParam().expected), std::string::npos) << object.error().message;
}

INSTANTIATE_TEST_SUITE_P(Table, Lint, testing::ValuesIn(kLint),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(BpfCompiler, UnknownMainFileIsReported) {
  const auto object = codegen::compile_bpf({}, "policy.bpf.c", {});
  ASSERT_FALSE(object);
  EXPECT_NE(object.error().message.find("policy.bpf.c"), std::string::npos);
}

}  // namespace
}  // namespace stele
