#include "tests/cases/case_file.h"

#include <algorithm>

namespace stele::cases {

namespace {
const std::string kMark = "//---- ";
}

const Section* CaseFile::find(const std::string& name) const {
  for (const Section& section : sections)
    if (section.name == name) return &section;
  return nullptr;
}

CaseFile split_case(const std::string& text) {
  CaseFile out;
  std::string* current = &out.input;
  for (size_t at = 0; at < text.size();) {
    const size_t newline = text.find('\n', at);
    const size_t end = newline == std::string::npos ? text.size() : newline + 1;
    std::string line = text.substr(at, end - at);
    if (line.starts_with(kMark)) {
      while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.pop_back();
      out.sections.push_back({line.substr(std::min(line.size(), kMark.size())), {}});
      current = &out.sections.back().text;
    } else {
      *current += line;
    }
    at = end;
  }
  return out;
}

std::string join_case(const CaseFile& file) {
  std::string out = file.input;
  for (const Section& section : file.sections) out.append(kMark).append(section.name).append("\n").append(section.text);
  return out;
}

}  // namespace stele::cases
