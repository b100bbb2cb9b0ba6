#!/usr/bin/env bash
# The top level holds the fixed folders, the two commands, the usual files and dot files; sources lie where the stages
# are; no file is so long that it must say why.
. "$(dirname "$0")/tree.sh" "$1"
bad=0
for entry in *; do
	case $entry in
	CMakeLists.txt | CMakePresets.json | dsl | compiler | runtime | bpf-templates | examples | tests | docs) ;;
	quickstart | run-tests | README.md | CHANGELOG.md | LICENSE | build*) ;;
	DEVELOPERS.md | CONTRIBUTING.md | SECURITY.md) ;;
	*.enforcer) ;; # what a user builds here is ignored by git
	*)
		echo "$entry does not belong on the top level"
		bad=$((bad + 1))
		;;
	esac
done
for command in quickstart run-tests .ci/run; do
	[ -x "$command" ] || { echo "$command cannot be run"; bad=$((bad + 1)); }
done
grep -q 'run-tests' .ci/run || { echo ".ci/run does not call run-tests"; bad=$((bad + 1)); }
while read -r file; do
	lines=$(wc -l <"$file")
	[ "$lines" -le 800 ] || { echo "$file has $lines lines"; bad=$((bad + 1)); }
done < <(tree_files | grep -E '\.(cpp|h|c|S|g4|sh)$')
# Arrows run one way: the language knows no compiler, the compiler's stages know no command line.
while read -r found; do
	echo "$found"
	bad=$((bad + 1))
done < <(grep -rnE '#include "compiler/' dsl runtime bpf-templates || true
	grep -rnE '#include "compiler/cli/' compiler --exclude-dir=cli || true)
finish "$bad"
