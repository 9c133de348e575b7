/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of the audit log: X(ID, "SQL").  Included by store.h and statements.c. */
