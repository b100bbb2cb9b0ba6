#include "compiler/analyze/component_names.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

#include "compiler/analyze/diagram.h"

namespace stele::analyze {
namespace {

/// Positions in all globs that may have been reached, as (glob, elements used up), ascending; behind a star always
/// also with the star used up.
using Positions = std::vector<std::pair<uint32_t, uint32_t>>;

class Globs {
public:
  explicit Globs(const std::vector<const Glob*>& globs) : globs_(globs) {}

  Positions start() const {
    Positions out;
    for (uint32_t g = 0; g < globs_.size(); ++g) enter(out, g, 0);
    return normal(std::move(out));
  }

  Positions after(const Positions& at, unsigned char byte) const {
    Positions out;
    for (const auto& [g, used] : at) {
      if (used == globs_[g]->size()) continue;
      const GlobElement& element = (*globs_[g])[used];
      if (element.star) enter(out, g, used);
      if (!element.star && element.bytes[byte]) enter(out, g, used + 1);
    }
    return normal(std::move(out));
  }

  std::vector<uint32_t> accepted(const Positions& at) const {
    std::vector<uint32_t> out;
    for (const auto& [g, used] : at)
      if (used == globs_[g]->size()) out.push_back(g);
    return out;
  }

  /// A byte for each kind that the globs tell apart; `allowed` says which bytes there are.
  template <typename Allowed>
  std::vector<unsigned char> representatives(Allowed allowed) const {
    std::map<std::vector<bool>, unsigned char> kinds;
    for (const unsigned byte : preferred_bytes()) {
      if (!allowed(byte)) continue;
      std::vector<bool> kind;
      for (const Glob* glob : globs_)
        for (const GlobElement& element : *glob)
          if (!element.star) kind.push_back(element.bytes[byte]);
      kinds.try_emplace(std::move(kind), static_cast<unsigned char>(byte));
    }
    std::vector<unsigned char> out;
    for (const auto& [kind, byte] : kinds) out.push_back(byte);
    return out;
  }

private:
  void enter(Positions& out, uint32_t g, uint32_t used) const {
    out.emplace_back(g, used);
    if (used < globs_[g]->size() && (*globs_[g])[used].star) enter(out, g, used + 1);
  }

  static Positions normal(Positions at) {
    std::sort(at.begin(), at.end());
    at.erase(std::unique(at.begin(), at.end()), at.end());
    return at;
  }

  /// Letters first, so that witnesses can be read.
  static std::vector<unsigned> preferred_bytes() {
    std::vector<unsigned> out;
    for (unsigned byte = 'a'; byte <= 'z'; ++byte) out.push_back(byte);
    for (unsigned byte = 0; byte < 256; ++byte)
      if (byte < 'a' || byte > 'z') out.push_back(byte);
    return out;
  }

  const std::vector<const Glob*>& globs_;
};

/// A node of the tree of words is the range of (sorted) words that begin with the `depth` bytes that were read; all
/// zero: outside of the tree.
struct Words {
  size_t first = 0, last = 0, depth = 0;
  auto operator<=>(const Words&) const = default;
};

struct State {
  Words words;
  Positions globs;
  auto operator<=>(const State&) const = default;
};

class Product {
public:
  Product(const std::vector<const Glob*>& globs, const std::vector<std::string_view>& words,
          const ComponentRules& rules, size_t max_states)
      : globs_(globs), words_(words), rules_(rules), max_states_(max_states) {
    std::sort(words_.begin(), words_.end());
    words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
    common_ = globs_.representatives([&](unsigned byte) { return allowed(byte); });
  }

  std::vector<OtherNames> run() {
    // Not through reach: a name of one byte may lead back to where the empty one, which is none, stands.
    fresh_.emplace_back(State{{0, words_.size(), 0}, globs_.start()}, "");
    for (uint32_t length = 0; length < rules_.max_bytes && !fresh_.empty(); ++length) {
      for (auto& [state, name] : std::exchange(fresh_, {})) extend(state, name);
    }
    std::vector<OtherNames> out;
    for (auto& [accepted, witness] : found_) out.push_back({accepted, witness});
    return out;
  }

private:
  bool allowed(unsigned byte) const { return byte != 0 && (byte != '/' || rules_.slash); }

  /// Bytes that go on from here: those that a word goes on with, and one of each kind that none goes on with.
  std::vector<unsigned char> bytes_at(const Words& at) const {
    if (at.first == at.last) return common_;
    std::array<bool, 256> of_words{};
    for (size_t i = at.first; i < at.last; ++i)
      if (words_[i].size() > at.depth) of_words[static_cast<unsigned char>(words_[i][at.depth])] = true;
    std::vector<unsigned char> out =
        globs_.representatives([&](unsigned byte) { return allowed(byte) && !of_words[byte]; });
    for (unsigned byte = 0; byte < 256; ++byte)
      if (of_words[byte]) out.push_back(static_cast<unsigned char>(byte));
    return out;
  }

  Words after(const Words& at, unsigned char byte) const {
    const auto less = [&](size_t depth) {
      return [depth](std::string_view word, int wanted) {
        return (word.size() > depth ? static_cast<unsigned char>(word[depth]) : -1) < wanted;
      };
    };
    const auto begin = words_.begin() + static_cast<std::ptrdiff_t>(at.first);
    const auto end = words_.begin() + static_cast<std::ptrdiff_t>(at.last);
    const auto first = std::lower_bound(begin, end, byte, less(at.depth));
    const auto last = std::lower_bound(first, end, byte + 1, less(at.depth));
    if (first == last) return {};
    return {static_cast<size_t>(first - words_.begin()), static_cast<size_t>(last - words_.begin()), at.depth + 1};
  }

  void extend(const State& state, const std::string& name) {
    for (const unsigned char byte : bytes_at(state.words)) {
      std::string longer = name;
      longer += static_cast<char>(byte);
      reach({after(state.words, byte), globs_.after(state.globs, byte)}, longer);
    }
  }

  void reach(State state, std::string name) {
    if (!seen_.insert(state).second) return;
    if (seen_.size() > max_states_) throw LimitReached{"names that globs tell apart"};
    const Words& words = state.words;
    const bool is_word = words.first < words.last && words_[words.first].size() == words.depth;
    if (!is_word) found_.try_emplace(globs_.accepted(state.globs), name);
    fresh_.emplace_back(std::move(state), std::move(name));
  }

  Globs globs_;
  std::vector<std::string_view> words_;
  ComponentRules rules_;
  size_t max_states_;
  std::vector<unsigned char> common_;
  std::set<State> seen_;
  std::vector<std::pair<State, std::string>> fresh_;
  std::map<std::vector<uint32_t>, std::string> found_;
};

/// Without globs there is one class, and a name that is easy to read.
std::string fresh_name(const std::vector<std::string_view>& words, const ComponentRules& rules) {
  const std::unordered_set<std::string_view> taken(words.begin(), words.end());
  std::string name = "other";
  for (uint32_t i = 2; taken.contains(name); ++i) name = "other" + std::to_string(i);
  if (name.size() > rules.max_bytes) throw LimitReached{"names that globs tell apart"};
  return name;
}

}  // namespace

std::vector<uint32_t> matching_globs(const std::vector<const Glob*>& globs, std::string_view word) {
  const Globs automaton(globs);
  Positions at = automaton.start();
  for (const char byte : word) at = automaton.after(at, static_cast<unsigned char>(byte));
  return automaton.accepted(at);
}

std::vector<OtherNames> other_names(const std::vector<const Glob*>& globs, const std::vector<std::string_view>& words,
                                    const ComponentRules& rules, size_t max_states) {
  if (globs.empty()) return {{{}, fresh_name(words, rules)}};
  return Product(globs, words, rules, max_states).run();
}

}  // namespace stele::analyze
