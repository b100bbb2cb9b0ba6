#include "compiler/evaluate/explain_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "dsl/diag/suggest.h"

namespace stele {
namespace {

constexpr const char* kExample = "uid 33 exe /usr/sbin/nginx: file read /etc/shadow";

/// Carries the first mistake out of the parser below; never leaves this file.
struct Mistake {
  std::string message;
};

struct Word {
  std::string text;
  bool quoted = false;
};

/// Words between spaces; "…" keeps its spaces; a colon that ends a word stands alone.
std::vector<Word> split_words(std::string_view text) {
  std::vector<Word> words;
  for (size_t i = 0; i < text.size();) {
    if (std::isspace(static_cast<unsigned char>(text[i]))) {
      ++i;
    } else if (text[i] == '"') {
      const size_t end = text.find('"', i + 1);
      if (end == std::string_view::npos) throw Mistake{"a quotation mark is not closed"};
      words.push_back({std::string(text.substr(i + 1, end - i - 1)), true});
      i = end + 1;
    } else {
      const size_t end = std::min(text.find_first_of(" \t\n", i), text.size());
      std::string_view word = text.substr(i, end - i);
      const bool colon = word.ends_with(':');
      if (colon) word.remove_suffix(1);
      if (!word.empty()) words.push_back({std::string(word), false});
      if (colon) words.push_back({":", false});
      i = end;
    }
  }
  return words;
}

class Parser {
public:
  explicit Parser(std::string_view text) : words_(split_words(text)) { question_.text = text; }

  Question parse() {
    parse_subject();
    parse_operation();
    if (at_ < words_.size()) throw Mistake{fmt::format("`{}` is too much", words_[at_].text)};
    return std::move(question_);
  }

private:
  bool done() const { return at_ == words_.size(); }
  bool at_word(std::string_view text) const { return !done() && !words_[at_].quoted && words_[at_].text == text; }
  bool take(std::string_view text) { return at_word(text) && (++at_, true); }

  std::string next(std::string_view what) {
    if (done() || at_word(":")) throw Mistake{fmt::format("{} is missing", what)};
    return words_[at_++].text;
  }

  static uint32_t to_id(const std::string& field, std::string_view text) {
    uint32_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size())
      throw Mistake{fmt::format("`{} {}`: an id is a number from 0 to 4294967295", field, text)};
    return id;
  }

  void parse_groups(std::string_view list) {
    while (!list.empty()) {
      const size_t comma = std::min(list.find(','), list.size());
      question_.subject.groups.push_back(to_id("groups", list.substr(0, comma)));
      list.remove_prefix(std::min(comma + 1, list.size()));
    }
  }

  std::string next_path() {
    std::string path = next("a path");
    if (!path.starts_with('/')) throw Mistake{fmt::format("`{}` is not an absolute path", path)};
    if ((path + "/").find("/./") != std::string::npos || (path + "/").find("/../") != std::string::npos)
      throw Mistake{fmt::format("`{}`: `.` and `..` are not names of files", path)};
    return path;
  }

  void parse_subject() {
    Subject& subject = question_.subject;
    std::optional<uint32_t> euid, egid;
    while (!take(":")) {
      const std::string field = next("`:` between subject and operation");
      if (field == "exe") {
        subject.exe = next_path();
        question_.exe_given = true;
      } else if (field == "groups") {
        parse_groups(next("a list of groups"));
      } else if (field == "uid" || field == "euid" || field == "gid" || field == "egid") {
        const uint32_t id = to_id(field, next("the number of " + field));
        if (field == "uid") subject.uid = id;
        if (field == "gid") subject.gid = id;
        if (field == "euid") euid = id;
        if (field == "egid") egid = id;
      } else {
        throw Mistake{
            fmt::format("`{}` says nothing about a subject; it is told by uid, euid, gid, egid, groups, exe", field)};
      }
    }
    subject.euid = euid.value_or(subject.uid);
    subject.egid = egid.value_or(subject.gid);
  }

  Op next_op() {
    std::string name = next("an operation");
    if (name == "file" || name == "process") name += " " + next("the name of an operation of `" + name + "`");
    std::vector<std::string> known;
    for (uint32_t i = 0; i < kOpCount; ++i) {
      known.push_back(op_text(static_cast<Op>(i)));
      if (known.back() == name) return static_cast<Op>(i);
    }
    const std::string hint = did_you_mean(name, known);
    throw Mistake{fmt::format("no operation is called `{}`; {}", name,
                              hint.empty() ? fmt::format("there are {}", fmt::join(known, ", ")) : hint)};
  }

  void parse_operation() {
    const Op op = next_op();
    if (op == Op::file_map_exec && done()) {
      question_.requests.push_back({op, std::nullopt});
      return;
    }
    question_.requests.push_back({op, next_path()});
    if (op != Op::file_rename && op != Op::file_link) return;
    const bool over = op == Op::file_rename && take("over");
    if (done() && !over) return;
    const std::string target = next_path();
    if (op == Op::file_rename) question_.requests.push_back({Op::file_rename, target});
    question_.requests.push_back({Op::file_create, target});
    if (over) question_.requests.push_back({Op::file_delete, target});
  }

  std::vector<Word> words_;
  size_t at_ = 0;
  Question question_;
};

}  // namespace

Result<Question> parse_question(std::string_view text) {
  try {
    return Parser(text).parse();
  } catch (const Mistake& mistake) {
    return tl::unexpected(Failure{"", 0, fmt::format("{}; a request reads `{}`", mistake.message, kExample)});
  }
}

}  // namespace stele
