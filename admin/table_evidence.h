/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Rows of the table of operations: hash records, completeness, notices, reconciliation.  Included by ops_table.c. */
