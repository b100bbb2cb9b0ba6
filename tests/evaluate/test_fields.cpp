// Every field of subjects and requests by a table: what a condition on it is worth, and the reason in words.

#include <gtest/gtest.h>

#include "compiler/evaluate/addresses.h"
#include "compiler/evaluate/explain_request.h"
#include "compiler/evaluate/reason.h"
#include "tests/evaluate/builder.h"

namespace stele {
namespace {

using testing::bits;
using testing::ids;
using testing::names;

enum Set : PathSetId { kTools, kWords, kPins, kNoTmp };

/// The sets that the table names.
Policy policy_of_sets() {
  testing::Builder builder;
  builder.set({"/usr/bin/*"}, "tools");
  builder.set({"/vfat", "/sshd*"});
  builder.set({"/sys/fs/bpf/**", "/dev/sd[ab]?"});
  builder.join(PathSet::Kind::difference, kTools, builder.set({"/usr/bin/tmp"}));
  return builder.policy();
}

Number address(const std::string& text) {
  return *evaluate::find_address(text);
}

Condition in(Field field, Number first, Number last) {
  return ids(field, {{first, last}});
}

struct FieldCase {
  const char* question;
  Condition condition;
  evaluate::Truth truth;
  const char* reason;
};

std::string long_path() {
  return "/" + std::string(256, 'x');
}

const FieldCase kSubjects[] = {
    {"uid 33: exec /x", in(Field::uid, 33, 33), evaluate::Truth::yes, "uid is 33"},
    {"uid 33: exec /x", ids(Field::uid, {{0, 0}, {900, 999}}), evaluate::Truth::no, "uid 33 is not in 0, 900..999"},
    {"uid 33: exec /x", ids(Field::uid, {}), evaluate::Truth::no, "uid 33 is not in the empty set"},
    {"uid 33 euid 0: exec /x", in(Field::euid, 0, 0), evaluate::Truth::yes, "euid is 0"},
    {"gid 5: exec /x", in(Field::gid, 4, 6), evaluate::Truth::yes, "gid 5 is in 4..6"},
    {"gid 5 groups 7,8: exec /x", in(Field::gid, 8, 9), evaluate::Truth::yes, "supplementary group 8 is in 8..9"},
    {"gid 5 groups 8: exec /x", in(Field::egid, 8, 8), evaluate::Truth::no, "egid 5 is not 8"},
    {"loginuid 1000: exec /x", in(Field::loginuid, 1000, 1999), evaluate::Truth::yes, "loginuid 1000 is in 1000..1999"},
    {"uid 0: exec /x", in(Field::loginuid, kNoId, kNoId), evaluate::Truth::yes, "loginuid is unset"},
    {"uid 0: exec /x", in(Field::loginuid, 0, 9), evaluate::Truth::no, "loginuid unset is not in 0..9"},
    {"exe /usr/bin/x: exec /x", names(Field::exe, kTools), evaluate::Truth::yes, "exe /usr/bin/x is in `tools`"},
    {"exe /usr/bin/tmp: exec /x", names(Field::exe, kNoTmp), evaluate::Truth::yes, ""},
    {"uid 0: exec /x", names(Field::exe, kTools), evaluate::Truth::no, "no exe that is in `tools`"},
    {"parent.exe /bin/sh: exec /x", names(Field::parent_exe, kTools), evaluate::Truth::no,
     "parent.exe /bin/sh is not in `tools`"},
    {"parent.exe /usr/bin/x: exec /x", names(Field::ancestor_exe, kTools), evaluate::Truth::yes,
     "ancestor.exe /usr/bin/x is in `tools`"},
    {"parent.exe /bin/sh ancestor.exe /sbin/init ancestor.exe /usr/bin/y: exec /x", names(Field::ancestor_exe, kTools),
     evaluate::Truth::yes, "ancestor.exe /usr/bin/y is in `tools`"},
    {"parent.exe /bin/sh ancestor.exe /sbin/init: exec /x", names(Field::ancestor_exe, kTools), evaluate::Truth::no,
     "no ancestor.exe that is in `tools`"},
    {"ancestor.exe /usr/bin/y: exec /x", names(Field::parent_exe, kTools), evaluate::Truth::no,
     "no parent.exe that is in `tools`"},
    {"comm sshd: exec /x", names(Field::comm, kWords), evaluate::Truth::yes, "comm sshd is in /vfat, /sshd*"},
    {"comm \"sshd: a/b\": exec /x", names(Field::comm, kWords), evaluate::Truth::yes, ""},
    {"comm usr/bin/x: exec /x", names(Field::comm, kTools), evaluate::Truth::no, "comm usr/bin/x is not in `tools`"},
    {"cgroup /usr/bin/c: exec /x", names(Field::cgroup, kTools), evaluate::Truth::yes,
     "cgroup /usr/bin/c is in `tools`"},
    {"uid 0: exec /x", names(Field::cgroup, kTools), evaluate::Truth::no, "cgroup / is not in `tools`"},
    {"uid 0: exec /x", in(Field::mntns, 1, 1), evaluate::Truth::yes, "mntns is host"},
    {"mntns other: exec /x", in(Field::mntns, 1, 1), evaluate::Truth::no, "mntns other is not host"},
    {"pidns other: exec /x", in(Field::pidns, 0, 0), evaluate::Truth::yes, "pidns is other"},
    {"tty pty: exec /x", in(Field::tty, 1, 2), evaluate::Truth::no, "tty pty is not in virtual, serial"},
    {"cap NET_RAW,SYS_ADMIN: exec /x", in(Field::cap, 13, 13), evaluate::Truth::yes, "capability NET_RAW is effective"},
    {"cap SYS_ADMIN: exec /x", in(Field::cap, 12, 13), evaluate::Truth::no,
     "no capability of NET_ADMIN, NET_RAW is effective"},
};

const FieldCase kObjects[] = {
    {": file read /x owner self", in(Field::owned, 1, 1), evaluate::Truth::yes, "the file is the subject's"},
    {": file read /x owner other", in(Field::owned, 1, 1), evaluate::Truth::no, "the file is not the subject's"},
    {": file read /x owner other", testing::inverse(in(Field::owned, 1, 1)), evaluate::Truth::yes,
     "the file is not the subject's"},
    {": file read /x", in(Field::owned, 1, 1), evaluate::Truth::unknown, "whose the file is, is not said"},
    {": file read /x", testing::inverse(in(Field::owned, 1, 1)), evaluate::Truth::unknown, ""},
    {": exec nameless owner self", in(Field::owned, 1, 1), evaluate::Truth::yes, "the file is the subject's"},
    {": net create family packet type raw", in(Field::family, 17, 17), evaluate::Truth::yes, "family is packet"},
    {": net create", in(Field::family, 3, 99), evaluate::Truth::no, "family inet is not in 3..99"},
    {": net create type dgram", in(Field::type, 3, 3), evaluate::Truth::no, "type dgram is not raw"},
    {": net create family netlink protocol audit", in(Field::protocol, 0, 0), evaluate::Truth::no,
     "protocol audit is not route"},
    {": net connect to 10.2.0.1", in(Field::address, address("10.2.0.0"), address("10.2.255.255")),
     evaluate::Truth::yes, "address 10.2.0.1 is in 10.2.0.0/16"},
    {": net connect to 2001:db8::1", in(Field::address, address("0.0.0.0"), address("255.255.255.255")),
     evaluate::Truth::no, "address 2001:db8::1 is not in 0.0.0.0/0"},
    {": net connect to 10.2.0.1", in(Field::address, 0, max_of(Field::address)), evaluate::Truth::yes,
     "address 10.2.0.1 is in ::/0"},
    {": net connect to 10.2.0.3", in(Field::address, address("10.2.0.1"), address("10.2.0.2")), evaluate::Truth::no,
     "address 10.2.0.3 is not in 10.2.0.1..10.2.0.2"},
    {": net connect on /run/x", in(Field::address, 0, max_of(Field::address)), evaluate::Truth::no,
     "no address that is in ::/0"},
    {": net connect to 10.2.0.1 port 443/tcp", in(Field::port, 443, 443), evaluate::Truth::yes, "port is 443"},
    {": net create", testing::inverse(in(Field::port, 443, 443)), evaluate::Truth::yes, "no port that is in 443"},
    {": syscall ioctl(1, 0x5401)", in(Field::syscall, 16, 16), evaluate::Truth::yes, "syscall is ioctl"},
    {": syscall ioctl(1, 0x5401)", in(Field::arg1, 0x5402, 0x5402), evaluate::Truth::no, "arg1 0x5401 is not 0x5402"},
    {": syscall ioctl(1, 0x5401)", in(Field::arg5, 0, 0), evaluate::Truth::yes, "arg5 is 0"},
    {": syscall clone(CLONE_NEWUSER)", bits(Field::arg0, 0x10000000, 0x10000000), evaluate::Truth::yes,
     "arg0 & 0x10000000 is 0x10000000"},
    {": syscall clone(-1)", bits(Field::arg0, UINT64_MAX, UINT64_MAX), evaluate::Truth::yes, ""},
    {": syscall clone", bits(Field::arg0, 0x10, 0x10), evaluate::Truth::no, "arg0 & 0x10 is 0x0, not 0x10"},
    {": exec /x", bits(Field::arg0, 0, 0), evaluate::Truth::no, "no arg0"},
    {": cap SYS_ADMIN", in(Field::capability, 21, 21), evaluate::Truth::yes, "capability is SYS_ADMIN"},
    {": process ptrace uid 33 gid 7", in(Field::target_uid, 0, 0), evaluate::Truth::no, "target uid 33 is not 0"},
    {": process ptrace uid 33 gid 7", in(Field::target_gid, 7, 7), evaluate::Truth::yes, "target gid is 7"},
    {": process setuid uid 0", in(Field::target_uid, 0, 0), evaluate::Truth::yes, "new uid is 0"},
    {": process ptrace", in(Field::target_uid, 0, 0), evaluate::Truth::no, "no target uid that is in 0"},
    {": mount mount on /mnt from /dev/sdb1", names(Field::source, kPins), evaluate::Truth::yes,
     "source /dev/sdb1 is in /sys/fs/bpf/**, /dev/sd[ab]?"},
    {": mount mount on /mnt", names(Field::source, kPins), evaluate::Truth::no,
     "no source that is in /sys/fs/bpf/**, /dev/sd[ab]?"},
    {": mount mount on /mnt fstype vfat", names(Field::fstype, kWords), evaluate::Truth::yes,
     "fstype vfat is in /vfat, /sshd*"},
    {": bpf map_update of policy", in(Field::ours, 1, 1), evaluate::Truth::yes, "owner is policy"},
    {": bpf map_update of others", in(Field::ours, 1, 1), evaluate::Truth::no, "owner others is not policy"},
    {": bpf map_create type hash", in(Field::type, kBpfMapType + 1, kBpfMapType + 1), evaluate::Truth::yes,
     "type is hash"},
    {": bpf prog_load type kprobe", in(Field::type, 1, 1), evaluate::Truth::no, "type kprobe is not socket_filter"},
};

void check(const FieldCase& one) {
  const Policy policy = policy_of_sets();
  const auto question = evaluate::parse_question(one.question);
  ASSERT_TRUE(question) << one.question << ": " << question.error().message;
  const evaluate::Request& request = question->requests.front();
  EXPECT_EQ(evaluate::truth_of(policy, one.condition, question->subject, request), one.truth) << one.question;
  const std::string reason = evaluate::truth_reason(policy, one.condition, question->subject, request);
  if (*one.reason) {
    EXPECT_EQ(reason, one.reason) << one.question;
  }
}

TEST(Fields, OfSubjects) {
  for (const FieldCase& one : kSubjects) check(one);
}

TEST(Fields, OfObjects) {
  for (const FieldCase& one : kObjects) check(one);
}

TEST(Fields, EveryNameThatCannotBeResolvedIsUnknown) {
  const Policy policy = policy_of_sets();
  const evaluate::Subject subject{.exe = long_path(),
                                  .parent_exe = "/bin/sh",
                                  .ancestors = {"/sbin/init", long_path()},
                                  .comm = std::string(256, 'x'),
                                  .cgroup = long_path()};
  evaluate::Request request;
  request.names = {{Field::source, long_path()}, {Field::fstype, std::string(256, 'x')}};
  for (const Field field :
       {Field::exe, Field::ancestor_exe, Field::comm, Field::cgroup, Field::source, Field::fstype}) {
    const Condition condition = names(field, kTools);
    EXPECT_EQ(evaluate::truth_of(policy, condition, subject, request), evaluate::Truth::unknown) << field_text(field);
    EXPECT_EQ(evaluate::truth_of(policy, testing::inverse(condition), subject, request), evaluate::Truth::unknown)
        << field_text(field);
    EXPECT_NE(evaluate::truth_reason(policy, condition, subject, request).find("cannot be resolved"),
              std::string::npos);
  }
  EXPECT_EQ(evaluate::truth_of(policy, names(Field::parent_exe, kTools), subject, request), evaluate::Truth::no);
}

TEST(Fields, ACertainAncestorSettlesIt) {
  const Policy policy = policy_of_sets();
  const evaluate::Subject subject{.ancestors = {long_path(), "/usr/bin/x"}};
  EXPECT_EQ(evaluate::truth_of(policy, names(Field::ancestor_exe, kTools), subject, evaluate::Request{}),
            evaluate::Truth::yes);
}

TEST(Fields, EmptyNamesAreInNoSet) {
  testing::Builder builder;
  builder.set({"/**", "/"});
  evaluate::Subject subject;
  subject.cgroup = "";
  subject.ancestors = {""};
  evaluate::Request request;
  request.names = {{Field::source, ""}, {Field::fstype, ""}};
  for (const Field field :
       {Field::exe, Field::parent_exe, Field::ancestor_exe, Field::comm, Field::cgroup, Field::source, Field::fstype})
    EXPECT_EQ(evaluate::truth_of(builder.policy(), names(field, 0), subject, request), evaluate::Truth::no)
        << field_text(field);
}

TEST(Fields, AddressesBeyond64Bits) {
  const Number first = address("2001:db8:7::"), last = address("2001:db8:7:ffff:ffff:ffff:ffff:ffff");
  EXPECT_EQ(evaluate::addresses_text({first, last}), "2001:db8:7::/48");
  const Condition upstream = in(Field::address, first, last);
  const auto inside = evaluate::parse_question(": net send to 2001:db8:7::1"),
             outside = evaluate::parse_question(": net send to 2001:db8:8::");
  EXPECT_EQ(evaluate::truth_of(Policy{}, upstream, inside->subject, inside->requests[0]), evaluate::Truth::yes);
  EXPECT_EQ(evaluate::truth_of(Policy{}, upstream, outside->subject, outside->requests[0]), evaluate::Truth::no);
}

TEST(Fields, LongSetsAreCut) {
  NumberSet ports;
  for (unsigned port = 10; port <= 80; port += 10) ports.push_back({port, port});
  const auto question = evaluate::parse_question(": net connect port 80");
  EXPECT_EQ(evaluate::truth_reason(Policy{}, ids(Field::port, ports), question->subject, question->requests[0]),
            "port 80 is in 10, 20, 30, 40, 50, 60 and 2 more");
}

}  // namespace
}  // namespace stele
