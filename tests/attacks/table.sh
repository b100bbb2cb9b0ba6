#!/bin/bash
# Usage: table.sh SOURCE GUEST [--update]. The table in docs/threat-model.md is what the suite's rows say.
set -eu
page=$1/docs/threat-model.md
wanted=$(sed '/^<!-- attacks -->$/q' "$page"; "$2" --table)
if [ "${3:-}" = --update ]; then
	printf '%s\n' "$wanted" > "$page"
elif [ "$wanted" != "$(cat "$page")" ]; then
	echo "docs/threat-model.md is not what tests/attacks/guest/attacks.def says; run: $0 SOURCE GUEST --update" >&2
	exit 1
fi
