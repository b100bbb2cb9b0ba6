#!/usr/bin/env bash
# on_kernel.sh STELE POLICY SCENARIO KERNEL: the whole way, from the policy's text to verdicts of a real kernel, which
# must agree with the reference evaluator. Without the kernel in the cache it says so and is skipped; under
# REQUIRE_KERNEL=1 that is a failure.
set -u
stele=$1 policy=$2 scenario=$3 kernel=$4
if [ "${REQUIRE_KERNEL:-0}" != 1 ] &&
	! "$stele" kernels list | grep -qE "^$kernel |\($kernel\)$"; then
	echo "no kernel $kernel in the cache; fetch it with: stele kernels fetch $kernel"
	exit 77
fi
exec "$stele" test "$policy" "$scenario" --kernel "$kernel" --every-case
