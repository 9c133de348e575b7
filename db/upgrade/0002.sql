-- SPDX-License-Identifier: Apache-2.0
-- Repeating a request must not repeat its effect: the first answer is kept for a day under the caller's request id.
CREATE TABLE request (
	id      TEXT PRIMARY KEY,
	uid     INTEGER NOT NULL,
	hash    BLOB NOT NULL CHECK (length(hash) = 32), -- of operation and arguments
	answer  TEXT NOT NULL,                           -- JSON
	time_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX request_time ON request (time_ns);
