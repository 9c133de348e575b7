/* SPDX-License-Identifier: Apache-2.0 */
/* Random octets that cannot be missing. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>

/* N octets at P, from the generator of OpenSSL, fit for keys.  When the system gives no entropy the
 * process says RANDOM and ends with code 1: nothing is named or keyed with what others can guess.
 */
void random_octets(void *p, size_t n);

#endif
