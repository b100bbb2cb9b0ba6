#!/bin/bash
# Many processes at once that do what the policy is about, and know its verdicts (storm.c).
. /usr/lib/machine/report.sh
place=/var/tmp/storm-program
cp /usr/bin/true $place
begin=$(uptime)
verdict=FAILED
within 900 $here/storm "$(word machine.turns)" && verdict=ok
say "$verdict storm $begin $(uptime)"
say_log 40
