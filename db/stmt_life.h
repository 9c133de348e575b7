/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of approvals, the life of a warrant, regimes: X(ID, "SQL").  Included by store.h and statements.c. */
