-- SPDX-License-Identifier: Apache-2.0
-- What two persons signed.
CREATE TABLE key_list (
	version    INTEGER PRIMARY KEY,
	envelope   TEXT NOT NULL,          -- JSON, mf/trust/keylist.h
	created_ns INTEGER NOT NULL
) STRICT;
CREATE TABLE statement (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	type       TEXT NOT NULL,          -- "openmdf.warrant.v1", ...
	object     TEXT NOT NULL,          -- "warrant 7", "destination 3"
	doc        TEXT NOT NULL,          -- canonical JSON
	sha256     BLOB NOT NULL CHECK (length(sha256) = 32),
	key1       TEXT NOT NULL,
	sig1       BLOB NOT NULL CHECK (length(sig1) = 64),
	key2       TEXT NOT NULL,
	sig2       BLOB NOT NULL CHECK (length(sig2) = 64),
	created_ns INTEGER NOT NULL
) STRICT;
CREATE INDEX statement_object ON statement (object, id);
ALTER TABLE warrant ADD COLUMN statement INTEGER REFERENCES statement;     -- what holds now
ALTER TABLE destination ADD COLUMN statement INTEGER REFERENCES statement;
ALTER TABLE warrant ADD COLUMN tenant INTEGER REFERENCES tenant;
ALTER TABLE ne ADD COLUMN tenant INTEGER REFERENCES tenant;
