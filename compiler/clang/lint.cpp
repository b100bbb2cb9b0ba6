#include "compiler/clang/lint.h"

#include <clang/AST/ASTContext.h>
#include <clang/ASTMatchers/ASTMatchFinder.h>
#include <clang/ASTMatchers/ASTMatchers.h>
#include <clang/Basic/Diagnostic.h>

#include <algorithm>

namespace stele::codegen {
namespace {

using namespace clang;
using namespace clang::ast_matchers;

class Lint : public MatchFinder::MatchCallback {
public:
  explicit Lint(std::vector<std::string> allowed_maps) : allowed_maps_(std::move(allowed_maps)) {}

  void run(const MatchFinder::MatchResult& found) override {
    DiagnosticsEngine& diagnostics = found.Context->getDiagnostics();
    if (const auto* variable = found.Nodes.getNodeAs<VarDecl>("variable")) check(*variable, diagnostics);
    if (const auto* function = found.Nodes.getNodeAs<FunctionDecl>("function")) check(*function, diagnostics);
  }

private:
  static StringRef section_of(const Decl& declaration) {
    const auto* section = declaration.getAttr<SectionAttr>();
    return section ? section->getName() : StringRef();
  }

  void check(const VarDecl& variable, DiagnosticsEngine& diagnostics) const {
    const StringRef section = section_of(variable);
    if (section == "license" || section == ".data.devices") return;  // frozen; written by what ends a file system
    if (section == ".maps") {
      if (std::find(allowed_maps_.begin(), allowed_maps_.end(), variable.getName()) != allowed_maps_.end()) return;
      report(variable, "map '%0' is not among the maps that a policy may have", diagnostics);
    } else if (!variable.getASTContext().getBaseElementType(variable.getType()).isConstQualified()) {
      report(variable, "global '%0' is writable", diagnostics);
    }
  }

  static void check(const FunctionDecl& function, DiagnosticsEngine& diagnostics) {
    if (function.getStorageClass() == SC_Static || function.hasAttr<SectionAttr>()) return;
    report(function, "function '%0' is neither static nor placed by SEC()", diagnostics);
  }

  template <unsigned N>
  static void report(const NamedDecl& declaration, const char (&text)[N], DiagnosticsEngine& diagnostics) {
    const unsigned id = diagnostics.getCustomDiagID(DiagnosticsEngine::Error, text);
    diagnostics.Report(declaration.getLocation(), id) << declaration.getName();
  }

  std::vector<std::string> allowed_maps_;
};

/// Owns finder and callback for as long as Clang holds the consumer.
class LintConsumer : public ASTConsumer {
public:
  explicit LintConsumer(const std::vector<std::string>& allowed_maps) : lint_(allowed_maps) {
    finder_.addMatcher(varDecl(hasGlobalStorage(), unless(isExpansionInSystemHeader())).bind("variable"), &lint_);
    finder_.addMatcher(functionDecl(isDefinition(), unless(isExpansionInSystemHeader())).bind("function"), &lint_);
  }
  void HandleTranslationUnit(ASTContext& context) override { finder_.matchAST(context); }

private:
  Lint lint_;
  MatchFinder finder_;
};

}  // namespace

std::unique_ptr<ASTConsumer> make_lint(const std::vector<std::string>& allowed_maps) {
  return std::make_unique<LintConsumer>(allowed_maps);
}

}  // namespace stele::codegen
