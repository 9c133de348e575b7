-- SPDX-License-Identifier: Apache-2.0
-- openmdf.db, version 1: what people change at run time, and what the mediator must remember for them.
-- A new database is this file and then every upgrade/NNNN.sql in order; PRAGMA user_version tells how far it has come.  A released file is never
-- edited again.  Each file runs in one transaction.
-- Times are nanoseconds since 1970 UTC (INTEGER, ..._ns).  Row ids are handles in spool directories, logs and counters: never reused.
-- No target identity is kept here in this version.

CREATE TABLE setting (
	name  TEXT PRIMARY KEY,
	value ANY NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO setting VALUES ('task_version', 1);         -- grows with every change that the data plane must see
INSERT INTO setting VALUES ('journal_rows_max', 1000000);-- oldest journal rows beyond this number are deleted
INSERT INTO setting VALUES ('operator_id', 'openmdf');  -- operatorIdentifier of a warrant that names none

CREATE TABLE lea (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	name       TEXT NOT NULL UNIQUE,
	country    TEXT CHECK (country IS NULL OR length(country) = 2),
	gtime      INTEGER NOT NULL DEFAULT 0 CHECK (gtime IN (0, 1)), -- GeneralizedTime instead of microSecondTimeStamp
	ps_version INTEGER NOT NULL DEFAULT 43 CHECK (ps_version BETWEEN 1 AND 65535),
	created_ns INTEGER NOT NULL
) STRICT;

CREATE TABLE destination (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	did         BLOB NOT NULL UNIQUE CHECK (length(did) = 16),
	lea         INTEGER NOT NULL REFERENCES lea,
	name        TEXT NOT NULL,
	kind        TEXT NOT NULL CHECK (kind IN ('hi2', 'hi3', 'both')),
	transport   TEXT NOT NULL CHECK (transport IN ('tls', 'tcp')),
	tls12       INTEGER NOT NULL CHECK (tls12 IN (0, 1)),
	server_name TEXT,                                              -- SAN that the certificate of the LEMF must carry
	level       TEXT NOT NULL CHECK (level IN ('auto', 'a', 'b', 'c')),
	enabled     INTEGER NOT NULL CHECK (enabled IN (0, 1)),
	time1_s     INTEGER NOT NULL CHECK (time1_s >= 0),             -- keep-alive timers, TS 102 232-1 clause 6.3.4
	time2_s     INTEGER NOT NULL CHECK (time2_s > 0),
	time3_s     INTEGER NOT NULL CHECK (time3_s > 0),
	options     TEXT NOT NULL,                                     -- rarely needed settings of mf/delivery/destination.h
	created_ns  INTEGER NOT NULL,
	removed_ns  INTEGER
) STRICT;
CREATE UNIQUE INDEX destination_name ON destination (name) WHERE removed_ns IS NULL;
CREATE TABLE destination_address (
	destination INTEGER NOT NULL REFERENCES destination,
	pos         INTEGER NOT NULL, -- failover order
	address     TEXT NOT NULL,    -- numeric ip:port, [ip6]:port
	PRIMARY KEY (destination, pos)
) STRICT, WITHOUT ROWID;
CREATE TABLE destination_pin (
	destination INTEGER NOT NULL REFERENCES destination,
	pos         INTEGER NOT NULL,
	pin         BLOB NOT NULL CHECK (length(pin) = 32), -- SHA-256 of SubjectPublicKeyInfo
	PRIMARY KEY (destination, pos)
) STRICT, WITHOUT ROWID;

CREATE TABLE ne (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	name       TEXT NOT NULL UNIQUE,
	san        TEXT NOT NULL UNIQUE COLLATE NOCASE, -- DNS name or URI in its certificate
	x2         INTEGER NOT NULL CHECK (x2 IN (0, 1)),
	x3         INTEGER NOT NULL CHECK (x3 IN (0, 1)),
	tls12      INTEGER NOT NULL CHECK (tls12 IN (0, 1)),
	enabled    INTEGER NOT NULL CHECK (enabled IN (0, 1)),
	time_p2_s  INTEGER NOT NULL CHECK (time_p2_s BETWEEN 1 AND 86400),
	created_ns INTEGER NOT NULL
) STRICT;
CREATE TABLE ne_pin (
	ne  INTEGER NOT NULL REFERENCES ne,
	pos INTEGER NOT NULL CHECK (pos IN (0, 1)),
	pin BLOB NOT NULL CHECK (length(pin) = 32),
	PRIMARY KEY (ne, pos)
) STRICT, WITHOUT ROWID;

CREATE TABLE warrant (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid          BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16), -- shown to people
	reference     TEXT,                                          -- of the issuing authority
	lea           INTEGER NOT NULL REFERENCES lea,
	liid          TEXT NOT NULL,                                 -- as written
	liid_octets   BLOB NOT NULL CHECK (length(liid_octets) BETWEEN 1 AND 25),
	auth_cc       TEXT CHECK (auth_cc IS NULL OR length(auth_cc) = 2),
	delivery_cc   TEXT CHECK (delivery_cc IS NULL OR length(delivery_cc) = 2),
	delivery      TEXT NOT NULL CHECK (delivery IN ('iri', 'cc', 'both')),
	from_ns       INTEGER NOT NULL,
	until_ns      INTEGER NOT NULL,
	from_written  TEXT NOT NULL,                                 -- with the zone of the order
	until_written TEXT NOT NULL,
	hi2           INTEGER REFERENCES destination,
	hi3           INTEGER REFERENCES destination,
	operator_id   TEXT CHECK (operator_id IS NULL OR length(operator_id) BETWEEN 1 AND 16),
	ne_id         TEXT CHECK (ne_id IS NULL OR length(ne_id) BETWEEN 1 AND 16),
	state         TEXT NOT NULL CHECK (state IN ('draft', 'active', 'suspended', 'ended')),
	ended_ns      INTEGER,                                       -- stopped before the end of its window
	created_ns    INTEGER NOT NULL,
	CHECK (from_ns < until_ns)
) STRICT;
-- A LIID is never given twice at one LEA: handover numbers are counted per (LIID, CIN) and must never name two PDUs.
CREATE UNIQUE INDEX warrant_liid ON warrant (lea, liid_octets);
CREATE TABLE warrant_xid (
	xid     BLOB NOT NULL CHECK (length(xid) = 16),
	warrant INTEGER NOT NULL REFERENCES warrant,
	PRIMARY KEY (xid, warrant)
) STRICT, WITHOUT ROWID;
CREATE INDEX warrant_xid_warrant ON warrant_xid (warrant);
CREATE TABLE warrant_ne (
	warrant INTEGER NOT NULL REFERENCES warrant,
	ne      INTEGER NOT NULL REFERENCES ne,
	PRIMARY KEY (warrant, ne)
) STRICT, WITHOUT ROWID;

-- Append-only.  Written in the transaction of the change; refused attempts too.
CREATE TABLE audit (
	seq         INTEGER PRIMARY KEY AUTOINCREMENT,
	time_ns     INTEGER NOT NULL,
	boot_id     TEXT NOT NULL,
	uid         INTEGER NOT NULL,
	actor       TEXT NOT NULL,
	interface   TEXT NOT NULL,
	op          TEXT NOT NULL,
	object      TEXT NOT NULL,
	outcome     TEXT NOT NULL CHECK (outcome IN ('ok', 'refused', 'error')),
	code        TEXT,
	reason      TEXT,
	before_hash BLOB CHECK (before_hash IS NULL OR length(before_hash) = 32), -- SHA-256 of the object as JSON, sorted keys
	after_hash  BLOB CHECK (after_hash IS NULL OR length(after_hash) = 32),
	request     TEXT
) STRICT;
CREATE INDEX audit_object ON audit (object);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- What the data plane had to record although nothing was handed over for it (mf/spool/journal.h).
CREATE TABLE journal (
	id          INTEGER PRIMARY KEY,
	time_ns     INTEGER NOT NULL,
	kind        INTEGER NOT NULL,
	code        INTEGER NOT NULL,
	ne          INTEGER NOT NULL,
	warrant     INTEGER NOT NULL,
	n           INTEGER NOT NULL, -- PDUs concerned
	xid         BLOB,
	correlation TEXT,             -- unsigned 64 bit, hexadecimal
	first       INTEGER,
	last        INTEGER,
	pdu_type    INTEGER,
	format      INTEGER,
	pdu_len     INTEGER,
	digest      BLOB,             -- SHA-256 of the PDU, never its content
	note        TEXT
) STRICT;
CREATE INDEX journal_warrant ON journal (warrant, id) WHERE warrant <> 0;
-- How far the journal queue has been read; changes in the transaction that stores the rows.
CREATE TABLE journal_cursor (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	seg INTEGER NOT NULL,
	rec INTEGER NOT NULL,
	off INTEGER NOT NULL
) STRICT;
INSERT INTO journal_cursor VALUES (1, 0, 0, 0);

CREATE TABLE alarm (
	id         INTEGER PRIMARY KEY,
	code       TEXT NOT NULL,
	object     TEXT NOT NULL,
	severity   TEXT NOT NULL,
	text       TEXT NOT NULL,
	role       TEXT NOT NULL,
	raised_ns  INTEGER NOT NULL,
	cleared_ns INTEGER
) STRICT;
CREATE UNIQUE INDEX alarm_active ON alarm (code, object) WHERE cleared_ns IS NULL;

-- Integrity hashes of what was delivered; filled by a later version.
CREATE TABLE hash_record (
	id          INTEGER PRIMARY KEY,
	warrant     INTEGER NOT NULL REFERENCES warrant,
	cin         INTEGER NOT NULL,
	kind        TEXT NOT NULL,
	first_seq   INTEGER NOT NULL,
	last_seq    INTEGER NOT NULL,
	hash        BLOB NOT NULL,
	signature   BLOB,
	time_ns     INTEGER NOT NULL
) STRICT;
