# All sentences that the bot itself sends, in English. Other languages have the same messages with the same
# variables; a test compares them.

nothing-found = I have no quote that answers this.
not-in-source = The article does not say.
did-you-mean = { $n ->
    [one] Did you mean this?
   *[other] Did you mean one of these?
}
# Above sentences of the document that may answer.
in-document = In the document:
only-in-document = I have no prepared answer to this. In the document:
no-such-number = There is no such number: pick from 1 to { $n }, or ask something else.
help = Ask in your own words. I reply with quotes from the source, word for word, or say that I have none. Where I suggest something, answer with its number. `topics` lists what can be asked, `forget me` deletes what I have recorded of you.

# Label before the curator's lead, so that nobody takes it for a quote.
lead-label = In short
quote-label = Quote
question-label = Question
source-label = Source
see-also = See also: { $questions }
# Heading of the questions of entries without a tag.
other-topics = other
# Labels of buttons and links.
show-paragraph = Show the paragraph
show-rest = Show the rest
show-topics = What can be asked
notify = Tell me when there is an answer
helpful = This answered it
unhelpful = Not this
delete = Delete
share = Show to everybody
open-source = open the source
citation = “{ $title }”, paragraph { $paragraph }

rate-limited = Please wait { $seconds } s before the next question.
place-rate-limited = So many questions have been asked here that I answer again in { $seconds } s. Questions until then are not answered: please ask them again.
already-replied = I have already replied to that message.
already-shared = Everybody can see that answer already.
paused = I am paused here.
paused-everywhere = I am paused everywhere.
resumed = I answer again here.
resumed-everywhere = I answer again everywhere.
moderators-only = Only moderators can do that.
owners-only = Only owners can do that.
author-only = Only whoever wrote that message can do that, or a moderator.
asker-only = Only whoever asked can do that.
replied = I have replied to that message.
feedback-recorded = Thank you.
will-notify = I will reply to your question when there is an answer.
asker-forgotten = I have deleted all that I had recorded of you: your questions, your feedback, and that you wait for an answer. My messages stay where they are, and so does an entry that quotes a message of yours, until you remove it.
messages-not-quoted = Messages of members are not made entries here: the operator has turned that off.
answer-found = There is an answer now.
feedback-withdrawn = Your feedback is taken back.
not-a-question = Ask me something in your own words.
content-unavailable = I cannot read that message: it has no text, or is not shown to me. Ask in your own words.
commands-disabled = I do not answer commands here.
too-late = That came too late for me. Please ask again.
no-longer-available = That is no longer there. Please ask again.
internal-error = Something went wrong on my side. The operator can find it in the log under { $reference }.

greeting = I answer with quotes from { $titles }.
greeting-nothing = I answer with quotes from documents.
# For moderators and the log, followed by the steps that are left.
setup-incomplete = I am in { $place } now. What is left to set up for it:
no-moderators = Nobody can pause me from chat yet: name moderators in the configuration.
no-entries = I have no entries to answer with yet.
no-reports = Moderators get no alerts yet: name an alert channel in the configuration.

undecryptable = I could not decrypt a message here: I did not receive its key. Please send it again. If that does not help, the operator has to verify my session.

undecryptable-at = I could not decrypt messages in { $place }: I did not receive their keys. They may not be meant for me. If I should read there, verify my session with `quoth matrix setup`.
missing-permissions = I cannot answer in { $place }. Please give me these permissions there: { $missing }
timed-out = I am in a timeout, which takes permissions from me: please remove it.

pack-rejected = The pack { $pack } was changed and cannot be used: { $message }. The previous version stays in use. `quoth check` shows what to fix.
entries-disabled = A source of the pack { $pack } has changed. Entries that quote what is no longer there are not used until they are fixed: { $entries } ({ $n } in all)
