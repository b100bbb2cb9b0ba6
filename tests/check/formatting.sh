#!/usr/bin/env bash
# All C and C++ is formatted as the .clang-format files say, and no text line ends in spaces.
. "$(dirname "$0")/tree.sh" "$1"
command -v clang-format-19 >/dev/null || { echo "clang-format-19 is not installed" >&2; exit 1; }
tree_files | grep -E '\.(cpp|h|c)$' | xargs -r clang-format-19 --dry-run -Werror
! tree_files | grep -E '\.(cpp|h|c|S|g4|sh|md|txt|yaml|json|stele)$|^quickstart$|^run-tests$' |
	grep -vE '^tests/(cases|fuzz)/' | xargs -r grep -nE '[[:blank:]]+$' /dev/null
