// stele package: what it writes is what Debian's own tools read, is the same each time, and its scripts are scripts.

#include <gtest/gtest.h>

#include "compiler/os/process.h"
#include "tests/cli/tool.h"

namespace stele::testing {
namespace {

class Package : public ::testing::Test {
protected:
  void SetUp() override {
    const std::string policy = folder_.write(
        "web_one.stele", "policy web_one version \"1.4.0\"\nrule r:\n  deny file read on \"/etc/shadow\"\n");
    ASSERT_EQ(run_tool({"build", policy, "-o", folder_.path("web.enforcer")}).code, 0);
    const ToolRun run = run_tool({"package", folder_.path("web.enforcer"), "-o", folder_.path("out")});
    ASSERT_EQ(run.code, 0) << run.err;
    EXPECT_NE(run.out.find("/out/stele-web-one_1.4.0_amd64.deb\n"), std::string::npos) << run.out;
  }
  std::string out(const std::string& name) const { return folder_.path("out/" + name); }
  std::string package() const { return out("stele-web-one_1.4.0_amd64.deb"); }
  /// What a program prints; it must succeed.
  static std::string said_by(const std::vector<std::string>& command) {
    const auto done = os::run_process(command);
    EXPECT_TRUE(done) << command[0];
    EXPECT_EQ(done->status, 0) << command[0] << ": " << done->errors;
    return done->output;
  }
  Folder folder_;
};

TEST_F(Package, IsReadByDpkg) {
  EXPECT_EQ(said_by({"dpkg-deb", "--field", package(), "Package", "Version", "Architecture", "Maintainer"}),
            "Package: stele-web-one\nVersion: 1.4.0\nArchitecture: amd64\nMaintainer: root <root@localhost>\n");
  const std::string files = said_by({"dpkg-deb", "--contents", package()});
  for (const char* line :
       {"-rwxr-xr-x root/root", " ./etc/init.d/stele-web-one\n", " ./usr/sbin/stele-web-one\n",
        " ./usr/lib/systemd/system/stele-web-one.service\n",
        " ./usr/lib/systemd/system/sysinit.target.wants/stele-web-one.service -> ../stele-web-one.service\n",
        " ./usr/lib/dracut/modules.d/90stele-web-one/module-setup.sh\n",
        " ./usr/share/initramfs-tools/hooks/stele-web-one\n",
        " ./usr/share/initramfs-tools/scripts/init-bottom/stele-web-one\n"})
    EXPECT_NE(files.find(line), std::string::npos) << line << " not in\n" << files;
}

TEST_F(Package, HoldsTheEnforcerAndTheUnit) {
  said_by({"dpkg-deb", "--extract", package(), folder_.path("root")});
  EXPECT_EQ(read_text(folder_.path("root/usr/sbin/stele-web-one")), read_text(folder_.path("web.enforcer")));
  const std::string unit = read_text(folder_.path("root/usr/lib/systemd/system/stele-web-one.service"));
  EXPECT_EQ(unit, read_text(out("systemd/stele-web-one.service")));
  for (const char* line : {"DefaultDependencies=no\n", "After=local-fs.target\n", "Before=sysinit.target\n",
                           "ExecStart=/usr/sbin/stele-web-one apply\n"})
    EXPECT_NE(unit.find(line), std::string::npos) << line;
}

TEST_F(Package, ScriptsAreScripts) {
  said_by({"dpkg-deb", "--control", package(), folder_.path("control")});
  for (const std::string& script :
       {out("initramfs-tools/hooks/stele-web-one"), out("initramfs-tools/scripts/init-bottom/stele-web-one"),
        out("dracut/90stele-web-one/apply.sh"), out("dracut/90stele-web-one/module-setup.sh"),
        out("sysvinit/stele-web-one"), out("openrc/stele-web-one"), folder_.path("control/postinst"),
        folder_.path("control/postrm")}) {
    said_by({"sh", "-n", script});
    EXPECT_EQ(read_text(script).find('@'), std::string::npos) << script << ": a word that was not filled in";
  }
}

/// tests/machine/small_starts.py installs it on a machine with dracut.
TEST_F(Package, MakesTheInitramfsAgainByWhatThereIs) {
  said_by({"dpkg-deb", "--control", package(), folder_.path("control")});
  for (const char* script : {"postinst", "postrm"}) {
    const std::string text = read_text(folder_.path(std::string("control/") + script));
    const size_t tools = text.find("command -v update-initramfs"), dracut = text.find("command -v dracut");
    EXPECT_LT(tools, dracut) << script;
    EXPECT_NE(dracut, std::string::npos) << script;
  }
}

TEST_F(Package, IsTheSameEachTime) {
  const std::string before = read_text(package());
  ASSERT_EQ(run_tool({"package", folder_.path("web.enforcer"), "-o", folder_.path("again")}).code, 0);
  EXPECT_EQ(read_text(folder_.path("again/stele-web-one_1.4.0_amd64.deb")), before);
}

TEST_F(Package, NamesItsMaintainer) {
  ASSERT_EQ(run_tool({"package", folder_.path("web.enforcer"), "-o", folder_.path("out"), "--maintainer",
                      "Web Team <web@example.org>"})
                .code,
            0);
  EXPECT_EQ(said_by({"dpkg-deb", "--field", package(), "Maintainer"}), "Web Team <web@example.org>\n");
  for (const char* wrong : {"a\nb", "", " ", "nomail", "<a@b>", "A <>", "A <a@b> junk", "A\t<a@b>"})
    EXPECT_EQ(
        run_tool({"package", folder_.path("web.enforcer"), "-o", folder_.path("out"), "--maintainer", wrong}).code, 2)
        << wrong;
}

TEST_F(Package, RefusesWhatIsNoEnforcer) {
  const ToolRun run = run_tool({"package", folder_.write("x", "x"), "-o", folder_.path("out")});
  EXPECT_EQ(run.code, 3) << run.out;
}

TEST_F(Package, LongNamesFit) {
  const std::string name(48, 'a');
  const std::string policy =
      folder_.write("long.stele", "policy " + name + " version \"1.4.0\"\nrule r:\n  deny file read on \"/a\"\n");
  ASSERT_EQ(run_tool({"build", policy, "-o", folder_.path("long.enforcer")}).code, 0);
  ASSERT_EQ(run_tool({"package", folder_.path("long.enforcer"), "-o", folder_.path("out")}).code, 0);
  EXPECT_NE(said_by({"dpkg-deb", "--contents", out("stele-" + name + "_1.4.0_amd64.deb")})
                .find(" ./usr/lib/systemd/system/sysinit.target.wants/stele-" + name + ".service -> ../stele-" + name +
                      ".service\n"),
            std::string::npos);
}

}  // namespace
}  // namespace stele::testing
