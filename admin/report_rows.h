/* SPDX-License-Identifier: Apache-2.0 */
/* Sections that are not just the rows of a statement: live counters, words for numbers. */
#ifndef ADMIN_REPORT_ROWS_H
#define ADMIN_REPORT_ROWS_H

#include "admin/report.h"

#define REPORT_BOOKS                                                                               \
	(const struct op_column[])                                                                 \
	{                                                                                          \
		{"liid", "LIID"}, {"lea", "Agency"}, {"received", "Received"}, {"extra", "Extra"}, \
		    {"delivered", "Delivered"}, {"waiting", "Waiting"}, {"summed", "Summed up"},   \
		    {"copies", "Copies"}, {"duplicate", "Duplicate"},                              \
		    {"out_of_scope", "Out of scope"}, {"rejected", "Rejected"}, {"shed", "Shed"},  \
		    {"lost", "Lost"}, {"ok", "Books agree"},                                       \
		{                                                                                  \
			NULL, NULL                                                                 \
		}                                                                                  \
	}

/* Each: a new array, or NULL when the source gave no answer (report.h). */
json_t *report_rows_books(struct report_job *j);
json_t *report_rows_elements(struct report_job *j);
json_t *report_rows_review(struct report_job *j);
json_t *report_rows_consistency(struct report_job *j);

/* Words in place of numbers. */
void report_map_journal(struct report_job *j, json_t *row);
void report_map_outside(struct report_job *j, json_t *row);
/* What the warrant of an act says: reference, LIID, window, destinations. */
void report_map_act(struct report_job *j, json_t *row);

/* Counters of a day in place of what was kept of it. */
void report_map_day(struct report_job *j, json_t *row);
/* The SHA-256 of a certificate of destruction. */
void report_map_certificate(struct report_job *j, json_t *row);
/* Names of roles, factors, and whether the roles exclude each other. */
void report_map_person(struct report_job *j, json_t *row);

#endif
