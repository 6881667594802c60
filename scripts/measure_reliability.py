#!/usr/bin/env python3
"""Measures what docs/reliability.md states about the service: half-open connections, requests for the readiness
beside answers, packs on a mount that hangs, and many changed entries.

    scripts/measure_reliability.py [BINARY]     (default: target/release/quoth)
"""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SOURCE = '+++\ntitle = "Doc"\n+++\n\nAnn said: “One two.”\n'
ENTRY = '[[entry]]\nid = "a{0}"\nquestion = "What did Ann say{1}?"\n[[entry.quote]]\ntext = "One two."\n'


class Service:
    """A running service with one pack of `n_entries`."""

    def __init__(self, binary, folder, n_entries=1):
        self.folder, self.port = Path(folder), free_port()
        self.write(n_entries, "")
        settings = {
            "QUOTH_PACKS": "['p']", "QUOTH_DATA": "data", "QUOTH_BRIDGE__SOCKET": "b.sock",
            "QUOTH_HTTP__LISTEN": f"127.0.0.1:{self.port}", "QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS": "0",
        }
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(
            [binary, "run"], cwd=folder, env=os.environ | settings, stderr=self.log)
        self.bridge = socket.socket(socket.AF_UNIX)
        wait_until(lambda: self.bridge.connect_ex(str(self.folder / "b.sock")) == 0)
        self.lines = self.bridge.makefile("rb")
        self.n_asked = 0

    def write(self, n_entries, mark):
        pack = self.folder / "p"
        (pack / "sources").mkdir(parents=True, exist_ok=True)
        (pack / "pack.toml").write_text('title = "P"\n')
        (pack / "sources/doc.md").write_text(SOURCE)
        faq = "".join(ENTRY.format(number, f" {number}{mark}" if number else mark) for number in range(n_entries))
        (pack / "faq.toml").write_text(faq)

    def ask(self):
        """Seconds from a question to its answer."""
        self.n_asked += 1
        start = time.monotonic()
        question = {
            "event": "said", "id": f"bridge:{self.n_asked}", "place": {"id": "bridge:p", "is_direct": True},
            "author": {"id": "bridge:ada"}, "text": "What did Ann say?", "sent_at": int(time.time() * 1000),
        }
        self.bridge.sendall(json.dumps(question).encode() + b"\n")
        order = json.loads(self.lines.readline())
        seconds = time.monotonic() - start
        ack = {"ack": order["order"], "sent": f"bridge:r{self.n_asked}"}
        self.bridge.sendall(json.dumps(ack).encode() + b"\n")
        return seconds

    def get(self, path):
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            return b"".join(iter(lambda: connection.recv(4096), b""))

    def stop(self, limit=60):
        """Seconds from SIGTERM to the end, None if it did not end in time."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(limit)
            return time.monotonic() - start
        except subprocess.TimeoutExpired:
            self.process.kill()
            return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(is_done, limit=120):
    deadline = time.monotonic() + limit
    while not is_done():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.01)


def half_open(service):
    connections = []
    for _ in range(1000):
        connection = socket.create_connection(("127.0.0.1", service.port))
        connection.sendall(b"GET /readyz HTTP/1.1\r\n")
        connections.append(connection)
    start = time.monotonic()
    is_ready = b"200 OK" in service.get("/readyz")
    seconds = time.monotonic() - start
    n_files = len(os.listdir(f"/proc/{service.process.pid}/fd"))
    print(f"1,000 half-open connections: {n_files} open files; ready: {is_ready}, after {seconds * 1000:.0f} ms")


def readiness(service):
    alone = statistics.median(service.ask() for _ in range(300))
    stopped = threading.Event()

    def request():
        while not stopped.is_set():
            service.get("/readyz")

    clients = [threading.Thread(target=request) for _ in range(32)]
    for client in clients:
        client.start()
    beside = statistics.median(service.ask() for _ in range(300))
    stopped.set()
    for client in clients:
        client.join()
    print(f"median answer: {alone * 1000:.1f} ms; beside 32 clients of /readyz: {beside * 1000:.1f} ms")


def hung_mount(service):
    faq = service.folder / "p/faq.toml"
    faq.unlink()
    os.mkfifo(faq)
    service.process.send_signal(signal.SIGHUP)
    with open(faq, "wb"):
        service.ask()
        seconds = service.stop()
    print(f"stop with a pack on a mount that hangs: {told(seconds)}")


def told(seconds):
    return "does not end" if seconds is None else f"{seconds:.1f} s"


def changed_entries(service, n_entries):
    service.write(n_entries, " now")
    wait_until(lambda: b"has changed and was reloaded" in (service.folder / "log").read_bytes())
    print(f"stop while {n_entries} changed entries are recorded: {told(service.stop())}")


def main():
    binary = str(Path(sys.argv[1] if sys.argv[1:] else "target/release/quoth").resolve())
    for measure in (half_open, readiness, hung_mount):
        with tempfile.TemporaryDirectory() as folder:
            service = Service(binary, folder)
            wait_until(lambda: b"200 OK" in service.get("/readyz"))
            measure(service)
            service.process.kill()
            service.process.wait()
    with tempfile.TemporaryDirectory() as folder:
        n_entries = 20_000
        changed_entries(Service(binary, folder, n_entries), n_entries)


if __name__ == "__main__":
    main()
