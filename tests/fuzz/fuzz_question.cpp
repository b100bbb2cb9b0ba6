// What `stele explain` is asked: a line of text → requests, or what is wrong with it; then the whole explanation.

#include <nlohmann/json.hpp>

#include "compiler/evaluate/explain.h"
#include "compiler/evaluate/explain_request.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/small_policy.h"

namespace stele::fuzz {
namespace {

void run(const std::string& text) {
  const auto question = evaluate::parse_question(text);
  if (!question) return require(!question.error().message.empty(), "a refusal says why");
  require(!question->requests.empty(), "a question has a request");
  const evaluate::Explanation explanation = evaluate::explain(small_policy(), *question);
  require(!evaluate::explanation_text(small_policy(), explanation).empty(), "an explanation says something");
  require(nlohmann::json::accept(evaluate::explanation_json(small_policy(), explanation)), "an explanation is JSON");
}

}  // namespace
}  // namespace stele::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  stele::fuzz::run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
