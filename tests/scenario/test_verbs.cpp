// The table of verbs, the guest that does them and the page that explains them name the same.

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "compiler/scenario/verbs.h"
#include "compiler/vm/files.h"
#include "compiler/vm/process.h"

namespace stele {
namespace {

TEST(Verbs, TheGuestDoesEachAndNoOther) {
  Result<ProcessResult> done = run_process({STELE_INIT, "--verbs"});
  ASSERT_TRUE(done);
  std::vector<std::string> guest, table = verb_names();
  std::istringstream lines(done->output);
  for (std::string line; std::getline(lines, line);) guest.push_back(line);
  std::sort(guest.begin(), guest.end());
  std::sort(table.begin(), table.end());
  EXPECT_EQ(guest, table);
}

TEST(Verbs, EachIsDocumented) {
  Result<std::string> page = read_whole_file(SOURCE_DIR "/docs/scenarios.md");
  ASSERT_TRUE(page);
  for (const std::string& name : verb_names()) EXPECT_NE(page->find("| `" + name + "`"), std::string::npos) << name;
}

}  // namespace
}  // namespace stele
