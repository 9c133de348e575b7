-- SPDX-License-Identifier: Apache-2.0
-- What is not handed over, by session (CIN) where one is known: column of the journal, and sums that stay when old rows of it go.
ALTER TABLE journal ADD COLUMN cin INTEGER NOT NULL DEFAULT 0; -- 0: no session known
CREATE INDEX journal_session ON journal (warrant, cin, id) WHERE cin <> 0;
CREATE TABLE journal_sum (
	warrant  INTEGER NOT NULL,
	cin      INTEGER NOT NULL,
	kind     INTEGER NOT NULL,
	code     INTEGER NOT NULL,
	part     INTEGER NOT NULL, -- of what was shed: its class; else 0
	n        INTEGER NOT NULL, -- PDUs; of numbers: how many
	entries  INTEGER NOT NULL,
	first_ns INTEGER NOT NULL,
	last_ns  INTEGER NOT NULL,
	PRIMARY KEY (warrant, cin, kind, code, part)
) STRICT, WITHOUT ROWID;
INSERT INTO journal_sum SELECT warrant, 0, kind, code, CASE WHEN kind = 9 THEN ifnull(first, 0) ELSE 0 END AS part, sum(n), count(*), min(time_ns),
	max(time_ns) FROM journal WHERE warrant <> 0 AND kind IN (1, 4, 9, 11) GROUP BY warrant, kind, code, part;
