#!/usr/bin/env python3
"""Converts the devset for `quoth eval`: gold sentences are given by text instead of number.

devset_texts.py DIR > DIR/questions_by_text.jsonl

DIR contains questions.jsonl and sentences.json. Standard library only.
"""
import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
texts = {s["id"]: s["text"] for s in json.loads((folder / "sentences.json").read_text(encoding="utf-8"))}
for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
    row = json.loads(line)
    print(json.dumps({"q": row["q"], "gold": [texts[i] for i in row["gold"]], "kind": row["kind"]}, ensure_ascii=False))
