#include "compiler/emit/emit.h"

#include "bpf-templates/templates.h"
#include "compiler/emit/sections.h"

namespace stele::emit {
namespace {

std::string main_source(const ir::Module& module) {
  return head_section(module)           // what the file is
         + hooks_section(module)        // which hooks, which operations
         + constraints_section(module)  // what each constraint does when it decides
         + automaton_section(module)    // from a path to its class
         + executables_section(module)  // from a class to the sets of executables
         + refusals_section(module)     // what the caller sees
         + "#include \"subject.h\"\n#include \"event.h\"\n\n" + subjects_section(module)  // whom a constraint speaks of
         + decisions_section(module)                                                      // which constraint decides
         + "#include \"hooks.h\"\n";
}

}  // namespace

SourceTree emit_c(const ir::Module& module) {
  SourceTree tree = bpf_templates();
  tree[kMainSource] = main_source(module);
  return tree;
}

SourceTree emit_host_c(const ir::Module& module) {
  SourceTree tree = emit_c(module);
  tree.insert(host_templates().begin(), host_templates().end());
  return tree;
}

}  // namespace stele::emit
