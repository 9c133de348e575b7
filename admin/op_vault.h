/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of targets, bindings, documents, retention. */
#ifndef ADMIN_OP_VAULT_H
#define ADMIN_OP_VAULT_H

#include "admin/ops.h"

#endif
