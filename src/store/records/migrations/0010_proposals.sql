-- Edits that a moderator was shown and has not saved yet, by the id of the moderator's message or command.
CREATE TABLE proposals (
    question TEXT PRIMARY KEY,
    content TEXT NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;
