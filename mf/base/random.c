/* SPDX-License-Identifier: Apache-2.0 */
/* Random octets; see random.h. */
#include "base/random.h"

#include "base/log.h"

#include <assert.h>
#include <limits.h>
#include <openssl/rand.h>
#include <unistd.h>

void
random_octets(void *p, size_t n)
{
	assert(n <= INT_MAX);
	if (RAND_bytes(p, (int)n) == 1)
		return;
	log_err("RANDOM", "the system gives no random numbers: the process ends, and starts again "
			  "from what is on disk; see getrandom(2)");
	_exit(1);
}
