-- SPDX-License-Identifier: Apache-2.0
-- Tenants and persons.
CREATE TABLE tenant (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	name       TEXT NOT NULL UNIQUE,
	created_ns INTEGER NOT NULL
) STRICT;
CREATE TABLE person (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	handle     TEXT NOT NULL UNIQUE,                  -- what audit rows and key lists name
	name       TEXT NOT NULL,
	job        TEXT,                                  -- function and contact, 47 CFR 1.20003(b)
	roles      INTEGER NOT NULL,                      -- bits of enum op_who
	lea        INTEGER REFERENCES lea,                -- a liaison's agency
	tenant     INTEGER REFERENCES tenant,             -- NULL: all
	uid        INTEGER UNIQUE,                        -- of the control socket
	pin        BLOB UNIQUE CHECK (pin IS NULL OR length(pin) = 32), -- SHA-256 of the public key of the client certificate
	password   TEXT,                                  -- argon2id, encoded
	totp       BLOB,                                  -- sealed
	totp_last  INTEGER NOT NULL DEFAULT 0,            -- newest time step used
	state      TEXT NOT NULL CHECK (state IN ('invited', 'active', 'locked', 'gone')),
	created_ns INTEGER NOT NULL
) STRICT;
