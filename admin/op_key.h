/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of key lists and statements. */
#ifndef ADMIN_OP_KEY_H
#define ADMIN_OP_KEY_H

#include "admin/ops.h"

#endif
