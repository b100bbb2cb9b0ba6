#include "compiler/cli/policy_file.h"

#include "compiler/cli/command_line.h"
#include "compiler/cli/progress.h"

namespace stele::cli {

void add_names(CLI::App& app, sema::LoadOptions& names) {
  add_value(app, "--passwd", names.passwd, "look user names up in this file, such as the image's etc/passwd");
  add_value(app, "--group", names.group, "look group names up in this file");
  add_value(app, "--subuid", names.subuid, "hold users by their subordinate ids, too: the image's etc/subuid");
}

void add_policy_file(CLI::App& app, PolicyFile& file) {
  add_value(app, "POLICY", file.path, "the policy's file", Need::required);
  add_names(app, file.names);
}

sema::Accounts read_accounts(const PolicyFile& file, diag::Sink& sink) {
  sema::Reporter report(sink, true);
  return {{.passwd = file.names.passwd, .group = file.names.group, .subuid = {}}, sema::disk_reader(), report};
}

std::optional<Policy> load(const PolicyFile& file, diag::Sink& sink) {
  const Progress progress("reading " + file.path);
  return sema::load_policy(file.path, sema::disk_reader(), sink, file.names);
}

}  // namespace stele::cli
