-- The author of the message that the asker has asked about. NULL if the asker has asked for themselves.
ALTER TABLE answers ADD COLUMN asked_for TEXT;
CREATE INDEX answers_asked_for ON answers (asked_for) WHERE asked_for IS NOT NULL;
