/* SPDX-License-Identifier: Apache-2.0 */
/* What a target may be: the arms of TargetIdentifier of TS 103 221-1 (XSD 1.22.1) with the formats
 * of TS 103 280, and two of the operator's own (account, iccid).  One table; pure functions. */
#ifndef ADMIN_TARGET_TYPE_H
#define ADMIN_TARGET_TYPE_H

#include "spec/target_form.h"

#include <jansson.h>
#include <stddef.h>

#define TARGET_VALUE_MAX 512 /* octets of a value as written */
#define TARGET_MASK_MAX 64

struct target_type;

/* NAME in any case ("imsi", "e164Number"), or NULL. */
const struct target_type *target_type_find(const char *name);
const char *target_type_name(const struct target_type *t);
/* The table as an array of {type, format, masked, own_check}; new. */
json_t *target_type_list(void);

/* VALUE in its normal form, with NUL: the same for every way to write the same identity.  NULL, or
 * one sentence that says what is wrong and never repeats VALUE. */
const char *target_type_form(
    const struct target_type *t, const char *value, char form[TARGET_FORM_MAX]);
/* How it is shown: "***", and of numbers of ten digits or more the last two. */
void target_type_mask(const struct target_type *t, const char *form, char out[TARGET_MASK_MAX]);
/* The target rule (admin/rule.h) that checks for it in the data plane.  RULE has room for LEN
 * octets.  Returns 0, or -ENOTSUP: no rule can. */
int target_type_rule(const struct target_type *t, const char *form, char *rule, size_t len);

/* Has NET ("100.64.0.0/10") an address in common with FORM?  0, 1; -EINVAL: NET is no net. */
int target_type_in_net(const struct target_type *t, const char *form, const char *net);

#endif
