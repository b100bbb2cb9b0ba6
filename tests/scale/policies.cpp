#include "tests/scale/policies.h"

#include <fmt/format.h>

namespace stele::scale {
namespace {

constexpr size_t kPrograms = 200;  // that are excepted somewhere
constexpr size_t kPathsPerLine = 3;
constexpr size_t kHosts = 97;  // folders below /srv

/// One of the paths of rule `rule`: mostly names of files, some trees and globs.
std::string path_of(size_t rule, size_t i) {
  const std::string folder = fmt::format("/srv/host{}/app{}", rule % kHosts, rule);
  if (i == 0) return fmt::format("/etc/app{}.conf", rule);
  if (i == 1) return folder + "/private/**";
  if (i == 2) return folder + "/*.key";
  return fmt::format("{}/conf{}/secret.pem", folder, i);
}

std::string set_of(size_t rule) {
  std::string text = fmt::format("let files_{} = path {{", rule);
  for (size_t i = 0; i < kPathsPerRule; ++i)
    text += fmt::format("{}\"{}\",", i % kPathsPerLine ? " " : "\n  ", path_of(rule, i));
  return text + "\n}\n";
}

std::string constraint_of(size_t rule) {
  const std::string files = fmt::format("files_{}", rule);
  const size_t user = 1000 + 10 * rule;
  switch (rule % 10) {
    case 5:
      return fmt::format("deny file {{ read, write }} on {} for uid in {{ {}..{} }} log none", files, user, user + 9);
    case 6:
      return fmt::format("only exec on {} for uid {}", files, user);
    case 7:
      return fmt::format("audit file {{ read, create, delete }} on {} for gid in {{ {}, {} }}", files, user, user + 3);
    case 8:
      return fmt::format(
          "only net {{ connect, send }} to {{ 10.{}.{}.0/24, 2001:db8:{:x}::/48 }} port {{ 443/tcp, 53 }} for uid {}\n"
          "  deny file write on {}",
          rule / 256 % 256, rule % 256, rule, user, files);
    case 9:
      return fmt::format("deny file {{ write, chmod }} on ({} | shared) - {{ \"/srv/shared/tmp/**\" }} for not uid {}",
                         files, user);
    default:
      return fmt::format(
          "deny file {{ read, write }} on {} unless exe in {{ \"/usr/sbin/daemon{}\", \"/usr/bin/backup\" }} log alert",
          files, rule % kPrograms);
  }
}

}  // namespace

std::string policy_of(size_t rules) {
  std::string text =
      "policy scale version \"1.0.0\"\n\ntarget linux >= 6.1\n\n"
      "let shared = path { \"/srv/shared/**\", \"/srv/shared.conf\" }\n\n";
  for (size_t rule = 0; rule < rules; ++rule)
    text += fmt::format("{}/// Files of application {}.\nrule app_{}:\n  {}\n\n", set_of(rule), rule, rule,
                        constraint_of(rule));
  text +=
      "assert never uid 33 exe \"/usr/bin/cat\" : file read on \"/srv/host0/app0/private/**\"\n"
      "assert always uid 33 : file read on \"/usr/share/**\"\n";
  return text;
}

}  // namespace stele::scale
