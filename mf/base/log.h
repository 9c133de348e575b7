/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines to standard error (the journal, under systemd): "<prio>role: CODE text".  Not the audit
 * log. Never give a target identity, content of communication or key to these functions; name
 * objects by handle (NE name, LEA name, warrant id, session handle).  Control characters in the
 * text are escaped. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level {
	LOG_L_ERR = 3,
	LOG_L_WARN = 4,
	LOG_L_NOTICE = 5,
	LOG_L_INFO = 6,
	LOG_L_DEBUG = 7
};

/* Start of a process: NAME is the role ("ingest", "deliver lea-a"), copied.  Lines above MAX are
 * not written. */
void log_init(const char *name, enum log_level max);

/* One line.  CODE is a stable upper-case word of the error registry ("X-TLS-PEER", "SPOOL-TORN").
 */
void log_line(enum log_level level, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#define log_err(code, ...) log_line(LOG_L_ERR, code, __VA_ARGS__)
#define log_warn(code, ...) log_line(LOG_L_WARN, code, __VA_ARGS__)
#define log_notice(code, ...) log_line(LOG_L_NOTICE, code, __VA_ARGS__)
#define log_info(code, ...) log_line(LOG_L_INFO, code, __VA_ARGS__)
#define log_debug(code, ...) log_line(LOG_L_DEBUG, code, __VA_ARGS__)

/* Last words: log at LOG_L_ERR and _exit(1), since other threads still work with what exit() would
 * take down; the parent restarts the role. */
void log_fatal(const char *code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));

#endif
