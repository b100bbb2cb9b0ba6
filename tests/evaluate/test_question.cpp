// Questions as people type them: every class, what follows where nothing is said, mistakes; and back to text, for
// random subjects and requests.

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <random>

#include "compiler/evaluate/addresses.h"
#include "compiler/evaluate/explain_request.h"
#include "compiler/evaluate/field_words.h"
#include "compiler/evaluate/request_shape.h"
#include "tests/sema/memory_reader.h"

namespace stele {
namespace {

TEST(Question, SubjectAndOperation) {
  const auto question = evaluate::parse_question("uid 33 gid 34 groups 5,6 exe /usr/sbin/nginx: file read /etc/shadow");
  ASSERT_TRUE(question) << question.error().message;
  EXPECT_EQ(question->subject.uid, 33u);
  EXPECT_EQ(question->subject.euid, 33u);
  EXPECT_EQ(question->subject.egid, 34u);
  EXPECT_EQ(question->subject.groups, (std::vector<uint32_t>{5, 6}));
  EXPECT_EQ(question->subject.exe, "/usr/sbin/nginx");
  ASSERT_EQ(question->requests.size(), 1u);
  EXPECT_EQ(question->requests[0].op, Op::file_read);
  EXPECT_EQ(question->requests[0].path, "/etc/shadow");
}

TEST(Question, IdsMayBeNames) {
  diag::Sink sink;
  sema::Reporter report(sink, true);
  const sema::Accounts accounts({.passwd = "passwd", .group = "group", .subuid = {}},
                                test::MemoryReader({{"passwd", "root:x:0:0::/:\nwww-data:x:33:33::/:\n"},
                                                    {"group", "www-data:x:34:\nadm:x:4:\n"}}),
                                report);
  const auto question = evaluate::parse_question(
      "uid \"www-data\" euid root gid www-data egid 7 groups adm,5 loginuid root: process signal uid www-data gid adm",
      accounts);
  ASSERT_TRUE(question) << question.error().message;
  const evaluate::Subject& subject = question->subject;
  EXPECT_EQ(subject.uid, 33u);
  EXPECT_EQ(subject.euid, 0u);
  EXPECT_EQ(subject.gid, 34u);
  EXPECT_EQ(subject.egid, 7u);
  EXPECT_EQ(subject.groups, (std::vector<uint32_t>{4, 5}));
  EXPECT_EQ(subject.loginuid, 0u);
  EXPECT_EQ(question->requests[0].numbers.at(Field::target_uid), Number{33});
  EXPECT_EQ(question->requests[0].numbers.at(Field::target_gid), Number{4});
  const auto message = [](const std::string& text, const sema::Accounts& known) {
    const auto wrong = evaluate::parse_question(text, known);
    return wrong ? "" : wrong.error().message.substr(0, wrong.error().message.rfind(';'));
  };
  EXPECT_EQ(message("uid www-date: exec /a", accounts), "unknown user `www-date`; did you mean `www-data`?");
  EXPECT_EQ(message("gid root: exec /a", accounts),
            "unknown group `root`; write the number, or a group of the file given by `--group`");
  EXPECT_EQ(message("uid www-data: exec /a", {}),
            "the user `www-data` is a name, and no file says its id; give the image's file by `--passwd FILE`, or "
            "write the number");
}

TEST(Question, NumbersAreReadOneWay) {
  const auto octal = evaluate::parse_question("uid 0o10: file read /a");
  ASSERT_TRUE(octal) << octal.error().message;
  EXPECT_EQ(octal->subject.uid, 8u);
  const auto mode = evaluate::parse_question(": syscall chmod(0, 0o6000)");
  ASSERT_TRUE(mode) << mode.error().message;
  EXPECT_EQ(mode->requests[0].numbers.at(Field::arg1), 06000u);
  for (const char* text : {"uid 0010: file read /a", ": syscall chmod(0, 0010)"}) {
    const auto both = evaluate::parse_question(text);
    ASSERT_FALSE(both) << text;
    EXPECT_TRUE(both.error().message.starts_with("`0010` is 8 in octal and 10 in decimal")) << both.error().message;
  }
}

TEST(Question, CallsOfOtherMachinesAreSaidToBe) {
  const auto question = evaluate::parse_question(": syscall chown32");
  ASSERT_FALSE(question);
  EXPECT_TRUE(question.error().message.starts_with("`chown32` is a call of 32-bit x86 (ia32)"))
      << question.error().message;
}

TEST(Question, EffectiveIdsMayDiffer) {
  const auto question = evaluate::parse_question("euid 0 uid 1000 : exec \"/opt/my tool\"");
  ASSERT_TRUE(question) << question.error().message;
  EXPECT_EQ(question->subject.euid, 0u);
  EXPECT_EQ(question->subject.uid, 1000u);
  EXPECT_EQ(question->requests[0].path, "/opt/my tool");
}

std::vector<std::string> requests_of(const std::string& text) {
  const auto question = evaluate::parse_question(text);
  if (!question) return {question.error().message};
  std::vector<std::string> texts;
  for (const evaluate::Request& request : question->requests) texts.push_back(evaluate::operation_text(request));
  return texts;
}

TEST(Question, OperationsOnTwoNames) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(requests_of(": file rename /a /b"),
            (Texts{"file rename /a as /b", "file rename /b as /b", "file create /b"}));
  EXPECT_EQ(requests_of(": file rename /a over /b"),
            (Texts{"file rename /a as /b", "file rename /b as /b", "file create /b", "file delete /b"}));
  EXPECT_EQ(requests_of(": file link /a /b"), (Texts{"file link /a as /b", "file create /b"}));
  EXPECT_EQ(requests_of(": file map_exec"), (Texts{"file map_exec nameless"}));
  EXPECT_EQ(requests_of(": file rename /a nameless"),
            (Texts{"file rename /a", "file rename nameless", "file create nameless"}));
  EXPECT_EQ(requests_of(": file rename /a kind plain /b"),
            (Texts{"file rename /a kind plain as /b", "file rename /b kind plain as /b", "file create /b"}));
}

TEST(Question, WhatBecomesOfAName) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(requests_of(": file rename /a as /b"), (Texts{"file rename /a as /b"}));
  EXPECT_EQ(requests_of(": file link /a as /b"), (Texts{"file link /a as /b"}));
  EXPECT_EQ(requests_of(": file rename /a as /b kind plain"), (Texts{"file rename /a kind plain as /b"}));
  EXPECT_EQ(requests_of(": file mount_over /a kind plain"), (Texts{"file mount_over /a kind plain"}));
  EXPECT_NE(requests_of(": file rename /a as /b /c")[0].find("said twice"), std::string::npos);
  EXPECT_NE(requests_of(": file rename /a as /b as /c")[0].find("said twice"), std::string::npos);
  EXPECT_NE(requests_of(": file rename /a kind round")[0].find("round"), std::string::npos);
  for (const char* other : {": file read /a as /b", ": file read /a kind plain", ": file link /a kind plain"})
    EXPECT_NE(requests_of(other)[0].find("is not an absolute path"), std::string::npos) << requests_of(other)[0];
}

/// What a question with one request says, as it is printed again: without what follows by itself.
struct SameCase {
  const char* question;
  const char* again;
};

const SameCase kSame[] = {
    {"uid 0: file read on /etc/x", "uid 0: file read /etc/x"},
    {"uid 33 euid 33 gid 0 egid 0: exec \"/bin/x\"", "uid 33: exec /bin/x"},
    {": file map_exec", "uid 0: file map_exec nameless"},
    {": file read /x owner self", "uid 0: file read /x owner self"},
    {": exec owner other on /x", "uid 0: exec /x owner other"},
    {": file rename /a owner self as /b", "uid 0: file rename /a as /b owner self"},
    {": file map_exec owner other", "uid 0: file map_exec nameless owner other"},
    {"exe nameless: exec nameless", "uid 0: exec nameless"},
    {": file read nameless", "uid 0: file read nameless"},
    {": file rename /a as nameless", "uid 0: file rename /a"},
    {": file link nameless as nameless", "uid 0: file link nameless"},
    {": process ptrace exe nameless", "uid 0: process ptrace"},
    {": mount mount on nameless", "uid 0: mount mount"},
    {"uid 33 cap NET_RAW: net create family packet type raw", "uid 33 cap NET_RAW: net create family packet"},
    {": net create", "uid 0: net create"},
    {": net create type dgram", "uid 0: net create type dgram"},
    {": net create protocol udp", "uid 0: net create type dgram"},
    {": net create type raw protocol icmp", "uid 0: net create protocol icmp"},
    {": net create protocol route family netlink", "uid 0: net create family netlink"},
    {": net create family netlink protocol audit", "uid 0: net create family netlink protocol audit"},
    {": net create family 12345 type 77", "uid 0: net create family 12345 type 77"},
    {": net connect to 10.2.0.1 port 443/tcp", "uid 0: net connect to 10.2.0.1 port 443/tcp"},
    {": net connect to 10.2.0.1 port 443", "uid 0: net connect to 10.2.0.1 port 443/tcp"},
    {": net connect to 10.2.0.1 port 53/udp", "uid 0: net connect to 10.2.0.1 port 53/udp"},
    {": net connect to 10.2.0.1 port 53 protocol 17", "uid 0: net connect to 10.2.0.1 port 53/udp"},
    {": net send to ::ffff:10.2.0.1", "uid 0: net send to 10.2.0.1"},
    {": net send to ::ffff:10.2.0.1 family inet6", "uid 0: net send to 10.2.0.1 family inet6"},
    {": net connect family inet6 to 2001:DB8:0::1", "uid 0: net connect to 2001:db8::1"},
    {": net bind to 2001:db8:: port 80", "uid 0: net bind to 2001:db8:: port 80/tcp"},
    {": net connect on /run/docker.sock", "uid 0: net connect on /run/docker.sock"},
    {": net connect family local type dgram", "uid 0: net connect family unix type dgram"},
    {": syscall ioctl(1, 0x5401)", "uid 0: syscall ioctl(1, 0x5401)"},
    {": syscall ioctl ( 1,21505 , 0 )", "uid 0: syscall ioctl(1, 0x5401)"},
    {": syscall getpid()", "uid 0: syscall getpid"},
    {": syscall ioctl(-9223372036854775808)", "uid 0: syscall ioctl(0x8000000000000000)"},
    {": syscall clone(CLONE_NEWUSER, -1)", "uid 0: syscall clone(0x10000000, 0xffffffffffffffff)"},
    {": syscall 9999(0, 0, 0, 0, 0, 7)", "uid 0: syscall 9999(0, 0, 0, 0, 0, 7)"},
    {": cap SYS_ADMIN", "uid 0: cap SYS_ADMIN"},
    {": cap 63", "uid 0: cap 63"},
    {": process ptrace exe /usr/sbin/sshd uid 33", "uid 0: process ptrace uid 33 exe /usr/sbin/sshd"},
    {": process ptrace /usr/sbin/sshd", "uid 0: process ptrace exe /usr/sbin/sshd"},
    {": process setgid gid 7", "uid 0: process setgid gid 7"},
    {": process userns", "uid 0: process userns"},
    {": process set_exe", "uid 0: process set_exe"},
    {": mount mount fstype vfat from /dev/sdb1 on /mnt", "uid 0: mount mount on /mnt from /dev/sdb1 fstype vfat"},
    {": mount umount /mnt", "uid 0: mount umount on /mnt"},
    {": kernel sysctl /proc/sys/kernel/ftrace_enabled", "uid 0: kernel sysctl /proc/sys/kernel/ftrace_enabled"},
    {": kernel module_load", "uid 0: kernel module_load"},
    {": bpf prog_load type kprobe", "uid 0: bpf prog_load type kprobe"},
    {": bpf map_create type 1001", "uid 0: bpf map_create type hash"},
    {": bpf map_update of policy", "uid 0: bpf map_update of policy"},
    {": bpf obj_get on /sys/fs/bpf/x", "uid 0: bpf obj_get on /sys/fs/bpf/x"},
    {"parent.exe /a ancestor.exe /c ancestor.exe /b: exec /x",
     "uid 0 parent.exe /a ancestor.exe /c ancestor.exe /b: exec /x"},
    {"comm \"a b:\" cgroup /system.slice mntns other pidns host tty pty loginuid 5 cap 13,63: exec /x",
     "uid 0 loginuid 5 comm \"a b:\" cgroup /system.slice mntns other tty pty cap NET_RAW,63: exec /x"},
    {"loginuid unset tty none mntns host exe \"\": exec /x", "uid 0: exec /x"},
    {": exec \"/a\\x20\\\\\\\"\\x0a\"", "uid 0: exec \"/a \\\\\\\"\\x0a\""},
    {": exec /a\\b:c", "uid 0: exec /a\\b:c"},
    {": file read /x:", "uid 0: file read \"/x:\""},
};

TEST(Question, EveryClassAndBack) {
  for (const SameCase& one : kSame) {
    const auto question = evaluate::parse_question(one.question);
    ASSERT_TRUE(question) << one.question << ": " << question.error().message;
    ASSERT_EQ(question->requests.size(), 1u) << one.question;
    EXPECT_EQ(evaluate::request_text(question->subject, question->requests.front()), one.again);
  }
}

TEST(Question, ASocketHasFamilyTypeAndProtocol) {
  const auto question = evaluate::parse_question(": net connect to 10.2.0.1 port 53/udp");
  const std::map<Field, Number> expected = {{Field::address, kIpv4Base + 0x0a020001},
                                            {Field::port, 53},
                                            {Field::family, AF_INET},
                                            {Field::type, SOCK_DGRAM},
                                            {Field::protocol, 17}};
  EXPECT_EQ(question->requests[0].numbers, expected);
}

struct Wrong {
  const char* text;
  const char* expected;
};

const Wrong kWrong[] = {
    {"", "`:` between subject and operation is missing"},
    {"uid 33", "`:` between subject and operation is missing"},
    {"uid: file read /x", "the number of uid is missing"},
    {"uid 3x: file read /x", "an id is a number"},
    {"uid 4294967296: file read /x", "an id is a number"},
    {"uid -1: file read /x", "an id is a number"},
    {"groups 1,-2: exec /x", "an id is a number"},
    {"user 33: exec /x", "`user` says nothing about a subject"},
    {"exe nginx: exec /x", "`nginx` is not an absolute path"},
    {":", "an operation is missing"},
    {": file", "the name of an operation of `file` is missing"},
    {": file devour /x", "no operation is called `file devour`; there are file read"},
    {": file raed /x", "no operation is called `file raed`; did you mean `file read`?"},
    {": file read", "a path is missing"},
    {": file read /a/../b", "`.` and `..` are not names"},
    {": file read /a/.", "`.` and `..` are not names"},
    {": file read /a /b", "`/b` is too much"},
    {": file rename /a as nameless as /b", "`as` is said twice"},
    {": file rename /a as nameless /b", "`as` and a second name are the same said twice"},
    {": file rename /a over", "a path is missing"},
    {": file read \"/a", "a quotation mark is not closed"},
    {"uid 1 uid 2: exec /x", "`uid` is said twice"},
    {"uid 4294967295: exec /x", "an id is a number from 0 to 4294967294"},
    {"euidd 33: exec /x", "did you mean `euid`?"},
    {"tty ptty: exec /x", "`tty ptty`: did you mean `pty`?"},
    {"mntns guest: exec /x", "`mntns guest`: there are host, other"},
    {"cap NETRAW: exec /x", "`cap NETRAW`: did you mean `NET_RAW`?"},
    {"cap 64: exec /x", "`cap 64`: there are AUDIT_CONTROL"},
    {"cap NET_RAW,: exec /x", "`cap `: there are"},
    {"comm: exec /x", "the name of comm is missing"},
    {"comm \"\\x00\": exec /x", "no name holds a NUL"},
    {"exe \"/\\q\": exec /x", "`\\q` is no escape"},
    {": fiel read /x", "no operation is called `fiel`; did you mean `file`?"},
    {": exec", "a path is missing"},
    {": file stat x", "`x` is not an absolute path"},
    {": net connect to 10.2.0", "an address reads 10.2.0.1 or 2001:db8::1"},
    {": net connect port 65536", "`port 65536`: it is a number from 0 to 65535"},
    {": net connect port 443/tpc", "`protocol tpc`: did you mean `tcp`?"},
    {": net connect port 443/tcp protocol tcp", "`protocol` is said twice"},
    {": net connect port 1 port 2", "`port` is said twice"},
    {": net connect port", "what follows `port` is missing"},
    {": net connect prot 1", "`prot` says nothing about `net connect`; did you mean `port`?"},
    {": net create family pakcet", "did you mean `packet`?"},
    {": net create port 80", "`port` says nothing about `net create`"},
    {": net create family packet protocol tcp", "`protocol tcp`: it is a number from 0 to 65535"},
    {": net connect to 2001:db8::1 family inet", "a socket of family inet has no IPv6 address"},
    {": net connect to 10.2.0.1 family unix", "a socket of family unix has no IP address"},
    {": net connect port 1 family unix", "a socket of family unix has no port"},
    {": net connect on /run/x family inet", "a socket of family inet has no path"},
    {": syscall", "the name of a system call is missing"},
    {": syscall opne", "did you mean `open`?"},
    {": syscall ioctl(1", "`)` behind the arguments is missing"},
    {": syscall ioctl(1,)", "`arg1 `: it is a number"},
    {": syscall ioctl(-9223372036854775809)", "it is a number from -9223372036854775808 to 18446744073709551615"},
    {": syscall ioctl(18446744073709551616)", "it is a number from -9223372036854775808 to 18446744073709551615"},
    {": syscall ioctl(1,2,3,4,5,6,7)", "a system call has six arguments"},
    {": cap", "the name of a capability is missing"},
    {": cap NET_RAW on", "`on` is too much"},
    {": process ptrace uid", "what follows `uid` is missing"},
    {": process set_exe exe /x", "`exe` is too much"},
    {": process setuid exe /x", "`exe` says nothing about `process setuid`"},
    {": mount", "the name of an operation of `mount` is missing"},
    {": mount mount from tmpfs", "`tmpfs` is not an absolute path"},
    {": kernel module_load /x", "`/x` is too much"},
    {": kernel sysctl", "a path is missing"},
    {": bpf map_update on /x", "`on` says nothing about `bpf map_update`"},
    {": bpf prog_load type hash", "`type hash`: there are"},
    {": bpf map_update of us", "`of us`: there are policy, others"},
};

TEST(Question, MistakesAreNamed) {
  for (const Wrong& wrong : kWrong) {
    const auto question = evaluate::parse_question(wrong.text);
    ASSERT_FALSE(question) << wrong.text;
    EXPECT_NE(question.error().message.find(wrong.expected), std::string::npos) << question.error().message;
  }
}

/// Subjects and requests of every kind that parse_question can yield.
class AnyQuestion {
public:
  explicit AnyQuestion(unsigned seed) : random_(seed) {}

  evaluate::Subject subject() {
    evaluate::Subject subject;
    subject.uid = id(), subject.gid = id();
    subject.euid = below(2) ? subject.uid : id();
    subject.egid = below(2) ? subject.gid : id();
    for (uint32_t i = below(4); i > 0; --i) subject.groups.push_back(id());
    if (below(2)) subject.loginuid = id();
    if (below(3)) subject.exe = path();
    if (below(2)) subject.parent_exe = path();
    for (uint32_t i = below(3); i > 0; --i) subject.ancestors.push_back(below(4) ? path() : "");
    if (below(2)) subject.comm = name();
    if (below(2)) subject.cgroup = path();
    subject.host_mntns = below(2), subject.host_pidns = below(2);
    subject.tty = below(5);
    if (below(2)) subject.capabilities = uint64_t{below(UINT32_MAX)} << 32 | below(UINT32_MAX);
    return subject;
  }

  evaluate::Request request() {
    evaluate::Request request;
    request.op = static_cast<Op>(below(kOpCount));
    if (request.op == Op::syscall) request.numbers[Field::syscall] = below(600);
    if (request.op == Op::cap) request.numbers[Field::capability] = below(64);
    for (auto field = static_cast<unsigned>(Field::arg0); field <= static_cast<unsigned>(Field::arg5); ++field)
      if (request.op == Op::syscall) request.numbers[static_cast<Field>(field)] = argument();
    for (const evaluate::ObjectWord& word : evaluate::object_words(request.op)) add(request, word);
    if (op_class(request.op) == OpClass::net) make_socket(request);
    return request;
  }

private:
  uint32_t below(uint32_t limit) { return std::uniform_int_distribution<uint32_t>(0, limit - 1)(random_); }
  uint32_t id() { return below(2) ? below(3) : below(kNoId); }

  std::string name() {
    std::string text;
    for (uint32_t i = 1 + below(4); i > 0; --i) {
      const auto byte = static_cast<char>(1 + below(255));
      text += byte == '/' || byte == '.' || below(3) == 0 ? 'x' : byte;
    }
    return text;
  }

  std::string path() {
    std::string text;
    for (uint32_t i = below(4); i > 0; --i) text += "/" + name();
    return text.empty() ? "/" : text;
  }

  Number argument() {
    if (below(2)) return below(12);
    return below(2) ? UINT64_MAX - below(3) : Number{below(UINT32_MAX)};
  }

  Number number(Field field) {
    if (field == Field::address)
      return below(2) ? kIpv4Base + below(UINT32_MAX) : Number{below(UINT32_MAX)} << (below(97));
    if (field == Field::type) return below(2) ? below(40) : static_cast<uint32_t>(kBpfMapType) + below(40);
    const Number most = max_of(field);
    return below(2) ? below(static_cast<uint32_t>(std::min<Number>(most + 1, 300))) : most - below(2);
  }

  void add(evaluate::Request& request, const evaluate::ObjectWord& word) {
    if (!word.field ? !evaluate::needs_path(request.op) && below(2) : below(2) != 0) return;
    if (!word.field)
      request.path = path();
    else if (kind_of(*word.field) == FieldKind::name)
      request.names[*word.field] = word.field == Field::fstype ? name() : path();
    else
      request.numbers[*word.field] = number(*word.field);
  }

  /// Of properties that may be together.
  void make_socket(evaluate::Request& request) {
    const Number families[] = {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK, AF_PACKET, 12345};
    if (below(2)) request.numbers[Field::family] = families[below(6)];
    if (request.path) request.numbers.erase(Field::address), request.numbers.erase(Field::port);
    evaluate::Request filled = request;
    evaluate::fill_defaults(filled);
    if (!evaluate::inconsistency(filled)) {
      request = filled;
      return;
    }
    request = {request.op, std::nullopt, {{Field::family, AF_UNIX}}, {}};
    evaluate::fill_defaults(request);
  }

  std::mt19937 random_;
};

void expect_same(const evaluate::Subject& a, const evaluate::Subject& b, const std::string& text) {
  EXPECT_EQ(std::tie(a.uid, a.euid, a.gid, a.egid, a.groups, a.loginuid, a.tty, a.capabilities),
            std::tie(b.uid, b.euid, b.gid, b.egid, b.groups, b.loginuid, b.tty, b.capabilities))
      << text;
  EXPECT_EQ(std::tie(a.exe, a.parent_exe, a.ancestors, a.comm, a.cgroup, a.host_mntns, a.host_pidns),
            std::tie(b.exe, b.parent_exe, b.ancestors, b.comm, b.cgroup, b.host_mntns, b.host_pidns))
      << text;
}

TEST(Question, TextsReadBackAsTheyWere) {
  for (unsigned seed = 0; seed < 20000; ++seed) {
    AnyQuestion any(seed);
    const evaluate::Subject subject = any.subject();
    const evaluate::Request request = any.request();
    const std::string text = evaluate::request_text(subject, request);
    const auto question = evaluate::parse_question(text);
    ASSERT_TRUE(question) << "seed " << seed << ": " << text << ": " << question.error().message;
    ASSERT_EQ(question->requests.size(), 1u) << text;
    const evaluate::Request& again = question->requests.front();
    expect_same(question->subject, subject, text);
    ASSERT_EQ(std::tie(again.op, again.path, again.numbers, again.names),
              std::tie(request.op, request.path, request.numbers, request.names))
        << "seed " << seed << ": " << text;
  }
}

TEST(Question, NoTextCrashes) {
  std::mt19937 random(1);
  const char* const words[] = {"uid",     "33", "exe",     "/x",   ":",   "file", "read", "net",
                               "connect", "to", "::1",     "port", "1/t", "\"",   "\\x",  ",",
                               "cap",     "on", "syscall", "io(",  ")",   "over", "of",   "\xff"};
  for (unsigned i = 0; i < 20000; ++i) {
    std::string text;
    for (uint32_t n = std::uniform_int_distribution<uint32_t>(0, 9)(random); n > 0; --n)
      text.append(words[random() % std::size(words)]).append(random() % 4 ? " " : "");
    const auto question = evaluate::parse_question(text);
    EXPECT_TRUE(question || !question.error().message.empty());
  }
}

}  // namespace
}  // namespace stele
