# Was Moderatoren lesen, auf Deutsch.

verb-list = liste
verb-show = zeige
verb-search = suche
verb-test = teste
verb-add = neu
verb-make = übernimm
verb-gap = lücke
verb-edit = ändere
verb-remove = entferne
verb-restore = hole-zurück
verb-add-phrasing = formulierung
verb-remove-phrasing = formulierung-weg
verb-move-phrasing = formulierung-zu
verb-synonyms = synonyme
verb-add-synonyms = synonyme-neu
verb-remove-synonyms = synonyme-weg
verb-settings = einstellungen
verb-set = stelle
verb-history = verlauf
verb-diff = unterschied
verb-revert = nimm-zurück
verb-inbox = offen
verb-assign = zuordnen
verb-dismiss = weglegen
verb-export = exportiere
verb-save = speichere
field-question = frage
field-id = kennung
field-lead = kurz
field-tags = themen
field-phrasings = formulierungen
field-source = quelle
field-paragraph = absatz
field-speaker = wer
field-role = rolle
field-pack = paket
field-reason = grund
field-by = von
field-since = seit

usage-list = [SEITE]
about-list = die Einträge und Lücken
usage-show = KENNUNG
about-show = ein Eintrag, wie er geschrieben steht
usage-search = TEXT
about-search = die Einträge, die einem Text am nächsten sind
usage-test = FRAGE
about-test = was ich antworten würde
usage-add = FRAGE
about-add = ein neuer Eintrag. Darunter beginnt `> ` eine Zeile des Zitats und `- ` eine weitere Formulierung; `kurz:`, `themen:`, `kennung:`, `wer:` und `grund:` sind Felder. Ohne Zitat schlage ich Stellen der Quelle vor
usage-make = [FRAGE]
about-make = in einer Antwort auf eine Nachricht: ein Eintrag, der sie zitiert, mit Namen und Link. Ohne Frage beantwortet er, worauf die Nachricht antwortete; `> ` darunter zitiert weniger davon
usage-gap = FRAGE | GRUPPE...
about-gap = die Quelle beantwortet das nicht
usage-edit = KENNUNG
about-edit = neue Werte für das, was darunter steht, wie bei einem neuen Eintrag
usage-remove = KENNUNG
about-remove = ein Eintrag fällt weg
usage-restore = KENNUNG
about-restore = ein entfernter Eintrag kommt wieder
usage-add-phrasing = KENNUNG FORMULIERUNG
about-add-phrasing = eine Art mehr, danach zu fragen; mehrere stehen darunter, jede nach `- `
usage-remove-phrasing = KENNUNG FORMULIERUNG
about-remove-phrasing = eine Art weniger, danach zu fragen
usage-move-phrasing = VON NACH FORMULIERUNG
about-move-phrasing = eine Formulierung geht an einen anderen Eintrag
usage-synonyms = [SEITE]
about-synonyms = die Begriffe, die ich für dasselbe halte
usage-add-synonyms = BEGRIFF, BEGRIFF...
about-add-synonyms = Begriffe, die hier dasselbe bedeuten, durch Kommas getrennt; einer davon darf schon Synonyme haben
usage-remove-synonyms = BEGRIFF, BEGRIFF...
about-remove-synonyms = Begriffe, die doch etwas anderes bedeuten
usage-settings = [SEITE]
about-settings = die Einstellungen hier, und wozu sie da sind
usage-set = EINSTELLUNG WERT
about-set = ein anderer Wert einer Einstellung; `standard` für den der Konfiguration
usage-history = [KENNUNG]
about-history = wer was geändert hat
usage-diff = NUMMER
about-diff = eine Änderung, Wort für Wort
usage-revert = NUMMER | von: NAME
about-revert = eine Änderung wird zurückgenommen, oder alle von jemandem; mit `seit: 2026-11-30` darunter nur die späteren
usage-inbox = [SEITE | GRUPPE | TEXT]
about-inbox = was ich nicht beantwortet habe
usage-assign = GRUPPE... KENNUNG
about-assign = was gefragt wurde, in einer Gruppe oder mehreren, wird zu Formulierungen eines Eintrags
usage-dismiss = GRUPPE...
about-dismiss = was gefragt wurde, ist nichts für die FAQ
usage-export = [json | jsonl | csv | markdown] [PAKET]
about-export = alle Einträge als Datei
usage-save = { "" }
about-save = was ich zuletzt oder in der Nachricht vorschlage, auf die du antwortest, wird gespeichert

moderator-commands = Befehle für Moderatoren:
edits-are-proposed-first = Nichts ändert sich, bevor du „Speichern“ drückst.
line-not-understood = Die Zeile „{ $line }“ verstehe ich nicht.
write-it-like = Schreib es so:

save = Speichern
take-back = Zurücknehmen
remove-quoted = Entfernen
make-gap = Die Quelle sagt nichts
dismiss = Nichts für uns
more-groups = Mehr

form-add = Ein neuer Eintrag
form-edit = { $id } ändern
form-question = Die Frage
form-quotes = Zitate: Worte der Quelle, dann eine Leerzeile
form-phrasings = Andere Arten zu fragen, eine je Zeile
form-lead = Eine Zeile über den Zitaten
form-tags = Themen, mit Kommas getrennt

page-of = { $page } von { $n }
entries = Einträge
nothing-here = Da ist nichts.
gap-mark = Lücke
n-phrasings = { $n ->
    [one] 1 Formulierung
   *[other] { $count } Formulierungen
}
synonyms = Synonyme
nearest-entries = Nächste Einträge
no-entry-has-a-word = Kein Eintrag hat ein Wort davon.
no-such-entry = Es gibt keinen Eintrag { $id }.
not-removed-last = { $id } wurde nicht zuletzt entfernt, soweit der Verlauf weiß.
no-such-pack = Ein Paket { $pack } gibt es hier nicht. Pakete: { $packs }
which-pack = Hier gibt es mehrere Pakete ({ $packs }): schreib PAKET:KENNUNG, oder wo es keine Kennung gibt, eine Zeile `paket: NAME`.
no-packs = Hier gibt es kein Paket.
bad-id = Eine Kennung hat 1 bis 100 Zeichen und keine Leerzeichen.

test-answer = Ich würde mit { $id } antworten (Sicherheit { $percent } %).
test-suggest = Ich würde das vorschlagen (Sicherheit des ersten { $percent } %):
test-gap = Ich würde sagen, dass die Quelle das nicht beantwortet, wegen der Lücke { $id }.
test-nothing = Ich würde sagen, dass ich kein Zitat dazu habe. Der nächste Eintrag hat eine Sicherheit von { $percent } %.
test-nothing-near = Ich würde sagen, dass ich kein Zitat dazu habe. Kein Eintrag ist nahe.

would-be-added = { $id } käme hinzu:
would-be-changed = { $id } würde sich ändern:
would-be-removed = { $id } fiele weg:
review-counts = Von { $n } gestellten Fragen bekämen { $gained } eine Antwort, { $lost } verlören sie, { $changed } bekämen eine andere.
review-gained = Diese bekämen eine Antwort:
review-lost = Diese verlören ihre Antwort:
review-changed = Diese bekämen etwas anderes zur Antwort:
review-shadowed = Diese Formulierungen anderer Einträge fänden stattdessen diesen:
not-saved-yet = Noch ist nichts gespeichert.
changed-meanwhile = Die Datei hat sich geändert, seit du sie gesehen hast. Das würde deine Änderung jetzt ändern:
saved = Gespeichert als Änderung { $numbers }. Ab jetzt antworte ich damit.
saved-not-served = Gespeichert als Änderung { $numbers }, aber noch nicht in Gebrauch: das Protokoll des Betreibers sagt, warum.
already-like-that = Das Paket ist schon so.
has-phrasings-already = { $id } hat diese Formulierungen schon.
cannot-be-saved = Das geht so nicht, und nichts wurde geändert:
id-taken = Einen Eintrag { $id } gibt es schon.
phrasing-taken = { $id } hat die Formulierung „{ $phrasing }“ schon.
no-such-phrasing = { $id } hat keine Formulierung „{ $phrasing }“ neben der Frage, die `ändere` ändert.
too-few-synonyms = Gib mindestens zwei Begriffe an, die dasselbe bedeuten, oder einen, der schon Synonyme hat.
synonyms-of-two-groups = Diese Begriffe stehen in zwei Gruppen, „{ $first }“ und „{ $second }“: Entferne die Begriffe der einen und füge sie dann zur anderen hinzu.
no-synonyms-of = „{ $term }“ ist nicht unter den Synonymen.
changed-since = { $id } hat sich seither geändert, darum kann nur das nicht zurückgenommen werden. Seither:
misquoted = Diese Worte stehen nicht in der Quelle, also wurde nichts geändert. Sie sagt in Absatz { $paragraph }:
use-that = Nimm das
pick-a-quote = Welche Stelle beantwortet das?
no-passage = Ich finde keine Stelle dazu. Schreib die Worte der Quelle in eine Zeile, die mit `> ` beginnt.
nothing-proposed = Nichts ist vorgeschlagen, was gespeichert werden könnte.
pack-has-errors = Die Dateien des Pakets haben Fehler. `quoth check` zeigt, wo; bis dahin können Einträge nicht gezeigt werden.
edits-are-off = Hier können keine Einträge geändert werden.
pack-is-busy = Ein anderes Programm ändert das Paket gerade: versuch es noch einmal, wenn es fertig ist.
pack-cannot-be-read = Ich kann die Dateien des Pakets nicht lesen. Das Protokoll des Betreibers sagt, warum.
pack-cannot-be-written = Ich kann die Dateien des Pakets nicht schreiben, also wurde nichts geändert: darf ich den Ordner nur lesen, oder ist die Platte voll? Das Protokoll des Betreibers sagt mehr.
history-cannot-be-used = Ich kann den Verlauf des Pakets nicht benutzen, also wurde nichts geändert. Das Protokoll des Betreibers sagt, warum.

history = Änderungen
revision-added = { $number }: { $id } hinzugefügt von { $by }, { $at }
revision-changed = { $number }: { $id } geändert von { $by }, { $at }
revision-removed = { $number }: { $id } entfernt von { $by }, { $at }
by-file = jemandem in der Datei
no-revisions = Keine Änderung ist verzeichnet.
no-revisions-by = Eine Änderung von { $by } ist dafür nicht verzeichnet.
no-such-revision = Eine Änderung { $number } gibt es hier nicht.
takes-back = nimmt { $numbers } zurück
takes-back-all = nimmt alles von { $by } zurück
takes-back-since = nimmt alles von { $by } seit { $at } zurück
changed-by-others-since = Diese bleiben, weil andere dieselben Stellen geändert haben:
asked-in-chat = im Chat gefragt
changed-in-pack = Das Paket { $pack } hat sich geändert:

message-quoted = Ein Moderator hat aus dieser Nachricht eine Antwort auf „{ $question }“ gemacht. Ich zitiere sie Wort für Wort, mit deinem Namen und einem Link darauf. Wenn du das nicht willst, entferne sie.
quoted-removed = Der Eintrag mit dieser Nachricht ist entfernt.
removed-by-its-author = vom Verfasser der Nachricht entfernt

inbox = Nicht beantwortet
n-people = { $n ->
    [one] 1 Person
   *[other] { $count } Personen
}
and-more = und { $n } weitere
n-answered = { $n ->
    [one] 1 Person, die gewartet hat, hat jetzt eine Antwort.
   *[other] { $count } Personen, die gewartet haben, haben jetzt eine Antwort.
}
digest = Seit { $day } nicht beantwortet: { $questions }, { $people }. Am meisten gefragt:
n-questions = { $n ->
    [one] 1 Frage
   *[other] { $count } Fragen
}
digest-more = { $command } zeigt alle.
no-questions-with = Keine offene Frage enthält „{ $text }“.
exported = { $entries } des Pakets { $pack } in der Datei.
export-too-large = Das Paket ist zu groß für eine Datei im Chat. `quoth faq export` schreibt sie auf der Maschine des Bots.
n-entries = { $n ->
    [one] { $count } Eintrag
   *[other] { $count } Einträge
}
n-groups = { $n ->
    [one] 1 Gruppe
   *[other] { $count } Gruppen
}
no-questions = Keine Frage wartet.
no-such-group = Die Gruppe { $id } ist nicht mehr unter den offenen Fragen.
asked-by = Gefragt von { $people }, zuletzt { $at }:
a-phrasing-of = Das sind Formulierungen von:
a-new-entry-of = Oder ein neuer Eintrag mit diesen Worten der Quelle:
is-dismissed = Weggelegt.

# Einstellungen. Die Wörter sind die, die für Werte getippt werden.
word-yes = ja
word-no = nein
word-none = keine
word-here = hier
word-default = standard
settings = Einstellungen
setting-line = { $setting } = { $value } ({ $about })
setting-line-changed = { $setting } = { $value }, hier geändert ({ $about })
no-such-setting = Es gibt keine Einstellung { $setting }, die hier geändert werden kann. `einstellungen` zählt sie auf.
not-a-value = „{ $value }“ ist kein Wert von { $setting }: { $about }.
setting-would-change = { $setting } würde sich von { $before } in { $after } ändern.
settings-are-like-that = { $setting } ist schon so.
setting-changed-since = { $setting } hat sich seither geändert, daher kann das nicht allein zurückgenommen werden. Jetzt ist es { $value }.
setting-changed-meanwhile = { $setting } hat sich geändert, seit du es gesehen hast.
settings-are-off = Einstellungen können hier nicht geändert werden: `quoth settings` tut es.
setting-may-silence = Falls ich deine Befehle danach nicht mehr verstehe, holt „Zurücknehmen“ unter der gespeicherten Änderung oder `quoth settings` im Terminal den alten Wert zurück.
setting-saved = Gespeichert als Änderung { $number }: { $setting } ist von jetzt an { $value }.
setting-saved-not-served = Gespeichert als Änderung { $number }, aber noch nicht in Gebrauch: Das Protokoll des Betreibers sagt, warum.
as-configured = wie konfiguriert
revision-setting = { $number }: { $id } auf { $value } gesetzt von { $by }, { $at }
settings-have-changed = Einstellungen haben sich geändert:
setting-locale = Sprache meiner Sätze: en oder de
setting-speaks-when = wie ich angesprochen werde: mention, reply, command, direct, prefix, mit Kommas getrennt
setting-prefix = womit eine Frage ohne Erwähnung beginnt, etwa !ask; keine für nichts
setting-listens-in = Orte, an denen ich jede Nachricht ansehe: hier, oder +hier und -hier; keine
setting-listen-from = Zuversicht, ab der ich dort antworte, über 0 bis 1
setting-answer-from = Zuversicht, ab der ich antworte, über 0 bis 1; keine für die aller Bereiche
setting-suggest-from = Zuversicht, ab der ich vorschlage, über 0 bis 1; keine für die aller Bereiche
setting-reports-to = wo ich Probleme melde: hier oder keine
setting-logs-edits-to = wo ich jede Änderung zeige: hier oder keine
setting-sends-digest-to = wo ich sage, was offen blieb: hier oder keine
setting-digest-days = Tage zwischen zwei solchen Nachrichten, 1 bis 14
setting-digest-hour = Stunde des Tages (UTC) dafür, 0 bis 23
setting-shows-lead = ob eine Zeile über Zitaten steht: ja oder nein
setting-suggests-passages = ob ich Sätze der Quelle vorschlage, die kein Eintrag zitiert: ja oder nein
setting-quotes-messages = ob aus Nachrichten Einträge werden können: ja oder nein
setting-greets = ob ich grüße, wo ich dazukomme: ja oder nein
setting-asks-feedback = ob Antworten Knöpfe für Rückmeldungen haben: ja oder nein
setting-questions-per-asker = höchstens so viele Fragen einer Person in der Zeit darunter, ab 1
setting-questions-per-place = höchstens so viele Fragen an einem Ort darin, ab 1
setting-cooldown-seconds = diese Zeit in Sekunden; 0 für keine Grenzen
