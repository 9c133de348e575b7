-- SPDX-License-Identifier: Apache-2.0
-- Long work of persons, found again after a restart; kept for a day.  Nothing of targets: RESULT is there only of operations that answer without identities.
CREATE TABLE work (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid     BLOB NOT NULL UNIQUE CHECK (length(uuid) = 16),
	person   INTEGER NOT NULL,                          -- row; 0: in a laboratory without persons, by name
	name     TEXT NOT NULL,
	op       TEXT NOT NULL,
	object   TEXT NOT NULL CHECK (length(object) <= 200),
	state    TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled', 'interrupted')),
	begun_ns INTEGER NOT NULL,
	ended_ns INTEGER,
	done     INTEGER NOT NULL,
	total    INTEGER,
	result   TEXT CHECK (length(result) <= 65536),
	withheld TEXT CHECK (withheld IN ('identities', 'size')), -- why RESULT is not there
	error    TEXT CHECK (length(error) <= 4096)
) STRICT;
CREATE INDEX work_ended ON work (ended_ns);
CREATE TRIGGER work_gone AFTER UPDATE OF state ON person WHEN NEW.state = 'gone' BEGIN DELETE FROM work WHERE person = NEW.id; END;
