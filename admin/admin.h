/* SPDX-License-Identifier: Apache-2.0 */
/* The admin role: the database (its only writer), the control socket, and what the other roles have
 * to be told: the task set to ingest, the destinations to each deliver role, the agencies to the
 * parent.  Takes the journal and the alarms in.  Never sees content. mf/role.c runs it as admin_ops
 * (role.h). */
#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include "role.h"

#define ADMIN_STATUS_MAX ((size_t)256 << 20) /* octets of a status answer */

#endif
