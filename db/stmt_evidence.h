/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of hash records, completeness, notices, reconciliation: X(ID, "SQL").  Included by store.h and statements.c. */
