#include "tests/format/samples.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "dsl/parse/parse.h"

namespace stele::testing {

namespace fs = std::filesystem;

std::string read_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::shared_ptr<const diag::SourceFile> source_of(const std::string& text) {
  return std::make_shared<const diag::SourceFile>(diag::SourceFile{"sample.stele", text});
}

namespace {

std::vector<Sample> read_samples() {
  std::vector<Sample> out;
  for (const char* folder : {TREE "/examples", TREE "/tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".stele") continue;
      std::string text = read_text(entry.path());
      text = text.substr(0, text.find("//---- "));
      diag::Sink sink;
      parse::parse(source_of(text), sink);
      if (!sink.has_errors()) out.push_back({entry.path(), text});
    }
  }
  std::sort(out.begin(), out.end(), [](const Sample& a, const Sample& b) { return a.path < b.path; });
  return out;
}

}  // namespace

const std::vector<Sample>& samples_of_the_tree() {
  static const std::vector<Sample> samples = read_samples();
  return samples;
}

}  // namespace stele::testing
