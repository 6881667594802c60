-- Whether the asker wants to be told when there is an answer.
ALTER TABLE unanswered ADD COLUMN is_awaited INTEGER NOT NULL DEFAULT 0;
