-- SPDX-License-Identifier: Apache-2.0
-- Somebody has seen an alarm: who, when, and what they make of it.  It ends nothing.
ALTER TABLE alarm ADD COLUMN acked_by TEXT;
ALTER TABLE alarm ADD COLUMN acked_ns INTEGER;
ALTER TABLE alarm ADD COLUMN note TEXT;
