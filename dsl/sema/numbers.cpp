#include "dsl/sema/numbers.h"

#include <algorithm>
#include <utility>

namespace stele::sema {

NumberSet normalised(NumberSet ranges) {
  std::sort(ranges.begin(), ranges.end());
  NumberSet out;
  for (const NumberRange& range : ranges) {
    const bool joins = !out.empty() && (range.first <= out.back().last || range.first - 1 == out.back().last);
    if (joins) {
      out.back().last = std::max(out.back().last, range.last);
    } else {
      out.push_back(range);
    }
  }
  return out;
}

bool has_number(const NumberSet& set, Number number) {
  const auto after = std::upper_bound(set.begin(), set.end(), number,
                                      [](Number wanted, const NumberRange& range) { return wanted < range.first; });
  return after != set.begin() && number <= std::prev(after)->last;
}

NumberSet unite(const NumberSet& a, const NumberSet& b) {
  NumberSet all = a;
  all.insert(all.end(), b.begin(), b.end());
  return normalised(std::move(all));
}

NumberSet intersect(const NumberSet& a, const NumberSet& b) {
  NumberSet out;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const Number first = std::max(a[i].first, b[j].first), last = std::min(a[i].last, b[j].last);
    if (first <= last) out.push_back({first, last});
    ++(a[i].last < b[j].last ? i : j);
  }
  return out;
}

NumberSet subtract(const NumberSet& a, const NumberSet& b) {
  NumberSet out;
  size_t j = 0;
  for (NumberRange rest : a) {
    while (j < b.size() && b[j].last < rest.first) ++j;
    bool left = true;
    for (size_t k = j; left && k < b.size() && b[k].first <= rest.last; ++k) {
      if (b[k].first > rest.first) out.push_back({rest.first, b[k].first - 1});
      left = b[k].last < rest.last;
      if (left) rest.first = b[k].last + 1;
    }
    if (left) out.push_back(rest);
  }
  return out;
}

}  // namespace stele::sema
