#include <fmt/format.h>

#include <algorithm>

#include "compiler/evaluate/explain_request.h"
#include "compiler/evaluate/field_words.h"
#include "compiler/evaluate/quoting.h"
#include "compiler/evaluate/request_shape.h"

namespace stele::evaluate {
namespace {

void add(std::string& text, std::string_view word, std::string_view value) {
  text += fmt::format("{}{} {}", text.empty() ? "" : " ", word, value);
}

void add_name(std::string& text, std::string_view word, const std::string& name) {
  if (!name.empty()) add(text, word, quoted(name));
}

template <typename Items, typename Print>
std::string list_text(const Items& items, Print print) {
  std::string text;
  for (const auto& item : items) text.append(text.empty() ? "" : ",").append(print(item));
  return text;
}

std::string capabilities_text(uint64_t set) {
  std::vector<unsigned> held;
  for (unsigned bit = 0; bit < 64; ++bit)
    if (set >> bit & 1) held.push_back(bit);
  return list_text(held, [](unsigned bit) { return number_text(Field::cap, bit, Request{}); });
}

std::string subject_text(const Subject& subject) {
  const Subject usual;
  const Request none;
  std::string text;
  add(text, "uid", number_text(Field::uid, subject.uid, none));
  if (subject.euid != subject.uid) add(text, "euid", number_text(Field::euid, subject.euid, none));
  if (subject.gid != usual.gid) add(text, "gid", number_text(Field::gid, subject.gid, none));
  if (subject.egid != subject.gid) add(text, "egid", number_text(Field::egid, subject.egid, none));
  if (!subject.groups.empty())
    add(text, "groups", list_text(subject.groups, [](uint32_t id) { return std::to_string(id); }));
  if (subject.loginuid != usual.loginuid) add(text, "loginuid", number_text(Field::loginuid, subject.loginuid, none));
  if (subject.by_kernel) add(text, "exe", kKernel);
  add_name(text, "exe", subject.exe);
  add_name(text, "parent.exe", subject.parent_exe);
  for (const std::string& ancestor : subject.ancestors) add(text, "ancestor.exe", quoted(ancestor));
  add_name(text, "comm", subject.comm);
  if (subject.cgroup != usual.cgroup) add(text, "cgroup", quoted(subject.cgroup));
  if (!subject.host_mntns) add(text, "mntns", number_text(Field::mntns, 0, none));
  if (!subject.host_pidns) add(text, "pidns", number_text(Field::pidns, 0, none));
  if (subject.tty != usual.tty) add(text, "tty", number_text(Field::tty, subject.tty, none));
  if (subject.capabilities) add(text, "cap", capabilities_text(subject.capabilities));
  return text;
}

/// ioctl(1, 0x5401), without the zeros at the end.
std::string syscall_text(const Request& request) {
  std::vector<std::string> arguments;
  for (auto field = static_cast<unsigned>(Field::arg0); field <= static_cast<unsigned>(Field::arg5); ++field) {
    const auto found = request.numbers.find(static_cast<Field>(field));
    const Number value = found == request.numbers.end() ? 0 : found->second;
    arguments.push_back(number_text(static_cast<Field>(field), value, request));
  }
  while (!arguments.empty() && arguments.back() == "0") arguments.pop_back();
  const std::string name = number_text(Field::syscall, request.numbers.at(Field::syscall), request);
  return arguments.empty() ? name : fmt::format("{}({})", name, fmt::join(arguments, ", "));
}

/// The shortest choice of family, type and protocol from which the rest follows. A port says its protocol itself.
Request without_defaults(const Request& request) {
  constexpr Field kFields[] = {Field::protocol, Field::type, Field::family};
  constexpr unsigned kChoices[] = {0b111, 0b101, 0b110, 0b011, 0b100, 0b001, 0b010};  // bit: left out
  for (const unsigned choice : kChoices) {
    if ((choice & 1) != 0 && request.numbers.contains(Field::port)) continue;
    Request shorter = request;
    for (unsigned i = 0; i < 3; ++i)
      if (choice >> i & 1) shorter.numbers.erase(kFields[i]);
    Request filled = shorter;
    fill_defaults(filled);
    if (filled.numbers == request.numbers) return shorter;
  }
  return request;
}

std::string port_text(const Request& request) {
  std::string text = number_text(Field::port, request.numbers.at(Field::port), request);
  const auto protocol = request.numbers.find(Field::protocol);
  if (protocol != request.numbers.end())
    text.append("/").append(number_text(Field::protocol, protocol->second, request));
  return text;
}

/// The properties in the words of its class. `whole` says what numbers mean where `told` leaves the family out.
std::string object_text(const Request& told, const Request& whole) {
  std::string text;
  for (const ObjectWord& word : object_words(whole.op)) {
    const bool plain = op_class(whole.op) == OpClass::file || whole.op == Op::exec || whole.op == Op::kernel_sysctl;
    if (!word.field) {
      if (!told.path && may_be_nameless(whole.op)) text = kNameless;
      if (told.path && plain) text.append(text.empty() ? "" : " ").append(quoted(*told.path));
      if (told.path && !plain) add(text, word.word, quoted(*told.path));
    } else if (const auto name = told.names.find(*word.field); name != told.names.end()) {
      add(text, word.word, quoted(name->second));
    } else if (word.field == Field::port && told.numbers.contains(Field::port)) {
      add(text, word.word, port_text(whole));
    } else if (word.field == Field::protocol && told.numbers.contains(Field::port)) {
      continue;  // behind the port
    } else if (const auto number = told.numbers.find(*word.field); number != told.numbers.end()) {
      add(text, word.word, number_text(*word.field, number->second, whole));
    }
  }
  return text;
}

}  // namespace

std::string operation_text(const Request& request) {
  const std::string op = op_text(request.op);
  if (request.op == Op::syscall) return fmt::format("{} {}", op, syscall_text(request));
  if (request.op == Op::cap)
    return fmt::format("{} {}", op, number_text(Field::capability, request.numbers.at(Field::capability), request));
  const bool net = op_class(request.op) == OpClass::net;
  const std::string object = object_text(net ? without_defaults(request) : request, request);
  return object.empty() ? op : fmt::format("{} {}", op, object);
}

std::string request_text(const Subject& subject, const Request& request) {
  return fmt::format("{}: {}", subject_text(subject), operation_text(request));
}

}  // namespace stele::evaluate
