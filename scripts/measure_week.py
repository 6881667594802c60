#!/usr/bin/env python3
"""Simulates a week of uptime of `quoth run` and prints its memory and open files for each day.

    scripts/measure_week.py QUOTH [--rate 600] [--days 7] [--questions 100]

The service runs with a clock that is RATE times as fast (libfaketime, Debian package `faketime`): its timers, retention and
minutely checks happen as in a week. Over the bridge it is asked QUESTIONS a simulated hour by 200 people in 20 places: half
of them have an answer, some are edited or deleted, some answers get feedback. Every simulated six hours the pack is edited,
every day the service is told to reload its configuration. Records are kept for a day, so that they stop growing, and are in
memory (/dev/shm), since the disk is not faster than usual: the log says all the same that some writes take too long. Exits with 1 if memory or open files grow after the second day: by more than a tenth, or at all.
"""
import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from measure_reliability import SOURCE, wait_until

LIBRARY = next(Path("/usr/lib").glob("*-linux-gnu/faketime/libfaketimeMT.so.1"), None)
HOUR = 3600
FAQ = '[[entry]]\nid = "a{0}"\nquestion = "What did Ann say about topic {0}?"\n[[entry.quote]]\ntext = "One two."\n'
SETTINGS = {
    "QUOTH_PACKS": "['p']", "QUOTH_DATA": "data", "QUOTH_BRIDGE__SOCKET": "b.sock", "QUOTH_LOG__LEVEL": "warn",
    "QUOTH_RETENTION__UNANSWERED_DAYS": "1", "QUOTH_RETENTION__QUESTIONS_DAYS": "1", "QUOTH_RETENTION__ANSWERS_DAYS": "1",
    "QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS": "0",
    # A fast clock leaves the client less time.
    "QUOTH_DELIVERY__LEASE_SECONDS": "600",
}


def write_pack(folder, n_entries):
    pack = folder / "p"
    (pack / "sources").mkdir(parents=True, exist_ok=True)
    (pack / "pack.toml").write_text('title = "P"\n')
    (pack / "sources/doc.md").write_text(SOURCE)
    (pack / "faq.toml").write_text("".join(FAQ.format(number) for number in range(n_entries)))


class Client:
    """A client of the bridge that acknowledges every order, and finds each fourth answer helpful."""

    def __init__(self, path, rate):
        self.rate, self.start = rate, time.time()
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.lock, self.n_orders = threading.Lock(), 0
        threading.Thread(target=self.acknowledge, daemon=True).start()

    def now(self):
        """The time of the service."""
        return self.start + (time.time() - self.start) * self.rate

    def send(self, line):
        with self.lock:
            self.socket.sendall(json.dumps(line).encode() + b"\n")

    def acknowledge(self):
        for line in self.socket.makefile("rb"):
            order = json.loads(line)
            if "order" not in order:
                continue
            self.n_orders += 1
            sent = f"bridge:r{order['order']}"
            self.send({"ack": order["order"], "sent": sent})
            if order.get("asks_feedback") and order["order"] % 4 == 0:
                self.send({"event": "used", "id": f"bridge:f{order['order']}", "sent": sent, "place": {"id": order["place"]},
                           "by": {"id": f"bridge:u{order['order'] % 200}"}, "at": int(self.now() * 1000), "control": "helpful"})


def resources(process):
    """Anonymous resident memory in KiB, and open files."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))
    return memory, len(os.listdir(f"/proc/{process.pid}/fd"))


def ask(client, number, chance):
    place = {"id": f"bridge:p{chance.randrange(20)}"}
    author = {"id": f"bridge:u{chance.randrange(200)}"}
    topic = chance.randrange(40)
    text = f"what did ann say about topic {topic}?" if chance.random() < 0.5 else f"where can i park a {number} ton lorry?"
    said = {"event": "said", "id": f"bridge:{number}", "place": place, "author": author, "text": text,
            "address": {"mentions_us": True}, "sent_at": int(client.now() * 1000)}
    client.send(said)
    kind = chance.random()
    if kind < 0.05:
        client.send(said | {"event": "edited", "text": f"what did ann say about topic {(topic + 1) % 40}?"})
    elif kind < 0.1:
        client.send({"event": "deleted", "id": said["id"], "place": place})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("quoth", type=Path)
    parser.add_argument("--rate", type=int, default=600)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--questions", type=int, default=100)
    args = parser.parse_args()
    if LIBRARY is None:
        sys.exit("libfaketime is missing: apt install faketime")
    chance = random.Random(1)
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        folder = Path(name)
        write_pack(folder, 40)
        environment = os.environ | SETTINGS | {"LD_PRELOAD": str(LIBRARY), "FAKETIME": f"+0 x{args.rate}", "QUOTH_HTTP__IS_ON": "false"}
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen([args.quoth.resolve(), "run"], cwd=folder, env=environment, stderr=log)
        wait_until((folder / "b.sock").exists)
        client = Client(folder / "b.sock", args.rate)
        days, number = [], 0
        print("| day | questions | orders | memory (KiB) | open files | records (KiB) |\n|---:|---:|---:|---:|---:|---:|", flush=True)
        for hour in range(args.days * 24):
            for index in range(args.questions):
                due = client.start + (hour + index / args.questions) * HOUR / args.rate
                time.sleep(max(0, due - time.time()))
                number += 1
                ask(client, number, chance)
            if hour % 6 == 5:
                write_pack(folder, 40 + hour // 6 % 2)
            if hour % 24 == 23:
                process.send_signal(signal.SIGHUP)
                assert process.poll() is None, "the service has ended"
                time.sleep(1)
                memory, files = resources(process)
                days.append((memory, files))
                records = sum(path.stat().st_size for path in (folder / "data").glob("quoth.db*")) // 1024
                print(f"| {hour // 24 + 1} | {number:,} | {client.n_orders:,} | {memory:,} | {files} | {records:,} |", flush=True)
        process.terminate()
        assert process.wait(60) == 0, process.returncode
    if len(days) > 2:
        grown = days[-1][0] > days[1][0] * 1.1 or days[-1][1] > days[1][1]
        print("memory or open files grow" if grown else "flat")
        sys.exit(grown)


main()
