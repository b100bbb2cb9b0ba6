// See run_host.h. All questions go into one file and are answered by one run: compiling is what takes time.

#include "compiler/scenario/run_host.h"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string_view>

#include "compiler/emit/emit.h"
#include "compiler/os/process.h"
#include "compiler/scenario/host_calls.h"
#include "compiler/scenario/run.h"

namespace stele::scenario {
namespace {

constexpr char kCompiler[] = "clang-19";
constexpr const char* kMain = emit::kHostMainSource;
constexpr char kProgram[] = "host_main";
constexpr char kQuestions[] = "questions";

Result<void> compile_in(const std::string& folder, HostLayout layout) {
  std::vector<std::string> command = {
      kCompiler,
      "-std=c11",
      "-O0",  // compiling is what takes time; nothing is optimised away before it is checked
      "-g",
      "-fno-strict-aliasing",
      "-fsanitize=address,undefined",
      "-fno-sanitize-recover=all",
      "-DSTELE_HOST"};
  if (layout == HostLayout::linux_7_2) command.push_back("-DSTELE_HOST_72");
  command.insert(command.end(), {"-I.", kMain, "-o", kProgram});
  const auto compiled = os::run_process(command, folder);
  if (!compiled && compiled.error().error == ENOENT)
    return tl::unexpected(
        Failure{kCompiler, ENOENT, "the host rung needs it: install clang-19 and libclang-rt-19-dev"});
  if (!compiled) return tl::unexpected(compiled.error());
  if (compiled->status != 0)
    return tl::unexpected(Failure{kMain, 0, "the generated C does not compile for the host:\n" + compiled->errors});
  return {};
}

/// The lines of `text`, taken one after the other.
class Lines {
public:
  explicit Lines(std::string_view text) : rest_(text) {}
  /// The lines up to the next "end"; nullopt when there is none.
  std::optional<std::vector<std::string_view>> up_to_end() {
    std::vector<std::string_view> lines;
    while (!rest_.empty()) {
      const std::string_view line = rest_.substr(0, rest_.find('\n'));
      rest_.remove_prefix(std::min(rest_.size(), line.size() + 1));
      if (line == "end") return lines;
      lines.push_back(line);
    }
    return std::nullopt;
  }

private:
  std::string_view rest_;
};

}  // namespace

Result<HostPrograms> HostPrograms::compile(const ir::Module& module, HostLayout layout) {
  auto folder = os::TemporaryDirectory::make();
  if (!folder) return tl::unexpected(folder.error());
  for (const auto& [name, text] : emit::emit_host_c(module)) {
    const std::filesystem::path path = std::filesystem::path(folder->path()) / name;
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (auto written = os::replace_file(path, text); !written) return tl::unexpected(written.error());
  }
  if (auto compiled = compile_in(folder->path(), layout); !compiled) return tl::unexpected(compiled.error());
  return HostPrograms(module, layout, std::move(*folder));
}

Result<std::vector<Outcome>> HostPrograms::decide(const std::vector<ImageMount>& mounts,
                                                  const std::vector<Case>& cases) const {
  std::string questions = host_mounts(module_.automaton, mounts);
  std::vector<std::optional<size_t>> calls_of_case;
  for (const Case& one : cases) {
    const auto calls = host_calls(one.requests);
    calls_of_case.push_back(calls ? std::optional(calls->size()) : std::nullopt);
    if (!calls) continue;
    questions += host_subject(one.subject);
    for (const std::string& call : *calls) questions += call;
  }
  const std::string file = folder_.path() + "/" + kQuestions;
  if (auto written = os::replace_file(file, questions); !written) return tl::unexpected(written.error());
  const auto ran = os::run_process({folder_.path() + "/" + kProgram, file});
  if (!ran) return tl::unexpected(ran.error());
  if (ran->status != 0)
    return tl::unexpected(
        Failure{kMain, 0, fmt::format("the generated C ends with {}:\n{}", ran->status, ran->errors)});

  Lines lines(ran->output);
  std::vector<Outcome> outcomes;
  for (const auto& calls : calls_of_case) {
    std::vector<std::vector<std::string_view>> answers;
    for (size_t i = 0; i < calls.value_or(0); i++) {
      auto answer = lines.up_to_end();
      if (!answer) return tl::unexpected(Failure{kMain, 0, "the generated C answers fewer calls than it was asked"});
      answers.push_back(std::move(*answer));
    }
    outcomes.push_back(host_outcome(module_, answers));
    outcomes.back().index = outcomes.size() - 1;
    if (!calls) outcomes.back().trouble = "its requests are those of no system call";
  }
  return outcomes;
}

Result<RungResults> run_host(const HostPrograms& programs, const Scenario& scenario) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  auto outcomes = programs.decide(scenario.mounts, scenario.cases);
  if (!outcomes) return tl::unexpected(outcomes.error());
  RungResults results;
  results.rung = Rung::host;
  results.name = programs.name();
  results.outcomes = std::move(*outcomes);
  for (Outcome& outcome : results.outcomes) {
    const Case& one = scenario.cases[outcome.index];
    std::optional<std::string> why = why_skipped(one, programs.release(), Rung::host);
    if (!why) continue;
    const size_t index = outcome.index;
    outcome = {};
    outcome.index = index;
    outcome.skipped = std::move(why);
  }
  results.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return results;
}

}  // namespace stele::scenario
