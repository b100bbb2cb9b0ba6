#include "compiler/package/package.h"

#include <fmt/format.h>

#include "compiler/package/texts.h"

namespace stele::package {
namespace {

std::string filled(std::string text, const PackageInput& input) {
  const std::pair<std::string, std::string> words[] = {{"@REMAKE@", kRemake},
                                                       {"@SECURITYFS@", kSecurityfs},
                                                       {"@BPFFS@", kBpffs},
                                                       {"@PROGRAM@", program_name(input.policy)},
                                                       {"@POLICY@", input.policy},
                                                       {"@VERSION@", input.version},
                                                       {"@MAINTAINER@", input.maintainer}};
  for (const auto& [word, value] : words)
    for (size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += value.size())
      text.replace(at, word.size(), value);
  return text;
}

/// Where each file lies on a Debian machine.
std::vector<File> installed_files(const PackageInput& input) {
  const std::string program = program_name(input.policy);
  const std::string units = "usr/lib/systemd/system/", initramfs = "usr/share/initramfs-tools/",
                    dracut = "usr/lib/dracut/modules.d/90" + program + "/";
  return {
      {"etc/init.d/" + program, filled(kSysvinit, input), 0755},
      {dracut + "apply.sh", filled(kDracutScript, input), 0755},
      {dracut + "module-setup.sh", filled(kDracutModule, input), 0755},
      {units + program + ".service", filled(kUnit, input)},
      {units + "sysinit.target.wants/" + program + ".service", "../" + program + ".service", 0777, true},
      {"usr/sbin/" + program, input.enforcer, 0755},
      {initramfs + "hooks/" + program, filled(kInitramfsHook, input), 0755},
      {initramfs + "scripts/init-bottom/" + program, filled(kInitramfsScript, input), 0755},
  };
}

std::string debian_package(const PackageInput& input) {
  const std::string control = write_tar({
      {"conffiles", "/etc/init.d/" + program_name(input.policy) + "\n"},
      {"control", filled(kControl, input)},
      {"postinst", filled(kPostinst, input), 0755},
      {"postrm", filled(kPostrm, input), 0755},
  });
  return write_ar(
      {{"debian-binary", "2.0\n"}, {"control.tar", control}, {"data.tar", write_tar(installed_files(input))}});
}

}  // namespace

std::string program_name(const std::string& policy) {
  std::string name = "stele-" + policy;
  for (char& c : name)
    if (c == '_') c = '-';
  return name;
}

std::vector<File> package_files(const PackageInput& input) {
  const std::string program = program_name(input.policy);
  return {
      {fmt::format("{}_{}_amd64.deb", program, input.version), debian_package(input)},
      {program, input.enforcer, 0755},
      {"systemd/" + program + ".service", filled(kUnit, input)},
      {"initramfs-tools/hooks/" + program, filled(kInitramfsHook, input), 0755},
      {"initramfs-tools/scripts/init-bottom/" + program, filled(kInitramfsScript, input), 0755},
      {"dracut/90" + program + "/apply.sh", filled(kDracutScript, input), 0755},
      {"dracut/90" + program + "/module-setup.sh", filled(kDracutModule, input), 0755},
      {"sysvinit/" + program, filled(kSysvinit, input), 0755},
      {"openrc/" + program, filled(kOpenrc, input), 0755},
  };
}

}  // namespace stele::package
