#!/usr/bin/python3
"""A signature of SHA256SUMS by the user's own tool: made with the commands of lenscap-verify(1),
and checked by lenscap verify.

Usage: test-signatures.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import contextlib
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
from command_tap import (PROFILE, SOURCE, analyze, end, lenscap, ok, own_folder, read,  # noqa: E402
                         sample, skip, write)

CAPTURE = sample("padding-udp")
CASE = "lenscap-cases/padding-udp.pcapng.case"
PAGE = os.path.join(SOURCE, "docs", "lenscap-verify.1.scd")


def run(command, **settings):
    """A line of the manual page, in the current folder."""
    return subprocess.run(command, shell=True, capture_output=True, check=True, timeout=60,
                          stdin=subprocess.DEVNULL, **settings)


def commands_of(tool):
    """The commands of the manual page that sign with a tool, as it has them."""
    page = read(PAGE).decode().split("# SIGNATURES", 1)[1].split("\n# ", 1)[0]
    blocks = re.findall(r"```\n(.*?)```", page, re.DOTALL)
    return next(block for block in blocks if block.startswith(tool)).strip().splitlines()


@contextlib.contextmanager
def signed_case(tool, *before):
    """A case in the current folder, called by the name of the page, after the page's commands."""
    if shutil.which(tool) is None:
        yield None
        return
    with own_folder() as folder:
        home = os.path.join(folder, "home")
        os.makedirs(home, mode=0o700)
        settings = {"env": {**os.environ, "HOME": home, "GNUPGHOME": os.path.join(home, ".gnupg")}}
        os.mkdir(os.path.join(home, ".gnupg"), mode=0o700)
        analyze("--profile", PROFILE, CAPTURE)
        os.rename(CASE, "camera.case")
        try:
            for command in before:
                run(command, **settings)
            for command in commands_of(tool):
                if not command.startswith("lenscap "):
                    run(command, **settings)
            yield settings
        finally:
            if tool == "gpg":
                run("gpgconf --kill all", **settings)


def verified(what, settings, status, *words, options=()):
    done = lenscap("verify", "camera.case", "--input", CAPTURE, *options, **settings)
    said = (done.stdout + done.stderr).decode()
    ok(what, done.returncode == status and all(word in said for word in words)
       and (status == 0) == ("camera.case: the same record" in said), f"{done.returncode} {said}")


def change_list():
    """Somebody changed the report and made new sums; who signed did not sign that."""
    record = read("camera.case", "run.json")
    write("camera.case/run.json", record.replace(b'"host": "', b'"host": "not-', 1))
    lines = read("camera.case", "SHA256SUMS").decode().splitlines()
    done = subprocess.run(["sha256sum", *(line[66:] for line in lines)], cwd="camera.case",
                          capture_output=True, check=True)
    write("camera.case/SHA256SUMS", done.stdout)


def by_gnupg():
    with signed_case("gpg", "gpg --batch --passphrase '' --quick-generate-key "
                     "'Example lab <lab@example.net>' ed25519 sign never") as settings:
        if settings is None:
            skip("a signature by GnuPG", "gpg is not here")
            return
        verified("GnuPG: a good signature", settings, 0, "the same record",
                 "SHA256SUMS.asc: good: Example lab <lab@example.net>, fingerprint ")
        run("gpg --export > keys.gpg", **settings)
        stranger = {"env": {**os.environ, "HOME": os.path.abspath("."),
                            "GNUPGHOME": os.path.abspath("none")}}
        os.mkdir("none", mode=0o700)
        verified("GnuPG: without the key it is said, and nothing else is wrong", stranger, 0,
                 "the same record", "not checked: GnuPG has no key ")
        verified("GnuPG: a keyring can be named", stranger, 0,
                 "good: Example lab <lab@example.net>", options=("--signers", "keys.gpg"))
        nowhere = {"env": {**stranger["env"], "PATH": "/nonexistent"}}
        verified("GnuPG: without the tool it is said", nowhere, 0, "not checked: gpg is not here")
        run("gpg --batch --detach-sign --output camera.case/SHA256SUMS.sig camera.case/SHA256SUMS",
            **settings)
        verified("GnuPG: a binary signature is one too", settings, 0, "SHA256SUMS.sig: good: ")
        good = read("camera.case/SHA256SUMS.asc")
        write("camera.case/SHA256SUMS.asc", b"no signature\n")
        verified("GnuPG: beside a bad signature the same record is no last word", settings, 1,
                 "differs: the signature SHA256SUMS.asc is bad; but for that it is the same record")
        write("camera.case/SHA256SUMS.asc", good)
        change_list()
        verified("GnuPG: a signature of another list is bad", settings, 1, "SHA256SUMS.asc: bad: ",
                 "differs: the signature SHA256SUMS.asc is bad, the signature SHA256SUMS.sig is bad; "
                 "report.html is not")
        write("camera.case/SHA256SUMS.asc", b"no signature\n")
        os.unlink("camera.case/SHA256SUMS.sig")
        verified("GnuPG: what is no signature is bad", settings, 1, "SHA256SUMS.asc: bad: ")


def by_ssh():
    with signed_case("ssh-keygen", "mkdir -m 700 home/.ssh",
                     "ssh-keygen -q -t ed25519 -N '' -f home/.ssh/id_ed25519") as settings:
        if settings is None:
            skip("a signature by ssh-keygen", "ssh-keygen is not here")
            return
        signers = ("--signers", "allowed_signers")
        verified("ssh-keygen: a good signature", settings, 0, "the same record",
                 "SHA256SUMS.sig: good: lab@example.net", options=signers)
        verified("ssh-keygen: without a list of signers it is said", settings, 0,
                 "not checked: intact, but who may sign is not known")
        write("others", b"other@example.net ssh-ed25519 "
              b"AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n")
        verified("ssh-keygen: a list of others does not help", settings, 0,
                 "names nobody who may sign with this key", options=("--signers", "others"))
        shutil.copy("allowed_signers", "home/.ssh/allowed_signers")
        verified("ssh-keygen: the user's own list is found", settings, 0, "good: lab@example.net")
        key = read("home/.ssh/id_ed25519.pub").decode().strip()
        write("late", f'lab@example.net valid-before="20200101" {key}\n')
        verified("ssh-keygen: who may not sign any more is told", settings, 0,
                 "names nobody who may sign", options=("--signers", "late"))
        change_list()
        verified("ssh-keygen: a signature of another list is bad", settings, 1,
                 "differs: the signature SHA256SUMS.sig is bad", options=signers)


def by_minisign():
    with signed_case("minisign", "minisign -G -W -p minisign.pub -s minisign.key",
                     "minisign -G -W -p other.pub -s other.key") as settings:
        if settings is None:
            skip("a signature by minisign", "minisign is not here")
            return
        key = ("--signers", "minisign.pub")
        verified("minisign: a good signature", settings, 0, "the same record",
                 "SHA256SUMS.minisig: good: ", options=key)
        verified("minisign: without its key it is said", settings, 0, "not checked: name minisign's")
        verified("minisign: another key does not help", settings, 0, "it is by another key than",
                 options=("--signers", "other.pub"))
        change_list()
        verified("minisign: a signature of another list is bad", settings, 1,
                 "differs: the signature SHA256SUMS.minisig is bad", options=key)


def by_nobody():
    with signed_case("minisign", "minisign -G -W -p minisign.pub -s minisign.key") as settings:
        if settings is None:
            skip("no signature", "minisign is not here")
            return
        os.remove("camera.case/SHA256SUMS.minisig")
        verified("none: who names signers is told", settings, 0, "signature  there is none",
                 options=("--signers", "minisign.pub"))
        verified("none: signers that cannot be read are an error", settings, 2, "nowhere",
                 options=("--signers", "nowhere"))


def main():
    by_nobody()
    by_gnupg()
    by_ssh()
    by_minisign()
    end()


if __name__ == "__main__":
    main()
