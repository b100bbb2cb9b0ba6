#!/usr/bin/env bash
# run.sh FUZZER SECONDS [OPTION OF LIBFUZZER…]: runs one fuzzer from the seeds that the tree has.
#
# Seeds are the tree's own policies and scenarios and tests/fuzz/corpus/TARGET, where each input that once broke
# something is kept; the dictionary is the grammar's signs and the words of the seeds. What is found is written to
# FUZZER.findings/; inputs that reach new code are kept in $FUZZ_CORPUS when that is set, so that long runs add up.
set -euo pipefail
fuzzer=$1 seconds=$2
shift 2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
target=${fuzzer##*/fuzz_}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/seeds" "${FUZZ_CORPUS:-$work/new}" "$fuzzer.findings"

case $target in
policy | format | lsp) names='*.stele' ;;
scenario) names='*.yaml' ;;
*) names='' ;;
esac
if [ -n "$names" ]; then
	find "$top/tests" "$top/examples" -name "$names" -size -32k | LC_ALL=C sort |
		while read -r file; do cp "$file" "$work/seeds/$(echo "${file#"$top/"}" | tr / _)"; done
fi
{
	grep -ohE "'[^' ]+'" "$top/dsl/grammar/SteleLexer.g4" | grep -v '[][\\~]' | tr -d "'"
	find "$work/seeds" "$here/corpus/$target" -type f -exec grep -ahoE '@?[A-Za-z_][A-Za-z0-9_-]{1,30}' {} + |
		LC_ALL=C sort | uniq -c | LC_ALL=C sort -k1,1nr -k2 | awk 'NR <= 400 { print $2 }'
} | grep -v '["\\]' | LC_ALL=C sort -u | sed 's/.*/"&"/' >"$work/words.dict"

echo "$target: $(find "$work/seeds" "$here/corpus/$target" -type f | wc -l) seeds, $(wc -l <"$work/words.dict") words"
# Recursion must be bounded by the program, not by luck: a stack of 8 MiB is what a user has.
ulimit -s 8192
# Short stacks of allocations and a small quarantine: memory is the input's, and a report of it is made in seconds.
export ASAN_OPTIONS=malloc_context_size=4:quarantine_size_mb=32
timeout $((seconds * 2 + 100)) "$fuzzer" -max_total_time="$seconds" -seed=1 -rss_limit_mb=1024 -timeout=10 -max_len=65536 -dict="$work/words.dict" \
	-artifact_prefix="$fuzzer.findings/" -print_final_stats=1 "$@" \
	"${FUZZ_CORPUS:-$work/new}" "$here/corpus/$target" "$work/seeds" >"$work/log" 2>&1 || {
	status=$?
	tail -n 60 "$work/log"
	exit "$status"
}
grep -E '^(stat::|Done)' "$work/log"
