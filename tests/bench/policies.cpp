#include "tests/bench/policies.h"

#include <fmt/format.h>

namespace stele::bench {
namespace {

/// The i-th path: a third of them beside what the guest opens at depth 2, the rest four components deep.
std::string path_of(size_t i) {
  if (i == 0) return "/etc/shadow";
  if (i % 3 == 0) return fmt::format("/etc/service{}.conf", i);
  return fmt::format("/srv/app{}/conf{}/secret.key", i % 37, i);
}

BenchPolicy generated(const std::string& family, size_t paths) {
  const bool trees = family == "trees";
  BenchPolicy policy{fmt::format("{}_{}", family, paths), family, paths, ""};
  policy.text =
      fmt::format("policy {} version \"1.0.0\"\n\ntarget linux >= 6.1\n\nlet secrets = path {{\n", policy.name);
  for (size_t i = 0; i < paths; ++i)
    policy.text += fmt::format("  \"{}{}\"{}\n", path_of(i), trees && i ? "/**" : "", i + 1 < paths ? "," : "");
  policy.text += "}\n\nrule secrets_are_secret:\n  deny file { read } on secrets\n";
  return policy;
}

}  // namespace

std::vector<BenchPolicy> bench_policies(const std::string& example) {
  std::vector<BenchPolicy> policies = {{"example", "example", 0, example}};
  for (const char* family : {"names", "trees"})
    for (size_t paths : {10, 1000, 10000}) policies.push_back(generated(family, paths));
  return policies;
}

}  // namespace stele::bench
