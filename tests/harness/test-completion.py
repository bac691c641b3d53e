#!/usr/bin/python3
"""What the shells themselves complete on a command line of lenscap.

Usage: test-completion.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from command_tap import LENSCAP, SOURCE, end, ok, own_folder, read, same, skip, write  # noqa: E402

# What is typed, and all that may come of its last word.
LINES = [
    ("lenscap an", ["analyze"]),
    ("lenscap analyze --fail", ["--fail-on="]),
    ("lenscap analyze --fail-on=me", ["medium"]),
    ("lenscap analyze --fail-on h", ["high"]),
    ("lenscap analyze --json --res", ["--resolvers=", "--resume"]),
    ("lenscap demo --transport=", ["tcp", "udp"]),
    ("lenscap explain rtp-padding-c", ["rtp-padding-content"]),
    ("lenscap analyze --only=rtp-paddi", ["rtp-padding"]),
    ("lenscap list ro", ["roles"]),
    ("lenscap list c", ["channels", "classes"]),
    ("lenscap report --batch=pla", ["place/"]),
    ("lenscap report --format=in", ["in-toto"]),
    ("lenscap report --format=o", ["oscal"]),
    ("lenscap compare --format=j", ["json"]),
    ("lenscap analyze --profile=place/som", ["place/some.ini"]),
    ("lenscap analyze place/som", ["place/some.ini"]),
]

NEVER = "(?!)"

BASH = r"""
. ./lenscap.bash
compopt() { :; }
line=$1
# As bash cuts it: "=" is a word of its own.
read -ra words <<<"${line//=/ = }"
[[ $line == *[\ =] ]] && words+=("")
COMP_WORDS=("${words[@]}") COMP_CWORD=$((${#words[@]} - 1))
_lenscap
for word in "${COMPREPLY[@]}"; do [ -d "$word" ] && word+=/; echo "$word"; done
"""


def lay_out():
    """The files as they are installed, in the current folder, with something to name."""
    folder = os.path.join(SOURCE, "harness", "completion")
    write("candidates", read(folder, "candidates.sh"))
    for name in ("lenscap.bash", "_lenscap", "lenscap.fish"):
        write(name, read(folder, name).replace(b"@folder@", os.getcwd().encode()))
    write("place/some.ini", b"")


def with_bash(line):
    return subprocess.run(["bash", "--norc", "-c", BASH, "bash", line], capture_output=True,
                          text=True, timeout=60, check=False).stdout.splitlines()


def with_fish(line):
    script = 'source ./lenscap.fish; complete -C "$argv[1]"'
    answer = subprocess.run(["fish", "--no-config", "-c", script, line], capture_output=True,
                            text=True, timeout=60, check=False).stdout
    # fish gives whole words back: --fail-on=medium.
    front = re.search(r"(--[a-z-]+=)?[^ ]*$", line).group(1) or ""
    return [word.split("\t")[0].removeprefix(front) for word in answer.splitlines()]


def until(master, wanted, seconds=60):
    """What a terminal shows until @wanted matches, without its colours and moves."""
    shown, late = "", time.monotonic() + seconds
    while time.monotonic() < late and not re.search(wanted, shown):
        if select.select([master], [], [], 0.2)[0]:
            try:
                shown += os.read(master, 65536).decode(errors="replace")
            except OSError:
                break
            shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|[\x07\r]", "", shown)
    return shown


def with_zsh(lines):
    """zsh completes nothing without a terminal: one for all lines, each taken back by Ctrl-U.
    A line is completed, or its candidates listed."""
    process, master = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm", COLUMNS="200", PS1="ready> ")
        os.execvp("zsh", ["zsh", "-f", "-i"])
    answers = []
    try:
        os.write(master, b"fpath=($PWD $fpath); autoload -Uz compinit; compinit -D -u; "
                         b"setopt list_ambiguous no_beep; LISTMAX=0; bindkey '^I' complete-word; "
                         b"echo be''gin\n")
        until(master, "begin")
        until(master, NEVER, 0.5)
        for line, expected in lines:
            os.write(master, (line + "\t").encode())
            one = expected[0] if len(expected) == 1 else None
            wanted = re.escape(one) if one else ".*".join(map(re.escape, expected))
            shown = until(master, "(?s)" + wanted, 30 if one else 2)
            if one is None:
                # A common beginning is typed first; the second time they are listed.
                os.write(master, b"\t")
                shown += until(master, "(?s)" + wanted, 2)
            answers.append((re.search("(?s)" + wanted, shown), shown))
            os.write(master, b"\x15")
            until(master, NEVER, 0.3)
    finally:
        os.write(master, b"\nexit\n")
        until(master, NEVER, 1)
        os.close(master)
        os.waitpid(process, 0)
    return answers


def main():
    os.environ["PATH"] = os.path.dirname(LENSCAP) + ":" + os.environ["PATH"]
    with own_folder():
        lay_out()
        for shell, complete in (("bash", with_bash), ("fish", with_fish)):
            if not shutil.which(shell):
                skip(f"{shell} completes", f"{shell} is not installed")
                continue
            for line, expected in LINES:
                same(f"{shell}: {line}", sorted(expected), sorted(complete(line)))
        if not shutil.which("zsh"):
            skip("zsh completes", "zsh is not installed")
        else:
            for (line, _), (found, shown) in zip(LINES, with_zsh(LINES)):
                ok(f"zsh: {line}", found, shown)
    end()


main()
