/* SPDX-License-Identifier: Apache-2.0
 * The report: lines on the second serial port, as init.c lists them.
 */
#include "guest.h"
#include <linux/termios.h>

int report_fd = -1;

s64 open_report(void)
{
	struct termios settings;

	SYS2(mkdir, "/dev", 0755);
	SYS5(mount, "dev", "/dev", "devtmpfs", 0, 0);
	report_fd = (int)SYS3(open, "/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
	if (report_fd < 0)
		return report_fd;
	SYS3(ioctl, report_fd, TCGETS, &settings);
	settings.c_oflag &= ~(u32)OPOST;
	settings.c_lflag &= ~(u32)(ECHO | ICANON | ISIG);
	SYS3(ioctl, report_fd, TCSETS, &settings);
	return 0;
}

void report_failure(const char *what, const char *detail, s64 error)
{
	static struct line line;

	add_text(&line, "failed");
	add_escaped(&line, what, strlen(what));
	add_escaped(&line, detail, strlen(detail));
	add_number(&line, -error);
	send_line(&line, report_fd);
}
