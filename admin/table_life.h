/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Rows of the table of operations: approvals, the life of a warrant, regimes.  Included by ops_table.c. */
