// Each run is a forked process, so that no run finds memory or the parser's tables warm, and its peak is its own.

#include "tests/scale/measure.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <vector>

#include "compiler/analyze/analyze.h"
#include "compiler/evaluate/explain.h"
#include "compiler/guarantee/guarantee.h"
#include "dsl/diag/codes.h"
#include "dsl/parse/parse.h"
#include "dsl/sema/resolve.h"

namespace stele::scale {
namespace {

const std::string kPath = "scale.stele";
const std::string kRequest = "uid 1050 exe /usr/bin/cat: file read /srv/host5/app5/private/key";

class OneFile : public sema::FileReader {
public:
  explicit OneFile(const std::string& text) : text_(text) {}
  std::optional<std::string> read(const std::string& path, int* error) const override {
    if (path == kPath) return text_;
    *error = ENOENT;
    return std::nullopt;
  }

private:
  const std::string& text_;
};

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Processor time of what `work` does.
template <typename Work>
double timed(const Work& work) {
  const double start = processor_seconds();
  work();
  return processor_seconds() - start;
}

Times parse_once(const std::string& text) {
  Times times;
  times.parse = timed([&] {
    diag::Sink sink;
    const ast::File file = parse::parse(std::make_shared<const diag::SourceFile>(diag::SourceFile{kPath, text}), sink);
    times.complete = file.complete;
    times.steps = file.steps;
  });
  return times;
}

bool is_complete(const diag::Sink& sink) {
  return !sink.has_errors() &&
         std::none_of(sink.all().begin(), sink.all().end(), [](const diag::Diagnostic& diagnostic) {
           return diagnostic.code == diag::code::analysis_unfinished;
         });
}

Times check_once(const std::string& text, const analyze::AnalysisOptions& budget) {
  Times times;
  diag::Sink sink;
  const OneFile files(text);
  std::optional<Policy> policy;
  times.load = timed([&] { policy = sema::load_policy(kPath, files, sink); });
  if (!policy) return times;
  times.explain = timed([&] {
    const auto question = evaluate::parse_question(kRequest);
    if (question) times.complete = !evaluate::explanation_text(*policy, evaluate::explain(*policy, *question)).empty();
  });
  times.guarantees = timed([&] {
    guarantee::check_guarantees(*policy, sink);
    times.complete &= guarantee::guarantees(*policy).size() == policy->constraints.size();
  });
  times.analyses = timed([&] { analyze::analyze(*policy, budget, sink); });
  times.complete &= is_complete(sink);
  return times;
}

/// `once` in a child, with the memory that it took.
template <typename Once>
Times in_a_child(const Once& once) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) {
    const Times times = once();
    _exit(write(ends[1], &times, sizeof(times)) == sizeof(times) ? 0 : 1);
  }
  close(ends[1]);
  Times times;
  const bool answered = read(ends[0], &times, sizeof(times)) == sizeof(times);
  close(ends[0]);
  int status = 0;
  rusage usage{};
  if (wait4(child, &status, 0, &usage) != child || status != 0 || !answered)
    throw std::runtime_error("a measured process died");
  times.peak_bytes = static_cast<size_t>(usage.ru_maxrss) * 1024;
  return times;
}

template <typename Value>
Value median(const std::vector<Times>& runs, Value Times::* stage) {
  std::vector<Value> values;
  for (const Times& run : runs) values.push_back(run.*stage);
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

Times measure(const std::string& policy, const analyze::AnalysisOptions& budget, size_t runs) {
  std::vector<Times> parses, checks;
  for (size_t i = 0; i < runs; ++i) {
    parses.push_back(in_a_child([&] { return parse_once(policy); }));
    checks.push_back(in_a_child([&] { return check_once(policy, budget); }));
  }
  Times times;
  times.parse = median(parses, &Times::parse);
  for (const auto stage : {&Times::load, &Times::guarantees, &Times::analyses, &Times::explain})
    times.*stage = median(checks, stage);
  times.steps = median(parses, &Times::steps);
  times.peak_bytes = median(checks, &Times::peak_bytes);
  const auto complete = [](const Times& run) { return run.complete; };
  times.complete =
      std::all_of(parses.begin(), parses.end(), complete) && std::all_of(checks.begin(), checks.end(), complete);
  return times;
}

}  // namespace stele::scale
