/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of approvals, the life of a warrant, regimes. */
#ifndef ADMIN_OP_LIFE_H
#define ADMIN_OP_LIFE_H

#include "admin/ops.h"

#endif
