-- Settings of spaces that moderators have changed, as JSON. They replace those of the configuration.
CREATE TABLE space_settings (
    space TEXT NOT NULL,
    setting TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (space, setting)
) STRICT, WITHOUT ROWID;
