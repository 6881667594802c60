#!/usr/bin/env python3
"""Simulates a month of a served pack, whose moderator settles the largest groups of the inbox every day.

simulate_month.py QUOTH SET [--days 30] [--questions 5000] [--phrasings 3] [--groups 10] [--whole] [--every 1]

QUOTH is the release binary, SET a folder with faq.jsonl ("id", "question", "variants") and queries.jsonl ("q", "gold":
entry ids, empty if out of scope). The pack has the first so many phrasings of each entry; a question stands in for its
answer. The messages of the month are drawn at random with a fixed seed, so their shares of entries and of questions out
of scope are those of the set. Each day has a part of them, each asked by somebody else in a place of its own: over the
bridge, of `quoth run`, with default settings but for the cooldown and the records of reviews. What was not answered, or
only suggested, is in the inbox then (nobody picks a suggestion). In the evening the moderator takes the largest groups of
`quoth inbox list`, reads each (`quoth inbox show`), and never errs: what is of the entry that most of it is of becomes
phrasings of that (`quoth inbox assign --only`), and the others stay. If most are out of scope, these become a gap. With
--whole, the moderator does not read on, and the whole group becomes that.

Prints, by day: the share of the day's messages in scope that were answered rightly, and for which the right entry was
suggested; the share of all that were answered falsely: with an entry that is not theirs, or out of scope; and the same of
the messages that are not asked in the month, which the pack is asked before the moderator comes: the same ones each time,
so that the days compare. Standard library only; needs Unix sockets.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

SEED = 21
TIMEOUT_SECONDS = 120


def read_lines(path):
    return [json.loads(line) for line in open(path, encoding="utf-8") if line.strip()]


def one_line(text):
    return " ".join(text.split())


class Quoth:
    """The commands of quoth on a pack and its records, in a folder of their own."""

    def __init__(self, binary, folder):
        self.binary, self.folder = str(pathlib.Path(binary).resolve()), folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QUOTH_")}
        self.environment = {
            **kept, "USER": "moderator", "QUOTH_PACKS": "['pack']", "QUOTH_DATA": "data", "QUOTH_BRIDGE__SOCKET": "bridge.sock",
            "QUOTH_HTTP__IS_ON": "false", "QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS": "0", "QUOTH_RETENTION__QUESTIONS_DAYS": "0",
            "QUOTH_LOG__LEVEL": "error"}

    def run(self, *arguments, text=None, may_be_refused=False):
        """The output of a command; `None` if it is refused and may be."""
        done = subprocess.run([self.binary, *arguments], cwd=self.folder, env=self.environment, input=text, capture_output=True, text=True)
        if done.returncode == 1 and may_be_refused:
            return None
        if done.returncode:
            sys.exit(f"quoth {' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, messages):
        """The decisions about messages of which no record is kept: (decision, ids of the entries)."""
        lines = "\n".join(json.dumps({"q": message["q"]}) for message in messages)
        answers = [json.loads(line) for line in self.run("ask", "--jsonl", text=lines).splitlines()]
        return [(answer["decision"], [id.split(":")[-1] for id in answer["ids"]]) for answer in answers]

    def chat(self, messages):
        """The decisions of the service about messages, given with their numbers."""
        service = subprocess.Popen([self.binary, "run"], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL)
        try:
            return self.send(messages)
        finally:
            service.send_signal(signal.SIGTERM)
            if service.wait(TIMEOUT_SECONDS):
                sys.exit(f"quoth run ended with {service.returncode}")

    def send(self, messages):
        decisions = {}
        with connect(self.folder / "bridge.sock") as connection:
            lines = connection.makefile("rw", encoding="utf-8")

            def write(value):
                lines.write(json.dumps(value) + "\n")
                lines.flush()
            for number, message in messages:
                write({"event": "said", "id": f"bridge:{number}", "place": {"id": f"bridge:place{number}"},
                       "author": {"id": f"bridge:user{number}"}, "address": {"mentions_us": True}, "text": message["q"],
                       "sent_at": int(time.time() * 1000)})
                while number not in decisions:
                    order = json.loads(lines.readline())
                    if "error" in order:
                        sys.exit(f"quoth says of {message['q']!r}: {order['error']}")
                    write({"ack": order["order"], "sent": f"bridge:reply{order['order']}-{number}"})
                    if order["do"] == "send":
                        decisions[int(order["cause"].split(":")[1])] = (order["kind"], order.get("entries", []))
        return [decisions[number] for number, _ in messages]


def connect(path):
    until = time.monotonic() + TIMEOUT_SECONDS
    while True:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(TIMEOUT_SECONDS)
        try:
            connection.connect(str(path))
            return connection
        except OSError:
            connection.close()
            if time.monotonic() > until:
                sys.exit("quoth run does not listen")
            time.sleep(0.02)


def make_pack(quoth, entries, n_phrasings):
    faq = quoth.folder / "faq.jsonl"
    rows = ({**row, "variants": row["variants"][:n_phrasings - 1]} for row in entries)
    faq.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    quoth.run("import", "faq.jsonl", "--into", "pack", "--question-stands-in", "--title", "FAQ")


class Moderator:
    def __init__(self, quoth, gold, reads):
        self.quoth, self.gold, self.reads = quoth, gold, reads
        self.n_gaps = self.n_assigned = self.n_strangers = self.n_gone = 0

    def settle(self, n_groups):
        """Settles the largest groups."""
        for listed in json.loads(self.quoth.run("inbox", "list", "--json", "--limit", str(n_groups))):
            # What was assigned before may have changed the group.
            shown = self.quoth.run("inbox", "show", listed["id"], "--json", may_be_refused=True)
            if shown is None:
                self.n_gone += 1
                continue
            wordings = json.loads(shown)["wordings"]
            needs = collections.Counter(self.gold[text] for text in wordings)
            need = max(needs, key=lambda it: (needs[it], it))
            chosen = [text for text in wordings if self.gold[text] == need]
            self.n_strangers += len(wordings) - len(chosen)
            chosen = chosen if self.reads else wordings
            self.n_assigned += len(chosen)
            entry = need or self.add_gap(chosen[0])
            only = [argument for text in chosen for argument in ("--only", text)]
            self.quoth.run("inbox", "assign", listed["id"], entry, *only)

    def add_gap(self, question):
        self.n_gaps += 1
        id = f"simulated-gap-{self.n_gaps}"
        self.quoth.run("faq", "add", "--gap", "--id", id, "--question", question)
        return id


def score(messages, decisions):
    """Counts of the messages: in scope, answered rightly, suggested rightly, answered falsely."""
    counts = collections.Counter()
    for message, (decision, ids) in zip(messages, decisions):
        gold, ids = set(message["gold"]), [id for id in ids if not id.startswith("simulated-gap-")]
        is_answer = decision == "answer" and bool(ids)
        is_right = bool(ids) and ids[0] in gold
        counts.update(
            all=1, in_scope=bool(gold), right=is_answer and is_right,
            suggested=decision == "suggest" and bool(gold & set(ids[:3])),
            wrong=is_answer and bool(gold) and not is_right, out_answered=is_answer and not gold)
    return counts


def shares(counts):
    def percent(n, of):
        return f"{100 * n / of:.1f}" if of else "-"
    in_scope, out = counts["in_scope"], counts["all"] - counts["in_scope"]
    false = counts["wrong"] + counts["out_answered"]
    return [percent(counts["right"], in_scope), percent(counts["suggested"], in_scope), percent(counts["wrong"], in_scope),
            percent(counts["out_answered"], out), percent(false, counts["all"])]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("quoth")
    parser.add_argument("set", type=pathlib.Path)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--questions", type=int, default=5000)
    parser.add_argument("--phrasings", type=int, default=3)
    parser.add_argument("--groups", type=int, default=10)
    parser.add_argument("--whole", action="store_true", help="assign groups without reading them")
    parser.add_argument("--every", type=int, default=1, help="print one row for so many days")
    args = parser.parse_args()
    messages = [{**row, "q": one_line(row["q"])} for row in read_lines(args.set / "queries.jsonl")]
    random.Random(SEED).shuffle(messages)
    month, probe = messages[:args.questions], messages[args.questions:]
    gold = {row["q"]: (row["gold"] or [None])[0] for row in month}
    # A comparable sort order where two needs are equally frequent in a group.
    gold = {text: id or "" for text, id in gold.items()}
    with tempfile.TemporaryDirectory() as folder:
        quoth = Quoth(args.quoth, pathlib.Path(folder))
        make_pack(quoth, read_lines(args.set / "faq.jsonl"), args.phrasings)
        moderator = Moderator(quoth, gold, reads=not args.whole)
        print(f"{len(month)} messages in {args.days} days, {len(probe)} for the control")
        columns = ["right", "suggested", "wrong", "out of scope, answered", "false of all"]
        print("| day | " + " | ".join(columns) + " | phrasings added | " + " | ".join(f"control: {name}" for name in columns) + " |")
        print("|---" * (2 * len(columns) + 2) + "|")
        counts, first = collections.Counter(), 1
        for day in range(1, args.days + 1):
            start, end = (len(month) * it // args.days for it in (day - 1, day))
            asked = list(enumerate(month[start:end], start))
            counts += score(month[start:end], quoth.chat(asked))
            if day % args.every == 0 or day == args.days:
                control = shares(score(probe, quoth.ask(probe)))
                days = str(day) if first == day else f"{first}-{day}"
                print("| " + " | ".join([days, *shares(counts), str(moderator.n_assigned), *control]) + " |", flush=True)
                counts, first = collections.Counter(), day + 1
            moderator.settle(args.groups)
        print(f"{moderator.n_assigned} messages became phrasings, {moderator.n_gaps} gaps were made; {moderator.n_strangers} messages "
              f"were in a group whose majority asked for something else, {moderator.n_gone} groups were gone when they were opened")


main()
