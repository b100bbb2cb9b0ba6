// From what the guest saw to a verdict.

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

#include "compiler/scenario/outcome.h"
#include "compiler/scenario/run.h"

namespace stele::scenario {
namespace {

Case two_steps() {
  Case one;
  one.steps = {{"mkdir", {"/d"}}, {"read", {"/f"}}};
  return one;
}

GuestCase report(int error, std::vector<GuestEvent> events = {}, int signal = 0) {
  GuestCase result;
  result.ended = true;
  result.steps = {{0, 0, 0, 0, -1}, {1, error ? -1 : 0, error, signal, -1}};
  result.events = std::move(events);
  return result;
}

GuestEvent event(uint32_t verdict, uint32_t constraint = 0, const char* exe = "/x") {
  GuestEvent result;
  result.sequence = 1;
  result.verdict = verdict;
  result.constraint = constraint;
  result.error = verdict ? EPERM : 0;
  result.exe = exe;
  return result;
}

Outcome judge(const GuestCase& guest) {
  return outcome_of({"p", {"first", "second"}, {"file read"}, ""}, two_steps(), guest);
}

TEST(Outcome, Verdicts) {
  EXPECT_EQ(judge(report(0)).verdict, evaluate::Verdict::allow);
  EXPECT_EQ(judge(report(EACCES)).verdict, std::nullopt);
  EXPECT_EQ(judge(report(EACCES)).error, EACCES);
  EXPECT_EQ(judge(report(0, {event(0)})).verdict, evaluate::Verdict::audit);
  EXPECT_EQ(judge(report(EPERM, {event(1)})).verdict, evaluate::Verdict::deny);
  EXPECT_EQ(judge(report(EPERM, {event(0)})).verdict, std::nullopt);
  EXPECT_EQ(judge(report(0, {}, SIGKILL)).verdict, evaluate::Verdict::kill);
}

TEST(Outcome, TheStrongestEventNamesTheRule) {
  const Outcome outcome = judge(report(EPERM, {event(0, 0), event(1, 1)}));
  EXPECT_EQ(outcome.rule, "second");
  EXPECT_EQ(outcome.events.size(), 2u);
}

TEST(Outcome, TheAgentItselfIsKilled) {
  GuestCase guest = report(0, {event(2)});
  guest.steps.pop_back();
  guest.status = SIGKILL;
  EXPECT_EQ(judge(guest).verdict, evaluate::Verdict::kill);
  guest.steps.clear();
  EXPECT_NE(judge(guest).trouble, "");
}

TEST(Outcome, WhatInitDoesIsNotTheCase) {
  EXPECT_FALSE(judge(report(0, {event(0, 0, "/init")})).event);
}

TEST(Outcome, Trouble) {
  GuestCase guest = report(0);
  guest.timed_out = true;
  EXPECT_EQ(judge(guest).trouble, "it did not end in time");
  guest = report(0);
  guest.ended = false;
  EXPECT_EQ(judge(guest).trouble, "the machine stopped in this case");
  guest = report(0);
  guest.steps = {{0, -1, ENOENT, 0, -1}};
  EXPECT_EQ(judge(guest).trouble, "step 1 (`mkdir`), which prepares, failed: ENOENT");
  guest.steps = {{-1, -1, EPERM, 0, -1}};
  EXPECT_EQ(judge(guest).trouble, "the subject's exe could not be started: EPERM");
  guest.steps = {{-1, -1, 0, SIGKILL, -1}};
  EXPECT_EQ(judge(guest).trouble, "the subject's exe could not be started: signal 9");
  EXPECT_EQ(judge(report(0, {event(1)})).trouble, "the step succeeded, but an event says that rule first denied it");
}

/// Until it runs the subject is still pid 1's program.
TEST(Outcome, WhatRefusesAStartIsSaid) {
  GuestCase guest = report(0, {event(1, 0, "/init"), event(1, 0, "/init"), event(0, 1, "/init")});
  guest.steps = {{-1, -1, EPERM, 0, -1}};
  for (GuestEvent& one : guest.events) one.object = "/usr/bin/a";
  const Outcome outcome = judge(guest);
  EXPECT_EQ(outcome.trouble,
            "the subject's exe could not be started: EPERM; rule first refused file read of /usr/bin/a");
  EXPECT_EQ(outcome.events.size(), 3u) << "--events shows them";
}

TEST(Outcome, AProgramThatDiesOfItsOwnDeniedPages) {
  const Outcome outcome = judge(report(0, {event(1)}, SIGSEGV));
  EXPECT_EQ(outcome.verdict, evaluate::Verdict::deny);
  EXPECT_EQ(outcome.error, EPERM);
}

TEST(Outcome, KernelsOfACase) {
  Case one;
  one.steps = {{"read", {"/a"}}};
  one.reason = "why";
  EXPECT_FALSE(why_skipped(one, "6.1.0-56", Rung::kernel));
  const struct {
    const char *filter, *release;
    bool expected;
  } table[] = {{"6.1", "6.1.0-56", true},   {"6.1", "6.12.3", false}, {">=6.12", "6.12.3", true},
               {">=6.12", "6.2.0", false},  {"<7.0", "6.19", true},   {"<7.0", "7.2.13", false},
               {"<=6.12", "6.12.99", true}, {">6.1", "6.1.9", false}, {">6.1", "7.2.13+deb14", true}};
  for (const auto& row : table) {
    one.kernels = {row.filter};
    EXPECT_EQ(!why_skipped(one, row.release, Rung::kernel), row.expected) << row.filter << " " << row.release;
  }
  one.kernels = {"6.1", ">=7.0"};
  EXPECT_FALSE(why_skipped(one, "7.2.0", Rung::kernel));
  EXPECT_EQ(why_skipped(one, "6.12.0", Rung::kernel), "for 6.1, >=7.0 only: why");
}

}  // namespace
}  // namespace stele::scenario
