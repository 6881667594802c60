#!/usr/bin/env python3
"""Lists the commonest words of each language, for src/text/language/<code>/everyday_words.txt.

everyday_words.py OUT_DIR

Source: the PyPI package wordfreq 3.1.1 by Robyn Speer (code Apache-2.0, data CC BY-SA 4.0; see NOTICE), in a
virtual environment: python3 -m venv venv && venv/bin/pip install wordfreq==3.1.1
Writes OUT_DIR/<code>/everyday_words.txt: `word zipf` a line, commonest first, every word of MIN_ZIPF
or more, at most N_WORDS. A zipf is the base-10 logarithm of how often the word is used in a billion words.
wordfreq folds case fully, so "ß" and the final "ς" are lost; both are put back here. Its Chinese is
in simplified characters.
"""
import pathlib
import re
import sys
import unicodedata

import wordfreq

MIN_ZIPF = 4.0
N_WORDS = 4000

CYRILLIC = "абвгдежзийклмнопрстуфхцчшщьюя"
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
# The letters of each language, as the inside of a character class.
LETTERS = {
    "en": "a-z",
    "de": "a-zäöüß",
    "fr": "a-zàâæçéèêëîïôœùûüÿ",
    "es": "a-záéíñóúü",
    "it": "a-zàèéìíîòóùú",
    "pt": "a-záâãàçéêíóôõúü",
    "nl": "a-zàäáéèëêïíîôöóüúû",
    "sv": "a-zåäöéà",
    "da": "a-zæøåé",
    "nb": "a-zæøåéèêóòôàü",
    "fi": "a-zåäöšž",
    "pl": "a-ząćęłńóśźż",
    "cs": "a-záčďéěíňóřšťúůýž",
    "ru": CYRILLIC + "ёъыэ",
    "uk": CYRILLIC.replace("э", "") + "ґєії",
    "tr": "a-zçğıöşüâîû",
    "el": "α-ωάέήίόύώϊϋΐΰ",
    "hu": "a-záéíóöőúüű",
    "ro": "a-zăâîșț",
    "ar": "\u0621-\u063a\u0641-\u064a",
    "he": "\u05d0-\u05ea",
    "hi": "\u0900-\u0963\u0970-\u097f",
    "zh": HAN,
    "ja": HAN + "々ぁ-ゖァ-ヺー",
    "ko": "가-힣",
}
APOSTROPHE_INSIDE = {"en", "fr", "nl", "uk"}  # one apostrophe may stand inside a word: don't, aujourd'hui
# The words of one letter, with those that an apostrophe cuts off ("l'"). Languages not named here keep all.
ONE_LETTER = {
    "en": "ai", "de": "", "fr": "aàycdjlmnst", "es": "aeoyu", "it": "aeèiodl", "pt": "aàeéo", "nl": "u", "sv": "iåö",
    "da": "iåø", "nb": "iåø", "fi": "", "pl": "aiouwz", "cs": "aikosuvz", "ru": "авикосуя", "uk": "авєзійоую",
    "tr": "o", "el": "ηήοω", "hu": "aeéősó", "ro": "aeoi",
}
# German word parts that are written with "ß", which wordfreq has as "ss".
SHARP_S = re.compile(
    "eiss|iess|euss|äuss|trauss|strass|auss(?=e[rn])|gross|gröss|gruss|grüss|fuss|füss|süss|spass|stoss|stöss|bloss"
    "|mäss|ermass|mass(?=$|g|n)|^ass$|^(be)?sass(en)?$"
)


def spelled(word, language):
    """The word as the language writes it, in NFC."""
    if language == "el":
        word = re.sub("σ$", "ς", word)
    if language == "de":
        word = SHARP_S.sub(lambda part: part[0].replace("ss", "ß"), word)
    return unicodedata.normalize("NFC", word)


def everyday_words(language):
    """The words and their zipf values, commonest first."""
    letters = f"[{LETTERS[language]}]+"
    word = re.compile(f"{letters}('{letters})?" if language in APOSTROPHE_INSIDE else letters)
    zipfs = {}
    for token, frequency in wordfreq.get_frequency_dict(language, "best").items():
        zipf = wordfreq.freq_to_zipf(frequency)
        token = spelled(token, language)
        if zipf < MIN_ZIPF or not word.fullmatch(token):
            continue
        if len(token) > 1 or token in ONE_LETTER.get(language, token):
            zipfs[token] = max(zipf, zipfs.get(token, 0))
    return sorted(zipfs.items(), key=lambda item: (-item[1], item[0]))[:N_WORDS]


def main():
    out_dir = pathlib.Path(sys.argv[1])
    available = wordfreq.available_languages("best")
    for language in LETTERS:
        if language not in available:
            print(f"{language}: not in wordfreq, skipped")
            continue
        words = everyday_words(language)
        path = out_dir / language / "everyday_words.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"{word} {zipf:.1f}\n" for word, zipf in words)
        path.write_text(lines, encoding="utf-8")
        print(f"{language}: {len(words)} words")


if __name__ == "__main__":
    main()
