#!/usr/bin/python3
"""Can a third party derive a case again?  lenscap verify, and the limits that analyze measures.

Usage: test-verify.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import hashlib
import os
import shutil
import sys

sys.dont_write_bytecode = True
from command_tap import (PROFILE, analyze, as_nobody, end, lenscap, ok,  # noqa: E402
                         own_folder, read, records, sample, tree, write)

PADDING, CLEAN = sample("padding-udp"), sample("clean-tcp")
CASE = "lenscap-cases/padding-udp.pcapng.case"


def seal_again(case):
    """New sums over what lies there: what somebody would do who changes a case."""
    names = [name for name in tree(case) if name != "SHA256SUMS"]
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
        write("changed.case/evaluation.json", record.replace(b'"summary": "', b'"summary": "Not ', 1))
        seal_again("changed.case")
        verified("a changed record with new sums is told too", 1, "findings[", "changed.case",
                 "--input", PADDING)
        shutil.copytree(CASE, "more.case")
        shutil.copy(PADDING, "more.case/traffic.pcapng")
        seal_again("more.case")
        verified("a capture in a case that had none is told", 1, "traffic.pcapng is nothing",
                 "more.case", "--input", PADDING)
        write("changed.case/evaluation.json", b"[" * 100000)
        seal_again("changed.case")
        verified("what is no record is told", 1, "differs: evaluation.json: it is nested too deep", "changed.case",
                 "--input", PADDING)
        write("changed.case/SHA256SUMS", "0" * 64 + "  ../../etc/passwd\n")
        verified("sums that lead out of the case are told", 1, "outside the case", "changed.case",
                 "--input", PADDING)


def replaced(name, before, after):
    """Writes something else into a file of a case."""
    def change(case):
        octets = read(case, name)
        assert before in octets, name
        write(os.path.join(case, name), octets.replace(before, after, 1))
    return change


def added(name, octets=b"and all is well\n"):
    return lambda case: write(os.path.join(case, name), octets)


def removed(name):
    return lambda case: os.unlink(os.path.join(case, name))


def flipped(name, at):
    """Another octet."""
    def change(case):
        octets = bytearray(read(case, name))
        octets[at] ^= 0x55
        write(os.path.join(case, name), bytes(octets))
    return change


# What somebody might do who makes new sums afterwards, the exit status, and what it must say.
MENDED = [
    ("an octet of the capture", flipped("traffic.pcapng", -60), 1, "differs: input.sha256"),
    ("a number of the record", replaced("evaluation.json", b'"total_bytes": 1', b'"total_bytes": 2'),
     1, "differs: ledger.classes add up to less than total_bytes"),
    ("the verdict", replaced("evaluation.json", b'"verdict": "concealed"', b'"verdict": "conforms"'),
     1, "differs: verdict is milder than that of a device"),
    ("all of the record", lambda case: write(case + "/evaluation.json", b""), 1,
     "differs: evaluation.json: it is empty"),
    ("a comma of the record", replaced("evaluation.json", b'",\n', b'"\n'), 1,
     "differs: evaluation.json: line 2, column "),
    ("a severity", replaced("evaluation.json", b'"high"', b'"info"'), 1,
     "differs: devices[0].verdict is not that of the findings"),
    ("the report", added("report.html", b"<p>nothing was found"), 1, "differs: report.html is not"),
    ("the text", replaced("report.txt", b"concealed", b"conforms "), 1, "differs: report.txt is not"),
    ("the version in run.json", replaced("run.json", b'"version": "', b'"version": "9.'), 1,
     "differs: run.json: version"),
    ("a layer in run.json", replaced("run.json", b'      "seccomp",\n', b""), 1,
     "differs: run.json: confinement"),
    ("a layer that both held and lacked", replaced("run.json", b'"missing": [', b'"missing": ["seccomp"'), 1,
     "differs: run.json: confinement"),
    ("how a run was confined", replaced("run.json", b'"confinement": ', b'"comfort": '), 1,
     "differs: run.json: confinement"),
    ("the schema of run.json", replaced("run.json", b"lenscap-run/1", b"lenscap-run/9"), 1,
     "differs: run.json: schema is not lenscap-run/1"),
    ("all of run.json", lambda case: write(case + "/run.json", b"null"), 1, "differs: run.json: "),
    ("a packet of the evidence", flipped("evidence/F001.pcapng", -40), 1,
     "differs: evidence/F001.pcapng is not what the capture yields"),
    ("evidence that is gone", removed("evidence/F002.pcapng"), 1,
     "differs: evidence/F002.pcapng is missing"),
    ("evidence of nothing", added("evidence/F900.pcapng"), 1,
     "differs: evidence/F900.pcapng is nothing that the capture yields"),
    ("the profile", replaced("profile.ini", b"kind = camera", b"kind = recorder"), 1,
     "differs: tool.profile_sha256"),
    ("the profile, gone", removed("profile.ini"), 3, "profile.ini is missing"),
    ("another profile", added("profile-2.ini", b"[device]\nname = x\naddress = 192.0.2.7\n"), 1,
     "differs: tool.profile_sha256"),
    ("a MUD file", added("mud.json", b"{}"), 1, "differs: tool.mud_sha256"),
    ("a list of resolvers", added("resolvers.tsv"), 1, "differs: tool.resolvers_sha256"),
    ("a log", added("stream.log"), 1, "differs: stream.log is nothing"),
    ("a note", added("notes.txt"), 1, "differs: notes.txt is nothing"),
    ("a second capture", added("traffic-00009.pcapng"), 1, "differs: traffic-00009.pcapng is nothing"),
    ("the record, gone", removed("evaluation.json"), 1, "differs: evaluation.json"),
    ("the report, gone", removed("report.html"), 1, "differs: report.html"),
    ("run.json, gone", removed("run.json"), 1, "differs: run.json"),
    ("the capture, gone", removed("traffic.pcapng"), 3, "holds no capture"),
]

# What shows by the list alone.
PLAIN = [
    ("a file that was added", added("notes.txt"), 1, "notes.txt was added"),
    ("a hidden one", added(".notes"), 1, ".notes was added"),
    ("one with an odd name", added("a\nb\x1b[31m"), 1, "was added"),
    ("one among the evidence", added("evidence/F1.pcap"), 1, "evidence/F1.pcap was added"),
    ("a folder", lambda case: os.mkdir(os.path.join(case, "more")), 1, "more is a folder"),
    ("a file that is gone", removed("evidence/F001.pcapng"), 1, "evidence/F001.pcapng is missing"),
    ("a profile that is gone", removed("profile.ini"), 3, "profile.ini is missing"),
    ("a capture that is gone", removed("traffic.pcapng"), 3, "traffic.pcapng is missing"),
    ("a list that is gone", removed("SHA256SUMS"), 3, "SHA256SUMS"),
    ("a list that is empty", added("SHA256SUMS", b""), 1, "was added"),
    ("a list without an end", replaced("SHA256SUMS", b"traffic.pcapng\n", b"traffic.pcapng"), 1,
     "no list of lines"),
    ("a list with line ends of another system", lambda case: write(
        os.path.join(case, "SHA256SUMS"), read(case, "SHA256SUMS").replace(b"\n", b"\r\n")), 1,
     "CR LF"),
    ("a name twice", lambda case: write(os.path.join(case, "SHA256SUMS"),
                                        2 * read(case, "SHA256SUMS")), 1, "twice"),
]


def link_of(name):
    """A file that lies elsewhere now."""
    def change(case):
        path = os.path.join(case, name)
        os.rename(path, "elsewhere")
        os.symlink(os.path.abspath("elsewhere"), path)
    return change


def link_to_nothing(path):
    os.symlink("gone", path)


def instead_of(name, make):
    """Something of that name which is no file."""
    def change(case):
        path = os.path.join(case, name)
        if os.path.exists(path):
            os.unlink(path)
        make(path)
    return change


LINKS = [("report.txt", "a symbolic link"), ("traffic.pcapng", "a symbolic link"),
         ("SHA256SUMS", "a symbolic link")]

# What is no file at all; nothing waits for it.
NO_FILES = [(f"{kind} in place of {name}", instead_of(name, make), 1, f"{name} is {kind}, which no")
            for name in ("SHA256SUMS", "traffic.pcapng", "profile.ini", "evidence/F001.pcapng")
            for kind, make in (("a pipe", os.mkfifo), ("a folder", os.mkdir),
                               ("a symbolic link", link_to_nothing))]


def of_a_whole_case():
    """A case that holds its capture: everything can be changed, and nothing may be."""
    with own_folder():
        with open(PADDING, "rb") as capture:
            analyze("--profile", PROFILE, "-", stdin=capture)
        case = "lenscap-cases/stdin.case"
        verified("a case that holds its capture needs no other", 0, "the same record", case)
        verified("and tells what nobody can derive", 0, "run.json says", case)
        verified("a copy of its capture is as good", 0, "the same record", case, "--input", PADDING)
        for what, change, status, word in MENDED:
            shutil.copytree(case, "changed.case")
            change("changed.case")
            seal_again("changed.case")
            verified(f"with new sums too it is seen: {what}", status, word, "changed.case")
            shutil.rmtree("changed.case")
        for what, change, status, word in PLAIN + NO_FILES + [
                (f"a link in place of {name}", link_of(name), 1, word) for name, word in LINKS]:
            shutil.copytree(case, "changed.case")
            change("changed.case")
            verified(f"it is seen: {what}", status, word, "changed.case")
            shutil.rmtree("changed.case")
        shutil.copytree(case, "changed.case")
        flipped("traffic.pcapng", -60)("changed.case")
        seal_again("changed.case")
        verified("a good copy does not help a case whose own capture was changed", 1,
                 "not the one that was named", "changed.case", "--input", PADDING)


def of_a_case_that_nobody_may_write():
    with own_folder() as folder:
        os.chmod(folder, 0o755)
        shutil.copy(PADDING, "capture.pcapng")
        analyze("--profile", PROFILE, "capture.pcapng")
        case = "lenscap-cases/capture.pcapng.case"
        for name in tree(case):
            os.chmod(os.path.join(case, name), 0o444)
        for name in (case + "/evidence", case):
            os.chmod(name, 0o555)
        before = {name: read(case, name) for name in tree(case)}
        done = lenscap("verify", case, "--input", "capture.pcapng", **as_nobody())
        ok("a case that may only be read can be verified", done.returncode == 0
           and {name: read(case, name) for name in tree(case)} == before, done.stdout + done.stderr)
        for name in (case, case + "/evidence"):
            os.chmod(name, 0o755)


def of_exit_statuses():
    with own_folder():
        analyze("--profile", PROFILE, PADDING)
        verified("no case is wrong usage", 2, "name one case")
        verified("two cases are", 2, "name one case", CASE, CASE)
        verified("an option that is none is", 2, "Unknown option", CASE, "--no-such")
        verified("a capture that is not there is missing", 3, "gone.pcapng", CASE, "--input",
                 "gone.pcapng")
        verified("a case that is not there is missing", 3, "SHA256SUMS", "gone.case")


def without_bound(name, octets):
    """A file that is read for a long time, of which nothing is on the disk."""
    with open(name, "wb") as file:
        file.truncate(octets)
    return name


def of_what_is_named():
    with own_folder():
        analyze("--profile", PROFILE, PADDING)
        large = without_bound("large.pcapng", 1 << 40)
        verified("a capture of another size is told without reading it", 1,
                 f"input.sha256: {large} has another size, {1 << 40} octets", CASE, "--input", large)
        shutil.copy(PADDING, "other.pcapng")
        flipped("other.pcapng", -60)(".")
        verified("one of the same size is told by name, too", 1,
                 "input.sha256: other.pcapng has the size", CASE, "--input", "other.pcapng")
        verified("a second one is none that the record was made of", 1,
                 f"input.files: {CLEAN} is none", CASE, "--input", PADDING, "--input", CLEAN)
        os.mkfifo("pipe")
        done = lenscap("verify", CASE, "--input", "pipe")
        ok("of a pipe it is said that it is no file, and nothing that would not help",
           done.returncode == 3 and b"pipe cannot be read: it is a pipe and no file" in done.stderr
           and b"standard input" not in done.stderr, done.stderr)
        verified("signers in a pipe are wrong usage", 2, "it is a pipe and no file", CASE,
                 "--input", PADDING, "--signers", "pipe")


def of_a_set():
    with own_folder():
        names = [shutil.copy(sample(name), f"part-{name}.pcapng")
                 for name in ("clean-tcp", "padding-udp", "dns-tcp")]
        analyze("--profile", PROFILE, "--set", *names)
        case = os.path.join("lenscap-cases", *os.listdir("lenscap-cases"))
        every = [word for name in names for word in ("--input", name)]
        verified("a set is the same, its files in any order", 0, "the same record", case,
                 *every[4:], *every[:4])
        verified("a file that is left out is missing, and named", 3,
                 f"{names[1]} is missing: the record was made of 3 files", case,
                 *every[:2], *every[4:])
        verified("so are two", 3, "is missing", case, *every[:2])
        verified("a file too many is named", 1, f"input.files: {CLEAN} is none", case, *every,
                 "--input", CLEAN)
        shutil.copy(sample("clean-udp"), "stranger.pcapng")
        verified("a stranger in place of one: both are named", 1,
                 f"input.files: stranger.pcapng is none of the files that the record was made of "
                 f"(3), and {names[1]} is missing", case,
                 *every[:2], *every[4:], "--input", "stranger.pcapng")
        flipped(names[1], -60)(".")
        verified("of a changed file the name is told", 1, f"sha256: {names[1]} has the size", case,
                 *every)
        without_bound(names[1], 1 << 40)
        verified("of one of another size, too, without reading it", 1,
                 f"sha256: {names[1]} has another size", case, *every)


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
    of_a_whole_case()
    of_a_case_that_nobody_may_write()
    of_exit_statuses()
    of_what_is_named()
    of_a_set()
    limits()
    end()


if __name__ == "__main__":
    main()
