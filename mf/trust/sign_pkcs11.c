/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys on a token (PKCS#11, RFC 7512) through the OpenSSL engine of the Debian package
 * libengine-pkcs11-openssl, which finds modules through p11-kit; the environment variable
 * PKCS11_MODULE_PATH names another one.  Engines are deprecated in OpenSSL 3; Debian 12 has no
 * provider for PKCS#11. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "trust/sign_pkcs11.h"

#include <openssl/crypto.h>
#include <openssl/engine.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first line of FILE. */
static bool
pkcs11_pin(const char *file, char *pin, int size)
{
	FILE *f = fopen(file, "re");
	bool ok = f != NULL && fgets(pin, size, f) != NULL;

	if (f != NULL)
		fclose(f);
	if (ok)
		pin[strcspn(pin, "\r\n")] = '\0';
	return ok;
}

/* Initialised once; it stays until the process ends, since keys need it. */
static ENGINE *
pkcs11_engine(const char **why)
{
	static ENGINE *e;
	const char *module = getenv("PKCS11_MODULE_PATH");

	if (e != NULL)
		return e;
	ENGINE_load_builtin_engines();
	*why = "the engine for PKCS#11 is not there: install libengine-pkcs11-openssl";
	if ((e = ENGINE_by_id("pkcs11")) == NULL)
		return NULL;
	if (module != NULL)
		ENGINE_ctrl_cmd_string(e, "MODULE_PATH", module, 0);
	*why = "no PKCS#11 module can be loaded";
	if (ENGINE_init(e) != 1) {
		ENGINE_free(e);
		e = NULL;
	}
	return e;
}

EVP_PKEY *
sign_pkcs11_load(const char *uri, const char *pin_file, const char **why)
{
	ENGINE *e = pkcs11_engine(why);
	EVP_PKEY *key = NULL;
	char pin[128] = "";

	if (e == NULL)
		return NULL;
	*why = "the file with its PIN cannot be read";
	if (pin_file != NULL && !pkcs11_pin(pin_file, pin, sizeof(pin)))
		return NULL;
	*why = "the token does not give it: see object, token and PIN";
	if (pin_file == NULL || ENGINE_ctrl_cmd_string(e, "PIN", pin, 0) == 1)
		key = ENGINE_load_private_key(e, uri, NULL, NULL);
	OPENSSL_cleanse(pin, sizeof(pin));
	return key;
}
