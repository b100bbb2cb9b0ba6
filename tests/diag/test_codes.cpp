// Every code of dsl/diag/codes.def has a test and a page, and nothing names a code that does not exist.
// A test is a case below tests/cases whose diagnostics show the code, or a test source that names it (`code::name`).

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "dsl/diag/codes.h"

namespace stele {
namespace {

namespace fs = std::filesystem;
const fs::path kRoot = SOURCE_ROOT;

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::set<std::string> found(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  std::set<std::string> out;
  for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it) out.insert((*it)[1]);
  return out;
}

/// Codes that a test shows or names.
std::set<std::string> tested_codes() {
  std::set<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "tests")) {
    const fs::path& path = entry.path();
    if (path.extension() == ".stele")
      out.merge(found(read(path), "// (?:error|warning) (S[0-9]{4}) "));
    else if (path.extension() == ".cpp") {
      out.merge(found(read(path), "(?:error|warning)\\[(S[0-9]{4})\\]"));
      for (const std::string& name : found(read(path), "code::([a-z0-9_]+)"))
        for (const diag::CodeInfo& info : diag::all_codes())
          if (info.name == name) out.insert(diag::code_text(info.number));
    }
  }
  return out;
}

TEST(Codes, NumbersAndNamesAreUniqueAndInOrder) {
  std::set<std::string_view> names;
  uint16_t last = 0;
  for (const diag::CodeInfo& info : diag::all_codes()) {
    EXPECT_GT(info.number, last) << info.name;
    EXPECT_TRUE(info.number >= 1000 && info.number < 7000) << info.name;
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    last = info.number;
  }
}

TEST(Codes, EachHasATest) {
  const std::set<std::string> tested = tested_codes();
  for (const diag::CodeInfo& info : diag::all_codes())
    EXPECT_TRUE(tested.contains(diag::code_text(info.number))) << diag::code_text(info.number) << " " << info.name;
}

TEST(Codes, CasesNameNoUnknownCode) {
  std::set<std::string> known;
  for (const diag::CodeInfo& info : diag::all_codes()) known.insert(diag::code_text(info.number));
  for (const std::string& code : tested_codes()) EXPECT_TRUE(known.contains(code)) << code;
}

TEST(Codes, EachThatACaseShowsHasAHint) {
  // There is not one thing to do about these; every other case says what.
  const std::set<std::string> no_hint = {"S1008", "S3021", "S3050", "S3057"};
  std::set<std::string> shown, hinted;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "tests" / "cases")) {
    if (entry.path().extension() != ".stele") continue;
    const std::string text = read(entry.path());
    shown.merge(found(text, "// (?:error|warning) (S[0-9]{4}) "));
    hinted.merge(found(text, "// (?:error|warning) (S[0-9]{4}) [^\n]*\n(?://   label [^\n]*\n)*//   hint "));
  }
  for (const std::string& code : shown)
    EXPECT_NE(hinted.contains(code), no_hint.contains(code)) << code << ": a hint is missing, or not missing any more";
}

TEST(Codes, EachHasAPageAndEachPageACode) {
  const fs::path folder = kRoot / "docs" / "diagnostics";
  std::set<std::string> pages;
  for (const diag::CodeInfo& info : diag::all_codes()) {
    const std::string code = diag::code_text(info.number);
    const std::string page = read(folder / (code + ".md"));
    const std::string title = "# " + code + ": " + std::string(info.text) + "\n";
    EXPECT_TRUE(page.starts_with(title)) << code << ": the page should begin with: " << title;
    const std::string severity = info.severity == diag::Severity::error     ? "\n\n*Error"
                                 : info.severity == diag::Severity::warning ? "\n\n*Warning"
                                                                            : "\n\n*Note";
    EXPECT_EQ(page.find(severity), title.size() - 1) << code << ": the cause begins with its severity";
    pages.insert(code + ".md");
    const size_t action = page.find("\n## What to do\n");
    EXPECT_NE(action, std::string::npos) << code << ": nothing under `## What to do`";
    if (action == std::string::npos) continue;
    EXPECT_NE(page.substr(0, action).find("\n\n    "), std::string::npos) << code << ": no example, indented by four";
    EXPECT_GT(page.find_last_not_of('\n'), action + 16) << code << ": says nothing to do";
  }
  for (const auto& entry : fs::directory_iterator(folder))
    EXPECT_TRUE(pages.contains(entry.path().filename())) << entry.path().filename() << " is about no code";
}

}  // namespace
}  // namespace stele
