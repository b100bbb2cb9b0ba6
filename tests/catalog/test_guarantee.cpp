// What constraints are worth: the least of their operations, calls and kernels; a denial that is worth less is refused.

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/guarantee/guarantee.h"
#include "dsl/diag/codes.h"
#include "dsl/words/words.h"

namespace stele {
namespace {

Number number_of(std::string_view name) {
  return words::find_word(words::WordTable::syscall, name).value();
}

Condition calls(const std::vector<std::string>& names) {
  Condition condition;
  condition.kind = Condition::Kind::number_in;
  condition.field = Field::syscall;
  for (const std::string& name : names) condition.numbers.push_back({number_of(name), number_of(name)});
  return condition;
}

Condition argument_has(Field field, uint64_t bits) {
  Condition condition;
  condition.kind = Condition::Kind::bits;
  condition.field = field;
  condition.mask = condition.value = bits;
  return condition;
}

Condition join(Condition::Kind kind, std::vector<Condition> operands) {
  Condition condition;
  condition.kind = kind;
  condition.operands = std::move(operands);
  return condition;
}

Constraint constraint_on(Effect effect, OpSet ops, Condition object = {}) {
  Constraint constraint;
  constraint.effect = effect;
  constraint.ops = ops;
  constraint.object = std::move(object);
  return constraint;
}

Constraint on_calls(Effect effect, Condition object) {
  return constraint_on(effect, op_bit(Op::syscall), std::move(object));
}

Policy policy_of(Constraint constraint, uint32_t min_version = 0x060100, uint32_t max_version = 0xffffff) {
  Policy policy;
  policy.target.min_version = min_version;
  policy.target.max_version = max_version;
  policy.constraints.push_back(std::move(constraint));
  return policy;
}

guarantee::ConstraintGuarantee guarantee_of(const Policy& policy) {
  return guarantee::guarantees(policy).at(0);
}

std::vector<std::string> messages(const Policy& policy) {
  diag::Sink sink;
  guarantee::check_guarantees(policy, sink);
  std::vector<std::string> texts;
  for (const diag::Diagnostic& diagnostic : sink.all()) {
    EXPECT_EQ(diagnostic.code, diag::code::deny_cannot_prevent);
    texts.push_back(diagnostic.message + " | " + diagnostic.hint);
  }
  return texts;
}

constexpr const char* kWriteKill =
    "write `kill`: the caller is killed before its call returns; or `deny or kill`: only where it must be";
constexpr const char* kElseKill =
    "write `else kill`: the caller is killed before its call returns; or `else deny or kill`: only where it must be";

TEST(guarantee, of_each_effect) {
  const OpSet read = op_bit(Op::file_read);
  EXPECT_EQ(guarantee_of(policy_of(constraint_on(Effect::deny, read))).guarantee, catalog::Guarantee::prevent);
  EXPECT_EQ(guarantee_of(policy_of(constraint_on(Effect::audit, read))).guarantee, catalog::Guarantee::observe);
  const auto kill = guarantee_of(policy_of(constraint_on(Effect::kill, read)));
  EXPECT_EQ(kill.guarantee, catalog::Guarantee::prevent);
  EXPECT_TRUE(kill.kills);
  EXPECT_FALSE(kill.enforced) << "without paths";
  Constraint with_paths = constraint_on(Effect::kill, read);
  with_paths.objects = 0;
  Policy policy = policy_of(with_paths);
  policy.path_sets.emplace_back();
  EXPECT_TRUE(guarantee_of(policy).enforced);
  const auto call = guarantee_of(policy_of(on_calls(Effect::kill, calls({"seccomp"}))));
  EXPECT_EQ(call.guarantee, catalog::Guarantee::terminate);
  EXPECT_FALSE(call.kills);
  EXPECT_FALSE(call.enforced);
}

TEST(guarantee, hooks_name_the_kernels_that_have_them) {
  const auto mechanisms = guarantee_of(policy_of(constraint_on(Effect::deny, op_bit(Op::file_xattr)))).mechanisms;
  ASSERT_EQ(mechanisms.size(), 1u);
  EXPECT_EQ(mechanisms[0].hooks,
            (std::vector<std::string>{"inode_setxattr", "inode_removexattr", "inode_set_acl (>= 6.2)",
                                      "inode_remove_acl (>= 6.2)", "inode_file_setattr (>= 6.17)"}));
  const auto uring = guarantee_of(policy_of(constraint_on(Effect::deny, op_bit(Op::kernel_io_uring)))).mechanisms;
  ASSERT_EQ(uring.size(), 1u);
  EXPECT_EQ(uring[0].hooks, (std::vector<std::string>{"inode_init_security_anon", "uring_allowed (>= 7.2)"}));
  const auto call = guarantee_of(policy_of(on_calls(Effect::kill, calls({"mount", "seccomp"})))).mechanisms;
  ASSERT_EQ(call.size(), 1u);
  EXPECT_EQ(call[0].hooks, (std::vector<std::string>{"syscall entry", "sb_mount"}));
}

TEST(guarantee, is_given_for_each_kernel_of_the_target) {
  const auto found = guarantee_of(policy_of(on_calls(Effect::kill, calls({"memfd_create"}))));
  ASSERT_EQ(found.kernels.size(), 3u);
  EXPECT_EQ(found.kernels[0].guarantee, catalog::Guarantee::terminate);
  EXPECT_EQ(found.kernels[1].guarantee, catalog::Guarantee::terminate);
  EXPECT_EQ(found.kernels[2].guarantee, catalog::Guarantee::prevent);
  EXPECT_EQ(found.guarantee, catalog::Guarantee::terminate);
  ASSERT_EQ(found.kernels[2].operations.size(), 1u);
  EXPECT_EQ(found.kernels[2].operations[0].syscall, number_of("memfd_create"));
  EXPECT_EQ(found.kernels[2].operations[0].mechanism->hooks,
            (std::vector<std::string_view>{"inode_init_security_anon"}));
}

TEST(guarantee, deny_or_kill_says_which_call_by_call) {
  Constraint constraint = on_calls(Effect::deny, calls({"mount", "memfd_create", "seccomp"}));
  constraint.or_kill = true;
  const auto found = guarantee_of(policy_of(constraint));
  EXPECT_EQ(found.guarantee, catalog::Guarantee::terminate);
  EXPECT_EQ(guarantee::worth_text(found), "prevent or terminate");
  const auto all = guarantee::alternatives(found);
  ASSERT_EQ(all.size(), 3u);
  using Kernels = std::vector<std::string>;
  EXPECT_EQ(all[0].operation.syscall, number_of("mount"));
  EXPECT_EQ(all[0].prevented, (Kernels{"6.1", "6.12", "7.2"}));
  EXPECT_EQ(all[0].killed, Kernels{});
  EXPECT_EQ(all[1].operation.syscall, number_of("seccomp"));
  EXPECT_EQ(all[1].prevented, Kernels{});
  EXPECT_EQ(all[1].killed, (Kernels{"6.1", "6.12", "7.2"}));
  EXPECT_EQ(all[2].prevented, Kernels{"7.2"});
  EXPECT_EQ(all[2].killed, (Kernels{"6.1", "6.12"}));
  EXPECT_TRUE(messages(policy_of(constraint)).empty());
  EXPECT_EQ(guarantee::worth_text(guarantee_of(policy_of(on_calls(Effect::deny, calls({"mount"}))))), "prevent");
}

TEST(guarantee, operations_stand_in_their_order) {
  Constraint constraint = on_calls(Effect::kill, calls({"mount", "umount2"}));
  constraint.ops |= op_bit(Op::file_read) | op_bit(Op::cap);
  const auto found = guarantee_of(policy_of(constraint));
  std::vector<Op> order;
  for (const auto& operation : found.kernels.at(0).operations) order.push_back(operation.op);
  EXPECT_EQ(order, (std::vector<Op>{Op::file_read, Op::syscall, Op::syscall, Op::cap}));
}

TEST(check_guarantees, a_denial_that_every_kernel_prevents_is_fine) {
  EXPECT_TRUE(messages(policy_of(constraint_on(Effect::deny, op_bit(Op::file_read)))).empty());
  EXPECT_TRUE(messages(policy_of(constraint_on(Effect::deny, op_bit(Op::net_create) | op_bit(Op::cap)))).empty());
  EXPECT_TRUE(messages(policy_of(on_calls(Effect::deny, calls({"mount", "umount2"})))).empty());
  EXPECT_TRUE(messages(policy_of(on_calls(Effect::kill, calls({"seccomp"})))).empty());
  EXPECT_TRUE(messages(policy_of(on_calls(Effect::audit, calls({"seccomp"})))).empty());
}

TEST(check_guarantees, one_call_is_named_with_what_escapes) {
  EXPECT_EQ(messages(policy_of(on_calls(Effect::deny, calls({"seccomp"})))),
            (std::vector<std::string>{std::string("linux 6.1, 6.12 and 7.2 cannot prevent `syscall seccomp` | ") +
                                      kWriteKill}));
  EXPECT_EQ(messages(policy_of(on_calls(Effect::deny, calls({"splice"})), 0x070200)),
            (std::vector<std::string>{
                std::string("linux 7.2 cannot prevent `syscall splice`: from pipe to pipe: no hook | ") + kWriteKill}));
}

TEST(check_guarantees, only_the_kernels_that_cannot) {
  EXPECT_EQ(messages(policy_of(on_calls(Effect::deny, calls({"memfd_create"})))),
            (std::vector<std::string>{std::string("linux 6.1 and 6.12 cannot prevent `syscall memfd_create` | ") +
                                      kWriteKill}));
  EXPECT_TRUE(messages(policy_of(on_calls(Effect::deny, calls({"memfd_create"})), 0x070200)).empty());
}

TEST(check_guarantees, operations_other_than_calls) {
  EXPECT_EQ(messages(policy_of(constraint_on(Effect::deny, op_bit(Op::kernel_keyring)), 0x070200)),
            (std::vector<std::string>{std::string("linux 7.2 cannot prevent `kernel keyring`: anonymous session "
                                                  "keyrings, default keyring and authority pass no hook | ") +
                                      kWriteKill}));
}

TEST(check_guarantees, an_only_denies_what_it_does_not_list) {
  Constraint only = on_calls(Effect::deny, calls({"read", "write"}));
  only.form = Form::only_listed;
  const auto found = messages(policy_of(only, 0x070200));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].find("linux 7.2 cannot prevent `syscall open`, `syscall close`, `syscall poll` and "), 0u)
      << found[0];
  EXPECT_NE(found[0].find(kElseKill), std::string::npos);
  only.effect = Effect::kill;
  EXPECT_TRUE(messages(policy_of(only)).empty());
}

TEST(check_guarantees, an_only_with_an_argument_test_denies_the_rest_of_that_call) {
  std::vector<std::string> all;
  for (const std::string& name : words::words_of(words::WordTable::syscall))
    if (name != "close") all.push_back(name);
  std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return number_of(a) < number_of(b); });
  Constraint only =
      on_calls(Effect::deny,
               join(Condition::Kind::any_of,
                    {calls(all), join(Condition::Kind::all_of, {calls({"close"}), argument_has(Field::arg0, 1)})}));
  only.form = Form::only_listed;
  EXPECT_EQ(messages(policy_of(only, 0x070200)),
            (std::vector<std::string>{std::string("linux 7.2 cannot prevent `syscall close` | ") + kElseKill}));
}

TEST(check_guarantees, conditions_are_followed_through_negations_and_scopes) {
  Constraint denied = on_calls(
      Effect::deny, join(Condition::Kind::all_of,
                         {calls({"mount", "seccomp"}), join(Condition::Kind::negation, {calls({"seccomp"})})}));
  EXPECT_TRUE(messages(policy_of(denied)).empty());
  denied = on_calls(Effect::deny, join(Condition::Kind::all_of, {calls({"seccomp"}), argument_has(Field::arg0, 1)}));
  EXPECT_EQ(messages(policy_of(denied)).size(), 1u);
  Constraint only = on_calls(Effect::deny, calls({"mount"}));
  only.form = Form::only_listed;
  only.scope = calls({"mount", "umount2"});
  EXPECT_TRUE(messages(policy_of(only)).empty());
}

TEST(check_guarantees, what_was_added_can_be_dropped) {
  Constraint derived = constraint_on(Effect::deny, op_bit(Op::kernel_keyring));
  derived.origin = {true, 0, "name"};
  const auto found = messages(policy_of(derived));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NE(found[0].find("drop the part that was added: `without { name }`"), std::string::npos) << found[0];
}

}  // namespace
}  // namespace stele
