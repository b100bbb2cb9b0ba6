// A file is renamed while its name is read, between the climb, which finds its directory, and the descent, which reads
// the names; and back, before anybody looks again. It never was where a rule permits something.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "compiler/emit/emit.h"
#include "compiler/lower/lower.h"
#include "compiler/os/files.h"
#include "compiler/os/process.h"
#include "compiler/scenario/host_calls.h"
#include "dsl/diag/diagnostic.h"
#include "tests/evaluate/builder.h"

namespace stele {
namespace {

using testing::Builder;

/// Moves /opt/other to /keeper. The directory is read before, the name behind: it looks like /opt/keeper.
constexpr char kMoves[] = R"(
static struct dentry *moved, *directory;

static void rename_to(struct dentry *dentry, const char *name, struct dentry *parent)
{
	dentry->d_name.len = strlen(name);
	memcpy(dentry->d_iname, name, dentry->d_name.len + 1);
	dentry->d_parent = parent;
}

static void move(struct dentry *dentry)
{
	if (dentry->d_name.len != 5 || memcmp(dentry->d_iname, "other", 5))
		return;
	moved = dentry;
	directory = dentry->d_parent;
	rename_to(dentry, "keeper", dentry->d_sb->s_root);
	dentry->d_seq.seqcount.sequence += WRITES;
}

static void move_back(void)
{
	if (!moved)
		return;
	rename_to(moved, "other", directory);
	moved->d_seq.seqcount.sequence += WRITES;
	moved = NULL;
}
)";

/// Replaces the one place where `text` says `from`.
void replace(std::string& text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

/// To a sequence: how often it is written in a move, and what it is at first.
struct Sequence {
  int writes = 2, first = 0;
};

/// What file_open says to the question.
std::string answer(const Policy& policy, const std::string& question, Sequence sequence, const char* layout) {
  diag::Sink sink;
  const auto module = lower::lower(policy, sink);
  emit::SourceTree tree = emit::emit_host_c(*module);
  replace(tree["walk.h"], "descend:\n\tdo {", "descend:\n\tmove(leaf);\n\tdo {");
  replace(tree["walk.h"], "__followed_once u32 walk_numbers", kMoves + std::string("__followed_once u32 walk_numbers"));
  replace(tree["walk.h"], "\tif (chain_number(", "\tmove_back();\n\tif (chain_number(");
  replace(tree["host/model.h"], "dentry->d_sb = sb;", "dentry->d_sb = sb;\n\tdentry->d_seq.seqcount.sequence = FIRST;");
  const auto folder = os::TemporaryDirectory::make();
  std::filesystem::create_directory(folder->path() + "/host");
  for (const auto& [name, text] : tree) std::ofstream(folder->path() + "/" + name) << text;
  std::ofstream(folder->path() + "/questions") << scenario::host_mounts(module->automaton, {}) << question;
  const auto compiled =
      os::run_process({"clang-19", "-std=c11", "-O0", "-fno-strict-aliasing", "-DSTELE_HOST", layout,
                       "-DWRITES=" + std::to_string(sequence.writes), "-DFIRST=" + std::to_string(sequence.first),
                       "-I.", emit::kHostMainSource, "-o", "host_main"},
                      folder->path());
  EXPECT_TRUE(compiled && compiled->status == 0) << (compiled ? compiled->errors : compiled.error().message);
  const auto ran = os::run_process({folder->path() + "/host_main", folder->path() + "/questions"});
  EXPECT_EQ(ran->status, 0) << ran->errors;
  return ran->output.substr(0, ran->output.find(' ', 10));
}

class Torn : public ::testing::TestWithParam<const char*> {
protected:
  std::string of_exe(const std::string& exe, Sequence sequence = {}) {
    Builder builder;
    builder.add(Effect::deny, op_bit(Op::file_read), builder.set({"/a"})).exception =
        testing::exe(builder.set({"/opt/keeper"}));
    return answer(builder.policy(), scenario::host_subject({0, 0, 0, 0, {}, exe}) + "call read /a\n", sequence,
                  GetParam());
  }

  std::string of_list(const std::string& file, Sequence sequence = {}) {
    Builder builder;
    Constraint& list = builder.add(Effect::deny, op_bit(Op::file_read), builder.set({"/opt/keeper"}));
    list.form = Form::only_listed;
    return answer(builder.policy(), scenario::host_subject({0, 0, 0, 0, {}, "/bin/sh"}) + "call read " + file + "\n",
                  sequence, GetParam());
  }
};

TEST_P(Torn, AnExecutableIsNotTheExcepted) {
  EXPECT_EQ(of_exe("/opt/keeper"), "file_open 0");
  EXPECT_EQ(of_exe("/opt/other", {.writes = 0}), "file_open 0") << "the move is not made in the middle";
  EXPECT_EQ(of_exe("/opt/other"), "file_open -1");
  EXPECT_EQ(of_exe("/opt/keeper", {.first = 1}), "file_open -1") << "somebody is moving it";
}

TEST_P(Torn, AFileIsNotTheListed) {
  EXPECT_EQ(of_list("/opt/keeper"), "file_open 0");
  EXPECT_EQ(of_list("/opt/other", {.writes = 0}), "file_open 0") << "the move is not made in the middle";
  EXPECT_EQ(of_list("/opt/other"), "file_open -1");
  EXPECT_EQ(of_list("/opt/keeper", {.first = 1}), "file_open -1") << "somebody is moving it";
}

INSTANTIATE_TEST_SUITE_P(, Torn, ::testing::Values("-USTELE_HOST_72", "-DSTELE_HOST_72"));

}  // namespace
}  // namespace stele
