/* SPDX-License-Identifier: Apache-2.0 */
/* What logging in needs besides the database: challenges to sign, the delays after failures,
 * passwords (argon2id, worked on by at most two threads), one-time codes. */
#ifndef ADMIN_LOGIN_H
#define ADMIN_LOGIN_H

#include "admin/ops.h"

struct event_base;
struct login;

#define LOGIN_PASSWORD_MIN 15
#define LOGIN_PASSWORD_MAX 128
#define LOGIN_TOKEN_TEXT 44 /* 256 bit as base64url, with its NUL */
#define LOGIN_JOBS_MAX 16   /* passwords that wait for a thread */

/* BASE NULL: passwords are worked on at once (tests).  New. */
struct login *login_new(struct event_base *base);
/* Its threads, once the sandbox has closed: they inherit it.  Jobs given before wait for them. */
void login_start(struct login *l);
/* Ends every job first: their DONE is called with ok false. */
void login_free(struct login *l);

/* ---- challenges: 256 bit, good once and for a minute; as 64 hexadecimal digits to OUT */
void login_challenge(struct login *l, char out[65]);
/* Was NONCE given, and is it still good?  It is used up. */
bool login_challenge_take(struct login *l, const char *nonce);

/* ---- failures: each one doubles the wait of that account from that source (1 s .. 15 min) */
/* Seconds to wait before another try, 0: none.  Too many failures of all together count too. */
int login_delay_s(struct login *l, const char *account, const char *source);
void login_failed(struct login *l, const char *account, const char *source);
void login_succeeded(struct login *l, const char *account, const char *source);

/* ---- passwords */
/* NULL, or why PASSWORD is not taken (static text): length, or too easily guessed.  HANDLE: of the
 * person, which must not be in it. */
const char *login_password_fault(const char *password, const char *handle);
/* DONE is called once, from the event loop: OK, and for login_hash ENCODED (borrowed). */
typedef void (*login_done_cb)(void *arg, bool ok, const char *encoded);
/* Returns 0, or -EBUSY (LOGIN_JOBS_MAX wait): DONE is not called. */
int login_hash(struct login *l, const char *password, login_done_cb done, void *arg);
/* ENCODED NULL: nobody's; takes as long and is wrong. */
int login_verify(
    struct login *l, const char *password, const char *encoded, login_done_cb done, void *arg);

/* ---- codes and tokens */
void login_token(char out[LOGIN_TOKEN_TEXT]); /* 256 random bits, base64url */
void login_code(char out[32]);		      /* 125 bits in groups, for people */
void login_hash_text(
    const char *text, char out[65]); /* SHA-256, hexadecimal; of what has 120 bits or more */

/* ---- the one-time code of a new system: <state_dir>/enrol-code, until there is both an active
 * security officer and an active approver, then never again */
void login_enrol_start(struct ops_ctx *x, const char *state_dir);
/* Is CODE that code?  0, or -EACCES and FAULT_LOGIN. */
int login_enrol_check(struct ops_ctx *x, const char *code, struct fault *f);
/* After each change of persons: is the quorum there? */
void login_enrol_quorum(struct ops_ctx *x);

#endif
