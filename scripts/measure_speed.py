#!/usr/bin/env python3
"""Measures the speed of quoth and of other matchers, on the same messages in the same session.

measure_speed.py --sets DIR [--sizes N...] [--quoth QUOTH] [--rounds N] [--seconds S]

DIR contains make_speed.py, which generates a FAQ of N phrasings and misspelled messages. The messages are
asked misspelled and as typed (the phrasing without its last word). Prints Markdown tables; docs/performance.md
explains them. Everything that is generated or installed is cached in target/speed; delete it to start from
scratch. The other matchers are benches/peers (built with cargo) and rapidfuzz (from PyPI). Standard library
only; on Linux every measured process is pinned to one core.
"""
import argparse
import collections
import json
import math
import os
import pathlib
import platform
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ROOT / "benches/peers"
CACHE = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "speed"
RAPIDFUZZ = "rapidfuzz==3.14.6"
KINDS = {"misspelled": "queries.jsonl", "typed": "queries_typed.jsonl"}
HOSTILE_SIZE = 100_000
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def log(text):
    print(text, file=sys.stderr, flush=True)


# Corpora


def cached(folder, make):
    """Returns the folder; if it does not exist, `make` fills a new one, which is renamed once complete."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            make(pathlib.Path(temporary) / "new")
            os.replace(pathlib.Path(temporary) / "new", folder)
    return folder


def corpus(sets, n):
    def make(folder):
        subprocess.run([sys.executable, sets / "make_speed.py", str(n), folder], check=True, stdout=sys.stderr)
        write_typed(folder)
    return cached(CACHE / f"faq-{n}", make)


def write_typed(folder):
    """Writes the messages in scope as the question of their entry without its last word."""
    rows = [json.loads(line) for line in open(folder / KINDS["misspelled"], encoding="utf-8")]
    wanted = {row["gold"][0] for row in rows if row["gold"]}
    texts = {}
    for line in open(folder / "faq.jsonl", encoding="utf-8"):
        row = json.loads(line)
        if row["id"] in wanted:
            words = row["question"].split()
            texts[row["id"]] = " ".join(words[:-1] or words)
    with open(folder / KINDS["typed"], "w", encoding="utf-8") as out:
        for row in rows:
            if row["gold"]:
                out.write(json.dumps({"q": texts[row["gold"][0]], "gold": row["gold"]}, ensure_ascii=False) + "\n")


# Measurements


def tantivy_peer():
    target = CACHE / "peers"
    subprocess.run(["cargo", "build", "--quiet", "--locked", "--release", "--manifest-path", PEERS / "Cargo.toml", "--target-dir", target], check=True)
    return target / "release/tantivy-peer"


def rapidfuzz_python():
    def make(folder):
        # Created in place, since it contains absolute paths; the marker folder shows that it is
        # complete.
        venv.create(CACHE / "venv", clear=True, with_pip=True)
        subprocess.run([CACHE / "venv/bin/pip", "install", "--quiet", RAPIDFUZZ], check=True)
        folder.mkdir()
    cached(CACHE / ("venv-has-" + RAPIDFUZZ), make)
    return CACHE / "venv/bin/python"


def run(command, core=None, lines=None, env=None):
    """Standard output, standard error and the peak resident bytes of a process, pinned to `core` if given."""
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        stdin.write("".join(line + "\n" for line in lines or []).encode())
        stdin.seek(0)
        pin = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
        child = subprocess.Popen(command, stdin=stdin, stdout=out, stderr=err, preexec_fn=pin, env={**os.environ, **(env or {})})
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        output, errors = out.read().decode(), err.read().decode()
    if child.returncode:
        sys.exit(f"{command} ended with {child.returncode}:\n{errors}")
    return output, errors, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def peer(command, core):
    output, _, peak = run(command, core)
    return {**json.loads(output), "peak_bytes": peak}


class Quoth:
    """quoth, used through its command line."""

    def __init__(self, binary, faq, n):
        self.binary = binary
        self.pack = CACHE / f"pack-{n}"
        self.phrasings = [json.loads(line)["question"] for line in open(faq / "faq.jsonl", encoding="utf-8")]
        self.messages = [[json.loads(line) for line in open(faq / name, encoding="utf-8")] for name in KINDS.values()]
        cached(self.pack, lambda folder: subprocess.run([binary, "import", faq / "faq.jsonl", "--question-stands-in", "--into", folder], check=True, stdout=sys.stderr))

    def ask(self, core):
        # Each file is asked twice: the first pass warms up and is not counted.
        lines = [json.dumps({"q": row["q"]}) for rows in self.messages for row in rows * 2]
        output, _, peak = run([self.binary, "ask", "--jsonl", "--timings", "--pack", self.pack], core, lines, {"RUST_LOG": "off"})
        answers, timings = [json.loads(line) for line in output.splitlines()], []
        for rows in self.messages:
            counted, answers = answers[len(rows):2 * len(rows)], answers[2 * len(rows):]
            timings.append(timing([answer["micros"] / 1000 for answer in counted], rows, [answer["ids"] for answer in counted]))
        return {"timings": timings, "peak_bytes": peak}

    def hostile(self, core):
        """The largest of five times of each expensive question, in milliseconds."""
        questions = hostile_questions([row["q"] for rows in self.messages for row in rows], self.phrasings)
        lines = [json.dumps({"q": question}) for question in questions.values()] * 6
        output, _, _ = run([self.binary, "ask", "--jsonl", "--timings", "--pack", self.pack], core, lines, {"RUST_LOG": "off"})
        micros = [json.loads(line)["micros"] for line in output.splitlines()]
        rounds = [micros[at:at + len(questions)] for at in range(len(questions), len(micros), len(questions))]
        return {name: max(times) / 1000 for name, times in zip(questions, zip(*rounds), strict=True)}

    def build(self, core):
        """Reads the time of building the index from the log, in a separate run, so that logging does not affect other times."""
        line = json.dumps({"q": "hello"})
        _, errors, _ = run([self.binary, "ask", "--jsonl", "--pack", self.pack], core, [line], {"RUST_LOG": "quoth=debug", "NO_COLOR": "1"})
        return parse_log(errors)


def parse_log(text):
    """The fields of the debug lines `Pack … loaded` and `Index built`."""
    def fields(mark):
        line = next(line for line in text.splitlines() if mark in line)
        return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", ESCAPES.sub("", line))}

    index, pack = fields("Index built"), fields("loaded")
    return {
        "n_phrasings": index["n_phrasings"], "build_seconds": index["millis"] / 1000, "index_bytes": index["bytes"],
        "load_seconds": pack["millis"] / 1000,
    }


def hostile_questions(messages, phrasings):
    """Questions of the maximum length, by name."""
    counts = collections.Counter(word for text in phrasings for word in re.findall("[a-z]{4,}", text.lower()))
    words = [word for word, _ in counts.most_common()]
    rng = random.Random("hostile")

    def misspell(word):
        at = rng.randrange(len(word) - 1)
        return word[:at] + word[at + 1] + word[at] + word[at + 2:]

    long_words = [word for word in words if len(word) > 6]
    return {
        "200 of the rarest words": " ".join(words[-200:]),
        "200 of the most common words": " ".join(words[:200]),
        "200 misspelled words": " ".join(misspell(word) for word in rng.sample(long_words, min(200, len(long_words)))),
        "one letter, 200 times": " ".join("a" * 200),
        "one letter, 16,384 times": "a" * 16384,
        "16,384 characters of messages": " ".join(messages)[:16384],
        "opening brackets": "<@" * 8192,
        "colons and commas": ":," * 8192,
        "backquotes": "`" * 16384,
    }


def timing(millis, rows, ids):
    in_scope = [(row["gold"], found) for row, found in zip(rows, ids, strict=True) if row["gold"]]
    millis = sorted(millis)
    return {
        "n_messages": len(millis),
        "median_ms": millis[math.ceil(len(millis) * 0.5) - 1],
        "p99_ms": millis[math.ceil(len(millis) * 0.99) - 1],
        "right_first": sum(found[:1] == gold[:1] for gold, found in in_scope) / len(in_scope),
    }


def measure(faq, quoth, tantivy, rapidfuzz, rounds, seconds, core):
    """The runs of each matcher on one FAQ, and the time of building with all cores."""
    files = [faq / "faq.jsonl", *(faq / name for name in KINDS.values())]
    runs = {"quoth": [], "tantivy fuzzy": [], "tantivy terms": []}
    # In turns, so that other load on the machine affects all matchers.
    for number in range(rounds):
        log(f"{faq.name}: round {number + 1} of {rounds}")
        runs["quoth"].append({**quoth.ask(core), **quoth.build(core)})
        runs["tantivy fuzzy"].append(peer([tantivy, "fuzzy", *files], core))
        runs["tantivy terms"].append(peer([tantivy, "terms", *files], core))
    for scorer in ("ratio", "token_set_ratio"):
        log(f"{faq.name}: rapidfuzz {scorer}")
        runs[f"rapidfuzz {scorer}"] = [peer([rapidfuzz, PEERS / "rapidfuzz_peer.py", scorer, str(seconds), *files], core)]
    all_cores = {"quoth": quoth.build(None), "tantivy fuzzy": peer([tantivy, "build", files[0]], None)}
    return runs, all_cores


# Output


def figure(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def spread(values):
    """The median of the runs and, if there are several, the smallest and the largest."""
    shown = figure(statistics.median(values))
    return f"{shown} ({figure(min(values))}..{figure(max(values))})" if len(values) > 1 else shown


def table(header, rows):
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def print_speed(runs, kind):
    def of(matcher, key):
        return [run["timings"][kind][key] for run in runs[matcher]]

    def ratio(matcher, key):
        return f"{figure(statistics.median(of(matcher, key)) / statistics.median(of('quoth', key)))} ×"

    rows = []
    for matcher in runs:
        right = of(matcher, "right_first")[0]
        rows.append([
            matcher, f"{of(matcher, 'n_messages')[0]:,}",
            spread(of(matcher, "median_ms")), spread(of(matcher, "p99_ms")),
            ratio(matcher, "median_ms"), ratio(matcher, "p99_ms"),
            "–" if right is None else f"{right * 100:.1f} %",
        ])
    table(["matcher", "messages", "median ms", "p99 ms", "median, of quoth's", "p99, of quoth's", "right first"], rows)


def print_building(runs, all_cores):
    def of(found, key, scale=1.0):
        values = [run[key] * scale for run in found if key in run]
        return spread(values) if values else "–"

    rows = []
    for matcher, found in runs.items():
        of_all = [all_cores[matcher]] if matcher in all_cores else []
        per_phrasing = [{"bytes": run["index_bytes"] / run["n_phrasings"]} for run in found[:1] if "index_bytes" in run]
        rows.append([matcher, of(found, "build_seconds"), of(of_all, "build_seconds"), of(per_phrasing, "bytes"), of(found, "peak_bytes", 1e-6)])
    table(["matcher", "build s, one core", "build s, all cores", "index bytes per phrasing", "peak MB of the process"], rows)
    print(f"Reading and checking quoth's pack before that: {of(runs['quoth'], 'load_seconds')} s.\n")


def print_hostile(times):
    table(["question", "worst of five, ms"], [[name, figure(ms)] for name, ms in times.items()])


def session(core):
    models = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")] if os.path.exists("/proc/cpuinfo") else []
    print(f"{models[0] if models else platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.system()}; "
          + ("each run on one core" if core is not None else "runs not pinned to a core") + f"; {RAPIDFUZZ}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=pathlib.Path, required=True, help="the folder that contains make_speed.py")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--quoth", type=pathlib.Path, default=ROOT / "target/release/quoth")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each matcher except rapidfuzz, which has one")
    parser.add_argument("--seconds", type=float, default=20, help="time limit of rapidfuzz per file")
    args = parser.parse_args()
    quoth = shutil.which(args.quoth.resolve())
    if not quoth:
        sys.exit(f"{args.quoth} does not exist; run cargo build --release")
    core = max(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else None
    tantivy, rapidfuzz = tantivy_peer(), rapidfuzz_python()
    session(core)
    for n in args.sizes:
        faq = corpus(args.sets, n)
        matcher = Quoth(quoth, faq, n)
        runs, all_cores = measure(faq, matcher, tantivy, rapidfuzz, args.rounds, args.seconds, core)
        for kind, name in enumerate(KINDS):
            print(f"**{n:,} phrasings, {name}**\n")
            print_speed(runs, kind)
        print(f"**{n:,} phrasings, building**\n")
        print_building(runs, all_cores)
        if n == HOSTILE_SIZE:
            print(f"**{n:,} phrasings, expensive questions**\n")
            print_hostile(matcher.hostile(core))
        sys.stdout.flush()


main()
