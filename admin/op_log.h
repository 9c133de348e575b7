/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the audit log. */
#ifndef ADMIN_OP_LOG_H
#define ADMIN_OP_LOG_H

#include "admin/ops.h"

#endif
