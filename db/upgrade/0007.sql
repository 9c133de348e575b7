-- SPDX-License-Identifier: Apache-2.0
-- Life cycle of a warrant: its record, its states and their history, approvals, regimes.

-- A regime: what the law of a country wants of the record of a warrant and of its handling (admin/regime.c).
CREATE TABLE regime (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	name       TEXT NOT NULL UNIQUE,
	version    TEXT NOT NULL,
	text       TEXT NOT NULL,                             -- JSON with sorted keys
	sha256     BLOB NOT NULL CHECK (length(sha256) = 32), -- of TEXT
	origin     TEXT NOT NULL,
	created_ns INTEGER NOT NULL
) STRICT;
ALTER TABLE tenant ADD COLUMN regime TEXT; -- of its warrants that name none; NULL: the setting "regime"
INSERT INTO setting VALUES ('regime', 'etsi');

-- The table of warrants with more states; foreign keys are off while it is put in place of the former one (db/store.c).
CREATE TABLE warrant_new (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid           BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16), -- shown to people
	reference      TEXT,                                          -- of the issuing authority
	lea            INTEGER NOT NULL REFERENCES lea,
	liid           TEXT NOT NULL,                                 -- as written
	liid_octets    BLOB NOT NULL CHECK (length(liid_octets) BETWEEN 1 AND 25),
	auth_cc        TEXT CHECK (auth_cc IS NULL OR length(auth_cc) = 2),
	delivery_cc    TEXT CHECK (delivery_cc IS NULL OR length(delivery_cc) = 2),
	delivery       TEXT NOT NULL CHECK (delivery IN ('iri', 'cc', 'both')),
	from_ns        INTEGER NOT NULL,
	until_ns       INTEGER NOT NULL,
	from_written   TEXT NOT NULL,                                 -- with the zone of the order
	until_written  TEXT NOT NULL,
	hi2            INTEGER REFERENCES destination,
	hi3            INTEGER REFERENCES destination,
	operator_id    TEXT CHECK (operator_id IS NULL OR length(operator_id) BETWEEN 1 AND 16),
	ne_id          TEXT CHECK (ne_id IS NULL OR length(ne_id) BETWEEN 1 AND 16),
	state          TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'active', 'suspended', 'expired', 'revoked', 'closed',
	               'shredded')),
	ended_ns       INTEGER,                                       -- stopped before the end of its window
	created_ns     INTEGER NOT NULL,
	content        TEXT NOT NULL DEFAULT 'full' CHECK (content IN ('full', 'headers', 'summary')),
	services       TEXT,
	countries      TEXT,
	triggered      INTEGER NOT NULL DEFAULT 0 CHECK (triggered IN (0, 1)),
	metadata       INTEGER NOT NULL DEFAULT 0 CHECK (metadata IN (0, 1)),
	statement      INTEGER REFERENCES statement,                  -- what holds now
	tenant         INTEGER REFERENCES tenant,
	-- the record of the order
	revision       INTEGER NOT NULL DEFAULT 1,                    -- grows with each change of what was approved
	authority      TEXT,                                          -- that issued it
	jurisdiction   TEXT,
	signer_name    TEXT,
	signer_title   TEXT,
	officer        TEXT,                                          -- who presented it: name, badge, agency, contact
	legal_basis    TEXT,
	legal_type     TEXT,                                          -- one of the regime's
	case_type      TEXT,
	zone           TEXT,                                          -- IANA name of the time zone of the order
	served         TEXT,                                          -- RFC 3339, as written
	received       TEXT,
	received_ns    INTEGER,
	received_via   TEXT,
	review         TEXT,                                          -- why it was found in order
	reviewer       TEXT,
	priority       TEXT NOT NULL DEFAULT 'normal' CHECK (priority IN ('normal', 'urgent')),
	provisional    TEXT,                                          -- stops by itself then unless the paper arrives; as written
	provisional_ns INTEGER,
	iri_outage     TEXT,
	cc_outage      TEXT,
	retention      TEXT,                                          -- class
	responsible    TEXT,                                          -- person of the operator who answers for it
	regime         TEXT,                                          -- name; NULL: that of the tenant or the setting
	human          INTEGER NOT NULL DEFAULT 0 CHECK (human IN (0, 1)), -- 1: the regime wants a person to activate it
	active_ns      INTEGER,                                       -- first time
	CHECK (from_ns < until_ns)
) STRICT;
INSERT INTO warrant_new (id, uuid, reference, lea, liid, liid_octets, auth_cc, delivery_cc, delivery, from_ns, until_ns, from_written,
	until_written, hi2, hi3, operator_id, ne_id, state, ended_ns, created_ns, content, services, countries, triggered, metadata, statement,
	tenant, active_ns)
	SELECT id, uuid, reference, lea, liid, liid_octets, auth_cc, delivery_cc, delivery, from_ns, until_ns, from_written, until_written, hi2,
	hi3, operator_id, ne_id, CASE WHEN state <> 'ended' THEN state WHEN ended_ns < until_ns THEN 'revoked' ELSE 'expired' END, ended_ns,
	created_ns, content, services, countries, triggered, metadata, statement, tenant, CASE WHEN state <> 'draft' THEN created_ns END FROM warrant
	ORDER BY id;
DROP TABLE warrant;
ALTER TABLE warrant_new RENAME TO warrant;
-- A LIID is never given twice at one LEA: handover numbers are counted per (LIID, CIN) and must never name two PDUs.
CREATE UNIQUE INDEX warrant_liid ON warrant (lea, liid_octets);
CREATE INDEX warrant_end ON warrant (until_ns) WHERE state IN ('approved', 'active', 'suspended');
CREATE INDEX warrant_provisional ON warrant (provisional_ns) WHERE provisional_ns IS NOT NULL AND state IN ('approved', 'active', 'suspended');
CREATE INDEX warrant_begin ON warrant (from_ns) WHERE state = 'approved';
CREATE INDEX warrant_over ON warrant (ended_ns) WHERE state IN ('expired', 'revoked');

CREATE TABLE warrant_history (
	id         INTEGER PRIMARY KEY,
	warrant    INTEGER NOT NULL REFERENCES warrant,
	time_ns    INTEGER NOT NULL,
	op         TEXT NOT NULL,
	state_from TEXT NOT NULL,
	state_to   TEXT NOT NULL,
	revision   INTEGER NOT NULL,
	actor      TEXT NOT NULL,
	approver   TEXT,                 -- the second person
	reason     TEXT,
	approval   BLOB                  -- UUID
) STRICT;
CREATE INDEX warrant_history_warrant ON warrant_history (warrant, id);

-- What waits for a second person, or was decided.
CREATE TABLE approval (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid         BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
	op           TEXT NOT NULL,
	object       TEXT NOT NULL,
	warrant      INTEGER REFERENCES warrant,
	destination  INTEGER REFERENCES destination,
	given        BLOB NOT NULL CHECK (length(given) = 32), -- SHA-256 of operation and arguments as they were given
	args         TEXT,                                     -- JSON, complete; NULL once it is decided
	type         TEXT NOT NULL,                            -- of the statement
	doc          TEXT NOT NULL,                            -- the statement
	sha256       BLOB NOT NULL CHECK (length(sha256) = 32),
	plan         TEXT,                                     -- JSON, for people
	state        TEXT NOT NULL CHECK (state IN ('planned', 'waiting', 'approved', 'rejected', 'withdrawn', 'expired', 'void')),
	person       INTEGER NOT NULL,                         -- who asks
	creator      TEXT NOT NULL,
	key1         TEXT,
	sig1         BLOB CHECK (sig1 IS NULL OR length(sig1) = 64),
	submitted_ns INTEGER NOT NULL,
	until_ns     INTEGER NOT NULL,                         -- waits so long
	decided_by   TEXT,
	decided_ns   INTEGER,
	reason       TEXT
) STRICT;
CREATE INDEX approval_waiting ON approval (until_ns) WHERE state IN ('planned', 'waiting');
CREATE INDEX approval_warrant ON approval (warrant) WHERE warrant IS NOT NULL;
