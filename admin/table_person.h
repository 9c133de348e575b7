/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Rows of the table of operations: persons, sessions, tenants.  Included by ops_table.c. */
