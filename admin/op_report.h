/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of reports and imports. */
#ifndef ADMIN_OP_REPORT_H
#define ADMIN_OP_REPORT_H

#include "admin/ops.h"

#endif
