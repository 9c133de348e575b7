/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of persons, sessions, tenants. */
#ifndef ADMIN_OP_PERSON_H
#define ADMIN_OP_PERSON_H

#include "admin/ops.h"

#endif
