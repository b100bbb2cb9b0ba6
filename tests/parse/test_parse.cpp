// What the parser makes of each construct: the syntax tree, printed.

#include <gtest/gtest.h>

#include "dsl/diag/render.h"
#include "dsl/parse/parse.h"
#include "tests/parse/dump.h"

namespace stele {
namespace {

ast::File parsed(const std::string& text) {
  diag::Sink sink;
  ast::File file = parse::parse(std::make_shared<const diag::SourceFile>(diag::SourceFile{"p.stele", text}), sink);
  EXPECT_FALSE(sink.has_errors()) << diag::render_text(sink, diag::Colour::off);
  EXPECT_EQ(file.complete, !sink.has_errors());
  return file;
}

struct Row {
  std::string text, expected;
};

void expect_all(const std::vector<Row>& rows) {
  for (const Row& row : rows) EXPECT_EQ(test::dump(parsed(row.text)), row.expected + "\n") << row.text;
}

/// Each text is the inside of one rule.
void expect_constraints(const std::vector<Row>& rows) {
  for (const Row& row : rows)
    EXPECT_EQ(test::dump(parsed("rule r: " + row.text)), "rule r { " + row.expected + " }\n") << row.text;
}

TEST(Parse, Statements) {
  expect_all({
      {"policy web version \"1.0.0\"", "policy web \"1.0.0\""},
      {"target linux >= 6.1", "target linux >=6.1"},
      {"target linux >= 6.1 <= 6", "target linux >=6.1 <=6"},
      {"target linux 6.1..6.12 exact \"ab12\"", "target linux ==6.1..6.12 exact \"ab12\""},
      {"target linux exact \"ab12\"", "target linux  exact \"ab12\""},
      {"require lockdown integrity", "require lockdown integrity"},
      {"require module_signatures", "require module_signatures"},
      {"include \"a.stele\"", "include \"a.stele\""},
  });
}

TEST(Parse, Sets) {
  expect_all({
      {"let a = uid { 33, 1000..1999, \"www-data\", }", "let a = uid: {33, 1000..1999, \"www-data\"}"},
      {"let a = path \"/a\"", "let a = path: \"/a\""},
      {"let a = path { }", "let a = path: {}"},
      {"let a = b", "let a = b"},
      {"let a = log", "let a = log"},
      {"let a = b | c", "let a = (b | c)"},
      {"let a = path b | log & { \"/c\" } - d", "let a = path: (((b | log) & {\"/c\"}) - d)"},
      {"let a = path (b | (c - d))", "let a = path: (b | (c - d))"},
      {"let a = path b - (c | d)", "let a = path: (b - (c | d))"},
      {"let a = { b } | c", "let a = ({b} | c)"},
      {"let a = net { 10.2.0.0/16, 2001:db8:7::/48, ::1, 10.0.0.1..10.0.0.9, ::ffff:1.2.3.4, ::1..::9 }",
       "let a = net: {ip:10.2.0.0/16, ip:2001:db8:7::/48, ip:::1, ip:10.0.0.1..10.0.0.9, ip:::ffff:1.2.3.4, "
       "ip:::1..::9}"},
      {"let a = port { 443/tcp, 1000..2000/udp, 0x50, 99999999999999999999999 }",
       "let a = port: {443/tcp, 1000..2000/udp, 80, 18446744073709551615}"},
      {"let a = syscall { @basic-io, kill, ioctl(arg1 == 0x5401) }",
       "let a = syscall: {@basic-io, kill, ioctl(arg1 ==21505)}"},
      {"let a = syscall @basic-io - @file-system", "let a = syscall: (@basic-io - @file-system)"},
      {"let a = syscall ioctl(arg1 == 1)", "let a = syscall: ioctl(arg1 ==1)"},
      {"let a = ioctl(arg1 == 1)", "let a = ioctl(arg1 ==1)"},
      {"let a = path b assert never : exec", "let a = path: b\nassert never [] exec"},
      {"let a = b seal { }", "let a = b\nseal { ; ;  }"},
  });
}

TEST(Parse, Arguments) {
  expect_constraints({
      {"deny syscall clone(arg0 & CLONE_NEWUSER)", "deny syscall.clone(arg0&CLONE_NEWUSER any)"},
      {"deny syscall { clone(arg0 & 3 == 0, arg1 != X), f(arg2 & X != 0x10) }",
       "deny syscall.{clone(arg0&3 ==0, arg1 !=X), f(arg2&X !=16)}"},
      {"deny syscall { f(arg0 < 1, arg1 <= 2, arg2 > 3, arg3 >= 4) }",
       "deny syscall.{f(arg0 <1, arg1 <=2, arg2 >3, arg3 >=4)}"},
      {"deny net create family { packet, netlink(!route) } type raw",
       "deny net.create [family: {packet, netlink(!route)}] [type: raw]"},
      {"deny net create family netlink(route, !audit)", "deny net.create [family: netlink(route, !audit)]"},
      {"deny kernel sysctl(\"/proc/sys/kernel/**\")", "deny kernel.sysctl(\"/proc/sys/kernel/**\")"},
      {"deny kernel { kexec, sysctl(\"/a\", b) }", "deny kernel.{kexec, sysctl(\"/a\", b)}"},
  });
}

TEST(Parse, Operations) {
  expect_constraints({
      {"deny file { read, write } on secrets", "deny file.{read, write} [on secrets]"},
      {"deny file read on { \"/a\", b }", "deny file.read [on {\"/a\", b}]"},
      {"deny file read on a | b & c - d", "deny file.read [on (((a | b) & c) - d)]"},
      {"only exec on \"/a\"", "only exec [on \"/a\"]"},
      {"only exec on a", "only exec [on a]"},
      {"audit exec", "audit exec"},
      {"only net { connect, send } to upstream port { 443/tcp, 53/udp }",
       "only net.{connect, send} [to: upstream] [port: {443/tcp, 53/udp}]"},
      {"deny net connect to upstream port ports", "deny net.connect [to: upstream] [port: ports]"},
      {"deny net connect to 10.0.0.0/8", "deny net.connect [to: ip:10.0.0.0/8]"},
      {"deny net bind on \"/run/x\"", "deny net.bind [on \"/run/x\"]"},
      {"deny exec on uid 0 to x", "deny exec [on uid: 0] [to: x]"},
      {"deny process signal on uid 0 exe \"/x\"", "deny process.signal [on uid: 0] [exe: \"/x\"]"},
      {"deny process signal on uid web exe servers", "deny process.signal [on uid: web] [exe: servers]"},
      {"deny process setuid to 0", "deny process.setuid [to: 0]"},
      {"deny mount mount on \"/mnt/**\" from \"/dev/sd?\" type ext4",
       "deny mount.mount [on \"/mnt/**\"] [from: \"/dev/sd?\"] [type: ext4]"},
      {"deny bpf map_update on maps of policy", "deny bpf.map_update [on maps] [of: policy]"},
      {"deny bpf map_update of policy unless uid 0", "deny bpf.map_update [of: policy] unless uid is 0"},
      {"deny bpf { prog_load, map_create } type { kprobe, hash }",
       "deny bpf.{prog_load, map_create} [type: {kprobe, hash}]"},
      {"deny cap { NET_RAW, SYS_ADMIN }", "deny cap.{NET_RAW, SYS_ADMIN}"},
      {"deny cap SYS_ADMIN", "deny cap.SYS_ADMIN"},
      {"deny syscall kill", "deny syscall.kill"},
      {"deny syscall kill for uid 3", "deny syscall.kill for uid is 3"},
      {"deny syscall kill kill exec on a", "deny syscall.kill; kill exec [on a]"},
      {"deny syscall kill deny exec on a", "deny syscall.kill; deny exec [on a]"},
  });
}

/// Reserved words that are names elsewhere begin clauses and constraints here.
TEST(Parse, WhereConstraintsEnd) {
  expect_constraints({
      {"deny exec on x kill exec on y", "deny exec [on x]; kill exec [on y]"},
      {"deny file read on x kill exec on y audit exec on z",
       "deny file.read [on x]; kill exec [on y]; audit exec [on z]"},
      {"deny exec on a | b kill exec on y", "deny exec [on (a | b)]; kill exec [on y]"},
      {"deny exec on log log alert", "deny exec [on log] log alert"},
      {"deny exec on target log audit exec on kill", "deny exec [on target] log; audit exec [on kill]"},
      {"deny exec on x libs y kill exec on z", "deny exec [on x] libs y; kill exec [on z]"},
      {"deny net connect to x log none kill net bind port p",
       "deny net.connect [to: x] log none; kill net.bind [port: p]"},
      {"deny exec for uid web audit exec on y", "deny exec for uid is web; audit exec [on y]"},
      {"deny exec kill file read on x", "deny exec; kill file.read [on x]"},
  });
  expect_all({
      {"rule r: deny exec on x policy p version \"1\"", "rule r { deny exec [on x] }\npolicy p \"1\""},
      {"rule r: deny exec on x seal { self }", "rule r { deny exec [on x] }\nseal { self; ;  }"},
      {"rule r: deny exec on x assert never : exec on y", "rule r { deny exec [on x] }\nassert never [] exec [on y]"},
      {"rule r: deny exec on x use t(a) as b", "rule r { deny exec [on x] }\nuse t(a) as b"},
      {"rule r: deny exec on x target linux 6.1", "rule r { deny exec [on x] }\ntarget linux ==6.1"},
      {"rule r: deny exec on x template t() { }", "rule r { deny exec [on x] }\ntemplate t() { ;  }"},
      {"rule r: deny exec on x require lockdown", "rule r { deny exec [on x] }\nrequire lockdown"},
      {"rule r: deny bpf map_read of policy policy p version \"1\"",
       "rule r { deny bpf.map_read [of: policy] }\npolicy p \"1\""},
  });
}

TEST(Parse, Clauses) {
  expect_constraints({
      {"deny exec on a for uid 1 unless exe \"/x\" errno EACCES log alert without { link, rename } libs { \"/l/**\" }",
       "deny exec [on a] for uid is 1 unless exe is \"/x\" errno EACCES log alert without link rename libs "
       "{\"/l/**\"}"},
      {"only exec on a else kill libs \"/l/**\" - m", "only exec [on a] else kill libs (\"/l/**\" - m)"},
      {"deny or kill exec on a for uid 1", "deny or kill exec [on a] for uid is 1"},
      {"only exec on a for uid 1 or uid 2 else deny or kill errno EACCES",
       "only exec [on a] for or[uid is 1, uid is 2] errno EACCES else deny or kill"},
      {"deny exec on a log alert limit 5/s", "deny exec [on a] log alert limit 5/s"},
      {"deny exec on a log limit 99999999999999999999/min", "deny exec [on a] log limit 18446744073709551615/min"},
      {"deny exec on a log", "deny exec [on a] log"},
      {"deny exec on a without link", "deny exec [on a] without link"},
      {"deny exec on a acknowledge S4025 \"x\" log acknowledge S4021 \"\\x41\" for uid log",
       "deny exec [on a] for uid is log log acknowledge S4025 \"x\" acknowledge S4021 \"A\""},
      {"deny exec on acknowledge for uid in acknowledge acknowledge S4025 \"x\"",
       "deny exec [on acknowledge] for uid in acknowledge acknowledge S4025 \"x\""},
  });
}

TEST(Parse, Conditions) {
  const auto row = [](const std::string& text, const std::string& expected) {
    return Row{"deny exec for " + text, "deny exec for " + expected};
  };
  expect_constraints({
      row("uid in web | { 33 } and not gid 5..7 or exe \"/x\"",
          "or[and[uid in (web | {33}), not[gid is 5..7]], exe is \"/x\"]"),
      row("not not (uid == 1)", "uid == 1"),
      row("cap NET_RAW", "cap is NET_RAW"),
      row("parent.exe in { } and uid >= 1000", "and[parent.exe in {}, uid >= 1000]"),
      row("uid log log none", "uid is log log none"),
  });
}

TEST(Parse, Seal) {
  expect_all({
      {"seal { self deny bpf { prog_load } unless exe \"/b\" deny bpf map_update on maps of policy removable never }",
       "seal { self; deny bpf.{prog_load} unless exe is \"/b\"; deny bpf.map_update [on maps] [of: policy]; removable "
       "never }"},
      {"seal { removable by uid 0 with exe \"/a\" self }", "seal { self; ; removable by uid is 0 with exe is \"/a\" }"},
      {"seal { removable by uid in { 0 } and gid web with exe in x | y deny exec on x self }",
       "seal { self; deny exec [on x]; removable by and[uid in {0}, gid is web] with exe in (x | y) }"},
      {"seal { removable by uid 0 removable never self self }",
       "seal { self self; ; removable by uid is 0 removable never }"},
      {"seal { }", "seal { ; ;  }"},
      {"seal { deny bpf map_read of policy removable never }",
       "seal { ; deny bpf.map_read [of: policy]; removable never }"},
  });
}

TEST(Parse, Assertions) {
  expect_all({
      {"assert never uid 33 : file write on \"/etc/**\"", "assert never [uid is 33] file.write [on \"/etc/**\"]"},
      {"assert always uid 33 exe \"/usr/sbin/nginx\" : net bind port 443/tcp",
       "assert always [uid is 33; exe is \"/usr/sbin/nginx\"] net.bind [port: 443/tcp]"},
      {"assert never : exec", "assert never [] exec"},
      {"assert never uid 33: exec", "assert never [uid is 33] exec"},
      {"assert never (exe \"/x\" or not uid in { 3 }) uid web not gid a : exec on x assert never : syscall kill",
       "assert never [or[exe is \"/x\", not[uid in {3}]]; uid is web; not[gid is a]] exec [on x]\nassert never [] "
       "syscall.kill"},
  });
}

TEST(Parse, Templates) {
  expect_all({
      {"template service(exe, user,) { /// Doc.\n rule files: deny file read on x for uid in user\n"
       " assert never : exec on exe rule more: audit exec }",
       "template service(exe, user) { rule files { deny file.read [on x] for uid in user }; rule more { audit exec }; "
       "assert never [] exec [on exe] }"},
      {"use service(\"/usr/sbin/nginx\", { 33, 34 } | web) as web",
       "use service(\"/usr/sbin/nginx\", ({33, 34} | web)) as web"},
      {"use t() as log", "use t() as log"},
  });
}

}  // namespace
}  // namespace stele
