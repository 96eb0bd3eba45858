"""Do what a Containerfile says in a root of its own, where no container engine is: same user, paths, commands.

The root borrows this machine's programs and its ways to packages, read-only; its Python is a copy of an installed one.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

# What a base image brings, beside Python; below /opt lie ways to packages on some machines.
BORROWED = ("/usr", *map(str, Path("/opt").glob("*")))
LINKS = ("bin", "sbin", "lib", "lib64")
ETC = ("group", "gshadow", "login.defs", "nsswitch.conf", "passwd", "shadow", "ssl", "ca-certificates", "hosts")
ETC += ("resolv.conf", "pip.conf", "xdg", "localtime", "ld.so.conf", "ld.so.cache", "ld.so.conf.d")


class Container:
    """Hold the root that a Containerfile makes, and run commands in it as its user."""

    def __init__(self, folder: Path, python: Path) -> None:
        """Lay the base image out: `python` is the folder of an installation."""
        self.root, self.directory, self.user, self.command = folder / "root", "/", "root", list[str]()
        self.environment = {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        # The copy looks for its own library where it was installed.
        self.environment["LD_LIBRARY_PATH"] = "/usr/local/lib"
        self.environment |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
        self.unproved: list[str] = []
        self._local = folder / "local"
        # As a base image has it: the library and pip, and nothing that anybody added.
        shutil.copytree(python, folder / "local", symlinks=True, ignore=shutil.ignore_patterns("site-packages", "test"))
        if not (folder / "local/bin/python").exists():
            (folder / "local/bin/python").symlink_to("python3")
        for name in ("etc", "dev", "home", "proc", "root", "tmp", "var/lib", *(place[1:] for place in BORROWED)):
            (self.root / name).mkdir(parents=True)
        (self.root / "tmp").chmod(0o1777)
        for name in LINKS:
            (self.root / name).symlink_to(f"usr/{name}")
        for path in (Path("/etc", name) for name in ETC):
            if path.is_dir():
                shutil.copytree(path, self.root / "etc" / path.name, symlinks=True)
            elif path.exists():
                shutil.copy(path, self.root / "etc" / path.name)

        pip = self.run("python", "-m", "ensurepip")
        assert pip.returncode == 0, pip.stdout + pip.stderr

    def build(self, containerfile: Path, context: Path, files: list[Path]) -> None:
        """Do each line; what no line here knows is kept in `unproved`. `files` are those that COPY takes."""
        for line in containerfile.read_text(encoding="utf-8").splitlines():
            word, _, rest = line.partition(" ")
            if word == "WORKDIR":
                self.directory = rest
                (self.root / rest[1:]).mkdir(parents=True, exist_ok=True)
            elif word == "COPY" and rest == ". .":
                for path in files:
                    target = self.root / self.directory[1:] / path.relative_to(context)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, target)
            elif word == "RUN":
                done = self.run(*shlex.split(rest), timeout=1500)
                assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
            elif word == "ENV":
                self.environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
            elif word == "USER":
                self.user, self.environment["HOME"] = rest, str(Path("/home", rest))
            elif word == "CMD":
                self.command = json.loads(rest)
            elif word not in ("", "#", "FROM", "VOLUME", "EXPOSE"):
                self.unproved.append(line)

    def start(self, *command: str, **environment: str) -> subprocess.Popen:
        """Start a command in the root as its user, in a mount namespace and process group of its own."""
        inside = f"cd {shlex.quote(self.directory)} && exec {shlex.join(command)}"
        user = [] if self.user == "root" else ["--userspec", self.user]
        steps = [f"mount --bind {place} {self.root}{place}" for place in BORROWED]
        steps += [f"mount -o remount,bind,ro {self.root}{place}" for place in BORROWED]
        steps += [f"mount --bind {self._local} {self.root}/usr/local", f"mount -t proc proc {self.root}/proc"]
        steps.append(f"mount --rbind /dev {self.root}/dev")
        steps.append(shlex.join(["exec", "chroot", *user, str(self.root), "/bin/sh", "-c", inside]))
        return subprocess.Popen(
            ["unshare", "--mount", "/bin/bash", "-c", " && ".join(steps)],
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def run(self, *command: str, timeout: float = 300, **environment: str) -> subprocess.CompletedProcess:
        """Run a command to its end."""
        process = self.start(*command, **environment)
        try:
            out, errors = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return subprocess.CompletedProcess(command, process.returncode, out, errors)


def why_not() -> str | None:
    """Say why no root of its own can be made here; None where one can."""
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        return "it takes Linux and root to make a root of its own"
    if not all(map(shutil.which, ("unshare", "chroot", "useradd"))):
        return "unshare, chroot or useradd is missing"
    done = subprocess.run(["unshare", "--mount", "mount", "--bind", "/usr", "/usr"], capture_output=True, text=True)
    return f"this machine lets nobody mount: {done.stderr.strip()}" if done.returncode else None
