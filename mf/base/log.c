/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines to standard error; see log.h. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char log_name[64] = "mdfd";
static enum log_level log_max = LOG_L_INFO;

void
log_init(const char *name, enum log_level max)
{
	snprintf(log_name, sizeof(log_name), "%s", name);
	log_max = max;
}

/* Control characters become '?', so that a peer's text cannot forge a line. */
static void
log_escape(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

static void __attribute__((format(printf, 3, 0)))
log_vline(enum log_level level, const char *code, const char *fmt, va_list ap)
{
	char text[1024], line[1280], when[32];
	struct timespec now;
	struct tm tm;
	int n;

	if (level > log_max)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	log_escape(text);
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);
	n = snprintf(line, sizeof(line), "<%d>%s.%03ldZ %s[%d]: %s %s\n", (int)level, when,
	    now.tv_nsec / 1000000, log_name, (int)getpid(), code, text);
	if (n > (int)sizeof(line) - 1) {
		n = (int)sizeof(line) - 1;
		line[n - 1] = '\n';
	}
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		return; /* nowhere left to say it */
}

void
log_line(enum log_level level, const char *code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vline(level, code, fmt, ap);
	va_end(ap);
}

void
log_fatal(const char *code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vline(LOG_L_ERR, code, fmt, ap);
	va_end(ap);
	_exit(1);
}
