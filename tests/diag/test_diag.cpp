// Places, codes, suggestions, and what the renderers make of a diagnostic.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dsl/diag/codes.h"
#include "dsl/diag/render.h"
#include "dsl/diag/suggest.h"
#include "dsl/diag/utf8.h"

namespace stele {
namespace {

std::shared_ptr<const diag::SourceFile> source(std::string text) {
  return std::make_shared<const diag::SourceFile>(diag::SourceFile{"web.stele", std::move(text)});
}

TEST(Sink, SaysAThingOnceOfAPlace) {
  const auto file = source("abc");
  diag::Sink sink;
  for (int use = 0; use < 3; ++use) sink.report(diag::diagnostic(diag::code::unused_set, {file, 0, 1}, "unused"));
  sink.report(diag::diagnostic(diag::code::unused_set, {file, 0, 1}, "something else"));
  sink.report(diag::diagnostic(diag::code::unused_set, {file, 1, 2}, "unused"));
  sink.report(diag::diagnostic(diag::code::unused_set, {source("abc"), 0, 1}, "unused"));
  EXPECT_EQ(sink.all().size(), 4u);
  for (int use = 0; use < 2; ++use) sink.report(diag::diagnostic(diag::code::unexpected_token, {file, 0, 1}, "wrong"));
  EXPECT_EQ(nlohmann::json::parse(diag::render_json(sink))["errors"], 1);
  for (int i = 0; i < 2; ++i) sink.report(diag::diagnostic(diag::code::unused_set, {}, "without a place"));
  EXPECT_EQ(sink.all().size(), 7u) << "only a place tells that it is the same";
}

TEST(Sink, KeepsNoMoreThanAnybodyReads) {
  const auto file = std::make_shared<const diag::SourceFile>(diag::SourceFile{"p.stele", std::string(100000, '\n')});
  diag::Sink sink;
  for (uint32_t i = 0; i < 100000; ++i) sink.report(diag::diagnostic(diag::code::unused_set, {file, i, i}, "unused"));
  sink.report(diag::diagnostic(diag::code::unexpected_token, {file, 5, 6}, "wrong"));
  EXPECT_EQ(sink.all().size(), diag::kMaxDiagnostics + 1) << "an error is kept behind any number of warnings";
  EXPECT_EQ(sink.dropped(), 100000 - diag::kMaxDiagnostics);
  EXPECT_NE(diag::render_text(sink, diag::Colour::off).find("and 99000 more that are not shown"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(diag::render_json(sink))["not_shown"], 99000);
  EXPECT_EQ(diag::locate(*file, 99999).line, 100000u);
}

/// `S3039` of [begin, end), acknowledged at `at`.
diag::Acknowledgement acknowledgement(const diag::Span& place, const std::shared_ptr<const diag::SourceFile>& file,
                                      uint32_t at) {
  return {diag::code::unused_set, "known", {file, at, at + 1}, place};
}

TEST(Sink, AcknowledgesWhatWasReportedAndWhatWillBe) {
  const auto file = source("let a = uid 1 let b = uid 2 let c = uid 3");
  const std::vector<diag::Acknowledgement> all = {acknowledgement({file, 0, 13}, file, 10),
                                                  acknowledgement({file, 14, 27}, file, 20),
                                                  acknowledgement({file, 28, 41}, file, 30)};
  diag::Sink sink;
  sink.report(diag::diagnostic(diag::code::unused_set, {file, 4, 5}, "a"));
  sink.report(diag::diagnostic(diag::code::empty_only, {file, 4, 5}, "another code"));
  sink.acknowledge(all, {file});
  sink.report(diag::diagnostic(diag::code::unused_set, {file, 18, 19}, "b"));
  sink.report(diag::diagnostic(diag::code::unused_set, {file, 12, 15}, "of neither"));
  diag::Diagnostic error = diag::diagnostic(diag::code::unused_set, {file, 32, 33}, "an error");
  error.severity = diag::Severity::error;
  sink.report(error);
  std::vector<bool> known;
  for (const diag::Diagnostic& one : sink.all()) known.push_back(one.acknowledged != nullptr);
  EXPECT_EQ(known, (std::vector{true, false, true, false, false}));
  EXPECT_TRUE(sink.has_met(all[0]) && sink.has_met(all[1]) && !sink.has_met(all[2]));
  EXPECT_TRUE(
      diag::render_text(sink, diag::Colour::off).ends_with("\n1 error, 2 warnings, 2 acknowledged by the policy\n"));
  const auto json = nlohmann::json::parse(diag::render_json(sink));
  EXPECT_EQ(json["warnings"], 2);
  EXPECT_EQ(json["acknowledged"], 2);
  EXPECT_EQ(json["diagnostics"][0]["acknowledged"], "known");
  EXPECT_FALSE(json["diagnostics"][1].contains("acknowledged"));
}

TEST(Sink, OnlyWhatIsAcknowledgedIsNoWarning) {
  const auto file = source("let a = uid 1");
  diag::Sink sink;
  sink.acknowledge({acknowledgement({file, 0, 13}, file, 10)}, {file});
  sink.report(diag::diagnostic(diag::code::unused_set, {file, 4, 5}, "a"));
  EXPECT_FALSE(sink.has_warnings());
  EXPECT_EQ(diag::render_text(sink, diag::Colour::off), "1 acknowledged by the policy\n");
  sink.report(diag::diagnostic(diag::code::empty_only, {file, 4, 5}, "another"));
  EXPECT_TRUE(sink.has_warnings());
}

TEST(Sink, TheWholePolicyIsItsFilesAndWhatIsNobodys) {
  const auto root = source("policy p"), included = source("let a"), other = source("policy q"),
             users = source("ann:1:1");
  diag::Sink sink;
  const diag::Acknowledgement narrow = acknowledgement({included, 0, 5}, included, 4),
                              whole = acknowledgement({}, root, 3);
  sink.acknowledge({whole, narrow}, {root, included});
  sink.acknowledge({}, {other});  // an older policy, as of `build --against`
  for (const auto& [file, place] :
       {std::pair(root, 1U), std::pair(included, 1U), std::pair(other, 1U), std::pair(users, 1U)})
    sink.report(diag::diagnostic(diag::code::unused_set, {file, place, place + 1}, "x"));
  sink.report(diag::diagnostic(diag::code::unused_set, {}, "without a place"));
  std::vector<uint32_t> by;
  for (const diag::Diagnostic& one : sink.all()) by.push_back(one.acknowledged ? one.acknowledged->span.begin : 0);
  EXPECT_EQ(by, (std::vector<uint32_t>{3, 4, 0, 3, 3}));
}

TEST(Sink, NoNumberOfAcknowledgedOnesHidesAWarning) {
  const auto file = std::make_shared<const diag::SourceFile>(diag::SourceFile{"p.stele", std::string(5000, '\n')});
  diag::Sink sink;
  sink.acknowledge({acknowledgement({file, 0, 4000}, file, 10)}, {file});
  for (uint32_t i = 0; i < 4000; ++i) sink.report(diag::diagnostic(diag::code::unused_set, {file, i, i}, "unused"));
  EXPECT_FALSE(sink.has_warnings());
  EXPECT_EQ(sink.dropped(), 4000 - diag::kMaxDiagnostics);
  sink.report(diag::diagnostic(diag::code::unused_set, {file, 4500, 4501}, "unused"));
  EXPECT_TRUE(sink.has_warnings());
  // Those that nobody kept may be none of what is acknowledged later.
  diag::Sink early;
  for (uint32_t i = 0; i < 4000; ++i) early.report(diag::diagnostic(diag::code::unused_set, {file, i, i}, "unused"));
  early.acknowledge({acknowledgement({file, 0, 1000}, file, 10)}, {file});
  EXPECT_TRUE(early.has_warnings());
}

TEST(Locate, CountsLinesAndCodePointsFromOne) {
  const diag::SourceFile file{"f", "ab\né€x\n"};
  struct {
    uint32_t offset, line, column;
  } const table[] = {{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {5, 2, 2}, {8, 2, 3}, {9, 2, 4}, {10, 3, 1}, {999, 3, 1}};
  for (const auto& row : table) {
    const diag::LineColumn at = diag::locate(file, row.offset);
    EXPECT_EQ(at.line, row.line) << row.offset;
    EXPECT_EQ(at.column, row.column) << row.offset;
  }
}

TEST(Codes, TextAndSeverityComeFromTheTable) {
  EXPECT_EQ(diag::code_text(diag::code::unterminated_string), "S1004");
  EXPECT_EQ(diag::code_text(7), "S0007");
  EXPECT_EQ(diag::diagnostic(diag::code::unused_set, {}, "m").severity, diag::Severity::warning);
  EXPECT_EQ(diag::find_code(9999), nullptr);
}

TEST(Suggest, NearWordsOnly) {
  const std::vector<std::string> known = {"read", "write", "rename", "rmdir"};
  EXPECT_EQ(diag::nearest("raed", known), "read");  // neighbours swapped count once
  EXPECT_EQ(diag::nearest("wirte", known), "write");
  EXPECT_EQ(diag::nearest("renam", known), "rename");
  EXPECT_EQ(diag::nearest("banana", known), "");
  EXPECT_EQ(diag::nearest("x", known), "");
  EXPECT_EQ(diag::nearest(std::string(10000, 'r'), known), "");
  EXPECT_EQ(diag::did_you_mean("reed", known), "did you mean `read`?");
  EXPECT_EQ(diag::edit_distance("", "abc"), 3u);
}

TEST(Utf8, FindsTheFirstBadByte) {
  EXPECT_EQ(diag::find_invalid_utf8("aé€😀"), std::string::npos);
  EXPECT_EQ(diag::find_invalid_utf8("a\xc0\xaf"), 1u);         // overlong
  EXPECT_EQ(diag::find_invalid_utf8("\xed\xa0\x80"), 0u);      // surrogate
  EXPECT_EQ(diag::find_invalid_utf8("\xf4\x90\x80\x80"), 0u);  // beyond the last code point
  EXPECT_EQ(diag::find_invalid_utf8("ab\xe2\x82"), 2u);        // cut off
  EXPECT_EQ(diag::harmless("a\x1b[31m\tb\x80é\xc2\x9b"), "a?[31m b?é?");
}

TEST(RenderText, PlaceLineCaretsLabelAndHint) {
  const auto file = source("let a = path { }\nlet é = 1 bad\n");
  diag::Sink sink;
  diag::Diagnostic d =
      diag::diagnostic(diag::code::unknown_set, {file, 28, 31}, "unknown set `bad`", "did you mean `a`?");
  d.labels = {diag::Label{diag::Span{file, 4, 5}, "defined here"}};
  sink.report(d);
  sink.report(diag::diagnostic(diag::code::unused_set, {}, "without a place"));
  EXPECT_EQ(diag::render_text(sink, diag::Colour::off),
            "web.stele:2:11: error[S3032]: unknown set `bad`\n"
            "    2 | let é = 1 bad\n"
            "      |           ^^^\n"
            "  --> web.stele:1:5\n"
            "    1 | let a = path { }\n"
            "      |     - defined here\n"
            "  help: did you mean `a`?\n"
            "\n"
            "warning[S3039]: without a place\n"
            "\n"
            "1 error, 1 warning\n");
  EXPECT_NE(diag::render_text(sink, diag::Colour::on).find("\x1b[1;31m"), std::string::npos);
  EXPECT_EQ(diag::render_text(diag::Sink(), diag::Colour::on), "");
}

TEST(RenderText, LongLinesAreCutAndControlBytesHarmless) {
  const auto file = source(std::string(100000, 'x') + "\x1b\xff" + std::string(100000, 'y'));
  diag::Sink sink;
  sink.report(diag::diagnostic(diag::code::unknown_character, {file, 100000, 100001}, "a\x1b[2J"));
  const std::string text = diag::render_text(sink, diag::Colour::off);
  EXPECT_LT(text.size(), 1000u);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("x?"), std::string::npos);
}

TEST(RenderText, SpansBeyondTheTextOrOverLinesAreCut) {
  const auto file = source("ab\ncd");
  diag::Sink sink;
  sink.report(diag::diagnostic(diag::code::unexpected_token, {file, 1, 4}, "over two lines"));
  sink.report(diag::diagnostic(diag::code::unexpected_token, {file, 5, 900}, "at the end"));
  const std::string text = diag::render_text(sink, diag::Colour::off);
  EXPECT_NE(text.find("    1 | ab\n      |  ^\n"), std::string::npos);
  EXPECT_NE(text.find("    2 | cd\n      |   ^\n"), std::string::npos);
}

TEST(RenderJson, IsValidWhateverTheText) {
  const auto file = source("one\ntwo\n");
  diag::Sink sink;
  diag::Diagnostic d = diag::diagnostic(diag::code::relative_path, {file, 4, 7}, "bad \xff byte", "do it");
  d.labels = {diag::Label{diag::Span{file, 0, 3}, "label"}};
  sink.report(d);
  const auto json = nlohmann::json::parse(diag::render_json(sink));
  const auto& one = json.at("diagnostics").at(0);
  EXPECT_EQ(one.at("code"), "S3051");
  EXPECT_EQ(one.at("line"), 2);
  EXPECT_EQ(one.at("end_column"), 4);
  EXPECT_EQ(one.at("labels").at(0).at("message"), "label");
  EXPECT_EQ(json.at("errors"), 1);
}

}  // namespace
}  // namespace stele
