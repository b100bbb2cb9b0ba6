// The manual's examples are policies: each block of docs/language.md marked `stele` resolves without an error.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "dsl/diag/render.h"
#include "tests/sema/memory_reader.h"

namespace stele {
namespace {

struct Block {
  int line = 0;
  std::string text;
};

std::vector<Block> blocks_of(const std::string& path) {
  std::vector<Block> blocks;
  std::ifstream page(path);
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(page, line);) {
    ++number;
    if (line.starts_with("```")) {
      inside = line == "```stele";
      if (inside) blocks.push_back({number, ""});
    } else if (inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

/// A block may be a whole policy, statements, or a constraint.
std::string policy_of(const std::string& text) {
  if (text.starts_with("policy ")) return text;
  const std::string header = "policy example version \"1.0.0\"\n";
  for (const char* effect : {"deny ", "audit ", "kill ", "only "})
    if (text.starts_with(effect)) return header + "rule example:\n" + text;
  return header + text;
}

TEST(LanguagePage, EveryExampleResolves) {
  const std::vector<Block> blocks = blocks_of(SOURCE_ROOT "/docs/language.md");
  EXPECT_GE(blocks.size(), 10u);
  for (const Block& block : blocks) {
    diag::Sink sink;
    EXPECT_TRUE(test::load_text(policy_of(block.text), sink)) << "line " << block.line << "\n"
                                                              << diag::render_text(sink, diag::Colour::off);
  }
}

}  // namespace
}  // namespace stele
