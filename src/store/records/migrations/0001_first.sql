-- Times are milliseconds since 1970-01-01 UTC. Lists are JSON.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Messages that somebody answers or has answered. state: 0 claimed, 1 sending, 2 done.
CREATE TABLE handled (
    message TEXT PRIMARY KEY,
    state INTEGER NOT NULL,
    holder TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    send_began_at INTEGER,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX handled_at ON handled (at);
CREATE INDEX handled_open ON handled (expires_at) WHERE state <> 2;

CREATE TABLE answers (
    question TEXT PRIMARY KEY,
    sent TEXT NOT NULL UNIQUE,
    place TEXT NOT NULL,
    space TEXT NOT NULL,
    asker TEXT NOT NULL,
    kind TEXT NOT NULL,
    is_private INTEGER NOT NULL,
    entries TEXT NOT NULL,
    sent_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_asker ON answers (asker);
CREATE INDEX answers_sent_at ON answers (sent_at);

CREATE TABLE judgements (
    sent TEXT NOT NULL REFERENCES answers (sent) ON DELETE CASCADE,
    judge TEXT NOT NULL,
    is_helpful INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (sent, judge)
) STRICT, WITHOUT ROWID;
CREATE INDEX judgements_judge ON judgements (judge);

CREATE TABLE unanswered (
    message TEXT PRIMARY KEY,
    space TEXT NOT NULL,
    place TEXT NOT NULL,
    asker TEXT NOT NULL,
    text TEXT NOT NULL,
    nearest TEXT NOT NULL,
    gap TEXT,
    asked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX unanswered_space ON unanswered (space, asked_at);
CREATE INDEX unanswered_asker ON unanswered (asker, asked_at);
CREATE INDEX unanswered_asked_at ON unanswered (asked_at);

CREATE TABLE space_states (
    space TEXT PRIMARY KEY,
    is_paused INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE places (
    place TEXT PRIMARY KEY,
    joined_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- author: NULL where the file was changed by hand.
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    pack TEXT NOT NULL,
    entry TEXT NOT NULL,
    at INTEGER NOT NULL,
    author TEXT,
    reason TEXT,
    before TEXT,
    after TEXT
) STRICT;
CREATE INDEX revisions_entry ON revisions (pack, entry, id);
