#!/bin/sh
# size.sh STELE POLICY LIMIT: the policy's enforcer has at most LIMIT bytes.
set -eu
file=$(mktemp)
trap 'rm -f "$file"' EXIT
"$1" build "$2" -o "$file"
size=$(wc -c <"$file")
echo "$size of $3 bytes"
test "$size" -le "$3"
