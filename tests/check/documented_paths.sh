#!/usr/bin/env bash
# Every path of this tree that a document names in backticks, or links to, exists. Patterns with * must match something.
. "$(dirname "$0")/tree.sh" "$1"
bad=0
check() { # DOCUMENT PATH
	compgen -G "$2" >/dev/null && return
	compgen -G "$(dirname "$1")/$2" >/dev/null && return
	echo "$1 names $2, which does not exist"
	bad=$((bad + 1))
}
while read -r document; do
	while read -r path; do check "$document" "$path"; done < <(
		grep -oE '`(dsl|compiler|runtime|bpf-templates|examples|tests|docs)/[^` ]*`' "$document" | tr -d '`' | sed 's/:[0-9]*$//'
		grep -oE '\]\([^)#: ]+(#[^)]*)?\)' "$document" | sed -E 's/^\]\(//; s/(#.*)?\)$//'
	)
done < <(tree_files | grep -E '\.md$')
finish "$bad"
