-- The ids of the passages that may answer a question, as a JSON array.
ALTER TABLE unanswered ADD COLUMN passages TEXT NOT NULL DEFAULT '[]';
