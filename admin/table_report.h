/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Rows of the table of operations: reports and imports.  Included by ops_table.c. */
