#include "compiler/cli/policy_file.h"

#include "compiler/cli/command_line.h"
#include "compiler/cli/progress.h"
#include "dsl/sema/resolve.h"

namespace stele::cli {

void add_policy_file(CLI::App& app, PolicyFile& file) {
  add_value(app, "POLICY", file.path, "the policy's file", Need::required);
  add_value(app, "--passwd", file.passwd, "look user names up in this file, such as the image's etc/passwd");
  add_value(app, "--group", file.group, "look group names up in this file");
}

sema::Accounts read_accounts(const PolicyFile& file, diag::Sink& sink) {
  sema::Reporter report(sink, true);
  return {{.passwd = file.passwd, .group = file.group}, sema::disk_reader(), report};
}

std::optional<Policy> load(const PolicyFile& file, diag::Sink& sink) {
  const Progress progress("reading " + file.path);
  return sema::load_policy(file.path, sema::disk_reader(), sink, {.passwd = file.passwd, .group = file.group});
}

}  // namespace stele::cli
