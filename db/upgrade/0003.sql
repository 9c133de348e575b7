-- SPDX-License-Identifier: Apache-2.0
-- What an agency's facilities want (profiles), and what a warrant or a network element is narrowed to.

-- One row per imported profile.  TEXT: the file as JSON with sorted keys and no spaces; fields that it does not name have their defaults
-- (admin/profile.c).
CREATE TABLE profile (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	name       TEXT NOT NULL UNIQUE,
	version    TEXT NOT NULL,
	text       TEXT NOT NULL,
	sha256     BLOB NOT NULL CHECK (length(sha256) = 32), -- of TEXT
	origin     TEXT NOT NULL,                             -- who brought it: user and interface
	created_ns INTEGER NOT NULL
) STRICT;
-- NULL: the built-in profile "etsi", with the agency's own gtime and ps_version.
ALTER TABLE lea ADD COLUMN profile INTEGER REFERENCES profile;

ALTER TABLE ne ADD COLUMN grp INTEGER NOT NULL DEFAULT 0 CHECK (grp IN (0, 1));       -- san is a pattern with one '*'
ALTER TABLE ne ADD COLUMN opaque INTEGER NOT NULL DEFAULT 0 CHECK (opaque IN (0, 1)); -- what nobody here reads is handed on as it is
ALTER TABLE ne ADD COLUMN unwrap INTEGER NOT NULL DEFAULT 0 CHECK (unwrap IN (0, 1)); -- tunnels of the operator's own are taken off
ALTER TABLE ne ADD COLUMN country TEXT CHECK (country IS NULL OR length(country) = 2);

ALTER TABLE warrant ADD COLUMN content TEXT NOT NULL DEFAULT 'full' CHECK (content IN ('full', 'headers', 'summary'));
ALTER TABLE warrant ADD COLUMN services TEXT;  -- JSON array of names; NULL: all
ALTER TABLE warrant ADD COLUMN countries TEXT; -- JSON array of two letters each, of network elements; NULL: any
ALTER TABLE warrant ADD COLUMN triggered INTEGER NOT NULL DEFAULT 0 CHECK (triggered IN (0, 1)); -- media named in its IRI opens its CC
ALTER TABLE warrant ADD COLUMN metadata INTEGER NOT NULL DEFAULT 0 CHECK (metadata IN (0, 1));   -- metadata only, by command

-- Rules in their text form.  An identifier of a target is kept as the first 16 octets of SHA-256 of its normal form, and masked in TEXT.
CREATE TABLE warrant_rule (
	warrant INTEGER NOT NULL REFERENCES warrant,
	what    TEXT NOT NULL CHECK (what IN ('exclude', 'target')),
	pos     INTEGER NOT NULL,
	text    TEXT NOT NULL,
	hash    BLOB CHECK (hash IS NULL OR length(hash) = 16),
	PRIMARY KEY (warrant, what, pos)
) STRICT, WITHOUT ROWID;
CREATE TABLE ne_rule (
	ne   INTEGER NOT NULL REFERENCES ne,
	pos  INTEGER NOT NULL,
	text TEXT NOT NULL,
	hash BLOB CHECK (hash IS NULL OR length(hash) = 16),
	PRIMARY KEY (ne, pos)
) STRICT, WITHOUT ROWID;

-- What happened to a warrant in the data plane or by command: fall-back to metadata only, dynamic triggering.
CREATE TABLE warrant_event (
	id      INTEGER PRIMARY KEY,
	warrant INTEGER NOT NULL,
	time_ns INTEGER NOT NULL,
	event   TEXT NOT NULL,
	origin  TEXT NOT NULL, -- 'rule', or the user who commanded it
	text    TEXT
) STRICT;
CREATE INDEX warrant_event_warrant ON warrant_event (warrant, id);
