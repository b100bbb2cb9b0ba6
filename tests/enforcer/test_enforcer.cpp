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
  auto plan = stele::pack::make_plan(read_bytes(FIXTURES "/policy.bpf.o"), fixture_input());
  EXPECT_TRUE(plan) << plan.error().message;
  auto enforcer = stele::pack::link_enforcer(stele::pack::enforcer_stub(), *plan);
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

Elf64_Phdr packed_segment(const std::string& bytes) {
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  for (size_t i = 0; i < header.e_phnum; i++) {
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes.data() + header.e_phoff + i * sizeof(segment), sizeof(segment));
    if (segment.p_type == PT_LOAD && segment.p_vaddr / STELE_PAGE == STELE_PACKED_ADDRESS / STELE_PAGE) return segment;
  }
  ADD_FAILURE() << "no packed segment";
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
      {"apply --root", STELE_EXIT_USAGE, "--root needs a directory"},
      {"exec --root '' -- /bin/true", STELE_EXIT_USAGE, "--root needs a directory"},
      {"exec --", STELE_EXIT_USAGE, "exec needs a program"},
      {"exec -- ''", STELE_EXIT_USAGE, "exec needs a program"},
      {"status --root /", STELE_EXIT_USAGE, "unknown word `--root`"},
      {"manifest --help", STELE_EXIT_USAGE, "unknown word `--help`"},
  };
  for (const Case& c : cases) {
    Outcome outcome = enforcer.run(c.arguments);
    EXPECT_EQ(outcome.code, c.code) << c.arguments;
    EXPECT_NE(outcome.text.find(c.text), std::string::npos) << c.arguments << ": " << outcome.text;
  }
}

TEST(Enforcer, StubAloneHoldsNoPlan) {
  Outcome outcome = TemporaryProgram(stele::pack::enforcer_stub()).run("manifest");
  EXPECT_EQ(outcome.code, STELE_EXIT_DAMAGED);
  EXPECT_NE(outcome.text.find("the enforcer is damaged"), std::string::npos) << outcome.text;
}

TEST(Enforcer, NamesDamage) {
  const std::string bytes = enforcer_bytes();
  const Elf64_Phdr packed = packed_segment(bytes);
  for (size_t i = 0; i < packed.p_filesz; i += i < 64 ? 1 : 23) {
    std::string damaged = bytes;
    damaged[packed.p_offset + i] ^= static_cast<char>(1 << (i % 8));
    Outcome outcome = TemporaryProgram(damaged).run("manifest");
    EXPECT_EQ(outcome.code, STELE_EXIT_DAMAGED) << i;
    EXPECT_EQ(outcome.text, "stele: the enforcer is damaged\nhelp: build or copy it again\n") << i;
  }
}

/// The stream's end and everything behind its header in turn replaced by noise, behind sizes that fit.
TEST(Enforcer, NamesNoise) {
  const std::string bytes = enforcer_bytes();
  const Elf64_Phdr packed = packed_segment(bytes);
  uint32_t random = 1;
  for (size_t from = sizeof(stele_packed); from < packed.p_filesz; from += 97) {
    std::string damaged = bytes;
    for (size_t i = from; i < packed.p_filesz; i++) {
      random = random * 1664525 + 1013904223;
      damaged[packed.p_offset + i] = static_cast<char>(random >> 24);
    }
    EXPECT_EQ(TemporaryProgram(damaged).run("manifest").code, STELE_EXIT_DAMAGED) << from;
  }
}

TEST(Enforcer, NamesACutFile) {
  const std::string bytes = enforcer_bytes();
  const Elf64_Phdr packed = packed_segment(bytes);
  for (size_t length : {packed.p_offset, packed.p_offset + 1, packed.p_offset + 200,
                        packed.p_offset + packed.p_filesz / 2, packed.p_offset + packed.p_filesz - 6})
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
