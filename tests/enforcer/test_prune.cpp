// runtime/enforcer/prune.c: what is dropped from a function, and that the function still does the same.

#include <gtest/gtest.h>
#include <linux/bpf.h>

#include <cstdlib>
#include <random>
#include <vector>

#include "runtime/abi.h"

namespace {
const stele_plan kPlan = [] {
  stele_plan plan{};
  plan.insns.count = 4096;
  return plan;
}();
}  // namespace

extern "C" {
const stele_plan* plan = &kPlan;  // prune.c asks it how many instructions there can be
void* map_pages(size_t size) {
  return std::calloc(1, size);
}
stele_u32 prune(bpf_insn* insns, stele_u32 length);
}

namespace {

using Code = std::vector<bpf_insn>;

bpf_insn insn(uint8_t code, uint8_t dst = 0, uint8_t src = 0, int16_t off = 0, int32_t imm = 0) {
  return {code, dst, src, off, imm};
}
bpf_insn set(uint8_t dst, int32_t imm) {
  return insn(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, imm);
}
bpf_insn add(uint8_t dst, uint8_t src) {
  return insn(BPF_ALU64 | BPF_ADD | BPF_X, dst, src);
}
bpf_insn if_equal(uint8_t dst, int32_t imm, int16_t off) {
  return insn(BPF_JMP | BPF_JEQ | BPF_K, dst, 0, off, imm);
}
bpf_insn if_not_equal(uint8_t dst, int32_t imm, int16_t off) {
  return insn(BPF_JMP | BPF_JNE | BPF_K, dst, 0, off, imm);
}
bpf_insn jump(int16_t off) {
  return insn(BPF_JMP | BPF_JA, 0, 0, off);
}
const bpf_insn kExit = insn(BPF_JMP | BPF_EXIT);
const bpf_insn kWide = insn(BPF_LD | BPF_IMM | BPF_DW, 1, 0, 0, 1), kWideEnd = insn(0);

Code pruned(Code code) {
  code.resize(prune(code.data(), static_cast<stele_u32>(code.size())));
  return code;
}

/// r0 at the end, or -1 when that is not reached. Registers 1 to 5 begin as 0, 1, 2, 3, 4.
int64_t run(const Code& code) {
  int64_t reg[11] = {0, 0, 1, 2, 3, 4};
  size_t at = 0;
  for (int steps = 0; steps < 1000 && at < code.size(); ++steps) {
    const bpf_insn& one = code[at++];
    const int64_t right = BPF_SRC(one.code) == BPF_X ? reg[one.src_reg] : one.imm;
    if (one.code == kExit.code) return reg[0];
    if (one.code == kWide.code) {
      reg[one.dst_reg] = one.imm;
      ++at;
    } else if (BPF_CLASS(one.code) == BPF_ALU64) {
      reg[one.dst_reg] = BPF_OP(one.code) == BPF_MOV ? right : reg[one.dst_reg] + right;
    } else if (BPF_OP(one.code) == BPF_JA || (BPF_OP(one.code) == BPF_JEQ) == (reg[one.dst_reg] == right)) {
      at = static_cast<size_t>(static_cast<int64_t>(at) + one.off);
    }
  }
  return -1;
}

}  // namespace

TEST(Prune, DropsTheOtherSideOfAnAnswer) {
  const Code code = {kWide, kWideEnd, if_not_equal(1, 0, 2), set(0, 7), kExit, set(0, 9), kExit};
  const Code left = pruned(code);
  ASSERT_EQ(left.size(), 2u);
  EXPECT_EQ(left[0].imm, 9);
  EXPECT_EQ(run(left), run(code));
}

TEST(Prune, KeepsWhatTwoWaysLeadTo) {
  // r1 is 1 only on one of the ways to the second branch
  const Code code = {if_equal(2, 5, 1), set(1, 1), if_equal(1, 1, 1), set(0, 3), kExit};
  EXPECT_EQ(pruned(code).size(), code.size());
}

TEST(Prune, KeepsWhatIsReadLater) {
  const Code code = {set(1, 1), if_equal(1, 1, 1), set(2, 8), set(0, 0), add(0, 1), kExit};
  const Code left = pruned(code);
  EXPECT_EQ(left.size(), 4u);  // r1, r0, their sum, exit
  EXPECT_EQ(run(left), 1);
}

TEST(Prune, MovesJumpsOverWhatIsGone) {
  const Code code = {if_equal(2, 1, 5), set(1, 0), if_equal(1, 1, 2), set(0, 1), kExit, set(0, 2), set(0, 3), kExit};
  const Code left = pruned(code);
  EXPECT_EQ(left.size(), 5u);
  EXPECT_EQ(run(left), run(code));
}

/// Functions of random instructions that go forward: the same result, and never longer.
TEST(Prune, DoesTheSame) {
  std::mt19937 random(1);
  auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  size_t dropped = 0;
  for (int round = 0; round < 20000; ++round) {
    Code code;
    const int length = 3 + below(20);
    while (static_cast<int>(code.size()) < length) {
      const auto reg = static_cast<uint8_t>(below(4)), other = static_cast<uint8_t>(below(4));
      const auto off = static_cast<int16_t>(below(4));
      switch (below(6)) {
        case 0:
          code.push_back(set(reg, below(2)));
          break;
        case 1:
          code.push_back(insn(BPF_ALU64 | BPF_MOV | BPF_X, reg, other));
          break;
        case 2:
          code.push_back(add(reg, other));
          break;
        case 3:
          code.push_back(if_equal(reg, below(2), off));
          break;
        case 4:
          code.push_back(if_not_equal(reg, below(2), off));
          break;
        default:
          code.push_back(jump(off));
      }
    }
    for (int i = 0; i < 4; ++i) code.push_back(kExit);
    const Code left = pruned(code);
    ASSERT_EQ(run(left), run(code)) << round;
    dropped += code.size() - left.size();
  }
  EXPECT_GT(dropped, 20000u);
}
