// The enforcer as a program, on the host: what it answers without privilege, and what it says of a damaged plan.
// Nothing here applies or loads anything.

#include <elf.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "runtime/abi.h"
#include "tests/enforcer/fixture.h"

namespace {

struct Outcome {
  int code = -1;  // exit code; 128 + signal
  std::string text;
};

std::string enforcer_bytes() {
  auto plan = stele::make_plan(read_bytes(FIXTURES "/policy.bpf.o"), fixture_input());
  EXPECT_TRUE(plan) << plan.error().message;
  auto enforcer = stele::link_enforcer(stele::enforcer_stub(), *plan);
  EXPECT_TRUE(enforcer) << enforcer.error().message;
  return *enforcer;
}

class TemporaryProgram {
public:
  explicit TemporaryProgram(const std::string& bytes) {
    int file = mkstemp(path_.data());
    EXPECT_EQ(write(file, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    fchmod(file, 0700);
    close(file);
  }
  ~TemporaryProgram() { std::filesystem::remove(path_); }
  TemporaryProgram(const TemporaryProgram&) = delete;
  TemporaryProgram& operator=(const TemporaryProgram&) = delete;

  Outcome run(const std::string& arguments) const {
    Outcome outcome;
    FILE* pipe = popen((path_ + " " + arguments + " 2>&1").c_str(), "r");
    char buffer[512];
    while (size_t n = fread(buffer, 1, sizeof(buffer), pipe)) outcome.text.append(buffer, n);
    int status = pclose(pipe);
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return outcome;
  }

private:
  std::string path_ = (std::filesystem::temp_directory_path() / "stele_enforcer_XXXXXX").string();
};

Elf64_Phdr plan_segment(const std::string& bytes) {
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  for (size_t i = 0; i < header.e_phnum; i++) {
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes.data() + header.e_phoff + i * sizeof(segment), sizeof(segment));
    if (segment.p_type == PT_LOAD && segment.p_vaddr / STELE_PAGE == STELE_PLAN_ADDRESS / STELE_PAGE) return segment;
  }
  ADD_FAILURE() << "no plan segment";
  return {};
}

}  // namespace

TEST(Enforcer, AnswersWithoutPrivilege) {
  TemporaryProgram enforcer(enforcer_bytes());
  struct Case {
    const char* arguments;
    int code;
    const char* text;
  };
  const Case cases[] = {
      {"--help", STELE_EXIT_OK, "usage: ENFORCER [COMMAND]"},
      {"--version", STELE_EXIT_OK, "fixture 1.0.0\n"},
      {"manifest", STELE_EXIT_OK, "{\"policy\":\"fixture\"}\n"},
      {"aplly", STELE_EXIT_USAGE, "stele: fixture: unknown word `aplly`\nhelp: see --help\n"},
      {"status --json", STELE_EXIT_USAGE, "unknown word `--json`"},
      {"events --follow --json more", STELE_EXIT_USAGE, "unknown word `more`"},
      {"manifest --help", STELE_EXIT_USAGE, "unknown word `--help`"},
  };
  for (const Case& c : cases) {
    Outcome outcome = enforcer.run(c.arguments);
    EXPECT_EQ(outcome.code, c.code) << c.arguments;
    EXPECT_NE(outcome.text.find(c.text), std::string::npos) << c.arguments << ": " << outcome.text;
  }
}

TEST(Enforcer, StubAloneHoldsNoPlan) {
  Outcome outcome = TemporaryProgram(stele::enforcer_stub()).run("manifest");
  EXPECT_EQ(outcome.code, STELE_EXIT_DAMAGED);
  EXPECT_NE(outcome.text.find("there is none"), std::string::npos) << outcome.text;
}

TEST(Enforcer, NamesADamagedPlan) {
  const std::string bytes = enforcer_bytes();
  const Elf64_Phdr plan = plan_segment(bytes);
  for (size_t i = 0; i < 64; i++) {
    std::string damaged = bytes;
    damaged[plan.p_offset + i * (plan.p_filesz / 64)] ^= 0x20;
    EXPECT_EQ(TemporaryProgram(damaged).run("manifest").code, STELE_EXIT_DAMAGED) << i;
  }
}

TEST(Enforcer, NamesACutFile) {
  const std::string bytes = enforcer_bytes();
  const Elf64_Phdr plan = plan_segment(bytes);
  // The very last byte is a NUL, and the rest of the last page reads as zeroes: nothing is missing without it.
  for (size_t length : {plan.p_offset, plan.p_offset + 1, plan.p_offset + 200, plan.p_offset + plan.p_filesz - 2})
    EXPECT_EQ(TemporaryProgram(bytes.substr(0, length)).run("manifest").code, STELE_EXIT_DAMAGED) << length;
}

TEST(Enforcer, HasNoWritableExecutableSegment) {
  const std::string bytes = enforcer_bytes();
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  bool stack = false;
  for (size_t i = 0; i < header.e_phnum; i++) {
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes.data() + header.e_phoff + i * sizeof(segment), sizeof(segment));
    EXPECT_NE(segment.p_flags & (PF_W | PF_X), static_cast<Elf64_Word>(PF_W | PF_X)) << i;
    stack |= segment.p_type == PT_GNU_STACK;
  }
  EXPECT_TRUE(stack);
}
