/* SPDX-License-Identifier: Apache-2.0
 *
 * The agent: acts as the subject of a case. Reads its steps from AGENT_IN, does them one after the other, and writes
 * what came of each to AGENT_OUT. Before the last step, the judged one, it says `ready` and waits for `go`, so that
 * pid 1 can tell the events of that step from those of the preparation. A step that fails ends the case.
 */
#include "guest.h"

/* words: "step", the verb, its arguments. */
static s64 run_step(int count, char **words)
{
	const struct verb *verb = count > 1 ? find_verb(words[1]) : 0;

	child_signal = 0;
	child_exit = -1;
	if (!verb || count - 2 < verb->min_arguments)
		return -ENOSYS;
	return verb->run(count - 1, words + 1);
}

static void report_step(int index, s64 result)
{
	static struct line line;

	add_text(&line, "step");
	add_number(&line, index);
	add_number(&line, result < 0 ? -1 : result);
	add_number(&line, result < 0 ? -result : 0);
	add_number(&line, child_signal);
	add_number(&line, child_exit);
	send_line(&line, AGENT_OUT);
}

/* All lines up to `end` are kept: the judged step is the last one. Returns their number. */
static int read_steps(struct reader *reader, char **ret_lines, int max)
{
	static char text[2 * PIPE_BYTES];
	u32 used = 0;
	int count = 0;
	char *line;

	while ((line = next_line(reader, -1, 0)) && !equal(line, "end")) {
		u64 n = strlen(line) + 1;

		if (starts_with(line, "helper ")) {
			helper_pid = number(line + 7);
			continue;
		}
		if (used + n > sizeof(text) || count == max)
			return 0;
		memcpy(text + used, line, n);
		ret_lines[count++] = text + used;
		used += (u32)n;
	}
	return count;
}

int agent_main(void)
{
	static struct reader reader;
	static char *steps[512];
	char *words[MAX_FIELDS + 1];
	int count;

	reader.fd = AGENT_IN;
	SYS3(fcntl, AGENT_IN, F_SETFD, FD_CLOEXEC);
	SYS3(fcntl, AGENT_OUT, F_SETFD, FD_CLOEXEC);
	count = read_steps(&reader, steps, ARRAY_SIZE(steps));
	for (int i = 0; i < count; i++) {
		int fields = split(steps[i], words, MAX_FIELDS);
		s64 result;

		words[fields] = 0;
		if (i == count - 1) {
			SYS3(write, AGENT_OUT, "ready\n", 6);
			if (!next_line(&reader, -1, 0))
				return 1;
		}
		result = run_step(fields, words);
		report_step(i, result);
		if (result < 0 || child_signal)
			return 0;
	}
	return 0;
}
