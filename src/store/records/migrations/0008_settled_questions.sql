-- What moderators have done with an unanswered question: 'assigned' to an entry or a gap, or 'dismissed'.
ALTER TABLE unanswered ADD COLUMN settled TEXT;
