#pragma once

// A one-file case: a policy, then sections that begin with a line `//---- NAME`.
//
//   //---- file NAME     another file, which the policy may include; its text runs to the next section. `passwd` and
//                        `group` say the ids of names, `subuid` the subordinate ids of users.
//   //---- diagnostics   what is reported, a line each:  // error S3032 4:25-4:31 unknown set `secret`
//                        labels and hints follow, indented, and the reason of what is `acknowledged`. Absent: nothing
//                        may be reported.
//   //---- policy        the resolved policy (sema/print.h), each line behind `// `. Absent: not compared.
//
// The text before the first section is the policy, to the byte.

#include <map>
#include <string>
#include <vector>

namespace stele::cases {

struct Section {
  std::string name;  // "diagnostics", "file baseline/x.stele"
  std::string text;
};

struct CaseFile {
  std::string input;
  std::vector<Section> sections;

  const Section* find(const std::string& name) const;
};

CaseFile split_case(const std::string& text);
std::string join_case(const CaseFile& file);

}  // namespace stele::cases
