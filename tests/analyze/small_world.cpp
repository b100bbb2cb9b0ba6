#include "tests/analyze/small_world.h"

#include <utility>

namespace stele::testing {
namespace {

constexpr uint32_t kListed = 4, kSets = 7;  // the others are joined

std::vector<Op> ops_of(Theme theme) {
  switch (theme) {
    case Theme::files:
      return {Op::file_read, Op::file_map_exec, Op::exec};
    case Theme::names:
      return {Op::file_rename, Op::file_link};
    case Theme::programs:
    case Theme::words:
      return {Op::process_signal, Op::process_set_exe};
    case Theme::sockets:
      return {Op::net_create, Op::net_connect};
    case Theme::calls:
      break;
  }
  return {Op::syscall, Op::cap};
}

std::string deep_name() {
  std::string name;
  for (int i = 0; i < 70; ++i) name += "/a";
  return name;
}

void add_names(std::vector<std::string>& out, const std::string& prefix, int depth) {
  if (depth == 0) return;
  for (const char* name : {"/a", "/b", "/c", "/ab"}) {
    out.push_back(prefix + name);
    add_names(out, prefix + name, depth - 1);
  }
}

std::vector<std::string> all_names(int depth) {
  std::vector<std::string> out = {"/", deep_name()};
  add_names(out, "", depth);
  return out;
}

}  // namespace

std::string SmallWorld::pattern() {
  const char* const parts[] = {"/a", "/b", "/*", "/**", "/[ab]", "/a*", "/?b"};
  std::string text;
  const bool one = theme_ == Theme::programs || theme_ == Theme::words;
  for (uint32_t i = one ? below(2) : below(3); i > 0; --i) text += parts[below(7)];
  if (text.ends_with("**/**")) text.resize(text.size() - 3);
  return text.empty() ? "/" : text;
}

Condition SmallWorld::test() {
  const NumberSet some = {{below(2), 1 + below(2)}};
  switch (theme_) {
    case Theme::files:
      if (below(6) == 0) return ids(Field::by_kernel, {{1, 1}});
      if (below(6) == 0) return ids(Field::owned, {{1, 1}});
      return below(2) ? ids(Field::uid, some) : names(Field::exe, below(kSets));
    case Theme::programs:
      return names(below(3) ? Field::ancestor_exe : Field::parent_exe, below(kSets));
    case Theme::words:
      return below(2) ? names(Field::comm, below(kSets)) : ids(Field::cap, {{below(3), 2 + below(2)}});
    case Theme::names:
      if (below(4) == 0) return ids(Field::owned, {{1, 1}});
      [[fallthrough]];
    case Theme::sockets:
      return ids(Field::uid, some);
    case Theme::calls:
      break;
  }
  return ids(below(2) ? Field::loginuid : Field::gid, some);
}

Condition SmallWorld::object_condition() {
  switch (below(5)) {
    case 0:
      return always();
    case 1:
      return inverse(object_condition());
    case 2:
      return any({object_condition(), object_condition()});
    default:
      break;
  }
  if (theme_ == Theme::programs || theme_ == Theme::words) return ids(Field::target_uid, {{below(2), 2}});
  if (theme_ == Theme::names) return below(2) ? ids(Field::kind, {{1, 1}}) : names(Field::new_name, below(kSets));
  if (theme_ == Theme::sockets) {
    const Number v6 = Number{0x2001} << 112, v4 = kIpv4Base + 10;
    if (below(3) == 0) return ids(Field::family, {{1 + below(2), 2 + below(2)}});
    if (below(2)) return ids(Field::port, {{80, 80 + below(2) * 363}});
    return below(2) ? ids(Field::address, {{v4, v4 + below(2)}}) : ids(Field::address, {{v6, v6 + 1}});
  }
  if (theme_ != Theme::calls) return always();
  if (below(4) == 0) return ids(Field::capability, {{below(3), 2 + below(2)}});
  if (below(3) == 0) return ids(Field::syscall, {{below(2), 1 + below(2)}});
  if (below(2)) return ids(Field::arg0, {{below(4), 4 + below(4)}});
  return bits(Field::arg0, below(8), below(8));
}

Condition SmallWorld::condition(uint32_t depth) {
  const uint32_t kind = below(depth ? 4 : 1);
  if (kind == 0) return test();
  if (kind == 1) return inverse(condition(depth - 1));
  std::vector<Condition> operands(1 + below(2));
  for (Condition& operand : operands) operand = condition(depth - 1);
  return kind == 2 ? all(std::move(operands)) : any(std::move(operands));
}

OpSet SmallWorld::ops() {
  OpSet out = 0;
  const std::vector<Op> all_ops = ops_of(theme_);
  while (out == 0)
    for (const Op op : all_ops)
      if (below(2)) out |= op_bit(op);
  return out;
}

Constraint SmallWorld::constraint(Builder& builder) {
  const bool has_paths = theme_ == Theme::files || theme_ == Theme::names || below(4) == 0;
  Constraint& out = builder.add(static_cast<Effect>(below(3)), ops(), has_paths && below(6) ? below(kSets) : kAnyPath);
  if (below(3) == 0) out.form = Form::only_listed;
  if (below(4) == 0) out.reach = Reach::listed_or_above;
  if (below(2)) out.subject = condition(1);
  if (below(3) == 0) out.exception = condition(1);
  out.object = object_condition();
  if (out.form == Form::only_listed && theme_ == Theme::sockets && below(2))
    out.scope = ids(Field::family, {{2, 2}, {10, 10}});
  out.error = out.effect == Effect::audit ? 1 : 1 + static_cast<int>(below(2));
  if (below(4) == 0) out.log = LogLevel::none;
  return out;
}

Policy SmallWorld::policy() {
  Builder builder;
  for (uint32_t i = 0; i < kListed; ++i) {
    std::vector<std::string> patterns(below(3));
    for (std::string& text : patterns) text = pattern();
    builder.set(patterns);
  }
  const PathSet::Kind kinds[] = {PathSet::Kind::unite, PathSet::Kind::intersection, PathSet::Kind::difference};
  for (const PathSet::Kind kind : kinds) {
    const auto before = static_cast<uint32_t>(builder.policy().path_sets.size());
    const uint32_t left = below(before), right = below(before);
    builder.join(kind, left, right);
  }
  const uint32_t authors = 1 + below(5), derived = below(3);
  for (uint32_t i = 0; i < authors + derived; ++i) {
    constraint(builder);
    if (i >= authors) builder.policy().constraints.back().origin = {true, below(authors), "change"};
  }
  return std::move(builder.policy());
}

Policy SmallWorld::variant(Policy policy) {
  Builder builder;
  builder.policy() = std::move(policy);
  std::vector<Constraint>& constraints = builder.policy().constraints;
  if (below(3) == 0) constraint(builder);
  if (below(3) == 0) constraints.erase(constraints.begin() + below(static_cast<uint32_t>(constraints.size())));
  if (!constraints.empty() && below(3) == 0)
    constraints[below(static_cast<uint32_t>(constraints.size()))].subject = condition(1);
  if (!constraints.empty() && below(4) == 0)
    constraints[below(static_cast<uint32_t>(constraints.size()))].effect = static_cast<Effect>(below(3));
  return std::move(builder.policy());
}

Assertion SmallWorld::assertion() {
  Assertion out;
  out.always = below(2) != 0;
  out.subject = condition(1);
  out.ops = ops();
  if ((theme_ == Theme::files || theme_ == Theme::names) && below(3)) out.objects = below(kSets);
  out.object = object_condition();
  return out;
}

std::vector<evaluate::Subject> SmallWorld::subjects() const {
  std::vector<evaluate::Subject> out;
  if (theme_ == Theme::files) {
    std::vector<std::string> exes = all_names(3);
    exes.emplace_back();
    for (const std::string& exe : exes)
      for (uint32_t uid = 0; uid < 4; ++uid) out.push_back({.uid = uid, .groups = {}, .exe = exe});
    for (uint32_t uid = 0; uid < 4; ++uid) out.push_back({.uid = uid, .groups = {}, .by_kernel = true});
  } else if (theme_ == Theme::programs) {
    const std::vector<std::string> all_exes = {"/", "/a", "/b", "/c", "/ab", "/c/c", deep_name()};
    for (unsigned bits = 0; bits < 1U << all_exes.size(); ++bits) {
      evaluate::Subject subject;
      for (size_t i = 0; i < all_exes.size(); ++i)
        if (bits >> i & 1) subject.ancestors.push_back(all_exes[i]);
      out.push_back(subject);
      for (const std::string& parent : all_exes) {
        subject.parent_exe = parent;
        out.push_back(subject);
      }
    }
  } else if (theme_ == Theme::words) {
    for (const char* comm : {"", "a", "b", "c", "ab"})
      for (uint64_t caps = 0; caps < 32; ++caps) out.push_back({.groups = {}, .comm = comm, .capabilities = caps});
  } else {
    for (uint32_t id = 0; id < 4; ++id)
      for (uint32_t groups = 0; groups < (theme_ == Theme::calls ? 16 : 1); ++groups)
        for (const uint32_t login : {0U, 1U, 2U, kNoId}) {
          evaluate::Subject subject{.uid = id, .gid = id, .groups = {}, .loginuid = login};
          for (uint32_t group = 0; group < 4; ++group)
            if (groups >> group & 1) subject.groups.push_back(group);
          out.push_back(subject);
        }
  }
  return out;
}

std::vector<evaluate::Request> SmallWorld::requests() const {
  std::vector<evaluate::Request> out;
  if (theme_ == Theme::files) {
    for (const Op op : ops_of(theme_))
      for (const Number owned : {0, 1}) {
        for (const std::string& name : all_names(3))
          out.push_back({.op = op, .path = name, .numbers = {{Field::owned, owned}}});
        out.push_back({.op = op, .numbers = {{Field::owned, owned}}});  // a file without a name
      }
  } else if (theme_ == Theme::names) {
    std::vector<std::string> new_names = all_names(2), old_names = all_names(3);
    new_names.emplace_back();
    old_names.emplace_back();
    for (const std::string& name : old_names)
      for (const std::string& new_name : new_names)
        for (const uint32_t traits : {0U, 1U, 2U, 3U}) {
          const bool plain = traits & 1;
          evaluate::Request request{.op = Op::file_rename, .path = name, .numbers = {{Field::owned, traits >> 1}}};
          if (name.empty()) request.path = std::nullopt;
          if (!new_name.empty()) request.names[Field::new_name] = new_name;
          if (plain) request.numbers[Field::kind] = kPlain;
          out.push_back(request);
          if (plain) continue;
          request.op = Op::file_link;
          out.push_back(std::move(request));
        }
  } else if (theme_ == Theme::programs || theme_ == Theme::words) {
    for (const std::string& path : {std::string(), std::string("/"), std::string("/a"), std::string("/b"),
                                    std::string("/c"), std::string("/ab"), std::string("/c/c"), deep_name()})
      for (uint32_t uid = 0; uid < 4; ++uid)
        out.push_back({.op = Op::process_signal,
                       .path = path.empty() ? std::nullopt : std::optional(path),
                       .numbers = {{Field::target_uid, uid}, {Field::target_gid, 0}}});
    out.push_back({.op = Op::process_set_exe});
  } else if (theme_ == Theme::sockets) {
    for (const Number family : {0, 1, 2, 3, 10, 16}) {
      const std::map<Field, Number> socket = {{Field::family, family}, {Field::type, 1}, {Field::protocol, 0}};
      out.push_back({.op = Op::net_create, .numbers = socket});
      const bool ip = family == 2 || family == 10;
      if (!ip) out.push_back({.op = Op::net_connect, .numbers = socket});
      if (family == 1)
        for (const std::string& name : all_names(2))
          out.push_back({.op = Op::net_connect, .path = name, .numbers = socket});
      const Number v6 = Number{0x2001} << 112, v4 = kIpv4Base + 10;
      for (const Number address : {v4, v4 + 1, v4 + 2, v6, v6 + 1, v6 + 2})
        for (const Number port : {1, 80, 81, 443, 444}) {
          if (!ip || (family == 2 && address >= v6)) continue;
          evaluate::Request request{.op = Op::net_connect, .numbers = socket};
          request.numbers[Field::address] = address;
          request.numbers[Field::port] = port;
          out.push_back(std::move(request));
        }
    }
  } else {
    for (Number number = 0; number < 5; ++number) {
      out.push_back({.op = Op::cap, .numbers = {{Field::capability, number}}});
      for (Number arg = 0; arg < 16; ++arg) {
        evaluate::Request request{.op = Op::syscall, .numbers = {{Field::syscall, number}, {Field::arg0, arg}}};
        for (auto field = static_cast<unsigned>(Field::arg1); field <= static_cast<unsigned>(Field::arg5); ++field)
          request.numbers[static_cast<Field>(field)] = 0;
        out.push_back(std::move(request));
      }
    }
  }
  return out;
}

}  // namespace stele::testing
