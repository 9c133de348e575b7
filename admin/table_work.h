/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Rows of the table of operations: long work.  Included by ops_table.c. */
	{ "work.list", "GET", "/works", OPW_ANY, OP_OWN, "List your long work that runs or ended within a day, the newest first; what was under way when the daemon ended is \"interrupted\".", ARGS(),
	    COLUMNS({ "work", "WORK" }, { "op", "OPERATION" }, { "object", "OBJECT" }, { "state", "STATE" }, { "done", "DONE" }, { "total", "OF" },
	    { "begun", "BEGUN" }, { "ended", "ENDED" }), FN(op_work_list) },
	{ "work.show", "GET", "/works/{work}", OPW_ANY, OP_OWN, "Show how far a work of yours is, and its result.",
	    ARGS({ "work", OP_UUID, R, NULL, "the work" }), NULL, FN(op_work_show) },
	{ "work.cancel", "DELETE", "/works/{work}", OPW_ANY, OP_OWN, "End a work of yours that runs; what it made until then is dropped.",
	    ARGS({ "work", OP_UUID, R, NULL, "the work" }), NULL, FN(op_work_cancel) },
