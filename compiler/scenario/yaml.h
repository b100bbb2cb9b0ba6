#pragma once

// Typed reading of YAML with places: every mistake is a Mistake, thrown and caught inside this folder. yaml-cpp's types
// and exceptions stay here.

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <string>
#include <vector>

namespace stele::scenario {

/// A fault of the text at a place; `message` is lower case and has no full stop.
struct Mistake {
  YAML::Mark mark;
  std::string message;
};
[[noreturn]] void fail(const YAML::Node& node, const std::string& message);

/// The text's only document; fails when there is none, or another begins.
YAML::Node document_of(const std::string& text);

/// A mapping with known keys: refuses other types, duplicate keys, and at finish() keys that nobody asked for.
class Mapping {
public:
  /// `what` names it in messages: "a case".
  Mapping(const YAML::Node& node, std::string what);
  /// The value, or an undefined node. Marks the key as known.
  YAML::Node optional(const std::string& key);
  YAML::Node required(const std::string& key);
  bool has(const std::string& key) const;
  /// The keys and values in the order of the text.
  const std::vector<std::pair<YAML::Node, YAML::Node>>& entries() const { return entries_; }
  void finish() const;
  const YAML::Node& node() const { return node_; }

private:
  YAML::Node node_;
  std::string what_;
  std::vector<std::pair<YAML::Node, YAML::Node>> entries_;
  std::vector<std::string> known_;
};

/// Scalars; `what` names the value in messages.
std::string text_of(const YAML::Node& node, const std::string& what);
bool boolean_of(const YAML::Node& node, const std::string& what);
/// Decimal, at most `limit`. Refuses a leading 0, which could be meant as octal.
uint32_t number_of(const YAML::Node& node, const std::string& what, uint32_t limit = UINT32_MAX);
/// A file's mode: octal, with leading zeros or without, at most 7777.
uint32_t mode_of(const YAML::Node& node, const std::string& what);
/// A list of scalars; one scalar is a list of one; null is the empty list.
std::vector<std::string> texts_of(const YAML::Node& node, const std::string& what);
/// The elements of a list.
std::vector<YAML::Node> list_of(const YAML::Node& node, const std::string& what);

}  // namespace stele::scenario
