#include "compiler/emit/edges.h"

#include <algorithm>
#include <random>

namespace stele::emit {
namespace {

using u32 = uint32_t;
#include "bpf-templates/shared.h"

std::array<uint64_t, 4> words_of(const std::string& piece) {
  std::array<uint64_t, 4> words{};
  for (size_t i = 0; i < piece.size(); ++i)
    words[i / 8] |= uint64_t{static_cast<unsigned char>(piece[i])} << (8 * (i % 8));
  return words;
}

uint64_t edge_hash(const Edge& edge, uint64_t seed) {
  uint64_t hash = edge.words[0] * HASH_WORD_0 + edge.words[1] * HASH_WORD_1 + edge.words[2] * HASH_WORD_2 +
                  edge.words[3] * HASH_WORD_3 + edge.key * HASH_KEY;
  hash ^= hash >> HASH_FOLD;
  return hash * seed;
}

uint32_t log2_up(size_t value) {
  uint32_t bits = 0;
  while ((size_t{1} << bits) < value) ++bits;
  return bits;
}

/// Finds a displacement for each bucket, the fullest first. False when one has none: another seed is needed.
bool displace(const std::vector<uint64_t>& hashes, PerfectHash& hash) {
  std::vector<std::vector<uint32_t>> buckets(hash.displacement.size());
  for (uint32_t i = 0; i < hashes.size(); ++i) buckets[hashes[i] >> hash.bucket_shift].push_back(i);
  std::vector<uint32_t> order(buckets.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return buckets[a].size() > buckets[b].size(); });
  std::vector<uint32_t> places;
  for (uint32_t bucket : order) {
    if (buckets[bucket].empty()) break;
    bool placed = false;
    for (uint32_t d = 0; d < 65536 && !placed; ++d) {
      places.clear();
      for (uint32_t edge : buckets[bucket]) {
        uint32_t slot = static_cast<uint32_t>(static_cast<uint32_t>(hashes[edge]) * (2 * d + 1)) >> hash.slot_shift;
        if (hash.slots[slot] >= 0 || std::find(places.begin(), places.end(), slot) != places.end()) break;
        places.push_back(slot);
      }
      if (places.size() != buckets[bucket].size()) continue;
      for (size_t i = 0; i < places.size(); ++i) hash.slots[places[i]] = static_cast<int32_t>(buckets[bucket][i]);
      hash.displacement[bucket] = static_cast<uint16_t>(d);
      placed = true;
    }
    if (!placed) return false;
  }
  return true;
}

}  // namespace

std::vector<Edge> flatten_edges(const lower::Automaton& automaton) {
  std::vector<Edge> edges;
  uint32_t piece_state = static_cast<uint32_t>(automaton.states.size());
  for (uint32_t from = 0; from < automaton.states.size(); ++from) {
    std::map<std::string, uint32_t> chains;  // text so far → state, so that shared beginnings are shared
    for (const auto& [text, to] : automaton.states[from].edges) {
      uint32_t at = from;
      for (size_t offset = 0; offset < text.size(); offset += PIECE) {
        std::string piece = text.substr(offset, PIECE);
        bool more = offset + PIECE < text.size();
        uint32_t next = to | (automaton.states[to].absorbing ? NEXT_ABSORBING : 0);
        uint32_t key = KEY(at, (more ? KEY_MORE : 0) | static_cast<uint32_t>(piece.size()));
        if (more) {
          auto [place, is_new] = chains.emplace(text.substr(0, offset + PIECE), piece_state);
          next = at = place->second;
          if (!is_new) continue;
          ++piece_state;
        }
        edges.push_back({key, words_of(piece), next, piece});
      }
    }
  }
  std::sort(edges.begin(), edges.end());
  return edges;
}

PerfectHash perfect_hash(const std::vector<Edge>& edges) {
  PerfectHash hash;
  uint32_t slot_bits = std::max(2u, log2_up(edges.size() * 13 / 10));
  uint32_t bucket_bits = std::max(1u, log2_up(edges.size() / 4));
  hash.bucket_shift = 64 - bucket_bits;
  hash.slot_shift = 32 - slot_bits;
  std::mt19937_64 random(1);  // a fixed seed: the same policy gives the same bytes
  std::vector<uint64_t> hashes(edges.size());
  do {
    hash.seed = random() | 1;
    hash.displacement.assign(size_t{1} << bucket_bits, 0);
    hash.slots.assign(size_t{1} << slot_bits, -1);
    for (size_t i = 0; i < edges.size(); ++i) hashes[i] = edge_hash(edges[i], hash.seed);
  } while (!displace(hashes, hash));
  return hash;
}

}  // namespace stele::emit
