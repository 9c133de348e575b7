/* SPDX-License-Identifier: Apache-2.0 */
/* Who calls: log-in of mdfctl with a key or a password, and secrets that do not stand on a command
 * line, where other users would see them. */
#include "admin/mdfctl.h"
#include "trust/canon.h"
#include "trust/sign.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define LOGIN_SECRET_MAX 256

/* A line from the terminal, not shown. */
static char *
mdfctl_prompt(const char *what)
{
	struct termios was, quiet;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	char buf[LOGIN_SECRET_MAX + 2];
	ssize_t n;

	if (fd < 0 || tcgetattr(fd, &was) < 0) {
		fprintf(stderr, "mdfctl: %s: no terminal to ask on; give --%s-file\n", what, what);
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fd, TCSAFLUSH, &quiet);
	dprintf(fd, "%s: ", what);
	n = read(fd, buf, sizeof(buf) - 1);
	tcsetattr(fd, TCSAFLUSH, &was);
	dprintf(fd, "\n");
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\r\n")] = '\0';
	return strdup(buf);
}

char *
mdfctl_secret(const char *what, const char *file)
{
	FILE *in;
	char buf[LOGIN_SECRET_MAX + 2] = "";
	char *got;

	if (file == NULL)
		return mdfctl_prompt(what);
	in = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
	if (in == NULL) {
		fprintf(stderr, "mdfctl: %s: %s\n", file, strerror(errno));
		return NULL;
	}
	if (fgets(buf, sizeof(buf), in) == NULL)
		buf[0] = '\0';
	if (in != stdin)
		fclose(in);
	buf[strcspn(buf, "\r\n")] = '\0';
	got = strdup(buf);
	OPENSSL_cleanse(buf, sizeof(buf));
	return got;
}

json_t *
mdfctl_sign_text(const struct mdfctl_login *l, const char *text)
{
	uint8_t sig[SIGN_LEN];
	char id[SIGN_ID_TEXT], base64[4 * ((SIGN_LEN + 2) / 3) + 1];
	const char *why = "";
	EVP_PKEY *key = sign_key_load(l->key, l->pin_file, &why);
	int r = key == NULL ? -EINVAL : sign_make(key, text, strlen(text), sig);

	if (r < 0) {
		fprintf(stderr, "mdfctl: %s: %s\n", l->key,
		    key == NULL ? why : "the key does not sign");
		EVP_PKEY_free(key);
		return NULL;
	}
	sign_id(key, id);
	EVP_PKEY_free(key);
	EVP_EncodeBlock((uint8_t *)base64, sig, SIGN_LEN);
	return json_pack("{s:s, s:s}", "key", id, "sig", base64);
}

/* The daemon chooses the number, not what is signed: TEXT is a challenge for this person, and
 * cannot be anything else. */
static bool
mdfctl_is_challenge(const struct mdfctl_login *l, json_t *nonce, const char *text)
{
	json_t *j = json_is_string(nonce) ? json_pack("{s:O, s:s, s:s}", "nonce", nonce, "person",
						l->person, "type", "openmdf.login.v1")
					  : NULL;
	char *want = j == NULL ? NULL : canon_json(j, NULL);
	bool same = want != NULL && text != NULL && strcmp(want, text) == 0;

	free(want);
	json_decref(j);
	return same;
}

/* The arguments of session.open with a signed challenge; NULL: said why. */
static json_t *
mdfctl_by_key(const struct mdfctl_login *l, mdfctl_ask_fn ask, void *arg)
{
	json_t *who = json_pack("{s:s}", "person", l->person),
	       *answer = ask(arg, "session.challenge", who),
	       *result = json_object_get(answer, "result"), *sig = NULL, *args = NULL;
	const char *text = json_string_value(json_object_get(result, "text"));

	if (mdfctl_is_challenge(l, json_object_get(result, "nonce"), text))
		sig = mdfctl_sign_text(l, text);
	else
		fprintf(stderr, "mdfctl: the daemon gave no challenge\n");
	if (sig != NULL)
		args = json_pack("{s:s, s:O, s:o}", "person", l->person, "nonce",
		    json_object_get(result, "nonce"), "signature", sig);
	json_decref(answer);
	json_decref(who);
	return args;
}

static json_t *
mdfctl_by_password(const struct mdfctl_login *l)
{
	char *password = mdfctl_secret("password", l->password_file),
	     *code = password == NULL ? NULL : mdfctl_secret("totp", l->totp_file);
	json_t *args = code == NULL ? NULL
				    : json_pack("{s:s, s:s, s:s}", "person", l->person, "password",
					  password, "totp", code);

	if (password != NULL)
		OPENSSL_cleanse(password, strlen(password));
	free(password);
	free(code);
	return args;
}

json_t *
mdfctl_login(const struct mdfctl_login *l, mdfctl_ask_fn ask, void *arg)
{
	json_t *args = l->key != NULL ? mdfctl_by_key(l, ask, arg) : mdfctl_by_password(l), *answer;

	if (args == NULL)
		return NULL;
	answer = ask(arg, "session.open", args);
	json_decref(args);
	return answer;
}
