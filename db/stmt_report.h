/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of reports and imports: X(ID, "SQL").  Included by store.h and statements.c. */
