#!/usr/bin/env bash
# Every line of C that docs/language.md shows stands in what the compiler generates for the example.
# Usage: generated_code_in_docs.sh SOURCE STELE
set -euo pipefail
cd "$1"
emitted=$(mktemp -d)
trap 'rm -rf "$emitted"' EXIT
"$2" build examples/sensitive_files/sensitive_files.stele -o "$emitted/enforcer" --emit "$emitted/c" >/dev/null
missing=0 shown=0
while IFS= read -r line; do
	shown=$((shown + 1))
	grep -rqxF -- "$line" "$emitted/c" && continue
	printf 'docs/language.md shows C that is not generated: %s\n' "$line"
	missing=$((missing + 1))
done < <(awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' docs/language.md)
[ "$shown" -gt 0 ] || { echo "docs/language.md shows no C"; exit 1; }
[ "$missing" = 0 ]
