-- SPDX-License-Identifier: Apache-2.0
-- What the lists of warrants are read from, page by page, also with 100 000 of them; saved filters of persons.
CREATE INDEX warrant_look ON warrant (id, lea, tenant, state, until_ns, provisional_ns, liid, reference);
CREATE INDEX warrant_until ON warrant (until_ns, id, lea, tenant, state, provisional_ns, liid, reference);

CREATE INDEX warrant_states ON warrant (state, lea, tenant);

CREATE TABLE saved_view (
	owner    TEXT NOT NULL,                            -- handle of a person, which is never used again
	name     TEXT NOT NULL,
	screen   TEXT NOT NULL,
	query    TEXT NOT NULL CHECK (length(query) <= 500),
	saved_ns INTEGER NOT NULL,
	PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER saved_view_gone AFTER UPDATE OF state ON person WHEN NEW.state = 'gone'
BEGIN DELETE FROM saved_view WHERE owner = NEW.handle; END;
