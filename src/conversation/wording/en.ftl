# Every sentence that quoth itself says in chat, in English. Other languages have the same messages with
# the same variables; a test compares them.

nothing-found = I have no quote that answers this.
not-in-source = The article does not say.
did-you-mean = { $n ->
    [one] Did you mean this?
   *[other] Did you mean one of these?
}
no-such-number = There is no such number: pick from 1 to { $n }, or ask something else.
help = Ask in your own words. I reply with quotes from the source, word for word, or say that I have none. Where I suggest questions, answer with a number. `topics` lists what can be asked.

# Before the curator's line, so that nobody takes it for a quote.
lead-label = In short
quote-label = Quote
source-label = Source
# Before questions that a reader may want next.
see-also-label = See also
# Above the topics of entries without a tag.
other-topics = other
# On buttons.
show-paragraph = Show the paragraph
show-rest = Show the rest
answered-it = This answered it
not-this = Not this
delete = Delete
open-source = open the source
citation = “{ $title }”, paragraph { $paragraph }

wait = Please wait { $seconds } s before the next question.
paused = I am paused here.
resumed = I answer again.
moderators-only = Only moderators can do that.
asker-only = Only whoever asked can do that.
replied = I have replied to that message.
thanks = Thank you.
not-a-question = Ask me something in your own words.
unreadable = I cannot read that message: it has no text, or is not shown to me. Ask in your own words.
unserved = I do not answer commands here.
too-late = That came too late for me. Please ask again.
gone = That is no longer there. Please ask again.
failed = Something went wrong on my side. Whoever runs me finds it in the log as { $reference }.

greeting = I answer with quotes from { $titles }.
greeting-nothing = I answer with quotes from documents.
no-moderators = Nobody can pause me from chat yet: name moderators in the configuration.
no-entries = I have no entries to answer with yet.
no-reports = Moderators are not told yet what needs them: name a place for it in the configuration.

undecryptable = I could not decrypt a message here: its key did not reach me. Please send it again. If that does not help, whoever runs me has to verify my session.

hindered = I cannot answer at { $place }. Please give me these permissions there: { $missing }

pack-refused = The pack { $pack } was changed and cannot be used: { $message }. I go on with what I had. `quoth check` says what to do.
set-aside = A source of the pack { $pack } has changed. Entries that quote what is no longer there are not used until they are mended: { $entries } ({ $n } in all)
