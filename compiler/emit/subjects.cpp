// Tests of the subject, and of the object, as C expressions over `task`, `groups`, `exe` and `traits`.

#include <bit>
#include <map>

#include "compiler/emit/groups.h"
#include "compiler/emit/sections.h"
#include "compiler/emit/text.h"
#include "compiler/model/check.h"

namespace stele::emit {
namespace {

using Kind = ir::Test::Kind;

constexpr size_t kMaxImmediateRanges = 16;  // above, a table

struct Expression {
  std::string text;
  bool compound = false;  // needs parentheses as an operand

  std::string operand() const { return compound ? "(" + text + ")" : text; }
};

const char* id_text(ir::Test::Id id) {
  static constexpr const char* kTexts[] = {"uid", "euid", "egid"};
  return kTexts[static_cast<size_t>(id)];
}

class Writer {
public:
  explicit Writer(const GroupConditions& groups) : groups_(groups) {}

  Expression expression(const ir::Test& test) {
    switch (test.kind) {
      case Kind::all_of:
        return join(test, " & ");
      case Kind::any_of:
        return join(test, " | ");
      case Kind::negation:
        return {"negated(" + expression(test.operands.at(0)).text + ")"};
      case Kind::id_in:
        return ids(test);
      case Kind::group_in:
        return {groups_.expression(test)};
      case Kind::exe_in:
        return {fmt::format("name_in(exe, {}, {})", test.name_set, test.unsure)};
      case Kind::by_kernel:
        return {"is_by_kernel(task)"};
      case Kind::becomes_in:
        return {fmt::format("name_in(traits, {}, {})", test.name_set, test.unsure)};
      case Kind::plain:
        return {"is_plain(traits)"};
      case Kind::owned:
        return {fmt::format("is_owned(traits, {})", test.unsure)};
      case Kind::always:
      case Kind::never:
        break;
    }
    CHECK(false, "lowering leaves no constants in tests");
    return {};
  }

  /// Definitions of the tables that the expressions so far use.
  std::string tables() const {
    std::map<uint32_t, const ir::IdSet*> by_number;
    for (const auto& [ids, number] : tables_) by_number[number] = &ids;
    CText out;
    for (const auto& [number, ids] : by_number) {
      const size_t size = std::bit_ceil(ids->size());
      out.line("static const struct id_range ids_{}[{}] = {{", number, size);
      for (size_t i = 0; i < size; ++i) {
        const ir::IdRange& range = i < ids->size() ? (*ids)[i] : ids->back();
        out.line("\t{{ {}u, {}u }},", range.first, range.last);
      }
      out.line("}};\n");
    }
    return out.take();
  }

private:
  Expression join(const ir::Test& test, const char* between) {
    Expression joined{"", true};
    for (const ir::Test& operand : test.operands)
      joined.text += (joined.text.empty() ? "" : between) + expression(operand).operand();
    return joined;
  }

  Expression ids(const ir::Test& test) {
    const std::string value = fmt::format("task->real_cred->{}.val", id_text(test.id));
    if (test.ids.size() > kMaxImmediateRanges)
      return {fmt::format("in_table(ids_{}, {}, {})", table_of(test.ids), std::bit_ceil(test.ids.size()), value)};
    Expression any{"", test.ids.size() > 1};
    for (const ir::IdRange& range : test.ids)
      any.text +=
          fmt::format("{}in_range({}, {}u, {}u)", any.text.empty() ? "" : " | ", value, range.first, range.last);
    return any;
  }

  uint32_t table_of(const ir::IdSet& ids) {
    return tables_.emplace(ids, static_cast<uint32_t>(tables_.size())).first->second;
  }

  const GroupConditions& groups_;
  std::map<ir::IdSet, uint32_t> tables_;  // to the number of each
};

}  // namespace

std::string subjects_section(const ir::Module& module) {
  const GroupConditions groups(module);
  Writer writer(groups);
  CText functions;
  for (size_t i = 0; i < module.subjects.size(); ++i) {
    functions.line(
        "static __always_inline u32 subject_{}(struct task_struct *task, const u32 *groups, u32 exe, u32 traits)", i);
    functions.line("{{\n\t(void)task;\n\t(void)groups;\n\t(void)exe;\n\t(void)traits;\n\treturn {};\n}}\n",
                   writer.expression(module.subjects[i]).text);
  }
  CText out;
  out.line("/* ---- subjects: those that a constraint speaks of */\n");
  out.add(groups.section());
  out.add(writer.tables());
  out.add(functions.take());
  return out.take();
}

}  // namespace stele::emit
