#pragma once

// The automaton's edges as the programs look them up: a key and four words of text each (bpf-templates/automaton.h).

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/lower/automaton.h"

namespace stele::emit {

struct Edge {
  uint32_t key = 0;                 // KEY(state, length, perhaps with KEY_MORE): bpf-templates/shared.h
  std::array<uint64_t, 4> words{};  // little endian, padded with zeroes
  uint32_t next = 0;                // state, with bit 31 when it is absorbing
  std::string text;                 // the piece, for comments
  bool operator<(const Edge& other) const { return std::tie(key, words) < std::tie(other.key, other.words); }
};

/// All edges, sorted. Components over 31 bytes become chains of 32-byte pieces through states numbered from `states`
/// on.
std::vector<Edge> flatten_edges(const lower::Automaton& automaton);

/// A perfect hash over the edges, by "hash and displace": displacement[h >> bucket_shift] picks the slot, one compare
/// decides. bpf-templates/edge_table.h computes the same.
struct PerfectHash {
  uint64_t seed = 0;
  uint32_t bucket_shift = 0, slot_shift = 0;  // 64 - log2(buckets), 32 - log2(slots)
  std::vector<uint16_t> displacement;
  std::vector<int32_t> slots;  // index into edges, -1 = free
};
/// Deterministic. Expected time linear in the number of edges.
PerfectHash perfect_hash(const std::vector<Edge>& edges);

}  // namespace stele::emit
