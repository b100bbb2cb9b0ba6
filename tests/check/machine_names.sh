#!/usr/bin/env bash
# Nothing in the tree names a machine: no absolute path of anybody's checkout (one that leads into a folder of this tree,
# or this checkout's own), no host name in a URL, no mirror of packages, no name of an inner network.
# SARIF names its schema by a URI, which is a name here and never fetched.
. "$(dirname "$0")/tree.sh" "$1"
start='(^|[^a-zA-Z0-9_.)}*/-])' # of a path that is absolute; `${variable}/tests` and `a/tests` are not
checkout="$start/([a-zA-Z0-9_.-]+/)+(dsl|compiler|runtime|bpf-templates|examples|tests|docs|build[a-z-]*)/[a-zA-Z0-9_.-]"
host='[a-z]+://[a-z0-9-]+\.|(^|[^a-zA-Z0-9_.-])(deb|registry|snapshot|security|mirror|mirrors|ftp)\.[a-z0-9-]+\.(org|com|net)'
inner='[a-zA-Z0-9-]+\.(internal|intranet|lan|corp|localdomain|home\.arpa)([^a-zA-Z0-9_.(]|$)'
bad=0
while read -r found; do
	echo "$found"
	bad=$((bad + 1))
done < <(
	tree_files | grep -vE '^LICENSE$' | xargs -r grep -nIE "$checkout|$host|$inner" |
		grep -vF '"https://docs.oasis-open.org/sarif/sarif/' || true
	tree_files | xargs -r grep -nIF -e "$PWD/" || true
)
finish "$bad"
