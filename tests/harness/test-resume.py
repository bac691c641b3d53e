#!/usr/bin/python3
"""`lenscap analyze` over many inputs: what --resume does again and what not, kill -9 at any
moment, --shard.

Usage: test-resume.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import glob
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from command_tap import (LENSCAP, PROFILE, SAMPLES, SOURCE, analyze, complains, end, is_sealed, ok,  # noqa: E402
                         own_folder, pcap, read, records, said, same, sample, skip, tree, udp, write)

NAMES = ["clean-tcp", "padding-tcp", "dns-udp", "still-tcp"]
KILLS = 12


def inputs(folder, names=NAMES):
    os.makedirs(folder, exist_ok=True)
    for name in names:
        shutil.copy(sample(name), folder)
    return folder


def states(cases):
    """Which folder each case is: another one after it was made again."""
    return {path: os.stat(path).st_ino for path in sorted(glob.glob(cases + "/**/*.case",
                                                                    recursive=True))}


def redone(cases, *arguments):
    """The cases that a resumed run made again, and the run."""
    before = states(cases)
    done = analyze("--resume", "-o", cases, *arguments)
    after = states(cases)
    return sorted(os.path.basename(path)[:-len(".case")] for path in after
                  if after[path] != before.get(path)), done


def nothing_is_done_twice():
    with own_folder():
        inputs("in")
        write("in/bad.pcap", pcap(udp(b"x"))[:30])
        write("in/tail.pcap", pcap(udp(b"x"))[:-3])
        first = analyze("-o", "cases", "--profile", PROFILE, "in")
        kept = {path: read("cases", path) for path in tree("cases")}
        made, again = redone("cases", "--profile", PROFILE, "in")
        same("--resume leaves what is finished", [], made)
        same("to the octet", kept, {path: read("cases", path) for path in tree("cases")})
        same("and says and ends as before", (first.returncode, first.stdout),
             (again.returncode, again.stdout))
        made, again = redone("cases", "--profile", PROFILE, "--json", "in")
        same("with --json it is the record that is there", (
            [], analyze("--json", "--profile", PROFILE, "in").stdout), (made, again.stdout))
        made, again = redone("cases", "--profile", PROFILE, "--fail-on", "critical",
                             "in/padding-tcp.pcapng")
        same("--fail-on shapes no record", ([], 0), (made, again.returncode))
        shutil.copy(sample("dns-tcp"), "in")
        made, again = redone("cases", "--profile", PROFILE, "in")
        same("a new input is evaluated", ["dns-tcp.pcapng"], made)
        same("in its place", [line.split(b":")[0] for line in again.stdout.splitlines()],
             sorted(b"in/" + name.encode() for name in os.listdir("in")))


def the_stale_is_done_again():
    clean = "cases/clean-tcp.pcapng.case"
    with own_folder():
        inputs("in")
        analyze("-o", "cases", "in")
        wanted = {path: read(path, "evaluation.json") for path in states("cases")}
        os.utime("in/clean-tcp.pcapng", (1, 1))
        same("another time", ["clean-tcp.pcapng"], redone("cases", "in")[0])
        same("and then no more", [], redone("cases", "in")[0])
        with open("in/dns-udp.pcapng", "ab") as file:
            file.write(b"\0")
        os.utime("in/dns-udp.pcapng", (1, 1))
        same("another size", ["dns-udp.pcapng"], redone("cases", "in")[0])
        analyze("-o", "draft", "--mud-out", "m.json", "--profile", PROFILE, sample("clean-tcp"))
        for what, options in {
                "another profile": ["--profile", PROFILE], "another device": ["--device", "all"],
                "other analyzers": ["--only", "rtp-padding"], "another alpha": ["--alpha", "0.02"],
                "another MUD file": ["--mud", "m.json"]}.items():
            shutil.rmtree("copy", ignore_errors=True)
            shutil.copytree("cases", "copy")
            made, _ = redone("copy", *options, "in/clean-tcp.pcapng")
            same(what, ["clean-tcp.pcapng"], made)
            same(what + ": once", [], redone("copy", *options, "in/clean-tcp.pcapng")[0])
        write("list.txt", f"in/clean-tcp.pcapng\tprofile={PROFILE}\n")
        shutil.copytree(clean, "listed/in/clean-tcp.pcapng.case")
        same("a manifest's own profile", ["clean-tcp.pcapng"], redone("listed", "@list.txt")[0])
        shutil.copy(PROFILE, "p.ini")
        write("list.txt", "in/clean-tcp.pcapng\tprofile=p.ini\n")
        same("by what it says, not where it lies", [], redone("listed", "@list.txt")[0])
        write("p.ini", read("p.ini") + b"\n# changed\n")
        same("when it was changed", ["clean-tcp.pcapng"], redone("listed", "@list.txt")[0])

        record = read(clean, "evaluation.json")
        sums = read(clean, "SHA256SUMS")
        for what, name, octets in [
                ("a record whose tool was changed", "evaluation.json",
                 record.replace(b'"alpha": 0.01', b'"alpha": 0.02')),
                ("a record with a key more", "evaluation.json",
                 record.replace(b"{", b'{"more": 1,', 1)),
                ("half a record", "evaluation.json", record[:5000]),
                ("no JSON at all", "evaluation.json", b"\xff\x00[" * 9999),
                ("a record without end", "evaluation.json", b"[" * 3000000),
                ("run.json that is none", "run.json", b"[]"),
                ("run.json of another input", "run.json",
                 read(clean, "run.json").replace(b'"bytes": ', b'"bytes": 1')),
                ("no hashes", "SHA256SUMS", None), ("no report", "report.html", None),
                ("a page that was changed", "report.txt", b"all is well\n"),
                ("hashes of a file elsewhere", "SHA256SUMS", sums + sums[:64] + b"  ../x\n")]:
            for fixed in (False, True) if name.endswith(".json") else (False,):
                if octets is None:
                    os.remove(os.path.join(clean, name))
                else:
                    write(os.path.join(clean, name), octets)
                if fixed:  # by somebody who knows about the hashes too
                    listed = [path for path in tree(clean) if path != "SHA256SUMS"]
                    with open(clean + "/SHA256SUMS", "wb") as file:
                        subprocess.run(["sha256sum", *listed], cwd=clean, stdout=file, check=True)
                made, done = redone("cases", "in")
                same(f"{what}{', with its hash' if fixed else ''}",
                     (["clean-tcp.pcapng"], [], True, wanted[clean]),
                     (made, said(done), is_sealed(clean), read(clean, "evaluation.json")))
        os.remove(clean + "/report.txt")
        os.mkfifo(clean + "/report.txt")
        same("a pipe in a case is not waited for", ["clean-tcp.pcapng"], redone("cases", "in")[0])
        shutil.rmtree(clean)
        write(clean, "in the way")
        made, done = redone("cases", "in")
        ok("a file in the place of a case costs that case only, and stays",
           done.returncode == 3 and done.stdout.count(b"\n") == len(NAMES)
           and done.stdout.count(b": failed: cannot replace, for it is no case, ") == 1
           and read(clean) == b"in the way"
           and not [name for name in os.listdir("cases") if name.startswith(".")], done.stdout)
        os.remove(clean)
        write(clean + "/notes.txt", "somebody's own")
        made, done = redone("cases", "in")
        ok("so does a folder that is no case", done.returncode == 3
           and b": failed: cannot replace, for it is no case, " in done.stdout
           and read(clean, "notes.txt") == b"somebody's own", done.stdout)


def what_is_left_behind():
    with own_folder():
        inputs("in", NAMES[:1])
        analyze("-o", "cases", "in")
        ours = "cases/.clean-tcp.pcapng.case.Ab3xYz"
        others = ["cases/.else.pcapng.case.Ab3xYz", "cases/.clean-tcp.pcapng.case.Ab3xY-",
                  "cases/.clean-tcp.pcapng.case.Kept99"]
        for folder in [ours, ours + ".old", *others]:
            write(folder + "/evaluation.json", "{")
            write(folder + "/evidence/F001.pcapng", "{")
        write("cases/.clean-tcp.pcapng.case.Kept99/traffic.pcapng", "the only copy")
        write("cases/.clean-tcp.pcapng.case.File99", "a file")
        analyze("-o", "cases", "in")
        ok("without --resume nothing is swept", os.path.isdir(ours))
        analyze("--resume", "-o", "cases", "in")
        same("--resume sweeps what a killed run left, and nothing else",
             sorted([*map(os.path.basename, others), ".clean-tcp.pcapng.case.File99",
                     "clean-tcp.pcapng.case"]), sorted(os.listdir("cases")))


def hashes(cases):
    return {path: read(path, "evaluation.json") for path in states(cases)}


def half_made(cases):
    """Cases under their final name that are not whole."""
    return [path for path in states(cases) if not is_sealed(path)]


def killed_at_any_moment():
    chance = random.Random(20261127)
    with own_folder():
        inputs("in", NAMES + ["clean-udp", "padding-udp"])
        extra = glob.glob(os.path.join(os.environ.get("LENSCAP_CAPTURES") or
                                       os.path.join(SOURCE, "..", "shared", "captures"), "*.pcap*"))
        for path in sorted(extra)[:20]:
            shutil.copy(path, "in")
        started = time.monotonic()
        whole = analyze("-o", "whole", "--profile", PROFILE, "in")
        length = time.monotonic() - started
        wanted = {path[len("whole"):]: octets for path, octets in hashes("whole").items()}
        halves, ended, seen = [], 0, set()
        for _ in range(KILLS):
            run = subprocess.Popen([LENSCAP, "analyze", "--resume", "-o", "cases", "--profile",
                                    PROFILE, "-j", str(chance.choice([1, 2, 4])), "in"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                run.wait(chance.uniform(0.02, 0.1 + length / 3))
                ended += 1
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                run.wait()
            halves += half_made("cases")
            seen |= set(states("cases"))
            for path in sorted(seen):
                if chance.random() < 0.3:
                    shutil.rmtree(path, ignore_errors=True)
        ok(f"runs were killed ({KILLS - ended} of {KILLS})", ended < KILLS)
        same("no case with a final name is ever half made", [], halves)
        time.sleep(0.2)  # the killed one's workers let go of what they hold
        done = analyze("--resume", "-o", "cases", "--profile", PROFILE, "in")
        same("then the same lines, and the same end", (whole.returncode, whole.stdout),
             (done.returncode, done.stdout.replace(b"-> cases/", b"-> whole/")))
        same("the same record of every input", wanted,
             {path[len("cases"):]: octets for path, octets in hashes("cases").items()})
        same("whole cases", [], half_made("cases"))
        same("and nothing else is left", [], [path for path in tree("cases")
                                              if "/." in "/" + path])


def a_killed_worker():
    """Nobody's fault: the case says so, and the next --resume tries again."""
    with own_folder():
        frames = [udp(bytes(1000), sport=40000 + i % 20000, dport=9) for i in range(2000)]
        big = pcap(*frames)
        write("in/big.pcap", big[:24] + big[24:] * 40)
        wanted = records(analyze("--json", "in"))[0]
        run = subprocess.Popen([LENSCAP, "analyze", "-o", "cases", "in"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
        killed = None
        while run.poll() is None and killed is None:
            with open(f"/proc/{run.pid}/task/{run.pid}/children", encoding="ascii") as children:
                for pid in children.read().split():
                    with open(f"/proc/{pid}/cmdline", "rb") as line:
                        if line.read().split(b"\0")[2:3] == [b"analyze"]:
                            time.sleep(0.05)
                            os.kill(int(pid), signal.SIGKILL)
                            killed = pid
        run.communicate()
        status = json.loads(read("cases/big.pcap.case/evaluation.json"))["input"]["status"]
        if killed is None or status != "failed":
            skip("a worker that was killed", "it was done before")
            return
        same("a worker that was killed costs its case", 2, run.returncode)
        made, _ = redone("cases", "in")
        same("which --resume tries again", (["big.pcap"], wanted),
             (made, json.loads(read("cases/big.pcap.case/evaluation.json"))))


def shards():
    with own_folder():
        inputs("in", NAMES + ["clean-udp", "padding-udp", "dns-tcp"])
        whole = analyze("-o", "whole", "in")
        lines = whole.stdout.replace(b"-> whole/", b"-> parts/").splitlines()
        for count in (1, 2, 3, 7, 9):
            shutil.rmtree("parts", ignore_errors=True)
            parts = [analyze("-o", "parts", "--shard", f"{index}/{count}", "in")
                     for index in range(1, count + 1)]
            same(f"--shard I/{count}: every input in exactly one shard", sorted(lines),
                 sorted(line for part in parts for line in part.stdout.splitlines()))
            same(f"--shard I/{count}: shard I begins with the Ith input", lines[:count],
                 [part.stdout.splitlines()[0] for part in parts if part.stdout])
            same(f"--shard I/{count}: the same records",
                 {path[len("whole"):]: octets for path, octets in hashes("whole").items()},
                 {path[len("parts"):]: octets for path, octets in hashes("parts").items()})
        done = analyze("-o", "parts", "--shard", "9/9", "in")
        same("a shard without inputs is done at once, and well", (0, b""),
             (done.returncode, done.stdout))
        for wrong in ("0/2", "3/2", "1", "1/0", "a/b", "-1/2", "1/2/3", "", "1/99999999999999999999"):
            complains(f"--shard {wrong!r}", analyze("--shard", wrong, "in"), 2, "--shard", "I/N")
        os.makedirs("twins/a")
        shutil.copy(sample("clean-tcp"), "twins/a/x.pcapng")
        shutil.copy(sample("clean-tcp"), "twins/x.pcapng")
        complains("two inputs of one case name are told in every shard",
                  analyze("--shard", "1/9", "twins/a/x.pcapng", "twins/x.pcapng"), 2, "x.pcapng")


nothing_is_done_twice()
the_stale_is_done_again()
what_is_left_behind()
killed_at_any_moment()
a_killed_worker()
shards()
end()
