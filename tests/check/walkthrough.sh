#!/usr/bin/env bash
# Every line of code in docs/adding_a_hook.md stands in the file that its fence names. Usage: walkthrough.sh SOURCE
set -euo pipefail
cd "$1"
page=docs/adding_a_hook.md
bad=0 lines=0
while IFS= read -r shown; do
	file=${shown%% *}
	line=${shown#* }
	lines=$((lines + 1))
	grep -qxF -- "$line" "$file" || {
		echo "$page: not in $file: $line"
		bad=1
	}
done < <(awk '/^```c /{ file = $2; next } /^```/{ file = "" } file != "" && NF { print file " " $0 }' "$page")
[ "$lines" -ge 20 ] || {
	echo "$page: only $lines lines of code were found"
	bad=1
}
[ "$bad" = 0 ]
