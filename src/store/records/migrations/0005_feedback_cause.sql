-- The event that gave the feedback: a reaction that is removed takes its feedback back. NULL in rows of
-- earlier versions.
ALTER TABLE judgements ADD COLUMN cause TEXT;
CREATE INDEX judgements_cause ON judgements (cause);
