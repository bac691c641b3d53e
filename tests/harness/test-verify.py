#!/usr/bin/python3
"""Can a third party derive a case again?  lenscap verify, and the limits that analyze measures.

Usage: test-verify.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import hashlib
import os
import shutil
import sys

sys.dont_write_bytecode = True
from command_tap import (PROFILE, analyze, end, lenscap, ok, own_folder, read,  # noqa: E402
                         records, sample, write)

PADDING, CLEAN = sample("padding-udp"), sample("clean-tcp")
CASE = "lenscap-cases/padding-udp.pcapng.case"


def seal_again(case):
    """New sums over what lies there: what somebody would do who changes a case."""
    names = [line[66:] for line in read(case, "SHA256SUMS").decode().splitlines()]
    write(os.path.join(case, "SHA256SUMS"), "".join(
        f"{hashlib.sha256(read(case, name)).hexdigest()}  {name}\n" for name in names))


def verified(what, status, word, *arguments):
    done = lenscap("verify", *arguments)
    said = (done.stdout + done.stderr).decode()
    ok(what, done.returncode == status and word in said, f"{done.returncode} {said}")


def the_same():
    with own_folder():
        analyze("--profile", PROFILE, PADDING)
        verified("a case says what its capture says", 0, "the same record", CASE, "--input", PADDING)
        verified("without the capture it cannot be said", 3, "--input", CASE)
        verified("another capture is told, by the first key", 1, "input.", CASE, "--input", CLEAN)
        verified("what is no case is told", 3, "SHA256SUMS", ".")


def the_changed():
    with own_folder():
        analyze("--profile", PROFILE, PADDING)
        shutil.copytree(CASE, "changed.case")
        page = read("changed.case", "report.txt")
        write("changed.case/report.txt", page + b"and all is well\n")
        verified("a changed file is named", 1, "report.txt was changed", "changed.case",
                 "--input", PADDING)
        record = read("changed.case", "evaluation.json")
        write("changed.case/evaluation.json", record.replace(b'"high"', b'"info"', 1))
        seal_again("changed.case")
        verified("a changed record with new sums is told too", 1, "findings[", "changed.case",
                 "--input", PADDING)
        write("changed.case/evaluation.json", b"[" * 100000)
        seal_again("changed.case")
        verified("what is no record is told", 1, "lenscap verify", "changed.case",
                 "--input", PADDING)
        write("changed.case/SHA256SUMS", "0" * 64 + "  ../../etc/passwd\n")
        verified("sums that lead out of the case are told", 1, "outside the case", "changed.case",
                 "--input", PADDING)


def from_standard_input():
    with own_folder():
        with open(PADDING, "rb") as capture:
            analyze("--profile", PROFILE, "-", stdin=capture)
        verified("a case that holds its capture needs no other", 0, "the same record",
                 "lenscap-cases/stdin.case")


def limits():
    with own_folder():
        record = records(analyze("--json", "--limits", "--only", "rtp-padding,rtcp-app",
                                 "--profile", PROFILE, CLEAN))[0]
        measured = {row["channel"]: row["limit_bps"] for row in record["coverage"]
                    if row["status"] == "examined" and row["channel"] != "ledger-unexplained"}
        ok("limits are measured for what was examined",
           set(measured) == {"rtp-padding-content", "rtcp-app"}
           and all(0 < rate <= 1024 for rate in measured.values()), measured)
        again = records(analyze("--json", "--limits", "--only", "rtp-padding,rtcp-app",
                                "--profile", PROFILE, CLEAN))[0]
        ok("and are the same again", record == again)
        plain = records(analyze("--json", "--profile", PROFILE, CLEAN))[0]
        ok("without the option there is none",
           all(row["limit_bps"] is None for row in plain["coverage"]))


def main():
    the_same()
    the_changed()
    from_standard_input()
    limits()
    end()


if __name__ == "__main__":
    main()
