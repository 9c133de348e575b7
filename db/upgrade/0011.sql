-- SPDX-License-Identifier: Apache-2.0
-- Keys that persons made elsewhere and ask to have in the key list.  They count for nothing here: two persons put a key into the list.
CREATE TABLE key_request (
	key      TEXT PRIMARY KEY CHECK (length(key) = 64),  -- SHA-256 of the SubjectPublicKeyInfo, hexadecimal
	person   INTEGER NOT NULL REFERENCES person,
	rights   TEXT NOT NULL,                              -- JSON: words in order
	spki     TEXT NOT NULL,                              -- base64
	asked_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX key_request_person ON key_request (person);
