/* SPDX-License-Identifier: Apache-2.0 */
/* Private to mf/trust: keys on a token, for sign_key_load(). */
#ifndef TRUST_SIGN_PKCS11_H
#define TRUST_SIGN_PKCS11_H

#include <openssl/evp.h>

/* As sign_key_load() for a URI "pkcs11:...". */
EVP_PKEY *sign_pkcs11_load(const char *uri, const char *pin_file, const char **why);

#endif
