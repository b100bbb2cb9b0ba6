// The reader: what it understands, and where and how it says that something is wrong.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "compiler/scenario/scenario.h"

namespace stele::scenario {
namespace {

std::string request_text(const evaluate::Request& request) {
  return op_text(request.op) + " " + request.path.value_or("-");
}

std::vector<std::string> requests_of(const std::string& case_text, const std::string& image = "") {
  Result<Scenario> scenario = read_scenario("t.yaml", image + "cases:\n- name: c\n  expect: allow\n" + case_text);
  if (!scenario) return {scenario.error().message};
  std::vector<std::string> texts;
  for (const evaluate::Request& request : scenario->cases[0].requests) texts.push_back(request_text(request));
  return texts;
}

using Texts = std::vector<std::string>;

TEST(ReadScenario, EverythingOnce) {
  Result<Scenario> read = read_scenario("all.yaml", R"(
image:
  /etc/short: "text"
  /etc/empty:
  /etc/full: { content: "x", mode: 0600, uid: 1, gid: 2 }
  /var/dir: { directory: yes, mode: 0700 }
  /bin: { symlink: usr/bin }
  /etc/other: { hard_link: /etc/full }
  /usr/bin/tool: { program: yes }
mounts:
  - { at: /data, type: tmpfs, options: "size=1m" }
  - { at: /late, type: tmpfs, source: none, after: start }
command_line: "lsm=bpf"
enforcers: { /vendor: baseline/vendor.stele }
root: initramfs
apply: no
as: { uid: 5, exe: /usr/bin/tool }
cases:
  - name: one
    as: { gid: 7, euid: 8, groups: [1, 2] }
    do: [ { mkdir: /x }, { rename: [/etc/full, /etc/short] } ]
    expect: { deny: EACCES, rule: r, event: no }
    kernels: [">=6.12", "6.1"]
    reason: why
    xfail: not yet
  - name: two
    do: { run: [/enforcer, apply] }
    expect: { exit: 13, output: already }
)");
  ASSERT_TRUE(read) << read.error().message;
  const Scenario& scenario = *read;
  ASSERT_EQ(scenario.image.size(), 7u);
  EXPECT_EQ(scenario.image[0].content, "text");
  EXPECT_EQ(scenario.image[2].mode, 0600u);
  EXPECT_EQ(scenario.image[3].kind, ImageEntry::Kind::directory);
  EXPECT_EQ(scenario.image[4].content, "usr/bin");
  EXPECT_EQ(scenario.image[5].kind, ImageEntry::Kind::hard_link);
  EXPECT_EQ(scenario.image[6].mode, 0755u);
  ASSERT_EQ(scenario.mounts.size(), 2u);
  EXPECT_EQ(scenario.mounts[0].options, "size=1m");
  EXPECT_EQ(scenario.mounts[0].source, "tmpfs");
  EXPECT_TRUE(scenario.mounts[1].after_start);
  ASSERT_EQ(scenario.other_enforcers.size(), 1u);
  EXPECT_EQ(scenario.other_enforcers[0].path, "/vendor");
  EXPECT_EQ(scenario.other_enforcers[0].policy, "baseline/vendor.stele");
  EXPECT_EQ(scenario.root, RootKind::initramfs);
  EXPECT_FALSE(scenario.apply);
  const Case& one = scenario.cases[0];
  EXPECT_EQ(one.subject.uid, 5u);
  EXPECT_EQ(one.subject.euid, 8u);
  EXPECT_EQ(one.subject.gid, 7u);
  EXPECT_EQ(one.subject.egid, 7u);
  EXPECT_EQ(one.subject.groups, (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ(one.steps.size(), 2u);
  EXPECT_EQ(one.requests.size(), 4u);
  EXPECT_EQ(one.expect.verdict, evaluate::Verdict::deny);
  EXPECT_EQ(one.expect.error, EACCES);
  EXPECT_EQ(one.expect.event, false);
  EXPECT_EQ(one.kernels.size(), 2u);
  EXPECT_EQ(one.xfail, "not yet");
  EXPECT_EQ(one.line, 19u);
  EXPECT_TRUE(scenario.cases[1].kernel_only());
  EXPECT_EQ(scenario.cases[1].expect.output, Texts{"already"});
}

TEST(ReadScenario, ExesOfSubjectsAndHelpersAreAdded) {
  Result<Scenario> scenario =
      read_scenario("t.yaml", "cases: [ { name: c, as: { exe: /a }, do: { ptrace_attach: /b }, expect: allow } ]");
  ASSERT_TRUE(scenario);
  ASSERT_EQ(scenario->image.size(), 2u);
  EXPECT_EQ(scenario->image[0].path, "/a");
  EXPECT_EQ(scenario->image[1].path, "/b");
  EXPECT_EQ(scenario->image[1].kind, ImageEntry::Kind::program);
}

TEST(ReadScenario, SubjectsBecomeAnotherExecutable) {
  Result<Scenario> scenario = read_scenario(
      "t.yaml",
      "image: { /b: { program: yes } }\n"
      "cases: [ { name: c, as: { exe: /a }, do: [ { hold_open: /b }, set_mm_map, { read: /b } ], expect: allow } ]");
  ASSERT_TRUE(scenario);
  EXPECT_EQ(scenario->cases[0].subject.exe, "/b");
  EXPECT_EQ(scenario->cases[0].agent_exe(), "/a");
  scenario =
      read_scenario("t.yaml",
                    "image: { /b: { program: yes } }\n"
                    "cases: [ { name: c, as: { exe: /a }, do: [ { hold_open: /b }, set_mm_map ], expect: deny } ]");
  ASSERT_TRUE(scenario);
  EXPECT_EQ(scenario->cases[0].subject.exe, "/a");
}

TEST(ReadScenario, QuestionsNeedNoSteps) {
  const auto scenario = read_scenario(
      "t.yaml", "cases: [ { name: c, ask: 'uid 33 exe /x: net connect to 10.2.0.1 port 443/tcp', expect: deny } ]");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const Case& one = scenario->cases.at(0);
  EXPECT_TRUE(one.asked_only());
  EXPECT_TRUE(scenario->image.empty());
  EXPECT_EQ(one.subject.uid, 33u);
  ASSERT_EQ(one.requests.size(), 1u);
  EXPECT_EQ(one.requests[0].op, Op::net_connect);
  for (const char* wrong : {"{ name: c, ask: 'uid 33: net fly', expect: deny }",
                            "{ name: c, ask: 'uid 0: exec /a', do: { read: /a }, expect: deny }",
                            "{ name: c, ask: 'uid 0: exec /a', expect: { exit: 1 } }"})
    EXPECT_FALSE(read_scenario("t.yaml", std::string("cases: [ ") + wrong + " ]")) << wrong;
}

TEST(ReadScenario, RequestsFromSteps) {
  const std::string image = "image: { /d/f: x, /d/g: x, /l: { symlink: d/f }, /s: { content: '#!/d/g -x' } }\n";
  const struct {
    std::string steps;
    Texts requests;
  } table[] = {
      {"{ read: /d/f }", {"file read /d/f"}},
      {"{ read: /l }", {"file read /d/f"}},
      {"{ read: /d }", {"file list /d"}},
      {"{ read: /d/../d/./f }", {"file read /d/f"}},
      {"[ { chdir: /d }, { read: f } ]", {"file read /d/f"}},
      {"{ delete: /l }", {"file delete /l"}},
      {"{ create: /d/new }", {"file create /d/new", "file write /d/new"}},
      {"{ create_or_write: /d/f }", {"file truncate /d/f", "file write /d/f"}},
      {"{ create_or_write: /d/new }", {"file create /d/new", "file write /d/new"}},
      {"{ rename: [/d/f, /n] }", {"file rename /d/f", "file rename /n", "file create /n"}},
      {"{ rename: [/d/f, /d/g] }", {"file rename /d/f", "file rename /d/g", "file create /d/g", "file delete /d/g"}},
      {"{ exchange: [/d/f, /d/g] }",
       {"file rename /d/g", "file rename /d/f", "file create /d/f", "file delete /d/f", "file rename /d/f",
        "file rename /d/g", "file create /d/g", "file delete /d/g"}},
      {"[ { delete: /d/g }, { rename: [/d/f, /d/g] } ]", {"file rename /d/f", "file rename /d/g", "file create /d/g"}},
      {"[ { rename: [/d, /e] }, { truncate: /e/f } ]", {"file truncate /e/f"}},
      {"{ link: [/d/f, /n] }", {"file link /d/f", "file create /n"}},
      {"{ exec: /s }", {"exec /s", "exec /d/g", "file map_exec /d/g"}},
      {"memfd_exec", {"exec -", "file map_exec -"}},
      {"anon_exec", {"file map_exec -"}},
      {"{ mount_bind: [/d, /tmp] }", {"file mount_over /tmp"}},
      {"[ { open_path: /l }, reopen ]", {"file read /d/f"}},
      {"[ { open_path: /l }, { reopen: write } ]", {"file write /d/f"}},
      {"[ { chdir: /d }, { make_deep: [2, n] }, { mkdir: x } ]", {"file mkdir /d/n/n/x"}},
      {"{ ptrace_attach: /d/f }", {"process ptrace /d/f"}},
      {"[ { hold_open: /d/f }, set_mm_map ]", {"process set_exe -"}},
      {"{ prctl: name }", {}},
      {"{ wait: 1 }", {}},
  };
  for (const auto& row : table) EXPECT_EQ(requests_of("  do: " + row.steps + "\n", image), row.requests) << row.steps;
}

TEST(ReadScenario, RequestsGiven) {
  const std::string image = "image: { /a: x, /b: x, /d/f: x }\n";
  EXPECT_EQ(requests_of("  do: { read: /x }\n  requests: [ { read: /a }, { exec: /b }, { map_exec: ~ } ]\n", image),
            (Texts{"file read /a", "exec /b", "file map_exec -"}));
  EXPECT_EQ(requests_of("  do: [ { chroot: /d }, { read: /f } ]\n  object: /d/f\n", image), Texts{"file read /d/f"});
  EXPECT_EQ(requests_of("  do: [ { chroot: /d }, { link: [/f, /g] } ]\n  object: [/d/f, /d/g]\n", image),
            (Texts{"file link /d/f", "file create /d/g"}));
  EXPECT_EQ(requests_of("  do: [ unshare_mounts, { mount_bind: [/d, /tmp] } ]\n  object: /tmp\n", image), Texts{})
      << "over a name that is nobody's";
  EXPECT_EQ(requests_of("  do: [ unshare_mounts, { setns: /proc/1/ns/mnt }, { mount_tmpfs: /tmp } ]\n  object: /tmp\n",
                        image),
            Texts{"file mount_over /tmp"})
      << "back in the host's namespace";
  EXPECT_EQ(requests_of("  do: [ unshare_mounts, { setns: /proc/1/ns/net }, { mount_tmpfs: /tmp } ]\n  object: /tmp\n",
                        image),
            Texts{});
}

TEST(ReadScenario, RequestsSayTheOwner) {
  const auto read = [](const std::string& request) {
    return read_scenario(
        "t.yaml",
        "image: { /x: x }\ncases:\n- name: c\n  expect: allow\n  do: { read: /x }\n  requests: [ " + request + " ]\n");
  };
  EXPECT_EQ(read("{ read: /x, owner: self }")->cases[0].requests[0].numbers.at(Field::owned), Number{1});
  EXPECT_EQ(read("{ map_exec: ~, owner: other }")->cases[0].requests[0].numbers.at(Field::owned), Number{0});
  EXPECT_NE(read("{ read: /x, owner: me }").error().message.find("`owner` is `self` or `other`"), std::string::npos);
  EXPECT_NE(read("{ process ptrace: /x, owner: self }").error().message.find("is about no file"), std::string::npos);
  EXPECT_NE(read("{ read: /x, write: /y }").error().message.find("one operation"), std::string::npos);
}

TEST(ReadScenario, Mistakes) {
  const std::string tail = "cases: [ { name: c, do: anon_exec, expect: allow } ]\n";
  const std::string head = "cases:\n- name: c\n  expect: allow\n";
  const struct {
    std::string text, message;
  } table[] = {
      {"", "t.yaml:1:1: a scenario is one YAML document"},
      {"enforcers: { /a/b: x.stele }\ncases: []", "t.yaml:1:14: an enforcer lies in the root directory"},
      {"enforcers: { /init: x.stele }\ncases: []", "t.yaml:1:14: `/init` is taken"},
      {tail + "---\n" + tail, "t.yaml:2:1: a scenario is one YAML document"},
      {tail + ", { name: d }\n", "t.yaml:2:1: end of map not found"},
      {"{ cases: [] }\n, x\n", "t.yaml:2:1: a scenario is one YAML document"},
      {"[]", "t.yaml:1:1: a scenario must be a mapping (`key: value`)"},
      {"cases: [", "t.yaml:1:1: end of sequence flow not found"},
      {"image: {}\nimage: {}\n" + tail, "t.yaml:2:1: `image` is given twice"},
      {"imgae: {}\n" + tail, "t.yaml:1:1: unknown key `imgae` in a scenario; did you mean `image`?"},
      {"image: { etc: x }\n" + tail, "t.yaml:1:10: a path of the image must be an absolute path"},
      {"image: { /a: { content: x, directory: yes } }\n" + tail,
       "t.yaml:1:14: a file of the image is one of `content`, `directory`, `symlink`, `hard_link`, `program`"},
      {"image: { /a: { mode: 0900 } }\n" + tail,
       "t.yaml:1:22: `mode` must be an octal number such as 0644, not `0900`"},
      {"image: { /a: { mode: 077777 } }\n" + tail, "t.yaml:1:22: `mode` must be at most 7777"},
      {"image: { /a: { program: maybe } }\n" + tail, "t.yaml:1:25: `program` must be `yes` or `no`"},
      {"image: { /a: [x] }\n" + tail, "t.yaml:1:14: a file of the image must be a mapping (`key: value`)"},
      {"mounts: { }\n" + tail, "t.yaml:1:9: `mounts` must be a list"},
      {"mounts: [ { at: /d } ]\n" + tail, "t.yaml:1:11: a mount needs `type`"},
      {"mounts: [ { at: /d, type: x, after: lunch } ]\n" + tail, "t.yaml:1:37: `after` can only be `start`"},
      {"cases: []", "t.yaml:1:8: a scenario needs at least one case"},
      {"image: {}", "t.yaml:1:1: a scenario needs `cases`"},
      {"cases: [ { do: anon_exec, expect: allow } ]", "t.yaml:1:10: a case needs `name`"},
      {head + "  do: { raed: /x }\n", "t.yaml:4:7: unknown step `raed`; did you mean `read`?"},
      {head + "  do: { read: [/x, /y] }\n", "t.yaml:4:7: `read` takes 1 argument(s), not 2"},
      {head + "  do: chmod\n", "t.yaml:4:7: `chmod` takes 1 to 2 arguments, not 0"},
      {head + "  do: { read: /x, write: /x }\n",
       "t.yaml:4:7: a step is one verb with what it acts on, as `read: /etc/shadow`"},
      {head + "  do: []\n", "t.yaml:4:7: `do` needs at least one step"},
      {head + "  do: [ { chroot: /d }, { read: /f } ]\n",
       "t.yaml:4:7: the steps before change what the judged step's path names; say which file it truly is with "
       "`object`"},
      {head + "  do: anon_exec\n  object: /a\n  requests: ~\n", "t.yaml:6:13: give `object` or `requests`, not both"},
      {head + "  do: anon_exec\n  requests: [ { reed: /a } ]\n",
       "t.yaml:5:17: unknown operation `reed`; did you mean `file read`?"},
      {head + "  do: anon_exec\n  as: { uid: -1 }\n", "t.yaml:5:14: `uid` must be a number, not `-1`"},
      {head + "  do: anon_exec\n  as: { uid: 99999999999999999999999 }\n",
       "t.yaml:5:14: `uid` must be at most 4294967294"},
      {head + "  do: anon_exec\n  as: { uid: 033 }\n", "t.yaml:5:14: `uid` is decimal: write it without leading zeros"},
      {"image: { /a: x }\n" + head + "  do: { chmod: [/a, u+s] }\n",
       "t.yaml:5:21: argument 2 of `chmod` must be an octal number such as 0644, not `u+s`"},
      {"image: { /a: x }\n" + head + "  do: { chown: [/a, 0, wheel] }\n",
       "t.yaml:5:24: the group `wheel` is a name, and no file says its id; give the image's file by `--group FILE`, or "
       "write "
       "the number"},
      {head + "  do: { wait: 0x10 }\n", "t.yaml:4:15: argument 1 of `wait` must be a number, not `0x10`"},
      {head + "  do: anon_exec\n  kernels: [six]\n",
       "t.yaml:5:12: a kernel is named as `6.1`, `>=6.12` or `<7.0`, not `six`"},
      {head + "  do: anon_exec\n  kernels: ['6.1']\n", "t.yaml:2:3: a case needs `reason`"},
      {"cases: [ { name: c, do: anon_exec, expect: perhaps } ]",
       "t.yaml:1:44: `expect` is `allow`, `audit`, `deny` or `kill`, not `perhaps`"},
      {"cases: [ { name: c, do: anon_exec, expect: { deny: EWHAT } } ]", "t.yaml:1:52: unknown errno `EWHAT`"},
      {"cases: [ { name: c, do: anon_exec, expect: { deny: yes, allow: yes } } ]",
       "t.yaml:1:44: an expectation has one of `allow`, `audit`, `deny`, `kill`, `exit`"},
      {"cases: [ { name: c, do: anon_exec, expect: { deny: yes, output: x } } ]",
       "t.yaml:1:65: `output` goes with `exit`"},
      {tail + "as: { exe: /b/x }\nimage: { /b: { symlink: usr } }\n",
       "t.yaml:1:10: the exe `/b/x` goes through a symlink; its true name is `/usr/x`"},
      {tail + "as: { exe: /b.sh }\nimage: { /b.sh: \"#!/bin/sh -e\\n\", /bin: { symlink: usr/bin } }\n",
       "t.yaml:1:10: the exe `/b.sh` is a script of the image; that of a task that runs it is `/usr/bin/sh`"},
      {"cases: [ { name: c, do: anon_exec, expect: allow }, { name: c, do: anon_exec, expect: allow } ]",
       "t.yaml:1:53: two cases are called `c`"},
      {"image: { /a: \"nul\\0byte\" }\n" + tail, "t.yaml:1:14: the content holds a NUL byte"},
  };
  for (const auto& row : table) {
    Result<Scenario> scenario = read_scenario("t.yaml", row.text);
    ASSERT_FALSE(scenario) << row.text;
    EXPECT_EQ(scenario.error().message, row.message) << row.text;
  }
}

TEST(ReadScenario, ModesAreOctal) {
  for (const char* mode : {"644", "0644", "00644"}) {
    const auto scenario = read_scenario("t.yaml", fmt::format("image: {{ /a: {{ mode: {0} }} }}\n"
                                                              "cases: [ {{ name: c, do: {{ chmod: [/a, {0}] }}, "
                                                              "expect: allow }} ]",
                                                              mode));
    ASSERT_TRUE(scenario) << scenario.error().message;
    EXPECT_EQ(scenario->image[0].mode, 0644u) << mode;
    EXPECT_EQ(scenario->cases[0].steps[0].arguments[1], "0644") << mode;
  }
}

/// A kernel says ENOENT or EEXIST before it asks a policy; so does the reader, which no evaluator would notice.
TEST(ReadScenario, FilesThatAreNotThere) {
  const std::string image =
      "image: { /etc/shadow: x, /etc/link: { symlink: gone }, /bin/script: { content: '#!/bin/shh' }, /d/f: x }\n"
      "mounts: [ { at: /copy, type: bind, source: /etc }, { at: /data, type: tmpfs } ]\n";
  const std::string no = "the image has no ",
                    absent = "; a case that is about what is not there expects `allow: ENOENT`",
                    there = "the image has `/etc/shadow` already; a case that is about that expects `allow: EEXIST`";
  const struct {
    std::string text, fault;
  } table[] = {
      {"do: { read: /etc/shadwo }", no + "`/etc/shadwo`; did you mean `/etc/shadow`?"},
      {"do: { read: /etc/shadwo }\n  requests: [ { read: /etc/shadwo } ]",
       no + "`/etc/shadwo`; did you mean `/etc/shadow`?"},
      {"do: [ { chroot: /d }, { read: /f } ]\n  object: /d/file", no + "`/d/file`" + absent},
      {"do: [ { chroot: /d }, { create: /new }, { read: /new } ]\n  object: /d/new", ""},
      {"do: { read: /etc/link }", no + "`/etc/gone`; did you mean `/etc/link`?"},
      {"do: { delete: /etc/link }", ""},
      {"do: { exec: /bin/script }", no + "`/bin/shh`" + absent},
      {"do: { exec: /usr/bin/subject }", ""},
      {"do: { create: /no/such/folder }", no + "`/no/such`" + absent},
      {"do: { create: /etc/shadow }", there},
      {"do: { create_or_write: /etc/shadow }", ""},
      {"do: { mkdir: /etc/shadow }", there},
      {"do: { link: [/d/f, /etc/shadow] }", there},
      {"do: { rename: [/d/f, /etc/shadow] }", ""},
      {"do: { rename: [/d/g, /etc/shadow] }", no + "`/d/g`; did you mean `/d/f`?"},
      {"do: { exchange: [/d/f, /d/gone] }", no + "`/d/gone`" + absent},
      {"do: [ { chdir: /ect }, { read: /d/f } ]", no + "`/ect`; did you mean `/etc`?"},
      {"do: [ { open_path: /d/e }, reopen ]", no + "`/d/e`; did you mean `/d/f`?"},
      {"do: [ { hold_open: /d/f }, { delete: /d/f }, reopen ]", ""},
      {"do: [ { delete: /d/f }, { read: /d/f } ]", no + "`/d/f`" + absent},
      {"do: { mount_tmpfs: /mnt }", no + "`/mnt`" + absent},
      // What nobody can know.
      {"do: { read: /proc/version }", ""},
      {"do: { read: /copy/anything }", ""},
      {"do: { read: /data/nothing }", no + "`/data/nothing`" + absent},
      {"do: { read: /enforcer }", ""},
      {"do: { ptrace_attach: /usr/bin/helper }", ""},
      {"do: { run: [/bin/anything] }", ""},
  };
  for (const auto& row : table) {
    const std::string expect = row.text.find("run:") == std::string::npos ? "allow" : "{ exit: 0 }";
    const std::string text =
        image + "as: { exe: /usr/bin/subject }\ncases:\n- name: c\n  " + row.text + "\n  expect: " + expect + "\n";
    const auto scenario = read_scenario("t.yaml", text);
    EXPECT_EQ(scenario ? "" : scenario.error().message, row.fault.empty() ? "" : "t.yaml:6:7: " + row.fault)
        << row.text;
  }
}

TEST(ReadScenario, ACaseMayBeAboutWhatIsNotThere) {
  const std::string head = "image: { /a: x }\ncases:\n- name: c\n  ";
  EXPECT_TRUE(read_scenario("t.yaml", head + "do: { read: /b }\n  expect: { allow: ENOENT }"));
  EXPECT_TRUE(read_scenario("t.yaml", head + "do: { create: /a }\n  expect: { allow: EEXIST }"));
  EXPECT_FALSE(read_scenario("t.yaml", head + "do: { read: /b }\n  expect: { deny: ENOENT }"));
}

TEST(ReadScenario, LaterCasesSeeWhatEarlierOnesDid) {
  const auto with_first = [](const std::string& steps, const std::string& then) {
    return read_scenario("t.yaml", "image: { /a: x, /d: { directory: yes } }\ncases:\n- { name: b, do: [" + steps +
                                       "], expect: allow }\n- { name: c, do: " + then + ", expect: allow }\n");
  };
  EXPECT_TRUE(with_first("{ create: /new }", "{ read: /new }"));
  EXPECT_TRUE(with_first("{ delete: /a }", "{ create: /a }"));
  EXPECT_TRUE(with_first("{ mount: [overlay, /d, 'lowerdir=/x'] }", "{ read: /d/lower }"));
  EXPECT_TRUE(with_first("{ create: /new }, { rename: [/new, /moved] }", "{ read: /new }"))
      << "the rename may be denied";
  EXPECT_TRUE(with_first("{ rename: [/a, /moved] }", "{ rename: [/moved, /again] }"));
  EXPECT_FALSE(with_first("{ create: /new }", "{ read: /newer }"));
}

TEST(ReadScenario, GarbageEndsInAFailure) {
  for (const std::string& text : {std::string("\0\1\2\xff", 4), std::string("&a [*a]"), std::string("*x"),
                                  std::string(100000, '['), std::string("a: b: c"), std::string("---\n---\n")})
    EXPECT_FALSE(read_scenario("t.yaml", text));
}

}  // namespace
}  // namespace stele::scenario
