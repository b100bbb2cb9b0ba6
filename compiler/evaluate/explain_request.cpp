#include "compiler/evaluate/explain_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/evaluate/field_words.h"
#include "compiler/evaluate/request_shape.h"
#include "compiler/evaluate/word_reader.h"
#include "dsl/sema/words.h"
#include "dsl/words/words.h"

namespace stele::evaluate {
namespace {

constexpr const char* kExample = "uid 33 exe /usr/sbin/nginx: file read /etc/shadow";

/// The items of a list "a,b".
std::vector<std::string> items_of(std::string_view list) {
  std::vector<std::string> items;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    items.emplace_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return items;
}

/// Reads the words up to the colon.
class SubjectParser {
public:
  SubjectParser(WordReader& words, const sema::Accounts& accounts, Question& question)
      : words_(words), accounts_(accounts), question_(question) {}

  void parse() {
    Subject& subject = question_.subject;
    while (!words_.take(":")) parse_word(words_.next("`:` between subject and operation"));
    if (!given_.contains("euid")) subject.euid = subject.uid;
    if (!given_.contains("egid")) subject.egid = subject.gid;
    question_.exe_given = given_.contains("exe");
  }

private:
  void parse_word(const std::string& word) {
    Subject& subject = question_.subject;
    if (!given_.insert(word).second && word != "ancestor.exe") throw Mistake{fmt::format("`{}` is said twice", word)};
    if (word == "groups") return parse_groups();
    const std::optional<Field> field = find_subject_field(word);
    if (!field) throw unknown(word);
    if (field == Field::ancestor_exe) return subject.ancestors.push_back(words_.next_path_or_none());
    if (field == Field::cap) return parse_capabilities();
    if (field == Field::exe && words_.take(kKernel)) {
      subject.by_kernel = true;
      return;
    }
    if (kind_of(*field) == FieldKind::name) {
      name_of(*field) = field == Field::comm ? words_.next_name("the name of comm") : words_.next_path_or_none();
    } else {
      set_number(*field, static_cast<uint32_t>(number(*field, words_.next(fmt::format("the number of {}", word)))));
    }
  }

  static Mistake unknown(const std::string& word) {
    std::vector<std::string> known = subject_field_names();
    known.emplace_back("groups");
    return {fmt::format("`{}` says nothing about a subject; {}", word, suggestion(word, known))};
  }

  Number number(Field field, const std::string& text) const { return to_number(field, text, Request{}, accounts_); }

  void parse_groups() {
    for (const std::string& item : items_of(words_.next("a list of groups")))
      question_.subject.groups.push_back(static_cast<uint32_t>(number(Field::gid, item)));
  }

  void parse_capabilities() {
    for (const std::string& item : items_of(words_.next("a list of capabilities")))
      question_.subject.capabilities |= uint64_t{1} << static_cast<unsigned>(number(Field::cap, item));
  }

  std::string& name_of(Field field) {
    Subject& subject = question_.subject;
    if (field == Field::exe) return subject.exe;
    if (field == Field::parent_exe) return subject.parent_exe;
    return field == Field::comm ? subject.comm : subject.cgroup;
  }

  void set_number(Field field, uint32_t number) {
    Subject& subject = question_.subject;
    if (field == Field::uid) subject.uid = number;
    if (field == Field::euid) subject.euid = number;
    if (field == Field::gid) subject.gid = number;
    if (field == Field::egid) subject.egid = number;
    if (field == Field::loginuid) subject.loginuid = number;
    if (field == Field::tty) subject.tty = number;
    if (field == Field::mntns) subject.host_mntns = number == 1;
    if (field == Field::pidns) subject.host_pidns = number == 1;
  }

  WordReader& words_;
  const sema::Accounts& accounts_;
  Question& question_;
  std::set<std::string> given_;
};

/// Reads the words behind the colon.
class OperationParser {
public:
  OperationParser(WordReader& words, const sema::Accounts& accounts) : words_(words), accounts_(accounts) {}

  std::vector<Request> parse() {
    request_.op = next_op();
    if (request_.op == Op::syscall) {
      parse_syscall();
    } else if (request_.op == Op::cap) {
      request_.numbers[Field::capability] = number(Field::capability, words_.next("the name of a capability"));
    } else {
      parse_object();
    }
    fill_defaults(request_);
    if (const auto wrong = inconsistency(request_)) throw Mistake{*wrong};
    std::vector<Request> requests = {request_};
    if (request_.op == Op::file_rename || request_.op == Op::file_link) parse_second_name(requests);
    if (!words_.done()) throw too_much(words_.next("the end"));
    return requests;
  }

private:
  static std::vector<std::string> classes() {
    std::vector<std::string> names;
    for (const OpClass klass : kClasses) names.emplace_back(class_text(klass));
    return names;
  }

  Op next_op() {
    const std::string klass = words_.next("an operation");
    std::vector<std::string> known = operations_of(klass);
    if (known.size() == 1) return *find_operation(klass, known.front());  // exec, syscall, cap
    if (known.empty())
      throw Mistake{fmt::format("no operation is called `{}`; {}", klass, suggestion(klass, classes()))};
    const std::string name = words_.next(fmt::format("the name of an operation of `{}`", klass));
    if (const auto op = find_operation(klass, name)) return *op;
    const std::string whole = fmt::format("{} {}", klass, name);
    for (std::string& one : known) one = fmt::format("{} {}", klass, one);
    throw Mistake{fmt::format("no operation is called `{}`; {}", whole, suggestion(whole, known))};
  }

  Number number(Field field, const std::string& text) const { return to_number(field, text, request_, accounts_); }

  /// Of a path without a word before it, and of the words of its class.
  void parse_object() {
    const std::vector<ObjectWord> known = object_words(request_.op);
    const bool has_path = std::any_of(known.begin(), known.end(), [](const ObjectWord& one) { return !one.field; });
    std::map<Field, std::string> numbers;
    nameless_ = may_be_nameless(request_.op) && words_.take(kNameless);
    while (!words_.done() && !object_done()) {
      if (has_path && !request_.path && words_.at_path())
        request_.path = words_.next_path();
      else
        parse_word(words_.next("a word"), known, numbers);
    }
    if (needs_path(request_.op) && !request_.path && !nameless_) throw Mistake{"a path is missing"};
    set_numbers(numbers);
  }

  /// Behind the path of a file stand words about it, then nothing or a second name.
  bool object_done() {
    if (!(request_.path || nameless_) || !may_be_nameless(request_.op)) return false;
    return !words_.at_word("kind") && !words_.at_word("as") && !words_.at_word("owner");
  }

  void parse_word(const std::string& word, const std::vector<ObjectWord>& known,
                  std::map<Field, std::string>& numbers) {
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const ObjectWord& one) { return one.word == word; });
    if (found == known.end()) throw unknown(word, known);
    if (found->field ? numbers.contains(*found->field) || request_.names.contains(*found->field)
                     : request_.path || nameless_)
      throw Mistake{fmt::format("`{}` is said twice", word)};
    if (!found->field) {
      nameless_ = words_.take(kNameless);
      if (!nameless_) request_.path = words_.next_path();
    } else if (found->field == Field::new_name) {
      parse_new_name();
    } else if (found->field == Field::fstype) {
      request_.names[*found->field] = words_.next_name("the type of a file system");
    } else if (kind_of(*found->field) == FieldKind::name) {
      request_.names[*found->field] = words_.next_path();
    } else {
      numbers[*found->field] = words_.next(fmt::format("what follows `{}`", word));
    }
  }

  /// A name that is in no set is none.
  void parse_new_name() {
    if (as_) throw Mistake{"`as` is said twice"};
    as_ = true;
    if (!words_.take(kNameless)) request_.names[Field::new_name] = words_.next_path();
  }

  Mistake unknown(const std::string& word, const std::vector<ObjectWord>& known) const {
    if (word.starts_with('/') || known.empty()) return too_much(word);
    if (needs_path(request_.op)) return {fmt::format("`{}` is not an absolute path", word)};
    std::vector<std::string> words;
    for (const ObjectWord& one : known) words.emplace_back(one.word);
    return {fmt::format("`{}` says nothing about `{}`; {}", word, op_text(request_.op), suggestion(word, words))};
  }

  static Mistake too_much(const std::string& word) { return {fmt::format("`{}` is too much", word)}; }

  /// The family first: it says what the protocol's words mean.
  void set_numbers(std::map<Field, std::string>& texts) {
    split_port(texts);
    for (const auto& [field, text] : texts)
      if (field == Field::family) request_.numbers[field] = number(field, text);
    for (const auto& [field, text] : texts) request_.numbers[field] = number(field, text);
  }

  /// 443/tcp
  static void split_port(std::map<Field, std::string>& texts) {
    const auto port = texts.find(Field::port);
    if (port == texts.end() || port->second.find('/') == std::string::npos) return;
    const size_t slash = port->second.find('/');
    if (!texts.try_emplace(Field::protocol, port->second.substr(slash + 1)).second)
      throw Mistake{"`protocol` is said twice"};
    port->second.resize(slash);
  }

  /// ioctl(1, 0x5401)
  void parse_syscall() {
    const std::string text = words_.rest();
    const size_t open = std::min(text.find('('), text.size());
    const std::string name = trimmed(text.substr(0, open));
    if (name.empty()) throw Mistake{"the name of a system call is missing"};
    request_.numbers[Field::syscall] = number(Field::syscall, name);
    if (open == text.size()) return;
    if (!text.ends_with(')')) throw Mistake{"`)` behind the arguments is missing"};
    const std::string inside = trimmed(text.substr(open + 1, text.size() - open - 2));
    if (inside.empty()) return;
    auto field = static_cast<unsigned>(Field::arg0);
    for (const std::string& item : items_of(inside)) {
      if (field > static_cast<unsigned>(Field::arg5)) throw Mistake{"a system call has six arguments"};
      const auto argument = static_cast<Field>(field++);
      request_.numbers[argument] = number(argument, trimmed(item));
    }
  }

  static std::string trimmed(const std::string& text) {
    const size_t begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
  }

  /// The new name, and what happens to a file that has it.
  void parse_second_name(std::vector<Request>& requests) {
    const bool over = request_.op == Op::file_rename && words_.take("over");
    if (words_.done() && !over) return;
    if (as_) throw Mistake{"`as` and a second name are the same said twice"};
    const std::optional<std::string> target = words_.take(kNameless) ? std::nullopt : std::optional(words_.next_path());
    if (target) requests[0].names[Field::new_name] = *target;
    if (request_.op == Op::file_rename) {
      requests.push_back(requests[0]);
      requests.back().path = target;
    }
    requests.push_back({Op::file_create, target});
    if (over) requests.push_back({Op::file_delete, target});
  }

  WordReader& words_;
  const sema::Accounts& accounts_;
  Request request_;
  bool nameless_ = false;
  bool as_ = false;  // `as` was said
};

Question parse(std::string_view text, const sema::Accounts& accounts) {
  auto split = split_words(text);
  if (!split) throw Mistake{split.error()};
  WordReader words(std::move(*split));
  Question question;
  question.text = text;
  SubjectParser(words, accounts, question).parse();
  question.requests = OperationParser(words, accounts).parse();
  return question;
}

}  // namespace

Result<Question> parse_question(std::string_view text, const sema::Accounts& accounts) {
  try {
    return parse(text, accounts);
  } catch (const Mistake& mistake) {
    return tl::unexpected(Failure{"", 0, fmt::format("{}; a request reads `{}`", mistake.message, kExample)});
  }
}

}  // namespace stele::evaluate
