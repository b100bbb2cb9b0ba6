# Sourced by the checks: the files of the tree $1, without build folders, relative to it. Also works outside a git
# checkout, as from an unpacked archive.
set -euo pipefail
cd "$1"
tree_files() {
	find . \( -path ./.git -o -path './build*' -o -path ./.cache \) -prune -o -type f -print | sed 's|^\./||' | LC_ALL=C sort
}
finish() {
	[ "$1" = 0 ] || { echo "$1 found" >&2; exit 1; }
}
