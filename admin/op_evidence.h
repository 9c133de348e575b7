/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of hash records, completeness, notices, reconciliation. */
#ifndef ADMIN_OP_EVIDENCE_H
#define ADMIN_OP_EVIDENCE_H

#include "admin/ops.h"

#endif
