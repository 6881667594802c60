#!/usr/bin/env python3
"""Measures the time from process start to the first answer and to a service that is ready, and the memory.

measure_start.py QUOTH [N]

Runs `QUOTH ask QUESTION` N times (default 30) after one warm-up, in the project's folder, and prints the
median and the largest wall time in milliseconds, and the peak resident memory in megabytes. For comparison it
prints the same for `QUOTH --version`, the cost of starting a process. Then it starts `QUOTH run` with the bridge N times, until
/readyz says that it is ready, and prints its anonymous resident memory after 20 idle seconds, and the size of QUOTH. Standard
library only; Linux.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from measure_reliability import free_port

IDLE_SECONDS = 20


def measure(command, n):
    times, peak = [], 0
    for run in range(n + 1):
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        elapsed = (time.perf_counter() - start) * 1000
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            sys.exit(f"{command} ended with {child.returncode}")
        if run:
            times.append(elapsed)
            peak = max(peak, usage.ru_maxrss)
    return f"median {statistics.median(times):.1f} ms, largest {max(times):.1f} ms, peak {peak / 1024:.1f} MB"


def is_ready(port):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).status == 200
    except OSError:
        return False


def service(quoth, n):
    times, memory = [], 0
    for run in range(n + 1):
        with tempfile.TemporaryDirectory() as folder:
            port = free_port()
            settings = {"QUOTH_DATA": folder, "QUOTH_BRIDGE__SOCKET": f"{folder}/socket", "QUOTH_HTTP__LISTEN": f"127.0.0.1:{port}", "QUOTH_LOG__LEVEL": "warn"}
            start = time.perf_counter()
            child = subprocess.Popen([quoth, "run"], env=os.environ | settings)
            while not is_ready(port):
                time.sleep(0.002)
            if run:
                times.append((time.perf_counter() - start) * 1000)
            if run == n:
                time.sleep(IDLE_SECONDS)
                status = pathlib.Path(f"/proc/{child.pid}/status").read_text()
                memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))
            child.terminate()
            child.wait()
    return f"median {statistics.median(times):.1f} ms, largest {max(times):.1f} ms; idle {memory / 1024:.1f} MiB (anonymous)"


def main():
    quoth = sys.argv[1]
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    print("first answer:", measure([quoth, "ask", "why did china not send troops"], n))
    print("--version:   ", measure([quoth, "--version"], n))
    print("ready:       ", service(quoth, n))
    print(f"binary:       {os.path.getsize(quoth) / 1e6:.1f} MB")


main()
