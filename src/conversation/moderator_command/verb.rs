//! The words of commands for moderators.

/// What a command for moderators does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// Lists the entries.
    List,
    /// Shows an entry as it is written.
    Show,
    /// Finds entries for a text.
    Search,
    /// Says how a question would be answered.
    Test,
    /// Adds an entry.
    Add,
    /// Makes an entry of a message in chat.
    Make,
    /// Adds a gap.
    Gap,
    /// Changes an entry.
    Edit,
    /// Removes an entry.
    Remove,
    /// Brings a removed entry back.
    Restore,
    /// Adds phrasings to an entry.
    AddPhrasing,
    /// Removes a phrasing.
    RemovePhrasing,
    /// Moves a phrasing to another entry.
    MovePhrasing,
    /// Lists the synonyms.
    Synonyms,
    /// Makes terms synonyms.
    AddSynonyms,
    /// Takes terms out of the synonyms.
    RemoveSynonyms,
    /// Lists the settings of the space.
    Settings,
    /// Changes a setting.
    Set,
    /// Lists the changes.
    History,
    /// Shows a change.
    Diff,
    /// Takes a change back.
    Revert,
    /// Lists what was not answered.
    Inbox,
    /// Makes a group of the inbox phrasings of an entry.
    Assign,
    /// Puts a group of the inbox aside.
    Dismiss,
    /// Sends all entries as a file.
    Export,
    /// Saves the edit that the message proposes to which this replies: for where there are no buttons.
    Save,
}

impl Verb {
    /// All verbs, in the order in which they are explained.
    pub const ALL: [Self; 26] = [
        Self::List,
        Self::Show,
        Self::Search,
        Self::Test,
        Self::Add,
        Self::Make,
        Self::Gap,
        Self::Edit,
        Self::Remove,
        Self::Restore,
        Self::AddPhrasing,
        Self::RemovePhrasing,
        Self::MovePhrasing,
        Self::Synonyms,
        Self::AddSynonyms,
        Self::RemoveSynonyms,
        Self::Settings,
        Self::Set,
        Self::History,
        Self::Diff,
        Self::Revert,
        Self::Inbox,
        Self::Assign,
        Self::Dismiss,
        Self::Export,
        Self::Save,
    ];

    /// The English word, which is understood in every language.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Show => "show",
            Self::Search => "search",
            Self::Test => "test",
            Self::Add => "add",
            Self::Make => "make",
            Self::Gap => "gap",
            Self::Edit => "edit",
            Self::Remove => "remove",
            Self::Restore => "restore",
            Self::AddPhrasing => "add-phrasing",
            Self::RemovePhrasing => "remove-phrasing",
            Self::MovePhrasing => "move-phrasing",
            Self::Synonyms => "synonyms",
            Self::AddSynonyms => "add-synonyms",
            Self::RemoveSynonyms => "remove-synonyms",
            Self::Settings => "settings",
            Self::Set => "set",
            Self::History => "history",
            Self::Diff => "diff",
            Self::Revert => "revert",
            Self::Inbox => "inbox",
            Self::Assign => "assign",
            Self::Dismiss => "dismiss",
            Self::Export => "export",
            Self::Save => "save",
        }
    }
}

/// A field of an entry, or of a change, on a line of its own: `tags: visa, travel`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The question.
    Question,
    /// The id.
    Id,
    /// The line above the quotes.
    Lead,
    /// The topics, separated by commas.
    Tags,
    /// Another phrasing.
    Phrasings,
    /// The name of the source of the quotes.
    Source,
    /// The paragraph of the quotes.
    Paragraph,
    /// Who is quoted.
    Speaker,
    /// The role of the speaker.
    Role,
    /// The name of the pack.
    Pack,
    /// Why the entry is changed, for the history.
    Reason,
    /// Who has made the changes that are meant, as the history names them.
    By,
    /// Since when the changes that are meant were made.
    Since,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 13] = [
        Self::Question,
        Self::Id,
        Self::Lead,
        Self::Tags,
        Self::Phrasings,
        Self::Source,
        Self::Paragraph,
        Self::Speaker,
        Self::Role,
        Self::Pack,
        Self::Reason,
        Self::By,
        Self::Since,
    ];

    /// The English word, which is understood in every language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Id => "id",
            Self::Lead => "lead",
            Self::Tags => "tags",
            Self::Phrasings => "phrasings",
            Self::Source => "source",
            Self::Paragraph => "paragraph",
            Self::Speaker => "speaker",
            Self::Role => "role",
            Self::Pack => "pack",
            Self::Reason => "reason",
            Self::By => "by",
            Self::Since => "since",
        }
    }
}
