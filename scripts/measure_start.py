#!/usr/bin/env python3
"""Measures the time from process start to the first answer, and the peak memory.

measure_start.py QUOTH [N]

Runs `QUOTH ask QUESTION` N times (default 30) after one warm-up, in the project's folder, and prints the
median and the largest wall time in milliseconds, and the peak resident memory in megabytes. For comparison it
prints the same for `QUOTH --version`, the cost of starting a process. Standard library only; Linux.
"""
import os
import statistics
import subprocess
import sys
import time


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


def main():
    quoth = sys.argv[1]
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    print("first answer:", measure([quoth, "ask", "why did china not send troops"], n))
    print("--version:   ", measure([quoth, "--version"], n))


main()
