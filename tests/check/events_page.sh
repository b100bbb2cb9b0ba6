#!/usr/bin/env bash
# docs/enforcer.md has a row for each kind of object that events are about, with exactly the members of runtime/abi.h.
# Usage: events_page.sh SOURCE
set -euo pipefail
cd "$1"
rows() { # MACRO: the first two arguments of each of its X()
	awk -v macro="#define $1(X)" 'index($0, macro) { on = 1; next } on && !/X\(/ { on = 0 } on' runtime/abi.h |
		sed -nE 's/^[[:space:]]*X\(([a-z0-9_]+), ([a-z0-9_]+).*/\1 \2/p'
}
bad=0 kinds=0
while read -r kind _; do
	kinds=$((kinds + 1))
	said=$(awk -F'|' -v kind=" \`$kind\` " '$2 == kind { print $3 }' docs/enforcer.md | grep -oE '`[a-z0-9_]+`' | tr -d '`' | sort || true)
	meant=$(rows STELE_OBJECT_MEMBERS | awk -v kind="$kind" '$1 == kind { print $2 }' | sort)
	[ "$said" = "$meant" ] || {
		printf 'docs/enforcer.md, kind %s: has %s; abi.h has %s\n' "$kind" "$(echo $said)" "$(echo $meant)"
		bad=1
	}
done < <(rows STELE_OBJECTS)
[ "$kinds" -ge 7 ] || {
	echo "runtime/abi.h: only $kinds kinds of objects were found"
	bad=1
}
[ "$bad" = 0 ]
