-- The faq.toml that was served last, by the name of its pack: what changed while quoth was stopped is found,
-- and an invalid file does not replace it.
CREATE TABLE packs (
    name TEXT PRIMARY KEY,
    faq TEXT NOT NULL
) STRICT;
