#!/usr/bin/env python3
"""Checks deploy/ without Docker: runs the Dockerfile's steps in a clean folder, starts the resulting
binary as another user who can write to the data folder only, and verifies the systemd unit. Reports
the steps that could not be checked.

    scripts/check_deploy.py TARGET_DIR

TARGET_DIR replaces the build cache of the image. Use it for nothing else: its release build is optimized
less than that of an image, which would take far longer without checking more.
"""

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FAST_BUILD = {"CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16", "CARGO_PROFILE_RELEASE_OPT_LEVEL": "1"}
ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534


def instructions(dockerfile):
    """Pairs of instruction and arguments, with continued lines joined."""
    text = "\n".join(line for line in dockerfile.splitlines() if not line.lstrip().startswith("#"))
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield name.upper(), rest.strip()


class Image:
    """The file systems of the build stages, one folder each."""

    def __init__(self, root, target):
        self.root, self.target = root, target
        self.stages, self.current, self.workdir = {}, None, "/"
        self.config = {"ENV": {}}

    def path(self, path, stage=None):
        base = self.stages[stage] if stage else self.current
        return base / str(Path(self.workdir, path)).lstrip("/")

    def run(self):
        for name, rest in instructions((ROOT / "deploy/Dockerfile").read_text()):
            step = getattr(self, f"do_{name.lower()}", None)
            if step is None:
                sys.exit(f"check_deploy.py does not know the instruction {name}")
            step(rest)
        return self

    def do_from(self, rest):
        words = rest.split()
        name = words[2] if len(words) == 3 else "final"
        self.stages[name] = self.current = self.root / name
        self.current.mkdir()
        self.workdir, self.config = "/", {"ENV": {}}

    def do_workdir(self, rest):
        self.workdir = str(Path(self.workdir, rest))
        self.path(".").mkdir(parents=True, exist_ok=True)

    def do_copy(self, rest):
        words = rest.split()
        source = ROOT
        if words[0].startswith("--from="):
            source = self.stages[words.pop(0).removeprefix("--from=")]
        *names, into = words
        for name in names:
            allowed = (ROOT / "deploy/Dockerfile.dockerignore").read_text().splitlines()
            if source == ROOT and f"!{name}" not in allowed:
                sys.exit(f"deploy/Dockerfile.dockerignore excludes {name} from the build")
            found = source / name.lstrip("/")
            to = self.path(into)
            if into.endswith("/"):
                to = to / found.name
            to.parent.mkdir(parents=True, exist_ok=True)
            if found.is_dir():
                shutil.copytree(found, to, dirs_exist_ok=True)
            else:
                shutil.copy2(found, to)

    def do_run(self, rest):
        words, command = [], rest
        while command.startswith("--mount="):
            mount, _, command = command.partition(" ")
            command = command.strip()
            words.append(mount)
        if self.current.name == "final":
            # Users and folders of the base image, which does not exist here.
            self.path("/data").mkdir()
            return
        if any("/src/target" in mount for mount in words):
            self.path("/src/target").symlink_to(self.target)
        command = command.replace("/src/", f"{self.current}/src/")
        environment = os.environ | FAST_BUILD
        subprocess.run(["sh", "-euc", command], cwd=self.path("."), env=environment, check=True)

    def do_env(self, rest):
        self.config["ENV"].update(pair.split("=", 1) for pair in shlex.split(rest))

    def set_config(self, key, rest):
        self.config[key] = rest

    def do_user(self, rest):
        self.set_config("USER", rest)

    def do_volume(self, rest):
        self.set_config("VOLUME", rest)

    def do_expose(self, rest):
        self.set_config("EXPOSE", rest)

    def do_stopsignal(self, rest):
        self.set_config("STOPSIGNAL", rest)

    def do_healthcheck(self, rest):
        self.set_config("HEALTHCHECK", json.loads(rest[rest.index("["):]))

    def do_entrypoint(self, rest):
        self.set_config("ENTRYPOINT", json.loads(rest))

    def do_cmd(self, rest):
        self.set_config("CMD", json.loads(rest))


def start(image):
    """Runs the image's command as the user nobody, who can write to the data folder only."""
    assert image.config["USER"] not in ("0", "root"), "the image runs as root"
    data = image.path("/data")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = dict(image.config["ENV"], PATH=str(image.path("/usr/local/bin")))
    environment |= {
        "QUOTH_DATA": str(data),
        "QUOTH_BRIDGE__SOCKET": str(data / "bridge.sock"),
        "QUOTH_HTTP__LISTEN": f"0.0.0.0:{port}",
    }
    options = {"cwd": image.path("."), "env": environment}
    if os.geteuid() == 0:
        os.chown(data, NOBODY, NOBODY)
        os.chmod(image.root, 0o755)
        options |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    else:
        print("NOT CHECKED as another user: requires root")
    binary = image.path("/usr/local/bin/quoth")
    service = subprocess.Popen([binary, *image.config["CMD"]], **options)
    health = [binary, *image.config["HEALTHCHECK"][1:]]
    deadline = time.monotonic() + 30
    while subprocess.run(health, capture_output=True, **options).returncode != 0:
        assert service.poll() is None, "the service exited"
        assert time.monotonic() < deadline, "the service did not become healthy in time"
        time.sleep(0.1)
    written = [path for path in image.current.rglob("*") if path.stat().st_uid == NOBODY]
    assert all(path == data or data in path.parents for path in written), written
    service.send_signal(getattr(signal, image.config["STOPSIGNAL"]))
    assert service.wait(timeout=10) == 0, "the service did not exit cleanly"


def verify_unit(image):
    unit = (ROOT / "deploy/quoth.service").read_text()
    tool = shutil.which("systemd-analyze")
    if not tool:
        print("NOT CHECKED: deploy/quoth.service, since systemd-analyze is not installed")
        return
    # systemd-analyze requires the path of the binary to exist.
    binary = str(image.path("/usr/local/bin/quoth"))
    copy = image.root / "quoth.service"
    copy.write_text(unit.replace("/usr/local/bin/quoth", binary))
    result = subprocess.run([tool, "verify", "--man=no", copy], capture_output=True, text=True)
    warnings = [line for line in result.stderr.splitlines() if "quoth" in line]
    assert result.returncode == 0 and not warnings, result.stderr
    security = subprocess.run(
        [tool, "security", "--offline=yes", "--threshold=20", "--no-pager", copy],
        capture_output=True, text=True)
    print(security.stdout.strip().splitlines()[-1] if security.stdout else security.stderr.strip())
    assert security.returncode == 0, "the unit's exposure is above the threshold"


def main():
    target = Path(sys.argv[1]).resolve()
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        image = Image(Path(folder), target).run()
        start(image)
        verify_unit(image)
    print("deploy/ is valid")


main()
