#include "compiler/clang/bpf_compiler.h"

#include "compiler/clang/clang_session.h"
#include "compiler/clang/worker.h"

namespace stele::codegen {
namespace {

constexpr char kObject = 'O';  // first byte of what the worker sends: an object follows
constexpr char kLog = 'L';     // or Clang's text

}  // namespace

Result<std::string> compile_bpf(const std::map<std::string, std::string>& files, const std::string& main_file,
                                const BpfCompileOptions& options) {
  auto sent = run_in_worker([&] {
    const CompileOutcome outcome = compile_once(files, main_file, options);
    return outcome.ok ? kObject + outcome.object : kLog + outcome.log;
  });
  if (!sent) return tl::unexpected(sent.error());
  if (sent->front() == kObject) return sent->substr(1);
  return tl::unexpected(
      Failure{main_file, 0, "the generated C does not compile, which is a fault of stele:\n" + sent->substr(1)});
}

}  // namespace stele::codegen
