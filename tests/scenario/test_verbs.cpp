// Verbs: what has programs is tried by one, what one asks the host model can ask, and the page that explains them names
// the same. That the guest does each of them is the build's business (runtime/init/verb.def).

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "compiler/os/files.h"
#include "compiler/scenario/host_calls.h"
#include "compiler/scenario/verbs.h"

namespace stele::scenario {
namespace {

bool is_enforced(Op op) {
  return has_programs(op);
}

/// What the verbs ask together, each about an image with the file /1, the directory /2 and the kept file /1.
std::vector<std::pair<const Verb*, std::vector<evaluate::Request>>> asked_by_each() {
  Scenario scenario;
  scenario.image = {{.path = "/1", .content = ""}, {.path = "/2", .kind = ImageEntry::Kind::directory, .content = ""}};
  ImageNames names(scenario);
  names.keep("/1");
  std::vector<std::pair<const Verb*, std::vector<evaluate::Request>>> asked;
  for (const Verb& verb : verbs()) {
    Step step{verb.name, {}};
    while (step.arguments.size() < verb.min_arguments)
      step.arguments.push_back("/" + std::to_string(step.arguments.size() + 1));
    asked.emplace_back(&verb, verb.requests(Ask(step, names, {})));
  }
  return asked;
}

TEST(Verbs, EveryOperationWithProgramsIsAsked) {
  std::set<Op> asked, called;
  for (const auto& [verb, requests] : asked_by_each())
    for (const evaluate::Request& request : requests) asked.insert(request.op);
  for (const HostCall& call : all_host_calls())
    for (const HostRequest& request : call.requests) called.insert(request.op);
  for (uint32_t number = 0; number < kOpCount; number++) {
    const Op op = static_cast<Op>(number);
    EXPECT_EQ(asked.count(op), is_enforced(op)) << "verbs: " << op_text(op);
    EXPECT_EQ(called.count(op), is_enforced(op)) << "the host model: " << op_text(op);
  }
}

TEST(Verbs, TheHostModelCanAskWhatTheyAsk) {
  for (const auto& [verb, requests] : asked_by_each()) EXPECT_TRUE(host_calls(requests)) << verb->name;
}

TEST(Verbs, RowsSayWhatTheyAsk) {
  for (const auto& [verb, requests] : asked_by_each()) {
    EXPECT_EQ(requests.empty(), verb->asks == Verb::Asks::nothing) << verb->name;
    for (const evaluate::Request& request : requests)
      EXPECT_EQ(request.path.has_value(), verb->asks != Verb::Asks::no_file) << verb->name;
  }
}

struct Documented {
  std::string section, verb, requests;
};

/// The rows of the tables below "## Steps", in order.
std::vector<Documented> documented_verbs(const std::string& page) {
  std::vector<Documented> rows;
  std::istringstream lines(page.substr(page.find("\n## Steps\n") + 1));
  std::string line, section;
  std::getline(lines, line);
  while (std::getline(lines, line) && line.rfind("## ", 0) != 0) {
    if (line.rfind("### ", 0) == 0) section = line.substr(4);
    if (line.rfind("| `", 0) != 0) continue;
    const size_t end = line.find('`', 3), last = line.rfind(" | ");
    rows.push_back({section, line.substr(3, end - 3), line.substr(last + 3, line.size() - last - 5)});
  }
  return rows;
}

TEST(Verbs, ThePageHasTheSameRows) {
  Result<std::string> page = os::read_whole_file(SOURCE_DIR "/docs/scenarios.md");
  ASSERT_TRUE(page);
  const std::vector<Documented> rows = documented_verbs(*page);
  ASSERT_EQ(rows.size(), verbs().size());
  std::map<std::string, Room> room_of;
  for (size_t i = 0; i < rows.size(); i++) {
    const Verb& verb = verbs()[i];
    EXPECT_EQ(rows[i].verb, verb.name);
    EXPECT_EQ(room_of.try_emplace(rows[i].section, verb.room).first->second, verb.room) << verb.name;
    if (verb.room == Room::test) continue;  // their table has no such column
    EXPECT_EQ(rows[i].requests == "–", verb.asks == Verb::Asks::nothing) << verb.name;
  }
}

}  // namespace
}  // namespace stele::scenario
