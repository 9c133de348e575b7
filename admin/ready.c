/* SPDX-License-Identifier: Apache-2.0 */
/* Readiness; see ready.h. */
#include "admin/ready.h"

#include "admin/auditlog.h"
#include "admin/ops.h"
#include "base/clock.h"
#include "base/conf.h"
#include "db/store.h"

#include <sys/statvfs.h>

#define READY_SPACE (16u << 20) /* octets that must be free below state_dir */

/* A change that is taken back: locks and the write-ahead log work. */
static bool
ready_database(struct store *store, const char *dir)
{
	struct statvfs v;
	struct fault f = {0};
	bool good;

	if (statvfs(dir, &v) < 0 || (uint64_t)v.f_bavail * v.f_frsize < READY_SPACE ||
	    store_begin(store, &f) < 0)
		return false;
	good = store_run(store, STMT_VERSION_BUMP, NULL, &f) == 0;
	store_rollback(store);
	return good;
}

json_t *
ready_checks(struct ops_ctx *x, const struct conf *conf, bool roles)
{
	struct clock_quality q;

	clock_quality(&q);
	return json_pack("{s:b, s:b, s:b, s:b, s:b}", "database",
	    ready_database(x->store, conf->state_dir), "audit",
	    x->log != NULL && !auditlog_full(x->log), "chain",
	    x->log != NULL && auditlog_sound(x->log), "clock",
	    conf->lab || (q.known && q.synchronised), "roles", roles);
}
