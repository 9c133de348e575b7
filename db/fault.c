/* SPDX-License-Identifier: Apache-2.0 */
/* Faults as values; see fault.h. */
#include "db/fault.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

const char *
fault_code_name(enum fault_code c)
{
	switch (c) {
	case FAULT_NONE:
		return "OK";
	case FAULT_USAGE:
		return "USAGE";
	case FAULT_NOT_FOUND:
		return "NOT-FOUND";
	case FAULT_CONFLICT:
		return "CONFLICT";
	case FAULT_REFUSED:
		return "REFUSED";
	case FAULT_DENIED:
		return "DENIED";
	case FAULT_LOGIN:
		return "LOGIN";
	case FAULT_STEP_UP:
		return "STEP-UP";
	case FAULT_SIGNATURE:
		return "SIGNATURE";
	case FAULT_CHANGED:
		return "CHANGED";
	case FAULT_TOO_MANY:
		return "TOO-MANY";
	case FAULT_CANCELLED:
		return "CANCELLED";
	case FAULT_INTERRUPTED:
		return "INTERRUPTED";
	case FAULT_AUDIT:
		return "AUDIT";
	case FAULT_INTERNAL:
		return "INTERNAL";
	}
	return "INTERNAL";
}

static int
fault_errno(enum fault_code c)
{
	switch (c) {
	case FAULT_NONE:
		return 0;
	case FAULT_USAGE:
		return -EINVAL;
	case FAULT_NOT_FOUND:
		return -ENOENT;
	case FAULT_CONFLICT:
		return -EEXIST;
	case FAULT_REFUSED:
	case FAULT_SIGNATURE:
		return -EPERM;
	case FAULT_DENIED:
	case FAULT_LOGIN:
	case FAULT_STEP_UP:
		return -EACCES;
	case FAULT_CHANGED:
		return -ESTALE;
	case FAULT_TOO_MANY:
		return -EBUSY;
	case FAULT_CANCELLED:
		return -ECANCELED;
	case FAULT_INTERRUPTED:
		return -EINTR;
	case FAULT_AUDIT:
	case FAULT_INTERNAL:
		return -EIO;
	}
	return -EIO;
}

int
fault_set(struct fault *f, enum fault_code code, const char *what, const char *object,
    const char *todo, const char *fmt, ...)
{
	va_list ap;

	f->code = code;
	snprintf(f->what, sizeof(f->what), "%s", what);
	snprintf(f->object, sizeof(f->object), "%s", object);
	snprintf(f->todo, sizeof(f->todo), "%s", todo);
	va_start(ap, fmt);
	vsnprintf(f->why, sizeof(f->why), fmt, ap);
	va_end(ap);
	return fault_errno(code);
}
