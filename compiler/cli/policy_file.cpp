#include "compiler/cli/policy_file.h"

#include "compiler/cli/progress.h"
#include "dsl/sema/resolve.h"

namespace stele::cli {

void add_policy_file(CLI::App& app, PolicyFile& file) {
  app.add_option("POLICY", file.path, "the policy's file")->required();
  app.add_option("--passwd", file.passwd, "look user names up in this file, such as the image's etc/passwd");
  app.add_option("--group", file.group, "look group names up in this file");
}

std::optional<Policy> load(const PolicyFile& file, Sink& sink) {
  const Progress progress("reading " + file.path);
  return load_policy(file.path, disk_reader(), sink, {.passwd = file.passwd, .group = file.group});
}

}  // namespace stele::cli
