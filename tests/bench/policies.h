#pragma once

#include <string>
#include <vector>

namespace stele::bench {

/// One policy to measure. Every one denies reads of /etc/shadow and says nothing of what else the guest counts.
struct BenchPolicy {
  std::string name;    // "names_10"
  std::string family;  // "names"; policies of a family differ in `paths` only
  size_t paths = 0;
  std::string text;  // of the .stele file
};

/// The example of the repository, and generated ones: literal names, and dir/**, in three sizes.
std::vector<BenchPolicy> bench_policies(const std::string& example);

}  // namespace stele::bench
