-- SPDX-License-Identifier: Apache-2.0
-- The audit log as a Merkle tree with signed heads.

-- Rows of before are kept as they are, append-only and outside the tree; the new log begins at 1.
ALTER TABLE audit RENAME TO audit_before;

-- One row per command, refused or not, per reading of an identity, per event of the system.  The entry that is hashed (docs/audit.md) is written
-- from these columns and the leaf of the row before, so no column can be changed without the leaf.
CREATE TABLE audit (
	seq         INTEGER PRIMARY KEY CHECK (seq > 0),
	time_ns     INTEGER NOT NULL, -- never runs backwards
	clock       TEXT NOT NULL,    -- 'synchronised', 'unsynchronised', 'unknown'
	clock_ns    INTEGER,          -- bound of its error
	boot_id     TEXT NOT NULL,
	uid         INTEGER,
	actor       TEXT NOT NULL,
	interface   TEXT NOT NULL,
	role        TEXT,
	session     TEXT,
	source      TEXT,
	op          TEXT NOT NULL,
	object      TEXT NOT NULL,
	outcome     TEXT NOT NULL CHECK (outcome IN ('ok', 'refused', 'error')),
	code        TEXT,
	reason      TEXT,
	request     TEXT,
	before_hash BLOB CHECK (before_hash IS NULL OR length(before_hash) = 32), -- SHA-256 of the object as JSON, sorted keys
	after_hash  BLOB CHECK (after_hash IS NULL OR length(after_hash) = 32),
	detail      TEXT,                                                         -- canonical JSON
	leaf        BLOB NOT NULL CHECK (length(leaf) = 32)
) STRICT;
CREATE INDEX audit_by_object ON audit (object);
CREATE INDEX audit_by_op ON audit (op);
CREATE INDEX audit_by_actor ON audit (actor);
CREATE INDEX audit_not_ok ON audit (outcome) WHERE outcome <> 'ok';
-- Words of actor, operation, object, code, reason and detail, for the search; nothing is proven by it.
CREATE VIRTUAL TABLE audit_word USING fts5 (text, content = '', columnsize = 0, detail = none, tokenize = 'ascii');

-- Complete subtrees from 256 leaves on: level 8 and above.
CREATE TABLE audit_node (
	level INTEGER NOT NULL,
	idx   INTEGER NOT NULL, -- leaves [idx << level, (idx + 1) << level)
	hash  BLOB NOT NULL CHECK (length(hash) = 32),
	PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_head (
	id      INTEGER PRIMARY KEY,
	size    INTEGER NOT NULL,
	origin  TEXT NOT NULL,
	time_ns INTEGER NOT NULL,
	root    BLOB NOT NULL CHECK (length(root) = 32),
	note    TEXT NOT NULL -- signed note
) STRICT;
CREATE INDEX audit_head_size ON audit_head (size);
-- What witnesses signed of it.
CREATE TABLE audit_cosign (
	head    INTEGER NOT NULL REFERENCES audit_head,
	name    TEXT NOT NULL,
	time_s  INTEGER NOT NULL,
	vkey    TEXT NOT NULL,
	line    TEXT NOT NULL,
	PRIMARY KEY (head, name)
) STRICT, WITHOUT ROWID;
-- How far the syslog server and the search have it; may change.
CREATE TABLE audit_sent (
	one   INTEGER PRIMARY KEY CHECK (one = 1),
	seq   INTEGER NOT NULL,
	words INTEGER NOT NULL
) STRICT;
INSERT INTO audit_sent VALUES (1, 0, 0);

CREATE TRIGGER audit_row_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_row_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_node_no_update BEFORE UPDATE ON audit_node BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_node_no_delete BEFORE DELETE ON audit_node BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_head_no_update BEFORE UPDATE ON audit_head BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_cosign_no_update BEFORE UPDATE ON audit_cosign BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_cosign_no_delete BEFORE DELETE ON audit_cosign BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
