-- The change of faq.toml that a revision is, as JSON, to take it back byte for byte; and the search by author.
ALTER TABLE revisions ADD COLUMN hunk TEXT;
CREATE INDEX revisions_author ON revisions (author, id);
