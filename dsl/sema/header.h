#pragma once

// What a policy says about itself and about the machine: `policy`, `target`, `require`.

#include <map>
#include <set>
#include <string>

#include "dsl/ast/ast.h"
#include "dsl/sema/policy.h"
#include "dsl/sema/report.h"

namespace stele::sema {

/// Collects the statements of all files into the policy. Reports S3001…S3015, S3100, S3101.
class HeaderResolver {
public:
  HeaderResolver(Policy& policy, Reporter& report) : policy_(policy), report_(report) {}

  void resolve(const ast::Header& header, bool in_root);
  /// A file has one target; the targets of several files must all be met.
  void resolve(const ast::Target& target, size_t file);
  void resolve(const ast::Requirement& requirement);

  /// nullptr: none so far.
  const ast::Header* header() const { return header_; }

private:
  void resolve(const ast::Header::OnFailure& in);
  bool resolve_bound(const ast::TargetBound& bound);
  void resolve_exact(const ast::Target& target);
  std::optional<uint32_t> version(const ast::Word& word);
  std::optional<Requirement> requirement_of(const ast::Requirement& in);

  Policy& policy_;
  Reporter& report_;
  const ast::Header* header_ = nullptr;
  std::map<size_t, const ast::Target*> targets_;  // by file
};

}  // namespace stele::sema
