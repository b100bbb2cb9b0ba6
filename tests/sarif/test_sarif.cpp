// SARIF as code scanning takes it: every wrong policy of tests/cases against a schema, and the fields that a schema
// cannot judge: places, names of files, fingerprints, escapes, fixes.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "dsl/diag/codes.h"
#include "dsl/diag/sarif.h"
#include "dsl/sema/resolve.h"

namespace stele {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// What the schema has against `report`, a line each.
std::string complaints(const json& report) {
  static const json text = json::parse(read(SCHEMA));
  valijson::Schema schema;
  valijson::SchemaParser parser;
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(text), schema);
  valijson::Validator validator;
  valijson::ValidationResults found;
  std::string out;
  if (validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(report), &found)) return out;
  for (valijson::ValidationResults::Error error; found.popError(error);)
    out += (error.context.empty() ? "" : error.context.back()) + ": " + error.description + "\n";
  return out.empty() ? "refused" : out;
}

std::shared_ptr<const diag::SourceFile> source(std::string path, std::string text) {
  return std::make_shared<const diag::SourceFile>(diag::SourceFile{std::move(path), std::move(text)});
}

json sarif(const diag::Sink& sink, const diag::SarifPlaces& places = {"web.stele", "/srv/repo"}) {
  return json::parse(diag::render_sarif(sink, places));
}

json only_result(const diag::Diagnostic& diagnostic) {
  diag::Sink sink;
  sink.report(diagnostic);
  const json report = sarif(sink);
  EXPECT_EQ(complaints(report), "");
  return report["runs"][0]["results"][0];
}

const json& place(const json& location) {
  return location["physicalLocation"];
}

TEST(Sarif, TheSchemaSeesWhatIsWrong) {
  diag::Sink sink;
  sink.report(diag::diagnostic(diag::code::unknown_set, {}, "unknown set"));
  json report = sarif(sink);
  EXPECT_EQ(complaints(report), "");
  json without = report;
  without["runs"][0]["results"][0].erase("locations");
  EXPECT_NE(complaints(without), "");
  report["runs"][0]["tool"]["driver"]["rules"][0]["id"] = "X";
  EXPECT_NE(complaints(report), "");
}

TEST(Sarif, EveryWrongPolicyOfTheTreeIsValid) {
  size_t results = 0;
  for (const auto& entry : fs::recursive_directory_iterator(CASES)) {
    if (entry.path().extension() != ".stele") continue;
    diag::Sink sink;
    sema::load_policy(entry.path(), sema::disk_reader(), sink);
    const json report = sarif(sink, {entry.path(), CASES});
    EXPECT_EQ(complaints(report), "") << entry.path();
    EXPECT_EQ(report["runs"][0]["results"].size(), sink.all().size());
    results += sink.all().size();
  }
  EXPECT_GT(results, 50u);
}

TEST(Sarif, RulesAreTheTableAndResultsPointIntoIt) {
  const json report = sarif(diag::Sink());
  const json& rules = report["runs"][0]["tool"]["driver"]["rules"];
  ASSERT_EQ(rules.size(), diag::all_codes().size());
  for (const diag::CodeInfo& info : diag::all_codes()) {
    const json result = only_result(diag::diagnostic(info.number, {}, "message"));
    EXPECT_EQ(result["ruleId"], diag::code_text(info.number));
    EXPECT_EQ(rules[result["ruleIndex"].get<size_t>()]["id"], diag::code_text(info.number));
  }
}

TEST(Sarif, RegionsCountLinesAndCodePoints) {
  const auto file = source("web.stele", "// grün\nlet ö = prod\n");
  const size_t at = file->text.find("prod");
  const diag::Span span{file, static_cast<uint32_t>(at), static_cast<uint32_t>(at + 4)};
  const json result = only_result(diag::diagnostic(diag::code::unknown_set, span, "unknown set"));
  EXPECT_EQ(place(result["locations"][0])["region"],
            json({{"startLine", 2}, {"startColumn", 9}, {"endLine", 2}, {"endColumn", 13}}));
}

TEST(Sarif, FilesAreNamedFromTheFolder) {
  const struct {
    const char *path, *uri;
  } cases[] = {
      {"web.stele", "web.stele"},
      {"./base/../web.stele", "web.stele"},
      {"../other/web.stele", "../other/web.stele"},
      {"/srv/repo/policies/web.stele", "policies/web.stele"},
      {"/srv/repository/web.stele", "file:///srv/repository/web.stele"},
      {"my policy: ü#1.stele", "my%20policy%3A%20%C3%BC%231.stele"},
  };
  for (const auto& c : cases) {
    const json result =
        only_result(diag::diagnostic(diag::code::unknown_set, {source(c.path, "x"), 0, 1}, "unknown set"));
    EXPECT_EQ(place(result["locations"][0])["artifactLocation"]["uri"], c.uri);
  }
}

TEST(Sarif, WhatIsAcknowledgedIsSuppressed) {
  const auto file = source("web.stele", "let a = uid 1 acknowledge S3039 \"later\" let b = uid 1");
  diag::Sink sink;
  sink.acknowledge({{diag::code::unused_set, "later", {file, 14, 39}, {file, 0, 39}}}, {file});
  sink.report(diag::diagnostic(diag::code::unused_set, {file, 44, 45}, "b"));
  EXPECT_FALSE(sarif(sink)["runs"][0]["results"][0].contains("suppressions"));
  sink.report(diag::diagnostic(diag::code::unused_set, {file, 4, 5}, "a"));
  const json report = sarif(sink);
  EXPECT_EQ(complaints(report), "");
  EXPECT_EQ(report["runs"][0]["results"][0]["suppressions"], json::array());
  EXPECT_EQ(report["runs"][0]["results"][1]["suppressions"],
            json::array({{{"kind", "inSource"}, {"justification", "later"}}}));
}

TEST(Sarif, WhatHasNoPlaceIsShownAtThePolicy) {
  const json result = only_result(diag::diagnostic(diag::code::unreadable_policy, {}, "cannot be read"));
  EXPECT_EQ(place(result["locations"][0])["artifactLocation"]["uri"], "web.stele");
}

TEST(Sarif, LabelsAreRelatedLocations) {
  const auto file = source("web.stele", "let a = path \"/a\"\nlet a = path \"/b\"\n");
  diag::Diagnostic d = diag::diagnostic(diag::code::duplicate_set, {file, 22, 23}, "a second `a`");
  const diag::Span first{file, 4, 5};
  d.labels.push_back(diag::Label{first, "first defined here"});
  const json result = only_result(d);
  EXPECT_EQ(result["relatedLocations"][0]["message"]["text"], "first defined here");
  EXPECT_EQ(place(result["relatedLocations"][0])["region"]["startLine"], 1);
}

TEST(Sarif, BracesAndBackslashesOfMessagesAreNotPlaceholders) {
  const json result = only_result(diag::diagnostic(diag::code::invalid_escape, {}, "no `\\d` in { a }", "write `\\x`"));
  EXPECT_EQ(result["message"]["text"], "no `\\\\d` in {{ a }}\nhelp: write `\\\\x`");
}

TEST(Sarif, AWordThatWasMeantIsAFix) {
  const auto file = source("web.stele", "deny file read on secret");
  const json result =
      only_result(diag::diagnostic(diag::code::unknown_set, {file, 18, 24}, "unknown set", "did you mean `secrets`?"));
  const json& replacement = result["fixes"][0]["artifactChanges"][0]["replacements"][0];
  EXPECT_EQ(replacement["insertedContent"]["text"], "secrets");
  EXPECT_EQ(replacement["deletedRegion"]["startColumn"], 19);
  EXPECT_FALSE(
      only_result(diag::diagnostic(diag::code::unknown_set, {file, 0, 9}, "two words", "did you mean `secrets`?"))
          .contains("fixes"));
  EXPECT_FALSE(only_result(diag::diagnostic(diag::code::unknown_set, {file, 18, 24}, "unknown set", "define it"))
                   .contains("fixes"));
}

TEST(Sarif, FingerprintsFollowTheLineNotItsNumber) {
  const auto before = source("web.stele", "rule r:\n  deny file read on secret\n");
  const auto after = source("web.stele", "// more\n\nrule r:\n    deny file read on secret\n");
  const auto fingerprints = [](const std::shared_ptr<const diag::SourceFile>& file, uint16_t number) {
    diag::Sink sink;
    const auto at = static_cast<uint32_t>(file->text.find("secret"));
    for (int i = 0; i < 2; ++i) sink.report(diag::diagnostic(number, {file, at, at + 6}, "unknown set"));
    const json report = sarif(sink);
    std::vector<std::string> out;
    for (const json& r : report["runs"][0]["results"])
      out.push_back(r["partialFingerprints"]["primaryLocationLineHash"]);
    return out;
  };
  EXPECT_EQ(fingerprints(before, diag::code::unknown_set), fingerprints(after, diag::code::unknown_set));
  EXPECT_NE(fingerprints(before, diag::code::unknown_set)[0], fingerprints(before, diag::code::unknown_set)[1]);
  EXPECT_NE(fingerprints(before, diag::code::unknown_set), fingerprints(before, diag::code::relative_path));
}

TEST(Sarif, BytesThatAreNotTextDoNotBreakIt) {
  const auto file = source("caf\xe9.stele", "\xff\xfe");
  EXPECT_EQ(complaints(sarif([&] {
              diag::Sink sink;
              sink.report(diag::diagnostic(diag::code::invalid_utf8, {file, 0, 1}, "byte \xff is not UTF-8"));
              return sink;
            }())),
            "");
}

}  // namespace
}  // namespace stele
