#!/usr/bin/env python3
"""Checks deploy/ without Docker: runs the steps of the Dockerfile in a clean folder, starts the result in its own
file system, as the user of the image, and verifies the systemd unit. Prints for each step what it could not check.

    scripts/check_deploy.py built BINARY
    scripts/check_deploy.py release TARGET_DIR

`built` uses BINARY, built by cargo in this clone, in place of the Dockerfile's build, and checks that
the image contains each source file of it. `release` runs that build in the clean folder, unoptimized,
since optimizing takes far longer and shows nothing more. TARGET_DIR replaces the build cache of the
image; use it for nothing else.
"""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Replaces cargo where nothing has to be built.
FAKE_CARGO = """#!/bin/sh -eu
[ "$*" = "build --locked --release --bin quoth" ] || { echo "not known here: cargo $*" >&2; exit 1; }
"$CARGO" fetch --locked --quiet
mkdir -p target/release
cp "$BUILT" target/release/quoth
"""


def instructions(dockerfile):
    """Pairs of instruction and arguments, continued lines joined."""
    text = "\n".join(line for line in dockerfile.splitlines() if not line.lstrip().startswith("#"))
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield name.upper(), rest.strip()


class Image:
    """The file systems of the stages, each a folder."""

    def __init__(self, root, target, built):
        self.root, self.target, self.built = root, target, built
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
        options = dict(word.removeprefix("--").split("=") for word in rest.split() if word.startswith("--"))
        *names, into = [word for word in rest.split() if not word.startswith("--")]
        source = self.stages[options["from"]] if "from" in options else ROOT
        for name in names:
            allowed = (ROOT / "deploy/Dockerfile.dockerignore").read_text().splitlines()
            if source == ROOT and f"!{name}" not in allowed:
                sys.exit(f"deploy/Dockerfile.dockerignore keeps {name} out of the build")
            found = source / name.lstrip("/")
            to = self.path(into)
            # Of a folder, its content is copied.
            if into.endswith("/") and not found.is_dir():
                to = to / found.name
            to.parent.mkdir(parents=True, exist_ok=True)
            if found.is_dir():
                shutil.copytree(found, to, dirs_exist_ok=True)
            else:
                shutil.copy2(found, to)
            if "chown" in options and os.geteuid() == 0:
                for path in found.rglob("*"):
                    os.chown(to / path.relative_to(found), *map(int, options["chown"].split(":")))

    def do_run(self, rest):
        words, command = [], rest
        while command.startswith("--mount="):
            mount, _, command = command.partition(" ")
            command = command.strip()
            words.append(mount)
        if any("/src/target" in mount for mount in words):
            self.path("/src/target").symlink_to(self.target)
        command = command.replace("/src/", f"{self.current}/src/").replace("$PACKS", "")
        environment = self.fake_cargo_environment() if self.built else self.quickly()
        subprocess.run(["sh", "-euc", command], cwd=self.path("."), env=environment, check=True)

    def quickly(self):
        """The environment of a cargo that optimizes nothing, and configuration that it finds."""
        manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())
        lines = ["[profile.release]", "codegen-units = 256", "opt-level = 0"]
        lines.append("[profile.release.package]")
        for name in manifest["profile"]["release"].get("package", {}):
            lines.append(f'"{name}".opt-level = 0')
        config = self.current / ".cargo/config.toml"
        config.parent.mkdir(exist_ok=True)
        config.write_text("\n".join(lines))
        return os.environ

    def fake_cargo_environment(self):
        """An environment whose cargo checks the manifest and provides the built binary."""
        for source in sources(self.built):
            copied = self.path("/src") / source.relative_to(ROOT)
            assert copied.exists(), f"deploy/Dockerfile copies no {source.relative_to(ROOT)}"
        programs = self.root / "programs"
        programs.mkdir(exist_ok=True)
        fake_cargo = programs / "cargo"
        fake_cargo.write_text(FAKE_CARGO)
        fake_cargo.chmod(0o755)
        found = {"CARGO": shutil.which("cargo"), "BUILT": str(self.built)}
        return os.environ | found | {"PATH": f"{programs}:{os.environ['PATH']}"}

    def do_env(self, rest):
        self.config["ENV"].update(pair.split("=", 1) for pair in shlex.split(rest))

    def note(self, key, rest):
        self.config[key] = rest

    def do_arg(self, rest):
        self.note("ARG", rest)

    def do_label(self, rest):
        self.note("LABEL", rest)

    def do_user(self, rest):
        self.note("USER", rest)

    def do_volume(self, rest):
        self.note("VOLUME", rest)

    def do_expose(self, rest):
        self.note("EXPOSE", rest)

    def do_stopsignal(self, rest):
        self.note("STOPSIGNAL", rest)

    def do_healthcheck(self, rest):
        self.note("HEALTHCHECK", json.loads(rest[rest.index("["):]))

    def do_entrypoint(self, rest):
        self.note("ENTRYPOINT", json.loads(rest))

    def do_cmd(self, rest):
        self.note("CMD", json.loads(rest))


def sources(binary):
    """The files of this clone that `binary` was built of, as cargo has noted beside it, without the settings of its lints."""
    noted = binary.with_name(binary.name + ".d").read_text()
    _, _, files = noted.partition(": ")
    found = [Path(file.replace("\\ ", " ")) for file in re.split(r"(?<!\\)\s+", files.strip())]
    assert ROOT / "src/main.rs" in found, f"{binary} is not built of {ROOT}"
    return [file for file in found if file.is_relative_to(ROOT) and file != ROOT / "clippy.toml"]


def start(root, config, workdir):
    """Runs the command of an image in its file system `root` as its user, who can write to the data folder only. `config`
    has what the instructions of the Dockerfile say, by their names."""
    user, _, group = config["USER"].partition(":")
    assert user not in ("0", "root"), "the image runs as root"
    authorities = root / "etc/ssl/certs/ca-certificates.crt"
    assert authorities.is_file() and authorities.stat().st_size > 0, "the image has no certificate authorities"
    data = root / "data"
    assert data.stat().st_mode & 0o777 == 0o700, "others can open the data folder"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = config["ENV"] | {
        "QUOTH_BRIDGE__SOCKET": "/data/bridge.sock",
        "QUOTH_HTTP__LISTEN": f"0.0.0.0:{port}",
        # Both tools start in `/` instead of the folder of the image.
        "QUOTH_CONFIG": f"{workdir}/config/quoth.toml",
    }
    is_root = os.geteuid() == 0
    if is_root:
        root.parent.chmod(0o755)
        tool, options, into, here = shutil.which("chroot"), [f"--userspec={user}:{group}"], [root], ["/"]
    else:
        print("NOT CHECKED as another user: that takes root")
        tool, options, into, here = shutil.which("unshare"), ["--map-root-user"], [f"--root={root}"], []
    # Containers may not be allowed to.
    if not tool or subprocess.run([tool, *options, *here, "true"], capture_output=True).returncode != 0:
        print("NOT CHECKED: the image was not started; this machine cannot enter another file system")
        return
    enter = [tool, *options, *into]
    service = subprocess.Popen(enter + config["ENTRYPOINT"] + config["CMD"], env=environment)
    try:
        deadline = time.monotonic() + 30
        while subprocess.run(enter + config["HEALTHCHECK"], capture_output=True, env=environment).returncode != 0:
            assert service.poll() is None, "the service has ended"
            assert time.monotonic() < deadline, "the service does not become healthy"
            time.sleep(0.1)
        assert (data / "quoth.db").exists(), "no records in the data folder"
        if is_root:
            written = [path for path in root.rglob("*") if path.lstat().st_uid == int(user)]
            assert all(path == data or data in path.parents for path in written), written
    finally:
        service.send_signal(getattr(signal, config["STOPSIGNAL"]))
    assert service.wait(timeout=10) == 0, "it does not end well"


def verify_unit(image):
    unit = (ROOT / "deploy/quoth.service").read_text()
    tool = shutil.which("systemd-analyze")
    if not tool:
        print("NOT CHECKED: no systemd-analyze here to verify deploy/quoth.service")
        return
    # The path of the binary has to exist.
    assert "ExecStart=quoth " in unit, "the unit starts another program than quoth"
    copy = image.root / "quoth.service"
    copy.write_text(unit.replace("ExecStart=quoth", f"ExecStart={image.path('/usr/bin/quoth')}"))
    told = subprocess.run([tool, "verify", "--man=no", copy], capture_output=True, text=True)
    ours = [line for line in told.stderr.splitlines() if "quoth" in line]
    assert told.returncode == 0 and not ours, told.stderr
    security = subprocess.run(
        [tool, "security", "--offline=yes", "--threshold=20", "--no-pager", copy],
        capture_output=True, text=True)
    print(security.stdout.strip().splitlines()[-1] if security.stdout else security.stderr.strip())
    assert security.returncode == 0, "the unit exposes more than it has to"


def main():
    match sys.argv[1:]:
        case ["built", binary]:
            target, built = None, Path(binary).resolve()
        case ["release", target]:
            target, built = Path(target).resolve(), None
            target.mkdir(parents=True, exist_ok=True)
        case _:
            sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        image = Image(root, target or root / "target", built)
        image.target.mkdir(exist_ok=True)
        image.run()
        start(image.current, image.config, image.workdir)
        verify_unit(image)
    print("deploy/ is sound")


if __name__ == "__main__":
    main()
