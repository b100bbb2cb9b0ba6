#!/usr/bin/env bash
# Nothing in the tree names a host, a mirror or a folder of the machine that it was written on. SARIF names its schema by
# a URI, which is a name here and never fetched.
. "$(dirname "$0")/tree.sh" "$1"
bad=0
while read -r found; do
	echo "$found"
	bad=$((bad + 1))
done < <(tree_files | grep -vE '^LICENSE$' |
	xargs -r grep -nIE '(^|[^a-zA-Z0-9_.])/(work|farm|root/\.)[a-zA-Z]*/|(deb|registry|snapshot|security)\.[a-z]+\.(org|com|net)|\.\./shared|[a-z]+://[a-z0-9-]+\.' |
	grep -vF '"https://docs.oasis-open.org/sarif/sarif/' || true)
finish "$bad"
