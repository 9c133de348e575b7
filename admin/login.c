/* SPDX-License-Identifier: Apache-2.0 */
/* Challenges, delays, passwords, codes; see login.h. */
#include "admin/login.h"

#include "base/clock.h"
#include "base/random.h"
#include "db/check.h"

#include <argon2.h>
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <event2/event.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <unistd.h>

#define LOGIN_NONCES 256
#define LOGIN_NONCE_NS (INT64_C(60) * CLOCK_NS_PER_S)
#define LOGIN_FAILURES 1024 /* accounts and sources that are remembered */
#define LOGIN_DELAY_MAX_S 900
#define LOGIN_FORGET_NS (INT64_C(86400) * CLOCK_NS_PER_S)
#define LOGIN_CAP 60 /* failures a minute, of all together */
#define LOGIN_THREADS 2
#define LOGIN_ARGON_KIB 65536
#define LOGIN_ARGON_T 3
#define LOGIN_ENCODED 128

struct login_job {
	STAILQ_ENTRY(login_job) entry;
	struct login *login;
	char password[LOGIN_PASSWORD_MAX + 1];
	char encoded[LOGIN_ENCODED]; /* given, or made */
	bool verify, nobody, ok;
	login_done_cb done;
	void *arg;
};
STAILQ_HEAD(login_jobs, login_job);

struct login {
	struct event *wake; /* NULL: jobs are done at once */
	int fd;		    /* eventfd: a job is done */
	pthread_t thread[LOGIN_THREADS];
	unsigned thread_n;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t work;
	struct login_jobs waiting, ready;
	unsigned jobs_n; /* not yet given back */
	bool stop;

	struct {
		char hex[65];
		int64_t until_ns;
	} nonce[LOGIN_NONCES];
	unsigned nonce_at;
	struct {
		uint8_t who[32];
		unsigned n;
		int64_t last_ns;
	} failure[LOGIN_FAILURES];
	int64_t minute_ns; /* begin of the minute that CAP counts */
	unsigned minute_n;
};

/* ---- passwords */

static void
login_work(struct login_job *j)
{
	/* of a password that nobody knows: a log-in without an account takes as long */
	static const char nobody[] = "$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
				     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	size_t n = strlen(j->password);
	uint8_t salt[16];

	if (j->verify) {
		j->ok =
		    argon2id_verify(j->nobody ? nobody : j->encoded, j->password, n) == ARGON2_OK &&
		    !j->nobody;
	} else {
		random_octets(salt, sizeof(salt));
		j->ok = argon2id_hash_encoded(LOGIN_ARGON_T, LOGIN_ARGON_KIB, 1, j->password, n,
			    salt, sizeof(salt), 32, j->encoded, sizeof(j->encoded)) == ARGON2_OK;
	}
	OPENSSL_cleanse(j->password, sizeof(j->password));
}

static void
login_give_back(struct login_job *j)
{
	j->done(j->arg, j->ok, j->encoded);
	OPENSSL_cleanse(j, sizeof(*j));
	free(j);
}

static void *
login_thread(void *arg)
{
	struct login *l = arg;
	uint64_t one = 1;

	pthread_mutex_lock(&l->lock);
	while (!l->stop) {
		struct login_job *j = STAILQ_FIRST(&l->waiting);

		if (j == NULL) {
			pthread_cond_wait(&l->work, &l->lock);
			continue;
		}
		STAILQ_REMOVE_HEAD(&l->waiting, entry);
		pthread_mutex_unlock(&l->lock);
		login_work(j);
		pthread_mutex_lock(&l->lock);
		STAILQ_INSERT_TAIL(&l->ready, j, entry);
		if (write(l->fd, &one, sizeof(one)) < 0)
			assert(errno == EAGAIN);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

static struct login_job *
login_take(struct login *l, struct login_jobs *from)
{
	struct login_job *j;

	pthread_mutex_lock(&l->lock);
	j = STAILQ_FIRST(from);
	if (j != NULL) {
		STAILQ_REMOVE_HEAD(from, entry);
		l->jobs_n--;
	}
	pthread_mutex_unlock(&l->lock);
	return j;
}

static void
login_on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct login *l = arg;
	struct login_job *j;
	uint64_t n;

	(void)what;
	if (read(fd, &n, sizeof(n)) < 0 && errno != EAGAIN)
		return;
	while ((j = login_take(l, &l->ready)) != NULL)
		login_give_back(j);
}

static int
login_add(struct login *l, struct login_job *j)
{
	bool full;

	j->login = l;
	if (l->wake == NULL) {
		login_work(j);
		login_give_back(j);
		return 0;
	}
	pthread_mutex_lock(&l->lock);
	full = l->jobs_n >= LOGIN_JOBS_MAX;
	if (!full) {
		l->jobs_n++;
		STAILQ_INSERT_TAIL(&l->waiting, j, entry);
		pthread_cond_signal(&l->work);
	}
	pthread_mutex_unlock(&l->lock);
	if (!full)
		return 0;
	OPENSSL_cleanse(j, sizeof(*j));
	free(j);
	return -EBUSY;
}

static struct login_job *
login_job(const char *password, login_done_cb done, void *arg)
{
	struct login_job *j = calloc(1, sizeof(*j));

	assert(j != NULL);
	/* one that is too long is none of ours: what is left of it is wrong */
	snprintf(j->password, sizeof(j->password), "%s", password);
	j->nobody = strlen(password) > LOGIN_PASSWORD_MAX;
	j->done = done;
	j->arg = arg;
	return j;
}

int
login_hash(struct login *l, const char *password, login_done_cb done, void *arg)
{
	return login_add(l, login_job(password, done, arg));
}

int
login_verify(
    struct login *l, const char *password, const char *encoded, login_done_cb done, void *arg)
{
	struct login_job *j = login_job(password, done, arg);

	j->verify = true;
	j->nobody = j->nobody || encoded == NULL;
	snprintf(j->encoded, sizeof(j->encoded), "%s", encoded == NULL ? "" : encoded);
	return login_add(l, j);
}

/* The same few characters, or a short piece over and over. */
static bool
login_repeats(const char *text)
{
	size_t n = strlen(text), kinds = 0;
	bool seen[256] = {false};

	for (size_t i = 0; i < n; i++) {
		kinds += !seen[(uint8_t)text[i]];
		seen[(uint8_t)text[i]] = true;
	}
	if (kinds < 6)
		return true;
	for (size_t period = 1; period <= 8; period++) {
		size_t i = period;

		while (i < n && text[i] == text[i - period])
			i++;
		if (i == n)
			return true;
	}
	return false;
}

/* Most characters follow the one before: abcdefgh, 87654321, qwertyuiop. */
static bool
login_runs(const char *text)
{
	static const char *const rows[] = {"abcdefghijklmnopqrstuvwxyz", "01234567890",
	    "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm"};
	size_t n = strlen(text), run = 0;

	for (size_t i = 0; i + 1 < n; i++) {
		char up[3] = {text[i], text[i + 1], '\0'}, down[3] = {text[i + 1], text[i], '\0'};
		bool found = false;

		for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
			found =
			    found || strstr(rows[k], up) != NULL || strstr(rows[k], down) != NULL;
		run += found;
	}
	return run * 3 >= n * 2;
}

const char *
login_password_fault(const char *password, const char *handle)
{
	static const char *const obvious[] = {"password", "passwort", "letmein", "openmdf",
	    "welcome", "changeme", "iloveyou", "correcthorsebattery", "administrator",
	    "interception", "trustno1", "dragon", "monkey", "football", "sunshine"};
	char low[LOGIN_PASSWORD_MAX + 1], who[64];
	size_t n = strlen(password), left;

	if (n < LOGIN_PASSWORD_MIN || n > LOGIN_PASSWORD_MAX)
		return "a password has 15 to 128 octets";
	for (size_t i = 0; i <= n; i++)
		low[i] = (char)tolower((unsigned char)password[i]);
	snprintf(who, sizeof(who), "%s", handle);
	for (char *p = who; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	if (login_repeats(low) || login_runs(low))
		return "it repeats or runs through the alphabet or the keyboard: easily guessed";
	if (strlen(who) >= 3 && strstr(low, who) != NULL)
		return "it holds the name of the person: easily guessed";
	left = n;
	for (size_t i = 0; i < sizeof(obvious) / sizeof(obvious[0]); i++)
		if (strstr(low, obvious[i]) != NULL)
			left -= strlen(obvious[i]) < left ? strlen(obvious[i]) : left;
	return left < 10 ? "it is made of words that are tried first: easily guessed" : NULL;
}

/* ---- challenges */

void
login_challenge(struct login *l, char out[65])
{
	uint8_t bits[32];
	unsigned at = l->nonce_at++ % LOGIN_NONCES;

	random_octets(bits, sizeof(bits));
	check_hex_text(bits, sizeof(bits), l->nonce[at].hex);
	l->nonce[at].until_ns = clock_now_ns() + LOGIN_NONCE_NS;
	memcpy(out, l->nonce[at].hex, 65);
}

bool
login_challenge_take(struct login *l, const char *nonce)
{
	for (unsigned i = 0; nonce != NULL && nonce[0] != '\0' && i < LOGIN_NONCES; i++)
		if (strcmp(l->nonce[i].hex, nonce) == 0) {
			l->nonce[i].hex[0] = '\0';
			return clock_now_ns() < l->nonce[i].until_ns;
		}
	return false;
}

/* ---- delays */

static void
login_who(const char *account, const char *source, uint8_t out[32])
{
	char text[192];

	/* the port of a source changes with each connection */
	snprintf(text, sizeof(text), "%s|%.*s", account,
	    (int)(strrchr(source, ':') == NULL ? strlen(source)
					       : (size_t)(strrchr(source, ':') - source)),
	    source);
	SHA256((const uint8_t *)text, strlen(text), out);
}

static unsigned
login_slot(struct login *l, const char *account, const char *source, bool make)
{
	uint8_t who[32];
	unsigned oldest = 0;

	login_who(account, source, who);
	for (unsigned i = 0; i < LOGIN_FAILURES; i++) {
		if (l->failure[i].n > 0 && memcmp(l->failure[i].who, who, sizeof(who)) == 0)
			return i;
		if (l->failure[i].last_ns < l->failure[oldest].last_ns)
			oldest = i;
	}
	if (!make)
		return LOGIN_FAILURES;
	memcpy(l->failure[oldest].who, who, sizeof(who));
	l->failure[oldest].n = 0;
	return oldest;
}

int
login_delay_s(struct login *l, const char *account, const char *source)
{
	unsigned i = login_slot(l, account, source, false);
	int64_t now = clock_now_ns(), wait = 0, until;

	if (now - l->minute_ns < 60 * CLOCK_NS_PER_S && l->minute_n >= LOGIN_CAP)
		wait = l->minute_ns + 60 * CLOCK_NS_PER_S - now;
	if (i < LOGIN_FAILURES && now - l->failure[i].last_ns < LOGIN_FORGET_NS) {
		unsigned n = l->failure[i].n;
		int64_t s = n > 10 ? LOGIN_DELAY_MAX_S : INT64_C(1) << (n - 1);

		until = l->failure[i].last_ns +
			(s > LOGIN_DELAY_MAX_S ? LOGIN_DELAY_MAX_S : s) * CLOCK_NS_PER_S;
		wait = until - now > wait ? until - now : wait;
	}
	return wait <= 0 ? 0 : (int)((wait + CLOCK_NS_PER_S - 1) / CLOCK_NS_PER_S);
}

void
login_failed(struct login *l, const char *account, const char *source)
{
	unsigned i = login_slot(l, account, source, true);
	int64_t now = clock_now_ns();

	if (now - l->failure[i].last_ns >= LOGIN_FORGET_NS)
		l->failure[i].n = 0;
	l->failure[i].n++;
	l->failure[i].last_ns = now;
	if (now - l->minute_ns >= 60 * CLOCK_NS_PER_S) {
		l->minute_ns = now;
		l->minute_n = 0;
	}
	l->minute_n++;
}

void
login_succeeded(struct login *l, const char *account, const char *source)
{
	unsigned i = login_slot(l, account, source, false);

	if (i < LOGIN_FAILURES)
		l->failure[i].n = 0;
}

/* ---- codes and tokens */

void
login_token(char out[LOGIN_TOKEN_TEXT])
{
	uint8_t bits[32];
	char text[48];

	random_octets(bits, sizeof(bits));
	EVP_EncodeBlock((uint8_t *)text, bits, sizeof(bits));
	for (char *p = text; *p != '\0'; p++)
		*p = (char)(*p == '+' ? '-' : *p == '/' ? '_' : *p);
	memcpy(out, text, LOGIN_TOKEN_TEXT - 1); /* 43 characters of 256 bits */
	out[LOGIN_TOKEN_TEXT - 1] = '\0';
	OPENSSL_cleanse(bits, sizeof(bits));
	OPENSSL_cleanse(text, sizeof(text));
}

void
login_code(char out[32])
{
	static const char digits[] =
	    "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"; /* 32, none looks like another */
	uint8_t bits[25];
	size_t n = 0;

	random_octets(bits, sizeof(bits));
	for (size_t i = 0; i < sizeof(bits); i++) {
		if (i > 0 && i % 5 == 0)
			out[n++] = '-';
		out[n++] = digits[bits[i] % 32];
	}
	out[n] = '\0';
	OPENSSL_cleanse(bits, sizeof(bits));
}

void
login_hash_text(const char *text, char out[65])
{
	uint8_t md[SHA256_DIGEST_LENGTH];

	SHA256((const uint8_t *)text, strlen(text), md);
	check_hex_text(md, sizeof(md), out);
}

/* ---- begin and end */

struct login *
login_new(struct event_base *base)
{
	struct login *l = calloc(1, sizeof(*l));

	assert(l != NULL);
	STAILQ_INIT(&l->waiting);
	STAILQ_INIT(&l->ready);
	l->fd = -1;
	if (base == NULL)
		return l;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->work, NULL);
	l->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert(l->fd >= 0);
	l->wake = event_new(base, l->fd, EV_READ | EV_PERSIST, login_on_wake, l);
	assert(l->wake != NULL);
	event_add(l->wake, NULL);
	return l;
}

void
login_start(struct login *l)
{
	for (; l != NULL && l->fd >= 0 && l->thread_n < LOGIN_THREADS; l->thread_n++) {
		int rc = pthread_create(&l->thread[l->thread_n], NULL, login_thread, l);

		assert(rc == 0);
	}
}

static void
login_stop_threads(struct login *l)
{
	struct login_job *j;

	pthread_mutex_lock(&l->lock);
	l->stop = true;
	pthread_cond_broadcast(&l->work);
	pthread_mutex_unlock(&l->lock);
	while (l->thread_n > 0)
		pthread_join(l->thread[--l->thread_n], NULL);
	while ((j = login_take(l, &l->ready)) != NULL || (j = login_take(l, &l->waiting)) != NULL) {
		j->ok = false;
		login_give_back(j);
	}
	event_free(l->wake);
	close(l->fd);
	pthread_cond_destroy(&l->work);
	pthread_mutex_destroy(&l->lock);
}

void
login_free(struct login *l)
{
	if (l == NULL)
		return;
	if (l->wake != NULL)
		login_stop_threads(l);
	OPENSSL_cleanse(l, sizeof(*l));
	free(l);
}
