// Objects → plans: what is in a plan, and what is refused with which words.

#include <gtest/gtest.h>
#include <linux/bpf.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "compiler/pack/plan_check.h"
#include "runtime/abi.h"
#include "tests/enforcer/fixture.h"

namespace {

using stele::pack::record_at;
using stele::pack::string_at;

/// Compiles a few lines of BPF C.
std::string compile(const std::string& source) {
  std::string base = (std::filesystem::temp_directory_path() / "stele_pack_XXXXXX").string();
  EXPECT_NE(mkdtemp(base.data()), nullptr);
  std::ofstream(base + "/x.c") << "#define SEC(n) __attribute__((section(n), used))\n"
                                  "char LICENSE[] SEC(\"license\") = \"GPL\";\n"
                               << source;
  std::string command = CLANG " -target bpf -mcpu=v3 -O2 -g -w -c " + base + "/x.c -o " + base + "/x.o";
  EXPECT_EQ(std::system(command.c_str()), 0) << source;
  std::string object = read_bytes(base + "/x.o");
  std::filesystem::remove_all(base);
  return object;
}

stele::pack::PlanInput input_with_hooks(std::vector<stele_hook> hooks) {
  stele::pack::PlanInput input = fixture_input();
  input.hooks = std::move(hooks);
  return input;
}

std::string refusal(const std::string& object,
                    const stele::pack::PlanInput& input = input_with_hooks({STELE_HOOK_file_open})) {
  auto plan = stele::pack::make_plan(object, input);
  return plan ? "accepted" : plan.error().message;
}

std::string fixture_plan() {
  auto plan = stele::pack::make_plan(read_bytes(FIXTURES "/policy.bpf.o"), fixture_input());
  EXPECT_TRUE(plan) << plan.error().message;
  return *plan;
}

}  // namespace

TEST(MakePlan, HoldsProgramsMapsAndRelocations) {
  std::string plan = fixture_plan();
  stele_plan header = record_at<stele_plan>(plan, {0, 1}, 0);
  EXPECT_EQ(string_at(plan, header.policy_name), "fixture");
  EXPECT_EQ(string_at(plan, header.license), "GPL");

  std::map<std::string, stele_plan_map> maps;
  for (uint32_t i = 0; i < header.maps.count; i++) {
    auto map = record_at<stele_plan_map>(plan, header.maps, i);
    maps[map.name] = map;
  }
  EXPECT_EQ(maps.size(), 5u);
  EXPECT_EQ(maps["events"].role, STELE_MAP_EVENTS);
  EXPECT_EQ(maps["events"].value_size, sizeof(stele_event));
  EXPECT_EQ(maps["counters"].max_entries, 4u);
  EXPECT_EQ(maps[".rodata"].flags, static_cast<uint32_t>(BPF_F_RDONLY_PROG));
  EXPECT_STREQ(plan.data() + maps[".rodata"].data.offset, "forbidden");
  EXPECT_STREQ(record_at<stele_plan_map>(plan, header.maps, header.late_map).name, ".rodata.late");
  EXPECT_STREQ(record_at<stele_plan_map>(plan, header.maps, header.device_map).name, ".data.devices");
  EXPECT_EQ(maps[".data.devices"].role, STELE_MAP_DEVICES);
  EXPECT_EQ(maps[".data.devices"].flags, 0u);

  std::map<std::string, stele_plan_program> programs;
  std::map<uint32_t, stele_plan_program> by_hook;
  for (uint32_t i = 0; i < header.programs.count; i++) {
    auto program = record_at<stele_plan_program>(plan, header.programs, i);
    programs[program.name] = program;
    by_hook[program.hook] = program;
  }
  EXPECT_EQ(header.programs.count, 7u);
  EXPECT_EQ(programs["stele_sb_delete"].kind, STELE_PROGRAM_END);
  EXPECT_EQ(programs["events"].kind, STELE_PROGRAM_ITER_MAP);
  EXPECT_EQ(programs["stele_file_open"].hook, STELE_HOOK_file_open);
  EXPECT_EQ(by_hook[STELE_HOOK_inode_set_acl].flags, STELE_PROGRAM_IF_HOOK_EXISTS);
  EXPECT_EQ(by_hook[STELE_HOOK_inode_setxattr].flags, 0u);

  std::map<std::string, stele_plan_reloc> relocations;
  for (uint32_t i = 0; i < header.relocs.count; i++) {
    auto relocation = record_at<stele_plan_reloc>(plan, header.relocs, i);
    relocations[string_at(plan, relocation.path)] = relocation;
  }
  EXPECT_EQ(relocations["file:f_path.dentry"].size, 8u);
  EXPECT_EQ(relocations["dentry:d_name.len"].size, 4u);  // through an anonymous structure
  EXPECT_EQ(relocations["stele_no_such_type:"].kind, STELE_RELOC_TYPE_EXISTS);
}

TEST(MakePlan, LinksMapReferences) {
  std::string plan = fixture_plan();
  stele_plan header = record_at<stele_plan>(plan, {0, 1}, 0);
  for (uint32_t i = 0; i < header.insns.count; i++) {
    auto insn = record_at<bpf_insn>(plan, header.insns, i);
    if (insn.code != (BPF_LD | BPF_IMM | BPF_DW)) continue;
    if (insn.src_reg) {
      EXPECT_TRUE(insn.src_reg == 5 || insn.src_reg == 6) << i;
      EXPECT_LT(static_cast<uint32_t>(insn.imm), header.maps.count);
    }
    i++;
  }
}

/// Every function once in the plan, and every program with all functions that it reaches.
TEST(MakePlan, SharesFunctions) {
  std::string plan = fixture_plan();
  stele_plan header = record_at<stele_plan>(plan, {0, 1}, 0);
  uint32_t insns = 0, listed = 0, calls = 0;
  for (uint32_t i = 0; i < header.functions.count; i++) {
    auto function = record_at<stele_plan_function>(plan, header.functions, i);
    EXPECT_EQ(function.first_insn, insns);
    insns += function.insn_count;
  }
  EXPECT_EQ(insns, header.insns.count);
  for (uint32_t i = 0; i < header.programs.count; i++) {
    auto program = record_at<stele_plan_program>(plan, header.programs, i);
    std::set<uint32_t> functions;
    for (uint32_t k = 0; k < program.functions.count; k++)
      EXPECT_TRUE(functions.insert(record_at<uint32_t>(plan, program.functions, k)).second);
    listed += program.functions.count;
    for (uint32_t index : functions) {
      auto function = record_at<stele_plan_function>(plan, header.functions, index);
      for (uint32_t k = 0; k < function.insn_count; k++) {
        auto insn = record_at<bpf_insn>(plan, header.insns, function.first_insn + k);
        if (insn.code != (BPF_JMP | BPF_CALL) || insn.src_reg != BPF_PSEUDO_CALL) continue;
        EXPECT_TRUE(functions.contains(static_cast<uint32_t>(insn.imm))) << program.name;
        calls++;
      }
    }
  }
  EXPECT_GT(calls, 0u);
  EXPECT_GT(listed, header.functions.count);
}

TEST(MakePlan, SameInputSameBytes) {
  EXPECT_EQ(fixture_plan(), fixture_plan());
}

TEST(MakePlan, SortsEdges) {
  stele::pack::PlanInput input = fixture_input();
  std::reverse(input.edges.begin(), input.edges.end());
  EXPECT_EQ(*stele::pack::make_plan(read_bytes(FIXTURES "/policy.bpf.o"), input), fixture_plan());
}

TEST(MakePlan, RefusesWhatItCannotHold) {
  const std::string hook = "SEC(\"lsm/file_open\") int f(void *c) ";
  struct Case {
    const char* name;
    std::string source;
    const char* message;
  };
  const Case cases[] = {
      {"undefined", "extern int g(void); " + hook + "{ return g(); }", "undefined symbol `g`"},
      {"data", "int x = 1; " + hook + "{ return x++; }", "section `.data` holds data"},
      {"bss", "int x; " + hook + "{ return x++; }", "section `.bss` holds data"},
      {"hook", "SEC(\"lsm/no_such\") int f(void *c) { return 0; }", "unknown hook `lsm/no_such`"},
      {"kind", "SEC(\"fentry/x\") int f(void *c) { return 0; }", "which is not a hook's"},
      {"twice", hook + "{ return 0; } SEC(\"lsm/file_open\") int g(void *c) { return 0; }", "two programs"},
      {"none", "", "no program"},
      {"iterator", "SEC(\"iter/bpf_map_elem\") int show_x(void *c) { return 0; }", "shows no map"},
      {"map", "struct { int (*type)[1]; } m SEC(\".maps\"); " + hook + "{ return (long)&m & 1; }", "unknown map `m`"},
      {"shape", "struct { int (*type)[1]; } events SEC(\".maps\"); " + hook + "{ return (long)&events & 1; }",
       "is not the array"},
      {"pointer",
       "static int g(void *c) { return 1; } " + hook +
           "{ return ((long (*)(int, void *, void *, long))181)(4, g, 0, 0); }",
       "is taken"},
      {"bit-field",
       "struct b { int x : 3; } __attribute__((preserve_access_index)); " + hook +
           "{ struct b *b = *(void **)c; return b->x; }",
       "bit-field `x`"},
      {"late", "const volatile int late SEC(\".rodata.late\") = 0; " + hook + "{ return late; }",
       "is not struct stele_late"},
  };
  for (const Case& c : cases)
    EXPECT_NE(refusal(compile(c.source)).find(c.message), std::string::npos)
        << c.name << ": " << refusal(compile(c.source));
}

/// What the kernel has is asked on the target: a function by its name, may_goto by an enumerator.
TEST(MakePlan, AsksForWhatSomeKernelsHave) {
  auto plan = stele::pack::make_plan(compile("extern void *bpf_rdonly_cast(const void *, unsigned);\n"
                                             "SEC(\"lsm/file_open\") int f(void *c) {\n"
                                             "  long cast, rounds;\n"
                                             "  asm volatile(\"%0 = bpf_rdonly_cast ll\" : \"=r\"(cast));\n"
                                             "  asm volatile(\"%0 = may_goto ll\" : \"=r\"(rounds));\n"
                                             "  asm volatile goto(\"may_goto %l[out]\" : : : : out);\n"
                                             "  return cast + rounds + (long)bpf_rdonly_cast(c, 1);\n"
                                             "out: return 0; }"),
                                     input_with_hooks({STELE_HOOK_file_open}));
  ASSERT_TRUE(plan) << plan.error().message;
  stele_plan header = record_at<stele_plan>(*plan, {0, 1}, 0);
  std::multiset<std::pair<std::string, uint32_t>> asked;
  for (uint32_t i = 0; i < header.relocs.count; i++) {
    auto relocation = record_at<stele_plan_reloc>(*plan, header.relocs, i);
    asked.emplace(string_at(*plan, relocation.path), relocation.kind);
  }
  EXPECT_EQ(asked, (decltype(asked){{"bpf_rdonly_cast", STELE_RELOC_FUNCTION},
                                    {"bpf_rdonly_cast", STELE_RELOC_FUNCTION},
                                    {"bpf_cond_pseudo_jmp:BPF_MAY_GOTO", STELE_RELOC_ENUM_EXISTS},
                                    {"bpf_cond_pseudo_jmp:BPF_MAY_GOTO", STELE_RELOC_ENUM_EXISTS}}));
}

TEST(MakePlan, HasAProgramForEveryHookAndForNoOther) {
  const std::string object = read_bytes(FIXTURES "/every_hook.bpf.o");
  const std::string one = compile("SEC(\"lsm/file_open\") int f(void *c) { return 0; }");
  std::vector<stele_hook> all;
  for (int hook = 0; hook < STELE_HOOK_COUNT; hook++) all.push_back(static_cast<stele_hook>(hook));
  EXPECT_EQ(refusal(object, input_with_hooks(all)), "accepted");
  for (int hook = 0; hook < STELE_HOOK_COUNT; hook++) {
    std::vector<stele_hook> others = all;
    others.erase(others.begin() + hook);
    EXPECT_NE(refusal(object, input_with_hooks(others)).find("which the policy does not need"), std::string::npos)
        << hook;
    if (hook == STELE_HOOK_file_open) continue;
    EXPECT_NE(refusal(one, input_with_hooks({STELE_HOOK_file_open, static_cast<stele_hook>(hook)}))
                  .find("which the policy needs"),
              std::string::npos)
        << hook;
  }
}

TEST(MakePlan, RefusesBadInput) {
  const std::string object = read_bytes(FIXTURES "/policy.bpf.o");
  stele::pack::PlanInput name = fixture_input(), state = fixture_input(), edge = fixture_input(),
                         path = fixture_input();
  name.policy_name = "../x";
  state.states.clear();
  edge.edges.push_back({1, 99, "x"});
  path.protected_paths.push_back({"relative", false});
  for (const auto& input : {name, state, edge, path})
    EXPECT_NE(refusal(object, input).find("the plan is not valid"), std::string::npos);
  EXPECT_NE(refusal("").find("not a little-endian BPF object"), std::string::npos);
  EXPECT_NE(refusal("binary garbage").find("not a little-endian BPF object"), std::string::npos);
}

TEST(MakePlan, SurvivesADamagedObject) {
  const std::string object = read_bytes(FIXTURES "/policy.bpf.o");
  uint32_t random = 1;
  for (int i = 0; i < 5000; i++) {
    std::string damaged = object;
    for (int k = 0; k < 4; k++) {
      random = random * 1664525 + 1013904223;
      damaged[(random >> 8) % damaged.size()] ^= static_cast<char>(1 << (random & 7));
    }
    (void)stele::pack::make_plan(damaged, fixture_input());  // refused or not: no crash
  }
}
