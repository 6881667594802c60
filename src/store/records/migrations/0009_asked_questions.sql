-- What was asked, answered or not: it is asked again of a changed pack, to show what the change does.
CREATE TABLE asked (
    message TEXT PRIMARY KEY,
    space TEXT NOT NULL,
    asker TEXT NOT NULL,
    text TEXT NOT NULL,
    asked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX asked_asker ON asked (asker, asked_at);
CREATE INDEX asked_asked_at ON asked (asked_at);
