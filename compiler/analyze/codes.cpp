#include "compiler/analyze/codes.h"

#include <algorithm>
#include <bit>

namespace stele::analyze {
namespace {

struct Run {
  uint32_t first, last;
};

/// Consecutive numbers as ranges, for fewer and smaller diagrams.
std::vector<Run> runs(const std::vector<uint32_t>& ascending) {
  std::vector<Run> out;
  for (const uint32_t number : ascending) {
    if (!out.empty() && out.back().last + 1 == number)
      out.back().last = number;
    else
      out.push_back({number, number});
  }
  return out;
}

}  // namespace

IndexCode IndexCode::up_to(uint64_t last, uint32_t& next) {
  const auto bits = static_cast<uint32_t>(std::bit_width(last));
  next += bits;
  return {next - bits, bits, last};
}

Diagram IndexCode::bit(uint32_t significance) const {
  return DiagramSpace::variable(first + bits - 1 - significance);
}

Diagram IndexCode::between(uint64_t low, uint64_t high) const {
  Diagram not_below = DiagramSpace::yes(), not_above = DiagramSpace::yes();
  for (uint32_t i = 0; i < bits; ++i) {
    const Diagram one = bit(i);
    not_below = low >> i & 1 ? one & not_below : one | not_below;
    not_above = high >> i & 1 ? (!one) | not_above : not_above - one;
  }
  return not_below & not_above;
}

uint64_t IndexCode::decode(const std::vector<bool>& point) const {
  uint64_t value = 0;
  for (uint32_t i = 0; i < bits; ++i) value = value << 1 | (point[first + i] ? 1 : 0);
  return value;
}

Diagram FlagsCode::any(uint32_t low, uint32_t high) const {
  Diagram out;
  for (uint32_t i = high + 1; i-- > low;) out |= DiagramSpace::variable(first + i);
  return out;
}

std::vector<uint32_t> FlagsCode::decode(const std::vector<bool>& point) const {
  std::vector<uint32_t> out;
  for (uint32_t i = 0; i < count; ++i)
    if (point[first + i]) out.push_back(i);
  return out;
}

void NumberCode::cut(const NumberSet& set, Number max) {
  max_ = max;
  for (const NumberRange& range : set) {
    if (range.first <= max) starts_.push_back(range.first);
    if (range.last < max) starts_.push_back(range.last + 1);
  }
}

void NumberCode::assign(Values values, bool raw, uint32_t& next) {
  values_ = values;
  raw_ = raw;
  std::sort(starts_.begin(), starts_.end());
  starts_.erase(std::unique(starts_.begin(), starts_.end()), starts_.end());
  if (raw) {
    present_ = next++;
    index_ = IndexCode::up_to(UINT64_MAX, next);
  } else if (values != Values::any_number) {
    index_ = IndexCode::up_to(starts_.size() - 1 + (values == Values::one_or_none ? 1 : 0), next);
  }
}

void NumberCode::assign_flags(uint32_t& next) {
  if (values_ != Values::one_and_more && values_ != Values::any_number) return;
  flags_ = {next, static_cast<uint32_t>(starts_.size())};
  next += flags_.count;
}

std::optional<NumberCode::ClassRange> NumberCode::classes_of(const NumberRange& range) const {
  if (range.first > max_) return std::nullopt;
  const auto first = std::lower_bound(starts_.begin(), starts_.end(), range.first);
  const auto last = std::upper_bound(first, starts_.end(), std::min(range.last, max_));
  return ClassRange{static_cast<uint32_t>(first - starts_.begin()), static_cast<uint32_t>(last - starts_.begin()) - 1};
}

Diagram NumberCode::in(const NumberSet& set) const {
  std::vector<Diagram> parts;
  for (const NumberRange& range : set) {
    const auto found = classes_of(range);
    if (!found) continue;
    if (raw_) {
      const auto high = static_cast<uint64_t>(std::min(range.last, max_));
      parts.push_back(index_.between(static_cast<uint64_t>(range.first), high));
      continue;
    }
    const uint32_t shift = values_ == Values::one_or_none ? 1 : 0;
    if (values_ != Values::any_number) parts.push_back(index_.between(found->first + shift, found->last + shift));
    if (flags_.count != 0) parts.push_back(flags_.any(found->first, found->last));
  }
  const Diagram all = any_of(std::move(parts));
  return raw_ ? all & DiagramSpace::variable(present_) : all;
}

Diagram NumberCode::bits(uint64_t mask, uint64_t value) const {
  if ((value & ~mask) != 0) return {};
  Diagram all = DiagramSpace::variable(present_);
  for (uint32_t i = 0; i < 64; ++i) {
    if (!(mask >> i & 1)) continue;
    all = value >> i & 1 ? all & index_.bit(i) : all - index_.bit(i);
  }
  return all;
}

Diagram NumberCode::absent() const {
  if (raw_) return !DiagramSpace::variable(present_);
  return values_ == Values::one_or_none ? index_.between(0, 0) : Diagram();
}

Diagram NumberCode::valid() const {
  return values_ == Values::any_number ? DiagramSpace::yes() : index_.valid();
}

std::optional<Number> NumberCode::decode(const std::vector<bool>& point) const {
  const uint64_t index = index_.decode(point);
  if (raw_) return point[present_] ? std::optional<Number>(index) : std::nullopt;
  if (values_ != Values::one_or_none) return starts_[index];
  return index == 0 ? std::nullopt : std::optional<Number>(starts_[index - 1]);
}

std::vector<Number> NumberCode::decode_flags(const std::vector<bool>& point) const {
  std::vector<Number> out;
  for (const uint32_t i : flags_.decode(point)) out.push_back(starts_[i]);
  return out;
}

void NameCode::assign(bool unresolvable, uint32_t& next) {
  can_be_unresolvable_ = unresolvable;
  index_ = IndexCode::up_to(classes.witnesses.size() + (unresolvable ? 1 : 0), next);
}

void NameCode::assign_flags(uint32_t& next) {
  flags_ = {next, static_cast<uint32_t>(index_.last)};
  next += flags_.count;
}

Known NameCode::in(PathSetId set, bool several) const {
  std::vector<Diagram> parts;
  for (const Run& run : runs(classes.members(set))) {
    parts.push_back(index_.between(run.first, run.last));
    if (several) parts.push_back(flags_.any(run.first, run.last));
  }
  Known known;
  known.must = any_of(std::move(parts));
  known.may = known.must;
  if (!can_be_unresolvable_) return known;
  const auto unresolvable = static_cast<uint32_t>(classes.witnesses.size());
  known.may |= index_.between(unresolvable, unresolvable);
  if (several) known.may |= flags_.any(unresolvable, unresolvable);
  return known;
}

std::string NameCode::witness(uint64_t index) const {
  if (index < classes.witnesses.size()) return classes.witnesses[index];
  return index == index_.last ? "" : unresolvable_name();
}

std::string NameCode::decode(const std::vector<bool>& point) const {
  return witness(index_.decode(point));
}

std::vector<std::string> NameCode::decode_flags(const std::vector<bool>& point) const {
  std::vector<std::string> out;
  for (const uint32_t i : flags_.decode(point)) out.push_back(witness(i));
  return out;
}

std::string unresolvable_name() {
  std::string name;
  for (uint32_t i = 0; i <= kMaxDepth; ++i) name += "/d";
  return name;
}

}  // namespace stele::analyze
