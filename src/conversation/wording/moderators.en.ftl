# What moderators read, in English. Other languages have the same messages with the same variables; a test
# compares them.

# The words of commands. In English they are those that are understood in every language.
verb-list = list
verb-show = show
verb-search = search
verb-test = test
verb-add = add
verb-make = make
verb-gap = gap
verb-edit = edit
verb-remove = remove
verb-restore = restore
verb-add-phrasing = add-phrasing
verb-remove-phrasing = remove-phrasing
verb-move-phrasing = move-phrasing
verb-synonyms = synonyms
verb-add-synonyms = add-synonyms
verb-remove-synonyms = remove-synonyms
verb-settings = settings
verb-set = set
verb-history = history
verb-diff = diff
verb-revert = revert
verb-inbox = inbox
verb-assign = assign
verb-dismiss = dismiss
verb-export = export
verb-save = save
field-question = question
field-id = id
field-lead = lead
field-tags = tags
field-phrasings = phrasings
field-source = source
field-paragraph = paragraph
field-speaker = speaker
field-role = role
field-pack = pack
field-reason = reason
field-by = by
field-since = since

# What stands after the word of a command, and what it does.
usage-list = [PAGE]
about-list = the entries and gaps
usage-show = ID
about-show = an entry as it is written
usage-search = TEXT
about-search = the entries nearest to a text
usage-test = QUESTION
about-test = how I would reply
usage-add = QUESTION
about-add = a new entry. Below it, `> ` starts a line of its quote, `- ` another phrasing; `lead:`, `tags:`, `id:`, `speaker:` and `reason:` are fields. Without a quote, I offer passages of the source
usage-make = [QUESTION]
about-make = in a reply to a message: an entry that quotes it, with its author and link. Without a question, it answers what that message replied to; `> ` below it quotes less of it
usage-gap = QUESTION | GROUP...
about-gap = the source does not answer this
usage-edit = ID
about-edit = new values of what stands below it, as for a new entry
usage-remove = ID
about-remove = an entry goes
usage-restore = ID
about-restore = a removed entry comes back
usage-add-phrasing = ID PHRASING
about-add-phrasing = one more way to ask; several stand below it, each after `- `
usage-remove-phrasing = ID PHRASING
about-remove-phrasing = one way to ask less
usage-move-phrasing = FROM TO PHRASING
about-move-phrasing = a way to ask becomes that of another entry
usage-synonyms = [PAGE]
about-synonyms = the terms that I take for each other
usage-add-synonyms = TERM, TERM...
about-add-synonyms = terms that mean the same here, separated by commas; one of them may have synonyms already
usage-remove-synonyms = TERM, TERM...
about-remove-synonyms = terms that mean something else after all
usage-settings = [PAGE]
about-settings = the settings here, and what they are for
usage-set = SETTING VALUE
about-set = another value of a setting; `default` for that of the configuration
usage-history = [ID]
about-history = who changed what
usage-diff = NUMBER
about-diff = a change, word by word
usage-revert = NUMBER | by: NAME
about-revert = a change is taken back, or all by somebody; `since: 2026-11-30` below it takes back the later ones alone
usage-inbox = [PAGE | GROUP | TEXT]
about-inbox = what I did not answer
usage-assign = GROUP... ID
about-assign = what was asked, in one group or several, becomes phrasings of an entry
usage-dismiss = GROUP...
about-dismiss = what was asked is nothing for the FAQ
usage-export = [json | jsonl | csv | markdown] [PACK]
about-export = all entries as a file
usage-save = { "" }
about-save = what I have proposed last, or in the message that you reply to, is saved

moderator-commands = Commands for moderators:
edits-are-proposed-first = Nothing changes before you press “Save”.
line-not-understood = I do not understand the line “{ $line }”.
write-it-like = Write it like this:

save = Save
take-back = Take it back
remove-quoted = Remove it
make-gap = The source does not say
dismiss = Not for us
more-groups = More

# A form has labels of at most 45 characters.
form-add = A new entry
form-edit = Edit { $id }
form-question = The question
form-quotes = Quotes: words of the source, then a blank line
form-phrasings = Other ways to ask, one a line
form-lead = A line above the quotes
form-tags = Topics, separated by commas

page-of = { $page } of { $n }
entries = Entries
nothing-here = There is nothing.
gap-mark = gap
n-phrasings = { $n ->
    [one] 1 phrasing
   *[other] { $count } phrasings
}
synonyms = Synonyms
nearest-entries = Nearest entries
no-entry-has-a-word = No entry has a word of it.
no-such-entry = There is no entry { $id }.
not-removed-last = { $id } was not removed last, as far as the history knows.
no-such-pack = There is no pack { $pack } here. Packs: { $packs }
which-pack = There are several packs here ({ $packs }): write PACK:ID, or where there is no id, a line `pack: NAME`.
no-packs = There is no pack here.
bad-id = An id has 1 to 100 characters, and no spaces.

test-answer = I would answer with { $id } (confidence { $percent } %).
test-suggest = I would suggest these (confidence of the first { $percent } %):
test-gap = I would say that the source does not answer it, because of the gap { $id }.
test-nothing = I would say that I have no quote for it. The nearest entry has a confidence of { $percent } %.
test-nothing-near = I would say that I have no quote for it. No entry is near.

would-be-added = { $id } would be added:
would-be-changed = { $id } would change:
would-be-removed = { $id } would be removed:
review-counts = Of { $n } questions that were asked, { $gained } would get an answer, { $lost } would lose it, { $changed } would get another.
review-gained = These would get an answer:
review-lost = These would lose their answer:
review-changed = These would get another reply:
review-shadowed = These phrasings of other entries would find this entry instead:
not-saved-yet = Nothing is saved yet.
changed-meanwhile = The file has changed since you saw it. This is what your edit would change now:
saved = Saved as change { $numbers }. I answer with it from now on.
saved-not-served = Saved as change { $numbers }, but not in use yet: the log of the operator says why.
already-like-that = The pack is like that already.
has-phrasings-already = { $id } has these phrasings already.
cannot-be-saved = This cannot be saved, and nothing was changed:
id-taken = There is an entry { $id } already.
phrasing-taken = { $id } has the phrasing “{ $phrasing }” already.
no-such-phrasing = { $id } has no phrasing “{ $phrasing }” beside its question, which `edit` changes.
too-few-synonyms = Give at least two terms that mean the same, or one that has synonyms already.
synonyms-of-two-groups = These terms are in two groups, “{ $first }” and “{ $second }”: remove the terms of one group, then add them to the other.
no-synonyms-of = “{ $term }” is not among the synonyms.
changed-since = { $id } has changed since, so that alone cannot be taken back. Since then:
misquoted = These words are not in the source, so nothing was changed. It says, in paragraph { $paragraph }:
use-that = Use that
pick-a-quote = Which passage answers it?
no-passage = I find no passage for it. Add the words of the source in a line that starts with `> `.
nothing-proposed = Nothing is proposed that could be saved.
pack-has-errors = The files of the pack have errors. `quoth check` shows where; until then, entries cannot be shown.
edits-are-off = Entries cannot be edited here.
pack-is-busy = Another program is changing the pack: try again when it is done.
pack-cannot-be-read = I cannot read the files of the pack. The log of the operator says why.
pack-cannot-be-written = I cannot write the files of the pack, so nothing was changed: may I only read the folder, or is the disk full? The log of the operator says more.
history-cannot-be-used = I cannot use the history of the pack, so nothing was changed. The log of the operator says why.

history = Changes
revision-added = { $number }: { $id } added by { $by }, { $at }
revision-changed = { $number }: { $id } changed by { $by }, { $at }
revision-removed = { $number }: { $id } removed by { $by }, { $at }
by-file = an editor of the file
no-revisions = No change is recorded.
no-revisions-by = No change by { $by } is recorded there.
no-such-revision = There is no change { $number } here.
takes-back = takes back { $numbers }
takes-back-all = takes back all by { $by }
takes-back-since = takes back all by { $by } since { $at }
changed-by-others-since = These stay, since others have changed the same places:
asked-in-chat = asked in chat
changed-in-pack = The pack { $pack } has changed:

message-quoted = A moderator has made an answer to “{ $question }” of this message. I quote it word for word, with your name and a link to it. If you do not want that, remove it.
quoted-removed = The entry with this message is removed.
removed-by-its-author = removed by the author of the message

inbox = Not answered
n-people = { $n ->
    [one] 1 person
   *[other] { $count } people
}
and-more = and { $n } more
n-answered = { $n ->
    [one] 1 person who waited has an answer now.
   *[other] { $count } people who waited have an answer now.
}
digest = Not answered since { $day }: { $questions }, { $people }. Most asked:
n-questions = { $n ->
    [one] 1 question
   *[other] { $count } questions
}
digest-more = { $command } shows all of them.
no-questions-with = No question that waits has “{ $text }” in it.
exported = { $entries } of the pack { $pack } are in the file.
export-too-large = The pack is too large for a file in chat. `quoth faq export` writes it on the machine of the bot.
n-entries = { $n ->
    [one] { $count } entry
   *[other] { $count } entries
}
n-groups = { $n ->
    [one] 1 group
   *[other] { $count } groups
}
no-questions = No question waits.
no-such-group = The group { $id } is not in the inbox any more.
asked-by = Asked by { $people }, last { $at }:
a-phrasing-of = These are phrasings of:
a-new-entry-of = Or a new entry with these words of the source:
is-dismissed = Put aside.

# Settings. The words are those that are typed for values.
word-yes = yes
word-no = no
word-none = none
word-here = here
word-default = default
settings = Settings
setting-line = { $setting } = { $value } ({ $about })
setting-line-changed = { $setting } = { $value }, changed here ({ $about })
no-such-setting = There is no setting { $setting } that can be changed here. `settings` lists them.
not-a-value = “{ $value }” is no value of { $setting }: { $about }.
setting-would-change = { $setting } would change from { $before } to { $after }.
settings-are-like-that = { $setting } is like that already.
setting-changed-since = { $setting } has changed since, so that alone cannot be taken back. It is { $value } now.
setting-changed-meanwhile = { $setting } has changed since you saw it.
settings-are-off = Settings cannot be changed here: `quoth settings` does it.
setting-may-silence = If I do not understand your commands any more after that, “Take it back” below the saved change, or `quoth settings` in the terminal, brings the old value back.
setting-saved = Saved as change { $number }: { $setting } is { $value } from now on.
setting-saved-not-served = Saved as change { $number }, but not in use yet: the log of the operator says why.
as-configured = as configured
revision-setting = { $number }: { $id } set to { $value } by { $by }, { $at }
settings-have-changed = Settings have changed:
setting-locale = language of my sentences: en or de
setting-speaks-when = how I am addressed: any of mention, reply, command, direct, prefix, separated by commas
setting-prefix = what a question without a mention begins with, such as !ask; none for nothing
setting-listens-in = places where I look at every message: here, or +here and -here; none
setting-listen-from = confidence from which I answer there, above 0 to 1
setting-answer-from = confidence from which I answer, above 0 to 1; none for that of all spaces
setting-suggest-from = confidence from which I suggest, above 0 to 1; none for that of all spaces
setting-reports-to = where I report problems: here or none
setting-logs-edits-to = where I show each change: here or none
setting-sends-digest-to = where I tell what was not answered: here or none
setting-digest-days = days between two such messages, 1 to 14
setting-digest-hour = hour of the day (UTC) for them, 0 to 23
setting-shows-lead = whether a line stands above quotes: yes or no
setting-suggests-passages = whether I suggest sentences of the source that no entry quotes: yes or no
setting-quotes-messages = whether entries can be made of messages: yes or no
setting-greets = whether I greet where I join: yes or no
setting-asks-feedback = whether answers have buttons for feedback: yes or no
setting-questions-per-asker = most questions of one person within the time below, 1 or more
setting-questions-per-place = most questions at one place within it, 1 or more
setting-cooldown-seconds = that time in seconds; 0 for no limits
