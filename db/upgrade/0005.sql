-- SPDX-License-Identifier: Apache-2.0
-- Tenants, persons, their sessions.
CREATE TABLE tenant (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	name       TEXT NOT NULL UNIQUE,
	created_ns INTEGER NOT NULL
) STRICT;
ALTER TABLE lea ADD COLUMN shared INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1)); -- 1: all tenants see it
-- Roles are bits (enum op_who): 1 LI admin, 2 approver, 4 liaison, 8 operator, 16 auditor, 32 security officer.  LI admin, approver, auditor and
-- security officer exclude each other, and a liaison is nothing else: with operator that leaves these ten sets.
CREATE TABLE person (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	handle     TEXT NOT NULL UNIQUE,                  -- what audit rows and key lists name; never used again
	name       TEXT NOT NULL,
	job        TEXT,                                  -- function and contact, 47 CFR 1.20003(b)
	roles      INTEGER NOT NULL CHECK (roles IN (1, 2, 4, 8, 16, 32, 9, 10, 24, 40)),
	lea        INTEGER REFERENCES lea CHECK ((lea IS NOT NULL) = (roles = 4)), -- a liaison's agency
	tenant     INTEGER REFERENCES tenant,             -- NULL: all
	uid        INTEGER UNIQUE,                        -- of the control socket
	pin        BLOB UNIQUE CHECK (pin IS NULL OR length(pin) = 32), -- SHA-256 of the public key of the client certificate
	password   TEXT,                                  -- argon2id, encoded
	totp       BLOB,                                  -- sealed
	totp_last  INTEGER NOT NULL DEFAULT 0,            -- newest time step used
	invite     BLOB CHECK (invite IS NULL OR length(invite) = 32), -- SHA-256 of the one-time code
	invite_ns  INTEGER,                               -- good until
	state      TEXT NOT NULL CHECK (state IN ('invited', 'active', 'locked', 'gone')),
	login_ns   INTEGER,                               -- last log-in
	created_ns INTEGER NOT NULL
) STRICT;
CREATE TRIGGER person_no_delete BEFORE DELETE ON person BEGIN SELECT RAISE(ABORT, 'persons are never deleted'); END;
CREATE TRIGGER person_gone BEFORE UPDATE ON person WHEN OLD.state = 'gone'
	BEGIN SELECT RAISE(ABORT, 'who is gone does not come back'); END;

-- A session with a token (REST), or of one connection of the control socket (token NULL).
CREATE TABLE session (
	id         TEXT PRIMARY KEY,                      -- public, for the audit log
	token      BLOB UNIQUE CHECK (token IS NULL OR length(token) = 32), -- its SHA-256
	person     INTEGER NOT NULL REFERENCES person,
	interface  TEXT NOT NULL,
	method     TEXT NOT NULL CHECK (method IN ('key', 'password', 'certificate')),
	source     TEXT NOT NULL,
	pin        BLOB CHECK (pin IS NULL OR length(pin) = 32), -- public key of the client certificate that it is bound to
	created_ns INTEGER NOT NULL,
	last_ns    INTEGER NOT NULL,
	stepped_ns INTEGER NOT NULL                       -- last fresh factor
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX session_one ON session (person, interface);
CREATE TABLE api_token (
	id         TEXT PRIMARY KEY,
	token      BLOB NOT NULL UNIQUE CHECK (length(token) = 32), -- its SHA-256
	person     INTEGER NOT NULL REFERENCES person,
	name       TEXT NOT NULL,
	ops        TEXT NOT NULL,                         -- names of operations with commas; '': all of the person
	read_only  INTEGER NOT NULL CHECK (read_only IN (0, 1)),
	until_ns   INTEGER NOT NULL,
	created_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Whoever is locked, gone or has other roles has no session any more, whoever changed the row.
CREATE TRIGGER person_rights AFTER UPDATE OF roles, lea, tenant, state ON person
	WHEN OLD.roles <> NEW.roles OR OLD.lea IS NOT NEW.lea OR OLD.tenant IS NOT NEW.tenant OR NEW.state IN ('locked', 'gone')
	BEGIN DELETE FROM session WHERE person = NEW.id; DELETE FROM api_token WHERE person = NEW.id; END;

-- The one-time code of a new system (<state_dir>/enrol-code): once used up it never counts again.
CREATE TABLE enrolment (
	one  INTEGER PRIMARY KEY CHECK (one = 1),
	over INTEGER NOT NULL CHECK (over IN (0, 1))
) STRICT;
INSERT INTO enrolment VALUES (1, 0);
CREATE TRIGGER enrolment_once BEFORE UPDATE ON enrolment WHEN OLD.over = 1 AND NEW.over = 0
	BEGIN SELECT RAISE(ABORT, 'the one-time code is used up'); END;
CREATE TRIGGER enrolment_stays BEFORE DELETE ON enrolment BEGIN SELECT RAISE(ABORT, 'the one-time code is used up'); END;
