// stele init: what it writes passes the other commands as it is, and nothing is written over.

#include <gtest/gtest.h>

#include "tests/cli/tool.h"

namespace stele::testing {
namespace {

TEST(Init, WhatItWritesPassesEverything) {
  const Folder folder;
  const ToolRun run = run_tool({"init", folder.path("Web-1/")});
  ASSERT_EQ(run.code, 0) << run.err;
  const std::string policy = folder.path("Web-1/web_1.stele"), scenario = folder.path("Web-1/web_1.test.yaml");
  EXPECT_NE(run.out.find("stele check"), std::string::npos) << run.out;
  const ToolRun check = run_tool({"check", policy});
  EXPECT_EQ(check.code, 0) << check.err;
  EXPECT_EQ(check.err.find("warning"), std::string::npos) << check.err;
  EXPECT_EQ(run_tool({"fmt", "--check", policy}).code, 0);
  const ToolRun test = run_tool({"test", policy, scenario});
  EXPECT_EQ(test.code, 0) << test.out << test.err;
}

TEST(Init, NothingIsWrittenOver) {
  const Folder folder;
  ASSERT_EQ(run_tool({"init", folder.path("web")}).code, 0);
  const std::string before = read_text(folder.path("web/web.stele"));
  const ToolRun again = run_tool({"init", folder.path("web")});
  EXPECT_EQ(again.code, 3);
  EXPECT_NE(again.err.find("is there already"), std::string::npos) << again.err;
  EXPECT_EQ(read_text(folder.path("web/web.stele")), before);
}

}  // namespace
}  // namespace stele::testing
