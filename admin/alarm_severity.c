/* SPDX-License-Identifier: Apache-2.0 */
/* See alarm_severity.h. */
#include "admin/alarm_severity.h"

#include <stdlib.h>
#include <string.h>

struct alarm_grave {
	const char *code, *severity;
};

/* Sorted by code; docs/errors.md says what each means. */
static const struct alarm_grave alarm_table[] = {
    {"AUDIT-CHAIN", "critical"},
    {"AUDIT-FORK", "critical"},
    {"AUDIT-FULL", "critical"},
    {"AUDIT-ROLLBACK", "critical"},
    {"AUDIT-SECOND", "major"},
    {"AUDIT-SYSLOG", "minor"},
    {"CANARY-READ", "critical"},
    {"CLOCK-FILE", "minor"},
    {"CLOCK-JUMP", "critical"},
    {"CLOCK-UNSYNC", "minor"},
    {"CURSOR-LOST", "major"},
    {"CURSOR-STORE", "major"},
    {"DB-DISK", "critical"},
    {"DEST-INVALID", "major"},
    {"DEST-REMOVED", "major"},
    {"DEST-UNSIGNED", "critical"},
    {"EVIDENCE-STORE", "major"},
    {"HANDOVER-KEY", "major"},
    {"INGEST-DOWN", "critical"},
    {"JOURNAL-STORE", "major"},
    {"KEY-LIST", "critical"},
    {"LEMF-ANSWER", "major"},
    {"LEMF-LATE", "minor"},
    {"LEVEL-REFUSED", "major"},
    {"LINK-DOWN", "major"},
    {"LINK-SLOW", "minor"},
    {"LOGIN-FAILED", "minor"},
    {"METADATA-ONLY", "major"},
    {"NE-LOST", "major"},
    {"OUTAGE-SHED", "critical"},
    {"RECONCILE-LINK", "critical"},
    {"RECONCILE-NO-CC", "major"},
    {"RECONCILE-PRODUCT", "critical"},
    {"RECONCILE-SILENT", "minor"},
    {"RECONCILE-TASK-MISSING", "major"},
    {"RECONCILE-TASK-UNKNOWN", "critical"},
    {"RECONCILE-TASKS", "major"},
    {"RECONCILE-XID-UNKNOWN", "major"},
    {"REST-TLS", "warning"},
    {"RETENTION-DUE", "warning"},
    {"SANDBOX-WEAK", "major"},
    {"SPOOL-DAMAGED", "major"},
    {"SPOOL-FLOOR", "critical"},
    {"SPOOL-QUEUE", "major"},
    {"SPOOL-QUOTA-50", "warning"},
    {"SPOOL-QUOTA-80", "major"},
    {"SPOOL-QUOTA-95", "critical"},
    {"SPOOL-READ", "major"},
    {"SPOOL-SHED", "critical"},
    {"STATE-WRITE", "major"},
    {"STORE-DAMAGED", "critical"},
    {"TASKS-BAD", "critical"},
    {"TASKS-BUILD", "major"},
    {"TLS-FILE", "major"},
    {"TLS-RELOAD", "minor"},
    {"VAULT-CLOSED", "critical"},
    {"VAULT-KEY", "warning"},
    {"WARRANT-UNSIGNED", "critical"},
    {"X-GAP", "major"},
    {"X-TLS-PEER", "minor"},
};

static int
alarm_compare(const void *code, const void *row)
{
	return strcmp(code, ((const struct alarm_grave *)row)->code);
}

const char *
alarm_severity(const char *code)
{
	const struct alarm_grave *g = bsearch(code, alarm_table,
	    sizeof(alarm_table) / sizeof(alarm_table[0]), sizeof(alarm_table[0]), alarm_compare);

	return g != NULL ? g->severity : "major";
}
