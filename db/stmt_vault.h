/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of targets, bindings, documents, retention: X(ID, "SQL").  Included by store.h and statements.c. */
