-- SPDX-License-Identifier: Apache-2.0
-- Evidence: hash records, completeness, notices of faults, reconciliation.

-- What a warrant is called in hash records: random, so that a proof shows one record and says nothing of others.
CREATE TABLE hash_handle (
	warrant INTEGER PRIMARY KEY,
	handle  BLOB NOT NULL UNIQUE CHECK (length(handle) = 16)
) STRICT;

-- The table of version 1 was never filled.
DROP TABLE hash_record;
-- Each row is a leaf of the audit log too (AUDIT_SEQ).  Kept hash_keep_days after the content is gone; the leaf stays.
CREATE TABLE hash_record (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid      BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
	kind      TEXT NOT NULL CHECK (kind IN ('segment', 'check', 'file')),
	lea       INTEGER,          -- no foreign keys: what the data plane recorded is stored, whatever the database knows
	warrant   INTEGER,
	handle    BLOB CHECK (handle IS NULL OR length(handle) = 16),
	class     TEXT,             -- of a segment or check: the queue
	cin       INTEGER,          -- of a check
	type      TEXT CHECK (type IS NULL OR type IN ('iri', 'cc')),
	signature INTEGER CHECK (signature IS NULL OR signature IN (0, 1)),
	seq       INTEGER,          -- of a check: its number in its series; of a segment: its number
	first     INTEGER,          -- numbers covered; of a segment: its records
	last      INTEGER,
	n         INTEGER,
	octets    INTEGER,
	name      TEXT,             -- of a file
	algorithm TEXT NOT NULL,
	value     BLOB NOT NULL,
	time_ns   INTEGER NOT NULL, -- when it was made
	void_ns   INTEGER,          -- a check that was never sent: a crash lay between
	audit_seq INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX hash_record_segment ON hash_record (lea, class, seq) WHERE kind = 'segment';
CREATE UNIQUE INDEX hash_record_check ON hash_record (warrant, cin, signature, seq) WHERE kind = 'check' AND void_ns IS NULL;
CREATE INDEX hash_record_warrant ON hash_record (warrant, id) WHERE warrant IS NOT NULL;
CREATE INDEX hash_record_value ON hash_record (value);

-- The account of a warrant and a UTC day: counters when the day began for it, and the last ones seen in it (JSON, see admin/complete.h).
CREATE TABLE completeness (
	warrant   INTEGER NOT NULL REFERENCES warrant,
	day       TEXT NOT NULL CHECK (length(day) = 10),
	from_ns   INTEGER NOT NULL, -- of the counters in BASE and in LAST
	to_ns     INTEGER NOT NULL,
	base      TEXT NOT NULL,
	last      TEXT NOT NULL,
	sha256    BLOB CHECK (sha256 IS NULL OR length(sha256) = 32), -- of the canonical account, when the day is closed
	audit_seq INTEGER,          -- its leaf
	PRIMARY KEY (warrant, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX completeness_open ON completeness (warrant) WHERE sha256 IS NULL;

-- What an agency is told of a fault that concerns it.
CREATE TABLE fault_notice (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid        BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
	lea         INTEGER NOT NULL REFERENCES lea,
	cause       TEXT NOT NULL CHECK (cause IN ('link', 'ne', 'gap', 'overflow', 'outage', 'clock', 'ingest')),
	object      TEXT NOT NULL,    -- link, network element or queue
	effect      TEXT NOT NULL,
	begin_ns    INTEGER NOT NULL,
	told_ns     INTEGER,          -- when it became one: the fault lasted notice_after_s
	expected_ns INTEGER,
	restored_ns INTEGER,
	note        TEXT,
	acked_by    TEXT,
	acked_ns    INTEGER
) STRICT;
CREATE UNIQUE INDEX fault_notice_open ON fault_notice (lea, cause, object) WHERE restored_ns IS NULL;
CREATE TABLE fault_notice_warrant (
	notice  INTEGER NOT NULL REFERENCES fault_notice,
	warrant INTEGER NOT NULL REFERENCES warrant,
	PRIMARY KEY (notice, warrant)
) STRICT, WITHOUT ROWID;
-- Messages to be handed over; HANDED_NS: durable in the agency's IRI queue.
CREATE TABLE fault_notice_out (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	notice    INTEGER NOT NULL REFERENCES fault_notice,
	warrant   INTEGER NOT NULL REFERENCES warrant,
	what      TEXT NOT NULL CHECK (what IN ('begin', 'update', 'restored')),
	text      TEXT NOT NULL,
	handed_ns INTEGER
) STRICT;
CREATE INDEX fault_notice_out_open ON fault_notice_out (id) WHERE handed_ns IS NULL;

-- Differences between what is approved and what is done.
CREATE TABLE reconciliation (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	code       TEXT NOT NULL,
	object     TEXT NOT NULL,
	text       TEXT NOT NULL,
	found_ns   INTEGER NOT NULL,
	cleared_ns INTEGER
) STRICT;
CREATE UNIQUE INDEX reconciliation_open ON reconciliation (code, object) WHERE cleared_ns IS NULL;

INSERT INTO setting VALUES ('hash_keep_days', 1827);    -- five years
INSERT INTO setting VALUES ('evidence_every_s', 60);    -- completeness and reconciliation
INSERT INTO setting VALUES ('notice_after_s', 30);      -- a fault that lasts so long is told to the agencies concerned
INSERT INTO setting VALUES ('silent_after_s', 0);       -- an active warrant without a PDU for so long is reported; 0: never
INSERT INTO setting VALUES ('clock_error_max_ms', 0);   -- larger error bound of the clock, or no synchronisation, is an alarm; 0: not watched
