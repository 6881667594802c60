-- The text of lexicon.toml that was served last. NULL where an earlier version has recorded the pack, which kept no history of it.
ALTER TABLE packs ADD COLUMN lexicon TEXT;
