#!/usr/bin/env python3
"""Tries what scripts/release has built.

    scripts/check_packages.py DIST [--tests BINARY] [--synapse PYTHON]

- checksums: every file is as SHA256SUMS says; the lists of dependencies and licenses can be read.
- archive: unpacked, it answers and finds its packs sound.
- package: in a Debian 12 that is booted with systemd, the package is installed, serves under its unit's sandbox,
  answers, has nothing wrong for `quoth doctor`, is upgraded (keeping records and an edited
  configuration), removed, and purged.
- archive, in another Debian 12: the commands of docs/self-hosting.md for a machine without the package.
- image: in its own file system and as its own user, it becomes healthy, and writes to /data alone.
- With --tests (the test binary `it` that cargo has built), the behaviors that hold on every platform are tried with the
  program of the package, and with that of the image in its own file system: on the Discord stand-in, and with
  --synapse (a Python that has matrix-synapse) on Synapse.

Needs root, and mmdebstrap, systemd-container and buildah (Debian packages). The Debian 12 is kept in
target/tools.
"""
import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import check_deploy

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
DEBIAN = TARGET / "tools/debian12"
# What a server has: systemd and sudo.
INCLUDED = "systemd,systemd-sysv,dbus,ca-certificates,sudo"
QUESTION = "how do i verify the matrix device"


def step(text):
    print(f"\n== {text}", flush=True)


def run(*command, **options):
    """The output of a command, which has to succeed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def wait_for(condition, what, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.2)


def one(dist, pattern):
    found = sorted(dist.glob(pattern))
    assert len(found) == 1, f"{dist} has {len(found)} {pattern}"
    return found[0]


def check_sums(dist):
    step("checksums")
    listed = dict(reversed(line.split("  ")) for line in (dist / "SHA256SUMS").read_text().splitlines())
    files = {path.name: path for path in dist.iterdir() if path.name != "SHA256SUMS"}
    assert listed.keys() == files.keys(), f"{listed.keys() ^ files.keys()}"
    for name, path in files.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[name], f"{name} is another file"
    # The list has what other systems and the tests use, too.
    listed = {(it["name"], it["version"]) for it in json.loads(one(dist, "*.cdx.json").read_text())["components"]}
    tree = run("cargo", "tree", "--locked", "--edges=normal", "--prefix=none", "--format={p}", cwd=ROOT)
    used = {tuple(line.split(" (")[0].split(" v")) for line in tree.splitlines() if line and "(/" not in line}
    notices = (dist / "third-party-notices.txt").read_text()
    unlicensed = [name for name, version in sorted(used) if f"- {name} {version}" not in notices]
    assert len(used) > 300 and used <= listed and not unlicensed, f"not listed: {used - listed}; without a license: {unlicensed}"
    print(f"{len(files)} files; {len(used)} libraries, each with its license")


def check_archive(dist, work):
    step("archive")
    with tarfile.open(one(dist, "*.tar.gz")) as archive:
        archive.extractall(work / "archive", filter="data")
    folder = next((work / "archive").iterdir())
    print(run(folder / "quoth", "check", cwd=folder).strip().splitlines()[-1])
    answer = run(folder / "quoth", "ask", "--pack", "knowledge/quoth", QUESTION, cwd=folder)
    assert "quoth matrix setup" in answer, answer


class Container:
    """A Debian 12 that is booted with systemd."""

    def __init__(self, root):
        self.root = root
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", f"--directory={root}", "--boot",
             "--machine=quoth-check", "--private-network", "--console=pipe"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        wait_for(lambda: self.leader() is not None, "the container starts")
        wait_for(lambda: self.state() in ("running", "degraded"), "the container boots", 60)

    def leader(self):
        children = Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split()
        names = {child: Path(f"/proc/{child}/comm").read_text().strip() for child in children}
        return next((child for child, name in names.items() if name == "systemd"), None)

    def state(self):
        return self.try_run("systemctl", "is-system-running").stdout.strip()

    def try_run(self, *command):
        enter = ["nsenter", "--target", self.leader(), "--all", "--root", "--wd=/", "env", "-i",
                 "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                 "DEBIAN_FRONTEND=noninteractive"]
        return subprocess.run(enter + [str(word) for word in command], capture_output=True, text=True)

    def run(self, *command):
        done = self.try_run(*command)
        assert done.returncode == 0, f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def show(self, name):
        return self.run("systemctl", "show", "--value", "--property", name, "quoth").strip()

    def stop(self):
        self.nspawn.terminate()
        try:
            self.nspawn.wait(30)
        except subprocess.TimeoutExpired:
            self.nspawn.kill()


def debian(work, name):
    """A new Debian 12, in the folder `name`."""
    if not DEBIAN.exists():
        DEBIAN.parent.mkdir(parents=True, exist_ok=True)
        made = DEBIAN.with_suffix(".new")
        shutil.rmtree(made, ignore_errors=True)
        # From where this machine has its packages, if it is a Debian 12 itself.
        sources = sorted(Path("/etc/apt/sources.list.d").glob("debian.sources")) if "bookworm" in Path("/etc/os-release").read_text() else []
        run("mmdebstrap", "--variant=minbase", f"--include={INCLUDED}", "bookworm", made, *sources)
        made.rename(DEBIAN)
    run("cp", "-a", "--reflink=auto", DEBIAN, work / name)
    return work / name


def with_version(package, version, work):
    """The same package as a later version."""
    run("dpkg-deb", "--raw-extract", package, work / "later")
    control = work / "later/DEBIAN/control"
    lines = [f"Version: {version}" if line.startswith("Version:") else line for line in control.read_text().splitlines()]
    control.write_text("\n".join(lines) + "\n")
    later = work / "later.deb"
    run("dpkg-deb", "-Zgzip", "-z1", "--build", "--root-owner-group", work / "later", later)
    return later


def check_service(container):
    wait_for(lambda: container.try_run("quoth", "healthcheck").returncode == 0, "the service is ready")
    assert container.show("ActiveState") == "active"
    wrong = [check for check in json.loads(container.try_run("sudo", "-u", "quoth", "quoth", "doctor", "--json").stdout) if check["status"] == "wrong"]
    assert not wrong, wrong
    answer = container.run("sudo", "-u", "quoth", "quoth", "ask", "--pack", "/etc/quoth/knowledge/quoth", QUESTION)
    assert "quoth matrix setup" in answer, answer


def check_package(dist, work):
    step("package for Debian, in a Debian 12 with systemd")
    package = one(dist, "*.deb")
    print(run("dpkg-deb", "--info", package))
    root = debian(work, "with-package")
    shutil.copy(package, root / "srv/quoth.deb")
    shutil.copy(with_version(package, "9.0.0-1", work), root / "srv/later.deb")
    container = Container(root)
    with contextlib.ExitStack() as stack:
        stack.callback(container.stop)
        container.run("dpkg", "--install", "/srv/quoth.deb")
        check_service(container)
        process = container.show("MainPID")
        status = container.run("cat", f"/proc/{process}/status")
        user = container.run("id", "-u", "quoth").strip()
        assert f"Uid:\t{user}\t{user}\t{user}\t{user}" in status, status
        assert "NoNewPrivs:\t1" in status and "Seccomp:\t2" in status and "CapEff:\t0000000000000000" in status, status
        inside = container.try_run("nsenter", "--target", process, "--mount", "touch", "/etc/quoth/written")
        assert "Read-only" in inside.stderr, inside
        print(f"serves as user {user}, without capabilities, with a filter of system calls, on a read-only system")
        # The command of docs/self-hosting.md for secrets that are credentials of the unit.
        (root / "etc/quoth/discord-token").write_text("MTA.a-token-of-discord.that-is-made-up-and-long-enough")
        secrets = container.run("systemd-run", "--pipe", "--wait", "--collect", "--quiet", "--property=User=quoth",
                                "--property=LoadCredential=quoth.discord.token:/etc/quoth/discord-token", "quoth", "doctor", "secrets")
        assert "1 set" in secrets, secrets
        (root / "etc/quoth/discord-token").unlink()
        # What root sets up, the service can read.
        answers = "discord\nMTA.a-token-of-discord.that-is-made-up-and-long-enough\n/etc/quoth/knowledge/quoth\n56\nyes\nyes\n"
        (root / "srv/answers").write_text(answers)
        container.run("sh", "-c", "cd / && quoth setup < /srv/answers")
        owner = container.run("stat", "-c", "%U %a", "/var/lib/quoth/discord-token").strip()
        assert owner == "quoth 600", owner
        written = (root / "etc/quoth/config/quoth.toml").read_text()
        assert "/var/lib/quoth/discord-token" in written, written
        assert "/var/lib/quoth/knowledge/quoth" in written, written
        owner = container.run("stat", "-c", "%U %a", "/var/lib/quoth/knowledge/quoth/faq.toml").strip()
        assert owner.startswith("quoth "), owner
        writable = container.run("runuser", "-u", "quoth", "--", "quoth", "doctor", "packs-writable")
        assert "1 pack can be edited" in writable, writable
        print("quoth setup, by root: the token and the pack that moderators edit belong to the service")
        # Discord cannot be reached from here: the service is tried without it from now on.
        edited = "".join(line for line in written.splitlines(True) if not line.startswith("token_file"))
        (root / "etc/quoth/config/quoth.toml").write_text(edited + "# edited\n")
        before = container.run("sha256sum", "/var/lib/quoth/asker.key")
        container.run("dpkg", "--install", "--force-confold", "/srv/later.deb")
        check_service(container)
        assert container.show("MainPID") != process, "the service was not started again"
        assert container.run("sha256sum", "/var/lib/quoth/asker.key") == before
        assert (root / "etc/quoth/config/quoth.toml").read_text().endswith("# edited\n")
        print("upgraded to 9.0.0: started again, with its records and the edited configuration")
        container.run("dpkg", "--remove", "quoth")
        assert container.try_run("systemctl", "is-active", "quoth").returncode != 0
        assert (root / "var/lib/quoth/quoth.db").exists() and (root / "etc/quoth/config/quoth.toml").exists()
        container.run("dpkg", "--install", "/srv/later.deb")
        check_service(container)
        container.run("dpkg", "--purge", "quoth")
        left = [path for path in ("etc/quoth", "var/lib/quoth", "usr/bin/quoth", "usr/lib/systemd/system/quoth.service",
                                  "etc/systemd/system/multi-user.target.wants/quoth.service") if os.path.lexists(root / path)]
        assert not left, left
        print("removed: configuration and records stay. Purged: nothing is left")


def check_documented_commands(work):
    step("the commands of docs/self-hosting.md, in a Debian 12 with systemd")
    _, _, after = (ROOT / "docs/self-hosting.md").read_text().partition("Elsewhere, from a clone:\n\n```sh\n")
    commands, found, _ = after.partition("```")
    assert found, "docs/self-hosting.md has no such commands"
    root = debian(work, "without-package")
    clone = root / "srv/quoth"
    shutil.copytree(next((work / "archive").iterdir()), clone)
    (clone / "target/release").mkdir(parents=True)
    (clone / "quoth").rename(clone / "target/release/quoth")
    container = Container(root)
    with contextlib.ExitStack() as stack:
        stack.callback(container.stop)
        container.run("sh", "-euc", f"cd /srv/quoth\n{commands}")
        check_service(container)
    print("serves, and has nothing wrong")


def unpack_image(dist, work):
    """The file system of the image, and its settings."""
    image = f"docker-archive:{one(dist, '*.docker.tar')}"
    name = run("buildah", "from", "--pull-always", image).strip()
    try:
        mounted = Path(run("buildah", "mount", name).strip())
        root = work / "image"
        run("cp", "-a", mounted, root)
        settings = json.loads(run("buildah", "inspect", name))["Docker"]["config"]
    finally:
        run("buildah", "rm", name)
    return root, settings


def check_image(dist, work):
    step("image")
    root, settings = unpack_image(dist, work)
    config = {
        "USER": settings["User"], "ENTRYPOINT": settings["Entrypoint"], "CMD": settings["Cmd"], "STOPSIGNAL": settings["StopSignal"],
        "HEALTHCHECK": settings["Healthcheck"]["Test"][1:], "ENV": dict(pair.split("=", 1) for pair in settings["Env"]),
    }
    print(json.dumps(config | {"LABEL": settings["Labels"]}))
    check_deploy.start(root, config, settings["WorkingDir"])
    print("healthy as its user; wrote", sorted(path.name for path in (root / "data").iterdir()))
    return root


def check_behaviors(args, work, programs):
    names = ["behaviors::every_behavior_holds_on_discord"]
    if args.synapse:
        names.append("behaviors::every_behavior_holds_on_matrix")
    for what, program in programs.items():
        for name in names:
            step(f"{name} with {what}")
            environment = os.environ | {"QUOTH_TESTED_PROGRAM": str(program), "CARGO_MANIFEST_DIR": str(ROOT)}
            if args.synapse:
                environment["QUOTH_SYNAPSE"] = str(args.synapse)
            done = subprocess.run([args.tests, "--exact", name, "--include-ignored"], env=environment, cwd=ROOT)
            assert done.returncode == 0, f"{name} fails with {what}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dist", type=Path)
    parser.add_argument("--tests", type=Path)
    parser.add_argument("--synapse", type=Path)
    args = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("This takes root: it boots a container.")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        check_sums(args.dist)
        check_archive(args.dist, work)
        image = check_image(args.dist, work)
        check_package(args.dist, work)
        check_documented_commands(work)
        if args.tests:
            # The folders of the tests are in /tmp, and the packs in the clone.
            seen = [Path("/tmp"), ROOT, TARGET, Path("/proc"), Path("/dev")]
            for path in seen:
                (image / path.relative_to("/")).mkdir(parents=True, exist_ok=True)
            mounts = "".join(f"mount --bind {path} {image}{path} && " for path in seen)
            inside = work / "quoth-in-image"
            inside.write_text(f"""#!/bin/sh
exec unshare --mount sh -c '{mounts}exec unshare --root={image} --wd="$PWD" /usr/bin/quoth "$@"' sh "$@"
""")
            inside.chmod(0o755)
            run("dpkg-deb", "--extract", one(args.dist, "*.deb"), work / "package")
            check_behaviors(args, work, {"the package": work / "package/usr/bin/quoth", "the image": inside})
    print("\nthe packages are sound")


if __name__ == "__main__":
    main()
