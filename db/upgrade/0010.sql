-- SPDX-License-Identifier: Apache-2.0
-- Reports that were made, their schedule, and the quarterly review of a sample.
CREATE TABLE report_schedule (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	kind       TEXT NOT NULL,
	lea        INTEGER REFERENCES lea,
	every      TEXT NOT NULL CHECK (every IN ('daily', 'weekly', 'monthly', 'quarterly')),
	at         TEXT NOT NULL CHECK (at GLOB '[0-2][0-9]:[0-5][0-9]'),
	zone       INTEGER NOT NULL CHECK (zone BETWEEN -1080 AND 1080), -- minutes east of UTC
	next_ns    INTEGER NOT NULL,
	last_ns    INTEGER,                                              -- end of the last period that was reported
	created_by TEXT NOT NULL,
	created_ns INTEGER NOT NULL
) STRICT;
CREATE TABLE report (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid     BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
	kind     TEXT NOT NULL,
	lea      INTEGER REFERENCES lea,
	warrant  INTEGER REFERENCES warrant,
	from_ns  INTEGER NOT NULL,
	to_ns    INTEGER NOT NULL,
	text     TEXT NOT NULL,                                 -- canonical JSON, admin/report.h
	octets   INTEGER NOT NULL,                              -- of TEXT
	sha256   BLOB NOT NULL CHECK (length(sha256) = 32),     -- of TEXT
	made_by  TEXT NOT NULL,
	made_ns  INTEGER NOT NULL,
	schedule INTEGER REFERENCES report_schedule ON DELETE SET NULL
) STRICT;
CREATE TRIGGER report_no_update BEFORE UPDATE OF uuid, kind, text, sha256, made_by, made_ns ON report
BEGIN SELECT RAISE(ABORT, 'a report that was made is not changed'); END;

-- A sample of audit rows to compare with the orders (TKUEV 17).  The seed is a digest that nobody could choose.
CREATE TABLE review (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid       BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
	from_ns    INTEGER NOT NULL,
	to_ns      INTEGER NOT NULL,
	percent    INTEGER NOT NULL CHECK (percent BETWEEN 1 AND 100),
	population INTEGER NOT NULL,
	seed       BLOB NOT NULL CHECK (length(seed) = 32),
	seed_of    TEXT NOT NULL,                               -- what the seed is: a tree head, or the digest of the rows
	state      TEXT NOT NULL CHECK (state IN ('open', 'closed')),
	opened_by  TEXT NOT NULL,
	opened_ns  INTEGER NOT NULL,
	closed_by  TEXT,
	closed_ns  INTEGER,
	result     TEXT
) STRICT;
CREATE TABLE review_item (
	review      INTEGER NOT NULL REFERENCES review,
	seq         INTEGER NOT NULL,                           -- row of the audit log
	why         TEXT NOT NULL CHECK (why IN ('sample', 'test', 'suspicious')),
	result      TEXT CHECK (result IS NULL OR result IN ('match', 'objection')),
	note        TEXT,
	reviewer    TEXT,
	recorded_ns INTEGER,
	PRIMARY KEY (review, seq)
) STRICT, WITHOUT ROWID;
