// The file manager sees an in-memory tree and nothing else, so a build reads no file of the machine and the object
// depends on the sources alone. The lint runs in the same parse as code generation. Debug information is asked for
// because BTF is made from it; DWARF itself is stripped from the object in memory.

#include "compiler/clang/clang_session.h"

#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/SourceManager.h>
#include <clang/CodeGen/CodeGenAction.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <clang/Frontend/MultiplexConsumer.h>
#include <llvm/ObjCopy/CommonConfig.h>
#include <llvm/ObjCopy/ConfigManager.h>
#include <llvm/ObjCopy/ELF/ELFConfig.h>
#include <llvm/ObjCopy/ObjCopy.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <llvm/Support/raw_ostream.h>

#include <vector>

#include "compiler/clang/lint.h"

namespace stele::codegen {
namespace {

using namespace clang;

constexpr const char* kRoot = "/policy/";  // exists in memory only

const char* level_text(DiagnosticsEngine::Level level) {
  switch (level) {
    case DiagnosticsEngine::Note:
      return "note";
    case DiagnosticsEngine::Warning:
      return "warning";
    default:
      return "error";
  }
}

/// Keeps what Clang says as lines of text, with names relative to the tree.
class Log : public DiagnosticConsumer {
public:
  explicit Log(std::string& out) : out_(out) {}

  void HandleDiagnostic(DiagnosticsEngine::Level level, const Diagnostic& info) override {
    DiagnosticConsumer::HandleDiagnostic(level, info);
    llvm::SmallString<128> text;
    info.FormatDiagnostic(text);
    out_ += place(info) + level_text(level) + ": " + std::string(text) + "\n";
  }

private:
  static std::string place(const Diagnostic& info) {
    if (!info.hasSourceManager() || !info.getLocation().isValid()) return "";
    const PresumedLoc at = info.getSourceManager().getPresumedLoc(info.getLocation());
    if (at.isInvalid()) return "";
    StringRef name = at.getFilename();
    name.consume_front(kRoot);
    name.consume_front("./");
    return name.str() + ":" + std::to_string(at.getLine()) + ":" + std::to_string(at.getColumn()) + ": ";
  }

  std::string& out_;
};

class LintAndEmit : public EmitObjAction {
public:
  explicit LintAndEmit(const std::vector<std::string>& allowed_maps) : allowed_maps_(allowed_maps) {}

  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance& instance, StringRef file) override {
    auto emit = EmitObjAction::CreateASTConsumer(instance, file);
    if (!emit) return emit;
    std::vector<std::unique_ptr<ASTConsumer>> both;
    both.push_back(make_lint(allowed_maps_));
    both.push_back(std::move(emit));
    return std::make_unique<MultiplexConsumer>(std::move(both));
  }

private:
  const std::vector<std::string>& allowed_maps_;
};

void register_bpf_target() {
  LLVMInitializeBPFTargetInfo();
  LLVMInitializeBPFTarget();
  LLVMInitializeBPFTargetMC();
  LLVMInitializeBPFAsmPrinter();
  LLVMInitializeBPFAsmParser();  // for inline assembly
}

/// What `clang -target bpf -mcpu=… -O2 -g -Wall -Wunused-macros -Werror` comes down to, without the host's include
/// folders. A generated function or constant that no template uses is a hook, an operation or a parameter that was
/// forgotten.
std::vector<std::string> arguments_for(const std::string& main_file, const std::string& cpu) {
  return {"-triple",
          "bpf",
          "-target-cpu",
          cpu,
          "-emit-obj",
          "-disable-free",
          "-main-file-name",
          main_file,
          "-mrelocation-model",
          "static",
          "-mframe-pointer=all",
          "-O2",
          "-std=gnu17",
          "-fgnuc-version=4.2.1",
          "-nostdsysteminc",
          "-nobuiltininc",
          "-D__TARGET_ARCH_x86",
          "-Wall",
          "-Werror",
          "-Wunused-macros",
          "-fno-caret-diagnostics",
          "-ferror-limit",
          "20",
          "-debug-info-kind=constructor",
          "-dwarf-version=5",
          "-debugger-tuning=gdb",
          "-fdebug-compilation-dir=.",
          "-fcoverage-compilation-dir=.",
          "-faddrsig",
          "-o",
          "-",
          "-x",
          "c",
          kRoot + main_file};
}

llvm::IntrusiveRefCntPtr<llvm::vfs::InMemoryFileSystem> tree_of(const std::map<std::string, std::string>& files) {
  auto tree = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  tree->setCurrentWorkingDirectory(kRoot);
  for (const auto& [name, text] : files) tree->addFile(kRoot + name, 0, llvm::MemoryBuffer::getMemBuffer(text, name));
  return tree;
}

/// Drops DWARF and the sources embedded in it; .BTF and .BTF.ext stay.
bool strip_debug(CompileOutcome& outcome) {
  auto object = llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef(StringRef(outcome.object.data(), outcome.object.size()), "object"));
  if (!object) {
    outcome.log += "error: " + llvm::toString(object.takeError()) + "\n";
    return false;
  }
  llvm::objcopy::ConfigManager config;
  config.Common.StripDebug = true;
  config.Common.OutputFilename = "object";
  llvm::SmallVector<char, 0> stripped;
  llvm::raw_svector_ostream out(stripped);
  if (auto error = llvm::objcopy::executeObjcopyOnBinary(config, **object, out)) {
    outcome.log += "error: " + llvm::toString(std::move(error)) + "\n";
    return false;
  }
  outcome.object.assign(stripped.data(), stripped.size());
  return true;
}

}  // namespace

CompileOutcome compile_once(const std::map<std::string, std::string>& files, const std::string& main_file,
                            const BpfCompileOptions& options) {
  register_bpf_target();
  CompileOutcome outcome;
  CompilerInstance instance;
  instance.createDiagnostics(new Log(outcome.log), true);
  const std::vector<std::string> arguments = arguments_for(main_file, options.cpu);
  std::vector<const char*> raw;
  for (const std::string& argument : arguments) raw.push_back(argument.c_str());
  if (!CompilerInvocation::CreateFromArgs(instance.getInvocation(), raw, instance.getDiagnostics())) return outcome;
  instance.createDiagnostics(new Log(outcome.log), true);  // again, now with the warnings that were asked for
  instance.createFileManager(tree_of(files));
  llvm::SmallVector<char, 0> object;
  instance.setOutputStream(std::make_unique<llvm::raw_svector_ostream>(object));
  LintAndEmit action(options.allowed_maps);
  const bool compiled = instance.ExecuteAction(action) && !instance.getDiagnostics().hasErrorOccurred();
  outcome.object.assign(object.data(), object.size());
  outcome.ok = compiled && !outcome.object.empty() && strip_debug(outcome);
  return outcome;
}

}  // namespace stele::codegen
