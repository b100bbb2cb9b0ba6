#include "compiler/emit/manifest.h"

#include <openssl/evp.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "compiler/guarantee/guarantee.h"
#include "dsl/diag/codes.h"
#include "dsl/sema/print.h"

namespace stele::emit {
namespace {

std::string sha256(const std::string& bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += kHex[digest[i] >> 4];
    text += kHex[digest[i] & 15];
  }
  return text;
}

std::string path_below_policy(const Policy& policy, const std::string& path) {
  std::filesystem::path folder = std::filesystem::path(policy.sources.at(0)->path).parent_path();
  std::filesystem::path below = std::filesystem::path(path).lexically_proximate(folder.empty() ? "." : folder);
  return below.generic_string();
}

std::string place_below_policy(const Policy& policy, const diag::Span& span) {
  return path_below_policy(policy, span.file->path) + ":" + std::to_string(diag::locate(*span.file, span.begin).line);
}

}  // namespace

std::string policy_digest(const Policy& policy) {
  std::string all;
  for (const auto& source : policy.sources) all += std::to_string(source->text.size()) + "\n" + source->text;
  return sha256(all);
}

std::string manifest_json(const Policy& policy, const ir::Module& module, const std::optional<Widening>& widening) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["policy"] = policy.name;
  json["version"] = policy.version;
  json["digest"] = "sha256:" + policy_digest(policy);
  json["compiler"] = "stele " STELE_VERSION;
  for (const auto& source : policy.sources)
    json["sources"].push_back({{"path", path_below_policy(policy, source->path)}, {"sha256", sha256(source->text)}});
  json["target"]["min"] = sema::kernel_version_text(policy.target.min_version);
  if (policy.target.max_version != Target{}.max_version)
    json["target"]["max"] = sema::kernel_version_text(policy.target.max_version);
  json["on_failure"] = policy.on_failure == OnFailure::halt ? "halt" : "continue";
  if (!policy.doc.empty()) json["doc"] = policy.doc;
  if (widening)
    json["widening"] = {
        {"against", "sha256:" + widening->against}, {"classes", widening->classes}, {"reason", widening->reason}};
  for (const Rule& rule : policy.rules) {
    json["rules"].push_back({{"name", rule.name}});
    if (!rule.doc.empty()) json["rules"].back()["doc"] = rule.doc;
  }
  std::vector<guarantee::ConstraintGuarantee> all = guarantee::guarantees(policy);
  json["constraints"] = Json::array();
  for (const ir::Constraint& one : module.constraints) {
    Json entry;
    entry["rule"] = one.rule;
    entry["at"] = one.source;
    if (!one.part.empty()) entry["closure"] = one.part;
    entry["effect"] = sema::effect_text(policy.constraints[one.origin]);
    if (policy.constraints[one.origin].form == Form::only_listed) entry["only"] = true;
    for (const uint32_t index : one.operations) entry["operations"].push_back(op_text(module.operations[index]));
    entry["guarantee"] = catalog::guarantee_text(all[one.origin].guarantee);
    json["constraints"].push_back(std::move(entry));
  }
  for (const diag::Acknowledgement& one : policy.acknowledgements)
    json["acknowledged"].push_back(
        {{"code", diag::code_text(one.code)}, {"at", place_below_policy(policy, one.span)}, {"reason", one.reason}});
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace stele::emit
