-- SPDX-License-Identifier: Apache-2.0
-- Sealed: targets, bindings, documents; what is kept, and what is destroyed.  Columns named "sealed" hold a nonce of 12 octets, AES-256-GCM
-- ciphertext and a tag of 16 octets under the key of their warrant; what is inside stands in admin/op_vault.h.

-- One row: how the key encryption key is known again, and (with a token) itself, wrapped by the token's key.
CREATE TABLE vault (
	id         INTEGER PRIMARY KEY CHECK (id = 1),
	generation INTEGER NOT NULL,                            -- grows with each new key encryption key
	kek_check  BLOB NOT NULL CHECK (length(kek_check) = 60),
	kek_token  BLOB,
	created_ns INTEGER NOT NULL
) STRICT;
-- Wrapped keys.  Rows are only appended, and overwritten by values of the same length: no copy of a key is left in the file when it is destroyed
-- (60 octets of zero).
CREATE TABLE vault_key (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	kind       TEXT NOT NULL CHECK (kind IN ('lea', 'warrant')),
	owner      INTEGER NOT NULL,                            -- row of the LEA (0: the system) or of the warrant
	lea        INTEGER NOT NULL,                            -- whose key wraps it; 0 for kind 'lea'
	key_id     BLOB NOT NULL CHECK (length(key_id) = 16),   -- random; names it in certificates
	created_ns INTEGER NOT NULL,
	wrapped    BLOB NOT NULL CHECK (length(wrapped) = 60)
) STRICT;
CREATE UNIQUE INDEX vault_key_owner ON vault_key (kind, owner);

-- Rules that tell a person: TEXT is masked, HASH empty.
ALTER TABLE warrant_rule ADD COLUMN sealed BLOB;

CREATE TABLE target (
	id         BLOB PRIMARY KEY CHECK (length(id) = 16),
	warrant    INTEGER NOT NULL REFERENCES warrant,
	lea        INTEGER NOT NULL REFERENCES lea,
	type       TEXT NOT NULL,                               -- admin/target_type.c
	masked     TEXT NOT NULL,
	idx        BLOB CHECK (idx IS NULL OR length(idx) = 32), -- HMAC of the normal form under the LEA's index key
	sealed     BLOB,                                        -- value as written and normal form
	own_check  INTEGER NOT NULL CHECK (own_check IN (0, 1)), -- a rule of the warrant was made from it
	created_ns INTEGER NOT NULL,
	origin     TEXT NOT NULL                                -- handle of the person
) STRICT, WITHOUT ROWID;
CREATE INDEX target_warrant ON target (warrant);
CREATE INDEX target_idx ON target (lea, idx);

-- Identity and address, account or MAC, from-to.
CREATE TABLE binding (
	id         BLOB PRIMARY KEY CHECK (length(id) = 16),
	warrant    INTEGER NOT NULL REFERENCES warrant,
	lea        INTEGER NOT NULL REFERENCES lea,
	target     BLOB NOT NULL REFERENCES target,
	type       TEXT NOT NULL,                               -- of what it is bound to
	masked     TEXT NOT NULL,
	idx        BLOB CHECK (idx IS NULL OR length(idx) = 32),
	sealed     BLOB,                                        -- value, normal form, reference of the source
	source     TEXT NOT NULL CHECK (source IN ('static', 'radius', 'dhcp', 'document')),
	hash       BLOB NOT NULL CHECK (length(hash) = 32),     -- SHA-256 of the record that tells it
	from_ns    INTEGER NOT NULL,
	until_ns   INTEGER,
	created_ns INTEGER NOT NULL,
	origin     TEXT NOT NULL,
	CHECK (until_ns IS NULL OR until_ns > from_ns)
) STRICT, WITHOUT ROWID;
CREATE INDEX binding_warrant ON binding (warrant, from_ns);

CREATE TABLE document (
	id         BLOB PRIMARY KEY CHECK (length(id) = 16),
	warrant    INTEGER NOT NULL REFERENCES warrant,
	lea        INTEGER NOT NULL REFERENCES lea,
	role       TEXT NOT NULL CHECK (role IN ('order', 'extension', 'cancellation', 'correspondence', 'evidence')),
	media      TEXT NOT NULL,
	name       BLOB,                                        -- sealed
	octets     INTEGER NOT NULL,
	sha256     BLOB NOT NULL CHECK (length(sha256) = 32),   -- of the document as it came
	created_ns INTEGER NOT NULL,
	origin     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX document_warrant ON document (warrant, created_ns);
CREATE TABLE document_part (
	id       INTEGER PRIMARY KEY,
	document BLOB NOT NULL REFERENCES document,
	pos      INTEGER NOT NULL,
	sealed   BLOB NOT NULL,
	UNIQUE (document, pos)
) STRICT;

-- Nets whose addresses many subscribers share: an address in them names nobody without ports.
CREATE TABLE shared_pool (
	net        TEXT PRIMARY KEY,
	note       TEXT,
	created_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO shared_pool VALUES ('100.64.0.0/10', 'RFC 6598', 0);

-- How long records and hashes are kept behind the end of a warrant, and what became of them.
CREATE TABLE warrant_keep (
	warrant     INTEGER PRIMARY KEY REFERENCES warrant,
	canary      INTEGER NOT NULL DEFAULT 0 CHECK (canary IN (0, 1)),
	days        INTEGER CHECK (days IS NULL OR days BETWEEN 1 AND 36500), -- NULL: setting retention_days
	shredded_ns INTEGER,
	certificate TEXT                                        -- JSON, of destruction
) STRICT;
CREATE TABLE hold (
	id          BLOB PRIMARY KEY CHECK (length(id) = 16),
	warrant     INTEGER NOT NULL REFERENCES warrant,
	authority   TEXT NOT NULL,
	reason      TEXT NOT NULL,
	created_ns  INTEGER NOT NULL,
	origin      TEXT NOT NULL,
	released_ns INTEGER,
	released_by TEXT,
	why         TEXT                                        -- of the release
) STRICT, WITHOUT ROWID;
CREATE INDEX hold_warrant ON hold (warrant);
INSERT INTO setting VALUES ('retention_days', 1826);
