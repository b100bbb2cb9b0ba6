// See yaml.h.

#include "compiler/scenario/yaml.h"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <sstream>

#include "dsl/diag/suggest.h"

namespace stele::scenario {
namespace {

/// Sees where documents begin, and nothing else of them.
class DocumentStarts : public YAML::EventHandler {
public:
  const std::vector<YAML::Mark>& places() const { return places_; }

  void OnDocumentStart(const YAML::Mark& mark) override { places_.push_back(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

private:
  std::vector<YAML::Mark> places_;
};

}  // namespace

YAML::Node document_of(const std::string& text) {
  // Not YAML::LoadAll: behind a stray `,` it finds documents without end.
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStarts starts;
  parser.HandleNextDocument(starts);
  parser.HandleNextDocument(starts);
  if (starts.places().empty()) throw Mistake{{}, "a scenario is one YAML document"};
  if (starts.places().size() > 1) throw Mistake{starts.places().back(), "a scenario is one YAML document"};
  return YAML::Load(text);
}

void fail(const YAML::Node& node, const std::string& message) {
  throw Mistake{node.Mark(), message};
}

Mapping::Mapping(const YAML::Node& node, std::string what) : node_(node), what_(std::move(what)) {
  if (!node.IsMap()) fail(node, what_ + " must be a mapping (`key: value`)");
  for (const auto& entry : node) {
    const std::string key = text_of(entry.first, "a key");
    for (const auto& before : entries_)
      if (before.first.Scalar() == key) fail(entry.first, "`" + key + "` is given twice");
    entries_.emplace_back(entry.first, entry.second);
  }
}

YAML::Node Mapping::optional(const std::string& key) {
  known_.push_back(key);
  for (const auto& entry : entries_)
    if (entry.first.Scalar() == key) return entry.second;
  return YAML::Node(YAML::NodeType::Undefined);
}

YAML::Node Mapping::required(const std::string& key) {
  YAML::Node value = optional(key);
  if (!value.IsDefined()) fail(node_, what_ + " needs `" + key + "`");
  return value;
}

bool Mapping::has(const std::string& key) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry.first.Scalar() == key; });
}

void Mapping::finish() const {
  for (const auto& entry : entries_) {
    const std::string& key = entry.first.Scalar();
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    std::string hint = diag::did_you_mean(key, known_);
    fail(entry.first, "unknown key `" + key + "` in " + what_ + (hint.empty() ? "" : "; " + hint));
  }
}

std::string text_of(const YAML::Node& node, const std::string& what) {
  if (!node.IsScalar()) fail(node, what + " must be a text");
  return node.Scalar();
}

bool boolean_of(const YAML::Node& node, const std::string& what) {
  const std::string text = text_of(node, what);
  if (text == "yes" || text == "true") return true;
  if (text == "no" || text == "false") return false;
  fail(node, what + " must be `yes` or `no`");
}

uint32_t number_of(const YAML::Node& node, const std::string& what, uint32_t limit) {
  const std::string text = text_of(node, what);
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos)
    fail(node, what + " must be a number, not `" + text + "`");
  if (text.size() > 1 && text[0] == '0') fail(node, what + " is decimal: write it without leading zeros");
  uint64_t value = 0;
  for (char digit : text) {
    value = value * 10 + static_cast<uint64_t>(digit - '0');
    if (value > limit) fail(node, what + " must be at most " + std::to_string(limit));
  }
  return static_cast<uint32_t>(value);
}

uint32_t mode_of(const YAML::Node& node, const std::string& what) {
  const std::string text = text_of(node, what);
  if (text.empty() || text.find_first_not_of("01234567") != std::string::npos)
    fail(node, what + " must be an octal number such as 0644, not `" + text + "`");
  uint32_t value = 0;
  for (char digit : text) {
    value = value * 8 + static_cast<uint32_t>(digit - '0');
    if (value > 07777) fail(node, what + " must be at most 7777");
  }
  return value;
}

std::vector<std::string> texts_of(const YAML::Node& node, const std::string& what) {
  if (node.IsNull()) return {};
  if (node.IsScalar()) return {node.Scalar()};
  std::vector<std::string> texts;
  for (const YAML::Node& element : list_of(node, what)) texts.push_back(text_of(element, "each of " + what));
  return texts;
}

std::vector<YAML::Node> list_of(const YAML::Node& node, const std::string& what) {
  if (!node.IsSequence()) fail(node, what + " must be a list");
  return {node.begin(), node.end()};
}

}  // namespace stele::scenario
