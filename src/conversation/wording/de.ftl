# Jeder Satz, den quoth selbst im Chat sagt, auf Deutsch.

nothing-found = Dazu habe ich kein Zitat.
not-in-source = Der Artikel sagt dazu nichts.
did-you-mean = { $n ->
    [one] Meinst du das hier?
   *[other] Meinst du etwas davon?
}
no-such-number = Diese Nummer gibt es nicht: Wähle 1 bis { $n } oder frag etwas anderes.
help = Frag in deinen eigenen Worten. Ich antworte mit wörtlichen Zitaten aus der Quelle oder sage, dass ich keines habe. Wo ich Fragen vorschlage, antworte mit einer Nummer. `topics` zeigt, was man fragen kann.

lead-label = Kurz gesagt
quote-label = Zitat
source-label = Quelle
see-also-label = Siehe auch
other-topics = Sonstiges
show-paragraph = Absatz zeigen
show-rest = Rest zeigen
answered-it = Das war die Antwort
not-this = Das nicht
delete = Löschen
open-source = Quelle öffnen
citation = „{ $title }“, Absatz { $paragraph }

wait = Bitte warte { $seconds } s bis zur nächsten Frage.
paused = Ich mache hier Pause.
resumed = Ich antworte wieder.
moderators-only = Das können nur Moderatoren.
asker-only = Das kann nur, wer gefragt hat.
replied = Ich habe auf die Nachricht geantwortet.
thanks = Danke.
not-a-question = Frag mich etwas in deinen eigenen Worten.
unreadable = Diese Nachricht kann ich nicht lesen: Sie hat keinen Text, oder er wird mir nicht gezeigt. Frag in deinen eigenen Worten.
unserved = Auf Befehle antworte ich hier nicht.
too-late = Das kam zu spät bei mir an. Bitte frag noch einmal.
gone = Das gibt es nicht mehr. Bitte frag noch einmal.
failed = Bei mir ist etwas schiefgegangen. Wer mich betreibt, findet es im Log unter { $reference }.

greeting = Ich antworte mit Zitaten aus { $titles }.
greeting-nothing = Ich antworte mit Zitaten aus Dokumenten.
no-moderators = Noch kann mich niemand vom Chat aus anhalten: Nenne Moderatoren in der Konfiguration.
no-entries = Noch habe ich keine Einträge, mit denen ich antworten kann.
no-reports = Noch erfahren Moderatoren nicht, was sie braucht: Nenne in der Konfiguration einen Ort dafür.

undecryptable = Eine Nachricht hier konnte ich nicht entschlüsseln: Ihr Schlüssel ist nicht bei mir angekommen. Bitte schick sie noch einmal. Hilft das nicht, muss, wer mich betreibt, meine Sitzung verifizieren.

hindered = Ich kann in { $place } nicht antworten. Bitte gib mir dort diese Berechtigungen: { $missing }

pack-refused = Das Paket { $pack } wurde geändert und ist nicht zu gebrauchen: { $message }. Ich mache mit dem bisherigen Stand weiter. `quoth check` sagt, was zu tun ist.
set-aside = Eine Quelle des Pakets { $pack } hat sich geändert. Einträge, die zitieren, was dort nicht mehr steht, ruhen, bis sie berichtigt sind: { $entries } (insgesamt { $n })
