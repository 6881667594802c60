-- The change of faq.toml that a revision is, as JSON, to take it back byte for byte; the first revision of the same
-- edit, NULL where the file was changed by hand; and the search by author.
ALTER TABLE revisions ADD COLUMN hunk TEXT;
ALTER TABLE revisions ADD COLUMN edit INTEGER;
CREATE INDEX revisions_edit ON revisions (edit);
CREATE INDEX revisions_author ON revisions (author, id);

-- The folder of a pack that is edited, by its name: a copy of the folder has another history.
CREATE TABLE pack_folders (
    name TEXT PRIMARY KEY,
    folder TEXT NOT NULL
) STRICT;
