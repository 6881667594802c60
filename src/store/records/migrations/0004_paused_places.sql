-- Whether the bot is paused at a place, where that differs from its space (space_states) or did.
CREATE TABLE place_states (
    space TEXT NOT NULL,
    place TEXT NOT NULL,
    is_paused INTEGER NOT NULL,
    PRIMARY KEY (space, place)
) STRICT, WITHOUT ROWID;
