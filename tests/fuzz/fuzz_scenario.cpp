// Scenarios: text → what to run, or a mistake with its place. What was read is decided by a small policy.

#include "compiler/evaluate/evaluate.h"
#include "compiler/scenario/scenario.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/small_policy.h"

namespace stele::fuzz {
namespace {

const std::string kFile = "case.test.yaml";

void run(const std::string& text) {
  const auto scenario = scenario::read_scenario(kFile, text);
  if (!scenario) {
    const std::string said = scenario.error().path + scenario.error().message;
    require(!scenario.error().message.empty() && said.find(kFile) != std::string::npos, "a mistake names the file");
    return;
  }
  for (const scenario::Case& one : scenario->cases) {
    require(!one.steps.empty() || !one.requests.empty(), "a case does something");
    if (!one.requests.empty()) evaluate::evaluate(small_policy(), one.subject, one.requests);
  }
}

}  // namespace
}  // namespace stele::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  stele::fuzz::run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
