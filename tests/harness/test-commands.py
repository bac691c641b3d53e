#!/usr/bin/python3
"""How work ends that cannot go on, and the commands beside analyze: report, list, explain,
sandbox, help.

Usage: test-commands.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import os
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from command_tap import (LENSCAP, PROFILE, analyze, as_nobody, complains, end, is_sealed,  # noqa: E402
                         lenscap, ok, own_folder, read, records, same, sample, skip, tree, write)

CLEAN, PADDING = sample("clean-tcp"), sample("padding-tcp")
CASE = "lenscap-cases/padding-tcp.pcapng.case"


def left_behind(folder):
    """What lies there under a temporary name, or is no whole case under a final one."""
    return [name for name in os.listdir(folder)
            if not name.endswith(".case") or name.startswith(".")
            or not is_sealed(os.path.join(folder, name))]


def many(folder, count):
    os.mkdir(folder)
    for number in range(count):
        os.symlink(PADDING, f"{folder}/{number:03}.pcapng")


def cut_short():
    for what, number, everybody in (("SIGINT", signal.SIGINT, False),
                                    ("SIGTERM", signal.SIGTERM, False),
                                    ("Ctrl-C to the whole group", signal.SIGINT, True)):
        with own_folder():
            many("many", 60)
            with subprocess.Popen([LENSCAP, "analyze", "-j", "2", "-o", "cases", "many"],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  start_new_session=True) as running:
                running.stdout.readline()
                time.sleep(0.1)
                if everybody:
                    os.killpg(running.pid, number)
                else:
                    running.send_signal(number)
                _, said = running.communicate(timeout=30)
            made = [name for name in os.listdir("cases") if name.endswith(".case")]
            ok(f"{what}: ends early, with 3 and a line", running.returncode == 3
               and 0 < len(made) < 60 and said.count(b"\n") == 1 and b"interrupted" in said,
               f"{running.returncode} {len(made)} {said}")
            same(f"{what}: leaves whole cases and nothing else", [], left_behind("cases"))


def a_reader_that_leaves():
    with own_folder():
        many("many", 30)
        with subprocess.Popen([LENSCAP, "analyze", "-j", "2", "-o", "cases", "--json", "many"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            running.stdout.read(10)
            running.stdout.close()
            said = running.stderr.read()
            running.wait(60)
        ok("a reader that leaves ends the work with a line", running.returncode == 3
           and said.count(b"\n") == 1 and b"standard output" in said, said)
        same("and with whole cases only", [], left_behind("cases"))
        for command in (["analyze", "--json", CLEAN], ["list"], ["--help"], ["explain", "rtp-padding-content"]):
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([LENSCAP, *command], stdout=full, stderr=subprocess.PIPE,
                                      check=False, timeout=60)
            ok(f"{command[0]} on a full disk says so", done.returncode >= 2
               and done.stderr.count(b"\n") == 1, f"{done.returncode} {done.stderr}")


def no_place_for_cases():
    with own_folder() as folder:
        write("in-the-way", "")
        done = analyze("-o", "in-the-way/cases", CLEAN)
        ok("a folder that cannot be made", done.returncode == 2 and b"in-the-way" in done.stdout,
           done.stdout)
        os.chmod(folder, 0o755)
        os.mkdir("locked", 0o555)
        captures = write("one.pcapng", read(CLEAN)), write("other.pcapng", read(PADDING))
        done = analyze("-o", "locked", *captures, **as_nobody())
        ok("a folder that may not be written", done.returncode == 2
           and done.stdout.count(b"Permission denied") == 2, done.stdout)
        os.mkdir("small")
        private = ["unshare", "-m" if os.geteuid() == 0 else "-Urm"]
        if subprocess.run(private + ["true"], capture_output=True, check=False).returncode:
            skip("a disk that fills up", "needs mount namespaces")
            return
        for size in "16k", "64k", "192k":
            done = subprocess.run(
                [*private, "sh", "-c", "mount -t tmpfs -o size=$0 none small || exit 99\n"
                 '"$@"; status=$?; ls -A small >&2; exit $status', size, LENSCAP, "analyze", "-o",
                 "small", "-"], input=read(PADDING), capture_output=True, check=False, timeout=60)
            ok(f"a disk of {size} that fills up leaves nothing and is told",
               done.returncode == 2 and done.stderr == b"" and b"No space left" in done.stdout
               and done.stdout.count(b"\n") == 1, f"{done.returncode} {done.stdout} {done.stderr}")


def vanished():
    with own_folder():
        shutil.copy(CLEAN, "second.pcapng")
        with subprocess.Popen([LENSCAP, "analyze", "-j", "1", "--profile", PROFILE, "-",
                               "second.pcapng"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as running:
            running.stdin.write(read(CLEAN)[:1000])
            running.stdin.flush()
            time.sleep(0.3)
            os.remove("second.pcapng")
            said, complaint = running.communicate(read(CLEAN)[1000:], timeout=60)
        ok("an input that vanishes meanwhile costs itself only", running.returncode == 3
           and b"-: conforms" in said and b"second.pcapng: failed" in said
           and b"1 evaluated, 1 failed" in complaint and complaint.count(b"\n") == 1,
           f"{running.returncode} {said} {complaint}")


def replaced():
    with own_folder():
        case = "lenscap-cases/x.pcapng.case"
        shutil.copy(PADDING, "x.pcapng")
        analyze("--profile", PROFILE, "x.pcapng")
        ok("first there is evidence", os.path.exists(case + "/evidence/F001.pcapng"))
        shutil.copy(CLEAN, "x.pcapng")
        analyze("--profile", PROFILE, "--only", "rtp-padding", "x.pcapng")
        ok("a case is replaced as a whole when it is made again",
           is_sealed(case) and not os.path.exists(case + "/evidence"), tree(case))
        same("and nothing of the old one stays beside it", ["x.pcapng.case"],
             os.listdir("lenscap-cases"))


def report():
    with own_folder():
        analyze("--profile", PROFILE, PADDING)
        before = {path: read(CASE, path) for path in tree(CASE)}
        done = lenscap("report", CASE)
        same("report writes beside the case and says where", (0, (CASE + ".report\n").encode()),
             (done.returncode, done.stdout))
        same("the same pages as in the case", [before["report.html"], before["report.txt"]],
             [read(CASE + ".report", name) for name in ("report.html", "report.txt")])
        same("-o and --format", (0, ["report.txt"]),
             (lenscap("report", "--format", "text", "-o", "pages", CASE + "/").returncode,
              tree("pages")))
        os.symlink(CASE, "link")
        for where in CASE, CASE + "/pages", "link/pages", "link":
            complains(f"never into the case: {where}", lenscap("report", "-o", where, CASE), 2,
                      "sealed")
        same("which stays as it was", before, {path: read(CASE, path) for path in tree(CASE)})
        complains("no case", lenscap("report"), 2, "case")
        same("a case that is not there: which one, and which file of it, are said once",
             (2, b"lenscap report: none.case: evaluation.json: cannot open it: "
                 b"No such file or directory\n"),
             (lambda done: (done.returncode, done.stderr))(lenscap("report", "none.case")))
        complains("a format that is not known", lenscap("report", "--format", "odd", CASE), 2, "odd")
        complains("-o with two cases", lenscap("report", "-o", "x", CASE, CASE), 2, "-o")
        shutil.copytree(CASE, "broken.case")
        for what, octets in (("no JSON", b"{"), ("no record", b"{}"), ("nothing", b""),
                             ("a deep one", b"[" * 100000)):
            write("broken.case/evaluation.json", octets)
            complains(f"a record that is {what}", lenscap("report", "broken.case"), 2,
                      "broken.case")


def lists():
    for what, word in (("analyzers", "rtp-padding"), ("channels", "rtp-padding-content"),
                       ("classes", "declared-video"), ("roles", "analyze")):
        done = lenscap("list", what)
        ok(f"list {what}", done.returncode == 0 and word.encode() in done.stdout
           and done.stderr == b"", done.stderr)
    complains("a list that is not known", lenscap("list", "cameras"), 2, "analyzers")
    channels = [line.split()[0] for line in lenscap("list", "channels").stdout.decode().splitlines()]
    bad = [channel for channel in channels[::7] if lenscap("explain", channel).returncode != 0]
    ok("each channel can be explained", channels and not bad, bad)
    bound = " ".join(lenscap("explain", "tcp-isn").stdout.decode().split())
    ok("what cannot be told from noise says why", "a bound is stated" in bound
       and "random by design" in bound, bound)
    complains("a channel that is not known", lenscap("explain", "telepathy"), 2, "telepathy")
    complains("a command that is not known", lenscap("divine"), 2, "divine")
    done = lenscap("sandbox")
    if b"sanitizer build" in done.stdout:
        skip("sandbox: no unexpected cell", "a sanitizer needs more than the shipped filter allows")
    else:
        same("sandbox: no unexpected cell", 0, done.returncode)
        rows = {line[:36].strip(): line[36:] for line in
                done.stdout.decode().partition("\nOf ")[0].splitlines()}
        same("sandbox: what works unconfined is stopped in each role",
             ["succeeded"] + ["killed"] * 7, rows["fork"].split() if "fork" in rows else None)
        ok("sandbox: which layer stops what", "[seccomp]" in done.stdout.decode())
    same("no command is wrong usage, with help", 2, lenscap().returncode)


def helps():
    done = lenscap("--help")
    ok("--help names the commands", done.returncode == 0 and b"analyze" in done.stdout)
    names = [line.split()[0].decode() for line in done.stdout.splitlines()
             if line.startswith(b"  ") and line.split()[0] not in (b"lenscap",)]
    ok("all of them", {"demo", "test", "analyze", "report", "list", "explain", "sandbox"}
       <= set(names), names)
    for name in names:
        done = lenscap(name, "--help")
        ok(f"{name} --help, with an example", done.returncode == 0 and b"Example:\n  lenscap "
           in done.stdout and done.stderr == b"", done.stdout + done.stderr)


def main():
    for part in (cut_short, a_reader_that_leaves, no_place_for_cases, vanished, replaced, report,
                 lists, helps):
        part()
    end()


if __name__ == "__main__":
    main()
