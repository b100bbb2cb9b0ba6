#include "tests/bench/builds.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <vector>

#include "compiler/os/files.h"

extern char** environ;

namespace stele::bench {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

struct Sample {
  double wall = 0, cpu = 0;
};

Result<Sample> run_once(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const auto start = std::chrono::steady_clock::now();
  pid_t pid = 0;
  const int error = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error) return tl::unexpected(Failure{words[0], error, "cannot be run"});
  int status = 0;
  rusage usage{};
  if (wait4(pid, &status, 0, &usage) < 0) return tl::unexpected(Failure{words[0], errno, "cannot wait for it"});
  if (status) return tl::unexpected(Failure{words[2], 0, "stele build refused it"});
  return Sample{std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
                seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

Result<BuildTime> time_build(const std::string& tool, const std::string& policy_name, const std::string& policy_text,
                             size_t runs) {
  auto folder = os::TemporaryDirectory::make();
  if (!folder) return tl::unexpected(folder.error());
  const std::string policy = folder->path() + "/" + policy_name + ".stele", enforcer = folder->path() + "/enforcer";
  if (auto written = os::replace_file(policy, policy_text); !written) return tl::unexpected(written.error());
  std::vector<double> wall, cpu;
  for (size_t i = 0; i < runs; ++i) {
    auto sample = run_once({tool, "build", policy, "-o", enforcer});
    if (!sample) return tl::unexpected(sample.error());
    wall.push_back(sample->wall);
    cpu.push_back(sample->cpu);
  }
  auto bytes = os::read_whole_file(enforcer);
  if (!bytes) return tl::unexpected(bytes.error());
  return BuildTime{median(wall), median(cpu), std::move(*bytes)};
}

}  // namespace stele::bench
