#!/usr/bin/env bash
# The objects of one program use each other one way: what defines a symbol never needs one of those that use it.
set -o pipefail
for object in "$@"; do
	nm "$object" | awk -v object="$object" '{ print ($(NF - 1) == "U" ? "uses" : "has"), $NF, object }' || exit 1
done | awk '
	$1 == "has" { owner[$2] = $3 }
	$1 == "uses" { user[++n] = $3; used[n] = $2 }
	END { for (i = 1; i <= n; i++) if (used[i] in owner) { print user[i], owner[used[i]]; edges++ }; exit !edges }' |
	tsort >/dev/null
