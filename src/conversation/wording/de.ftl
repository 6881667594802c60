# Alle Sätze, die der Bot selbst sendet, auf Deutsch.

nothing-found = Dazu habe ich kein Zitat.
not-in-source = Der Artikel sagt dazu nichts.
did-you-mean = { $n ->
    [one] Meinst du das hier?
   *[other] Meinst du etwas davon?
}
in-document = Im Dokument:
only-in-document = Eine fertige Antwort habe ich nicht. Im Dokument:
no-such-number = Diese Nummer gibt es nicht: Wähle 1 bis { $n } oder frag etwas anderes.
help = Frag in deinen eigenen Worten. Ich antworte mit wörtlichen Zitaten aus der Quelle oder sage, dass ich keines habe. Wo ich etwas vorschlage, antworte mit der Nummer. `topics` zeigt, was man fragen kann, `forget me` löscht, was ich von dir gespeichert habe.

lead-label = Kurz gesagt
quote-label = Zitat
question-label = Frage
source-label = Quelle
see-also = Siehe auch: { $questions }
other-topics = Sonstiges
show-paragraph = Absatz zeigen
show-rest = Rest zeigen
show-topics = Was man fragen kann
notify = Sag mir, wenn es Antwort gibt
helpful = Das war die Antwort
unhelpful = Das nicht
delete = Löschen
share = Allen zeigen
open-source = Quelle öffnen
citation = „{ $title }“, Absatz { $paragraph }

rate-limited = Bitte warte { $seconds } s bis zur nächsten Frage.
place-rate-limited = Hier wurde so viel gefragt, dass ich erst in { $seconds } s wieder antworte. Fragen bis dahin beantworte ich nicht: bitte stelle sie dann noch einmal.
already-replied = Auf diese Nachricht habe ich schon geantwortet.
already-shared = Diese Antwort können schon alle sehen.
paused = Ich mache hier Pause.
paused-everywhere = Ich mache überall Pause.
resumed = Ich antworte hier wieder.
resumed-everywhere = Ich antworte überall wieder.
moderators-only = Das können nur Moderatoren.
owners-only = Das können nur Eigentümer.
author-only = Das kann nur, wer diese Nachricht geschrieben hat, oder ein Moderator.
asker-only = Das kann nur, wer gefragt hat.
replied = Ich habe auf die Nachricht geantwortet.
feedback-recorded = Danke.
will-notify = Ich antworte auf deine Frage, sobald es eine Antwort gibt.
asker-forgotten = Ich habe alles gelöscht, was ich von dir gespeichert hatte: deine Fragen, deine Rückmeldungen, und dass du auf eine Antwort wartest. Meine Nachrichten bleiben stehen, und ein Eintrag, der eine Nachricht von dir zitiert, bleibt, bis du ihn entfernst.
messages-not-quoted = Aus Nachrichten von Mitgliedern werden hier keine Einträge: der Betreiber hat das abgeschaltet.
answer-found = Jetzt gibt es eine Antwort.
feedback-withdrawn = Deine Rückmeldung ist zurückgenommen.
not-a-question = Frag mich etwas in deinen eigenen Worten.
content-unavailable = Diese Nachricht kann ich nicht lesen: Sie hat keinen Text, oder er wird mir nicht gezeigt. Frag in deinen eigenen Worten.
commands-disabled = Auf Befehle antworte ich hier nicht.
too-late = Das kam zu spät bei mir an. Bitte frag noch einmal.
no-longer-available = Das gibt es nicht mehr. Bitte frag noch einmal.
internal-error = Bei mir ist etwas schiefgegangen. Der Betreiber findet es im Log unter { $reference }.

greeting = Ich antworte mit Zitaten aus { $titles }.
greeting-nothing = Ich antworte mit Zitaten aus Dokumenten.
setup-incomplete = Ich bin jetzt in { $place }. Was dort noch einzurichten ist:
no-moderators = Noch kann mich niemand vom Chat aus anhalten: Nenne Moderatoren in der Konfiguration.
no-entries = Noch habe ich keine Einträge, mit denen ich antworten kann.
no-reports = Noch bekommen Moderatoren keine Meldungen: Nenne in der Konfiguration einen Kanal dafür.

undecryptable = Eine Nachricht hier konnte ich nicht entschlüsseln: Ich habe ihren Schlüssel nicht erhalten. Bitte schick sie noch einmal. Hilft das nicht, muss der Betreiber meine Sitzung verifizieren.

undecryptable-at = Nachrichten in { $place } konnte ich nicht entschlüsseln: Ich habe ihre Schlüssel nicht erhalten. Vielleicht sind sie nicht für mich. Soll ich dort mitlesen, verifiziere meine Sitzung mit `quoth matrix setup`.
missing-permissions = Ich kann in { $place } nicht antworten. Bitte gib mir dort diese Berechtigungen: { $missing }
timed-out = Ich bin in einem Timeout, der mir Berechtigungen nimmt: Bitte heb ihn auf.

pack-rejected = Das Paket { $pack } wurde geändert und ist fehlerhaft: { $message }. Der bisherige Stand bleibt in Gebrauch. `quoth check` zeigt, was zu berichtigen ist.
entries-disabled = Eine Quelle des Pakets { $pack } hat sich geändert. Einträge, die zitieren, was dort nicht mehr steht, sind abgeschaltet, bis sie berichtigt sind: { $entries } (insgesamt { $n })
