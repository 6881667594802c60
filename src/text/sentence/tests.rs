use super::*;

fn split<'t>(language: &str, text: &'t str) -> Vec<&'t str> {
    let spans = sentences_in(text, &Language::new(language));
    spans.into_iter().map(|span| text.get(span).unwrap()).collect()
}

#[test]
fn sentences_end_at_terminators_and_list_items_only() {
    let cases: [(&str, &[&str]); 14] = [
        ("", &[]),
        ("# A title\nText\nhere", &["# A title", "Text\nhere"]),
        ("A title\n=====\nText", &["A title\n=====", "Text"]),
        ("One. Two!", &["One.", "Two!"]),
        ("the U.S. and its allies. It is", &["the U.S. and its allies.", "It is"]),
        ("He met Dr. Li. They spoke.", &["He met Dr. Li.", "They spoke."]),
        ("“borders,” Mitter added. China", &["“borders,” Mitter added.", "China"]),
        ("Wrapped at\r\na width. It\u{2028}is", &["Wrapped at\r\na width.", "It\u{2028}is"]),
        ("Buy:\n- milk\n* eggs", &["Buy:", "- milk", "* eggs"]),
        ("Steps:\n1. Go\n2) Stop", &["Steps:", "1. Go", "2) Stop"]),
        ("born in\n1950. Then", &["born in\n1950.", "Then"]),
        ("Why?\n\u{a0}Because.", &["Why?", "Because."]),
        ("It is so.[^1] Others say no.[2]", &["It is so.[^1]", "Others say no.[2]"]),
        ("It is so.[^note]\nand so on", &["It is so.[^note]\nand so on"]),
    ];
    for (paragraph, want) in cases {
        assert_eq!(split("en", paragraph), want, "{paragraph:?}");
    }
}

/// Each row is a language and its sentences, divided by `|`.
fn check(rows: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (language, divided) in rows {
        let text = divided.replace('|', " ");
        let got = split(language, &text).join("|");
        if got != *divided {
            wrong.push(format!("{language}: {got}"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn full_stop_of_an_abbreviation_ends_no_sentence_unless_one_can_start_there() {
    check(&[
        ("en", "Is it so?|Say No.|It is so.|No. 5 is good.|No. IV too."),
        ("en", "The U.S. Army left.|He lives in the U.S.|They left.|Ask Acme Inc.|It is open."),
        ("en", "See fig. 3 and Fig. 4.|See p. 4 (cf. Li et al. 2019).|Use e.g. Linux.|Done."),
        (
            "en",
            "J. R. R. Tolkien wrote.|George W. Bush, Mr. A. Smith and St. Paul came.|So do I.|Nobody came.",
        ),
        (
            "en",
            "Take vitamin C.|It helps.|Open to 5 p.m.|Tickets are cheap.|Apples, pears, etc.|Bring a bag.",
        ),
        (
            "de",
            "Das gilt z. B. für Kinder, z.B. Anna.|Er hat d. h. Hunger, i. d. R. Durst.|Siehe Nr. 5, S. 3 und Abb. 4.",
        ),
        ("de", "Sie wohnt in St. Gallen bei Dr. Li, ca. Mai.|Das ist gut.|Seine Nr.|Das ist sie."),
        (
            "de",
            "Am 3. Oktober ist zu.|Der 2. Weltkrieg endete 1945.|Ab 1. Mai.|Er ist 12.|Kinder dürfen das.",
        ),
        (
            "de",
            "Montag, 3. Oktober, ist frei.|Im 2. Stock.|Das Mindestalter ist 16.|Hunde warten draußen.",
        ),
        (
            "fr",
            "M. Dupont est venu avec Mme. Curie.|Voir p. 5, c.-à-d. Paris, p. ex. Lyon.|C'est tout.",
        ),
        (
            "ru",
            "См. п. 5 правил.|Это т. е. Москва и т. д.|Он ушёл.|Ст. 12 и рис. 3.|А. С. Пушкин жил на ул. Мойки.",
        ),
        ("uk", "Див. п. 5 правил.|Це, напр. Київ, вул. Довга.|Він пішов."),
        ("es", "El Sr. García vive en EE. UU. y la Dra. Paz aquí.|Pág. 5 y núm. 3.|Ya."),
        ("it", "Il Sig. Rossi, ad es. Mario, v. p. 5 e art. 3.|Poi il Prof. Bianchi.|Basta."),
        ("pt", "O Sr. Silva e a Dra. Lima leram a pág. 5, art. 3.|Depois saíram."),
        ("nl", "Dhr. Jansen, bijv. Piet, las blz. 5, art. 3.|Dat is alles."),
        ("pl", "Np. Warszawa, m.in. Praga, art. 5, ul. Długa.|W 2020 r. było tak.|Koniec."),
        ("cs", "Např. Praha, č. 5, odst. 3, MUDr. Novák.|Dne 3. října je zavřeno.|Konec."),
        ("hu", "Pl. Pest, ill. Buda, kb. Vác, dr. Kis, 5. sz. melléklet.|Vége."),
        ("ro", "Dl. Popescu, dr. Ionescu, nr. 5, art. 3, pag. 7.|Gata."),
        ("sv", "T.ex. Lund, bl.a. Malmö, kl. 5, s. 3, dr. Berg.|Slut."),
        ("da", "F.eks. Odense, bl.a. Ribe, kl. 5, nr. 3.|Den 3. oktober er lukket.|Slut."),
        ("nb", "F.eks. Oslo, bl.a. Bergen, kl. 5, nr. 3, Prof. Lie.|Ferdig."),
        ("fi", "Esim. Oulu, ks. Turku, klo 5, s. 3.|Suljettu 3. lokakuuta.|Loppu."),
        ("tr", "Dr. Ali, örn. Ankara, No. 5, s. 3.|Bitti."),
        ("el", "Π.χ. Αθήνα, ο κ. Παπάς, άρθ. 5, σελ. 3.|Τέλος.|Ήρθε;|Ναι."),
        ("hi", "डॉ. शर्मा आए।|वह गया।|पृ. 5 देखें।"),
        ("ar", "جاء د. أحمد.|انظر ص. 5؟|نعم."),
        ("he", "זה כך.|ראו עמ. 5.|כן."),
        ("ko", "김 씨가 No. 5를 샀다.|그는 갔다."),
        ("xx", "Ja J. Smith.|Da."),
        ("en", "Gate B.|A train left with J. A. Smith."),
    ]);
}

#[test]
fn quotation_marks_and_brackets_stay_with_their_sentence() {
    check(&[
        ("en", "“Go.|Now.”|He left.|“Why?” he asked.|(See p. 4.)|Yes?!|No...|Maybe."),
        ("fr", "Il a dit : « Oui.|Non. »|Puis il est parti.|« Ah ! » dit-il.|« Bon. »"),
        ("de", "Er rief: „Ja.|Nein.“|Sie ging.|»Gut.«|»Schön!« sagte er."),
        ("ru", "Он сказал: «Да.|Нет.»|Потом ушёл.|«Что?» — спросил он."),
    ]);
    let cases: [(&str, &str, &[&str]); 6] = [
        (
            "ja",
            "彼は「はい。いいえ。」と言った。そして去った。",
            &["彼は「はい。いいえ。」と言った。", "そして去った。"],
        ),
        (
            "ja",
            "去った。「行く。」彼は言った。『え？』",
            &["去った。", "「行く。」", "彼は言った。", "『え？』"],
        ),
        (
            "zh",
            "他走了。“好。走吧。”然后他说：「是。」",
            &["他走了。", "“好。", "走吧。”", "然后他说：「是。」"],
        ),
        ("zh", "真的？！（见第5页。）好！", &["真的？！", "（见第5页。）", "好！"]),
        ("fr", "« Oui.\u{a0}»\u{202f}Non. Fin", &["« Oui.\u{a0}»", "Non.", "Fin"]),
        ("ja", "「開いた。閉じない。", &["「開いた。", "閉じない。"]),
    ];
    for (language, text, want) in cases {
        assert_eq!(split(language, text), want);
    }
}

#[test]
fn statement_ends_with_a_mark_that_closing_marks_and_a_footnote_may_follow() {
    for text in [
        "It is so.",
        "Go! ",
        "“It is so.”\u{a0}",
        "(It is so.)*",
        "そうです。」",
        "यह है।",
        "And so on…",
        "It is so.[^12]",
        "It is so![3] ",
    ] {
        assert!(ends_like_statement(text), "{text}");
    }
    for text in [
        "",
        "Compost bin",
        "Prices:",
        "Is it so?",
        "“Is it so?”",
        "Is it so?[1]",
        "Prices ...... ",
        "See [the page.]x",
        "It is so.[a longer note]",
    ] {
        assert!(!ends_like_statement(text), "{text}");
    }
}

#[test]
fn code_addresses_and_versions_are_not_divided() {
    check(&[
        ("en", "Call `a. B` and ``x! Y``.|Then `e.g. Foo`.|Open https://a.org/?q=Abc!|Now."),
        ("en", "Use v2.B here.|See a.b.C.|It is 1.2.|Next."),
    ]);
    let fenced = "Run:\n```\n# Set up. Then\n- go! Now\n```\nDone.";
    assert_eq!(split("en", fenced).len(), 1, "{:?}", split("en", fenced));
}

#[test]
fn hostile_text_is_split_in_linear_work() {
    // Quadratic work would take minutes.
    let n_bytes = 256 * 1024;
    for unit in [
        "a.",
        "A. ",
        "Mr. ",
        "« A. ",
        "「a。",
        "`",
        "``a`b",
        "1. A",
        ". ",
        "!\u{2028}",
        "z. B. ",
        "?A",
        "\n\r",
        "“.",
        "; Α",
    ] {
        let text = unit.repeat(n_bytes / unit.len());
        for language in ["en", "de", "el"] {
            let spans = sentences_in(&text, &Language::new(language));
            assert!(spans.is_sorted_by(|a, b| a.end <= b.start), "{unit:?}");
        }
    }
}
