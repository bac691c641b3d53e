#!/usr/bin/python3
"""`lenscap analyze` over many inputs: the same for any -j, order and number of machines; the index;
what becomes of the others when one goes wrong, or the disk is full.

Usage: test-batch.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import base64
import glob
import hashlib
import html.parser
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from command_tap import (LENSCAP, PROFILE, SOURCE, analyze, as_nobody, complains, end, is_sealed,  # noqa: E402
                         lenscap, ok, own_folder, pcap, read, records, said, same, sample, skip, tree,
                         udp, write)

NAMES = ["clean-tcp", "padding-tcp", "dns-udp", "still-tcp", "dns-tcp"]
HOSTILE = 'a<b>&"\'\x1b[2J\u202e.pcap'


def inputs(folder):
    """Captures of the project, of others where they are, and what is none."""
    os.makedirs(folder + "/deep/er")
    for number, name in enumerate(NAMES):
        shutil.copy(sample(name), [folder, folder + "/deep", folder + "/deep/er"][number % 3])
    captures = os.environ.get("LENSCAP_CAPTURES") or os.path.join(SOURCE, "..", "shared", "captures")
    for path in sorted(glob.glob(os.path.join(captures, "*.pcap*")))[:15]:
        shutil.copy(path, folder)
    write(folder + "/" + HOSTILE, pcap(udp(b"x" * 100)))
    write(folder + "/half.pcap", pcap(udp(b"x" * 100), udp(b"y" * 100))[:-50])
    write(folder + "/none.pcap", pcap()[:20])
    return folder


def made(cases):
    """What must not differ between two runs: the records, the evidence, the index."""
    return {path: read(cases, path) for path in tree(cases)
            if path.endswith(("evaluation.json", ".pcapng", ".ini", "index.html", "batch.json"))}


def differing(one, other):
    return sorted(path for path in set(one) | set(other) if one.get(path) != other.get(path))


def any_order_any_number():
    chance = random.Random(6)
    with own_folder():
        inputs("in")
        whole = analyze("-j", "1", "-o", "whole", "--profile", PROFILE, "in")
        wanted = made("whole")
        lines = whole.stdout.replace(b" whole/", b" CASES/")
        ok("the index is of a batch", {"index.html", "batch.json"} <= set(wanted), sorted(wanted))
        for what, options in {"-j 4": ["-j", "4"], "-j 2": ["-j", "2"]}.items():
            done = analyze(*options, "-o", "cases", "--profile", PROFILE, "in")
            same(f"{what}: the same lines in the same order, the same end", (whole.returncode, lines),
                 (done.returncode, done.stdout.replace(b" cases/", b" CASES/")))
            same(f"{what}: the same records, evidence and index", [],
                 differing(wanted, made("cases")))
            shutil.rmtree("cases")
        listed = [path for path in tree("in")]
        for what in ("shuffled", "shuffled again"):
            chance.shuffle(listed)
            write("list.txt", "".join(path + "\n" for path in listed))
            os.replace("list.txt", "in/list.txt")
            done = analyze("-j", "3", "-o", "cases", "--profile", PROFILE, "@in/list.txt")
            same(f"{what}: the same records, evidence and index", [],
                 differing(wanted, made("cases")))
            same(f"{what}: the lines in the order of the list", [os.fsencode(path) for path in listed
                                                                 if HOSTILE not in path],
                 [line[len("in/"):].split(b": ")[0] for line in done.stdout.splitlines()
                  if b"a<b>" not in line])
            shutil.rmtree("cases")
        os.remove("in/list.txt")
        for index in (3, 1, 2):
            analyze("--shard", f"{index}/3", "-o", "cases", "--profile", PROFILE, "in")
        ok("a shard writes no index", not os.path.exists("cases/index.html"))
        done = lenscap("report", "--batch", "cases")
        same("report --batch says where the index is", (0, b"cases/index.html: %d cases\n"
                                                        % lines.count(b"\n"), b""),
             (done.returncode, done.stdout, done.stderr))
        same("three machines make what one makes, to the octet", [],
             differing(wanted, made("cases")))
        same("and the lines add up", sorted(json.loads(wanted["batch.json"])["captures"][0]),
             ["case", "channel", "device", "failed", "findings", "hidden", "input", "packets",
              "problem", "total_bytes", "undeclared", "unexplained", "verdict", "worst"])


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.hrefs, self.script, self.policy, self.rows, self.within = [], [], "", "", 0, ""

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append(tag)
        self.within = tag
        self.rows += tag == "tr"
        self.hrefs += [attributes["href"]] if "href" in attributes else []
        if attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]

    def handle_data(self, data):
        if self.within == "script":
            self.script += data
            self.within = ""


def the_index():
    with own_folder():
        inputs("in")
        done = analyze("-o", "cases", "--profile", PROFILE, "in")
        octets = read("cases/index.html")
        page = Page()
        page.feed(octets.decode("utf-8"))
        batch = json.loads(read("cases/batch.json"))
        count = done.stdout.count(b"\n")
        same("every input has a row in both", (count + 1, count, "lenscap-batch/1"),
             (page.rows, len(batch["captures"]), batch["schema"]))
        hashed = base64.b64encode(hashlib.sha256(page.script.encode()).digest()).decode()
        ok("the policy allows its own script and style alone", page.tags.count("script") == 1
           and f"script-src 'sha256-{hashed}';" in page.policy and "default-src 'none'" in page.policy
           and "unsafe" not in page.policy, page.policy)
        allowed = {"html", "head", "meta", "title", "style", "body", "header", "div", "span", "h1", "dl",
                   "dt", "dd", "main", "table", "caption", "thead", "tr", "th", "tbody", "td", "a", "code", "br",
                   "script"}
        same("nothing else acts or fetches", set(), set(page.tags) - allowed)
        ok("no character acts on the reader", not re.search(
            "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]",
            octets.decode("utf-8")))
        from urllib.parse import unquote
        same("every link arrives", [], [
            href for href in page.hrefs if not os.path.isfile("cases/" + unquote(href))
            and not (href.startswith("#") and f'id="{href[1:]}"'.encode() in octets)])
        rows = {row["input"]: row for row in batch["captures"]}
        record = json.loads(read("cases/deep/padding-tcp.pcapng.case/evaluation.json"))
        row = rows["deep/padding-tcp.pcapng"]
        classes = {each["class"]: each["bytes"] for each in record["ledger"]["classes"]}
        same("a row says what the record says", (
            record["verdict"], record["devices"][0]["name"], len(record["findings"]),
            record["ledger"]["total_bytes"], classes["undeclared"], classes["hidden"]),
            (row["verdict"], row["device"], row["findings"], row["total_bytes"], row["undeclared"],
             row["hidden"]))
        order = ["info", "low", "medium", "high", "critical"]
        same("its worst finding is the worst", max((each["severity"] for each in record["findings"]),
                                                   key=order.index), row["worst"])
        ok("what is damaged says why", rows["none.pcap"]["problem"] and not rows["none.pcap"]["failed"],
           rows["none.pcap"])
        lenscap("report", "--batch", "cases")
        same("report --batch writes the same", octets, read("cases/index.html"))
        analyze("--resume", "-o", "cases", "--profile", PROFILE, "in")
        same("--resume writes the same", octets, read("cases/index.html"))
        os.remove("cases/index.html")
        analyze("--resume", "-o", "cases", "--profile", PROFILE, sample("clean-tcp"))
        ok("one input is no batch", not os.path.exists("cases/index.html"))
        done = analyze("--json", "in")
        same("without cases there is no index", [], [path for path in os.listdir(".")
                                                     if path not in ("in", "cases")])
        for wrong in (["--batch", "cases", "x.case"], ["--batch", "cases", "-o", "y"],
                      ["--batch", "cases", "--format", "html"]):
            complains("--batch goes alone", lenscap("report", *wrong), 2, "--batch")
        complains("a folder that is not there", lenscap("report", "--batch", "none"), 2, "none")


def strangers_cases():
    """What is joined may have come by mail."""
    with own_folder():
        analyze("-o", "cases", sample("clean-tcp"), sample("dns-tcp"))
        record = read("cases/clean-tcp.pcapng.case/evaluation.json")
        for name, octets in {"deep": b"[" * 3000000, "none": b"\xff\xfe\x00", "empty": b"",
                             "list": b"[]", "worse": record[:-100], "other": b'{"schema": "x"}',
                             "number": record.replace(b'"verdict": "', b'"verdict": 7, "w": "', 1),
                             "huge": record.replace(b'"total_bytes": ', b'"total_bytes": 9' + b"9" * 30),
                             }.items():
            write(f"cases/bad-{name}.case/evaluation.json", octets)
            write(f"cases/bad-{name}.case/SHA256SUMS", b"")
        write("cases/odd.case/evaluation.json", record.replace(
            b'"verdict": ', b'"more": {"\\u0000": []}, "verdict": ').replace(
                b'"192.0.2.100"', b'"<script>\\u001b[2J"').replace(
                    b'"name": "', b'"name": "<b>\\u202e', 9).replace(
                        b'"device": "', b'"device": "<b>\\u202e'))
        write("cases/odd.case/SHA256SUMS", b"")
        os.symlink("/", "cases/up.case")
        os.symlink("/", "cases/root")
        os.makedirs("cases/pipe.case")
        os.mkfifo("cases/pipe.case/evaluation.json")
        os.makedirs("cases/.half.case.AbCdEf")
        shutil.copy("cases/dns-tcp.pcapng.case/evaluation.json", "cases/.half.case.AbCdEf")
        shutil.copy("cases/dns-tcp.pcapng.case/SHA256SUMS", "cases/.half.case.AbCdEf")
        done = lenscap("report", "--batch", "cases")
        rows = {row["input"]: row for row in json.loads(read("cases/batch.json"))["captures"]}
        bad = sorted(name for name in rows if name.startswith("bad-"))
        same("every case has its row, what is unfinished none",
             ["clean-tcp.pcapng", "dns-tcp.pcapng", "odd"], sorted(set(rows) - set(bad)))
        same("a record that cannot be read is told, and has a row that says why",
             (2, 8, 8, True), (done.returncode, len(bad), len(done.stderr.splitlines()),
                               all(rows[name]["failed"] and rows[name]["problem"] for name in bad)))
        page = read("cases/index.html")
        ok("a stranger's words are only words", page.count(b"<script>") == 1 and b"\x1b" not in page
           and b"\xe2\x80\xae" not in page and b"<b>" not in page)


def in_tmpfs(megabytes, *command):
    """Runs it where ./small is a file system of its own, and says what it said."""
    script = f"mount -t tmpfs -o size={megabytes}M tmpfs small && exec \"$@\""
    return subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", *command],
                          capture_output=True, timeout=300, check=False)


def disk_full():
    what = "disk full"
    with own_folder():
        os.mkdir("small")
        if os.geteuid() != 0 or in_tmpfs(1, "true").returncode != 0:
            skip(what, "needs root to mount a file system")
            return
        os.mkdir("in")
        for number in range(12):
            shutil.copy(sample(NAMES[number % len(NAMES)]), f"in/{number:02}.pcapng")
        # Fills it but for what one case takes and a bit.
        script = ("\"$1\" analyze -j 2 -o small/cases in; echo \"status $?\"; "
                  "find small/cases -name '.*.case.*' | sed 's/^/left /'; "
                  "for case in small/cases/*.case; do "
                  "(cd $case && sha256sum --quiet -c SHA256SUMS) || echo broken $case; done; "
                  "cp -r small/cases kept")
        done = in_tmpfs(3, "sh", "-c", script, "sh", LENSCAP)
        lines = done.stdout.decode().splitlines()
        failed = [line for line in lines if ": failed: " in line]
        finished = [line for line in lines if " -> " in line]
        ok("disk full: some cases were made, the others say why", failed and finished
           and len(failed) + len(finished) == 12 and all("space" in line for line in failed), lines)
        ok("disk full: the exit status is 3", "status 3" in lines, lines)
        same("disk full: no case is half made, and nothing is left behind", [],
             [line for line in lines if line.startswith(("left ", "broken "))])
        made_before = {path: read("kept", path) for path in tree("kept")
                       if path.endswith("evaluation.json")}
        analyze("-o", "whole", "in")
        same("disk full: what was made is what it always is", [],
             [path for path, octets in made_before.items() if read("whole", path) != octets])
        done = analyze("--resume", "-o", "kept", "in")
        same("with room, --resume makes the rest", [], differing(made("whole"), made("kept")))


def read_only():
    with own_folder():
        shutil.copy(sample("clean-tcp"), "a.pcapng")
        shutil.copy(sample("dns-tcp"), "b.pcapng")
        os.mkdir("out")
        os.chmod("out", 0o555)
        settings = as_nobody()
        os.chmod(".", 0o755)
        done = analyze("-o", "out", "a.pcapng", "b.pcapng", **settings)
        lines = done.stdout.decode().splitlines()
        ok("an output that cannot be written to: each input says so, exit 2", done.returncode == 2
           and len(lines) == 2 and all("failed: cannot make" in line and "ermission" in line
                                       for line in lines), (done.returncode, lines, done.stderr))
        same("and nothing is made", [], tree("out"))
        done = analyze("--json", "-o", "out", "a.pcapng", "b.pcapng", **settings)
        same("with --json there is a record for each all the same", ["failed", "failed"],
             [record["input"]["status"] for record in records(done)])


def vanished():
    with own_folder():
        names = []
        for number in range(8):
            names.append(f"{number}.pcapng")
            shutil.copy(sample("clean-tcp"), names[-1])
        # Standard input comes first and waits, so that the others are listed and not yet opened.
        run = subprocess.Popen([LENSCAP, "analyze", "-j", "1", "-o", "cases", "-", *names],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 30
        while not glob.glob(f"/proc/{run.pid}/fd/*") or not any(
                "lenscap-" in os.readlink(fd) for fd in glob.glob(f"/proc/{run.pid}/fd/*")
                if os.path.islink(fd)):
            if time.monotonic() > deadline:
                break
            time.sleep(0.01)
        os.remove("3.pcapng")
        write("5.pcapng", b"")
        os.remove("6.pcapng")
        os.mkdir("6.pcapng")
        out, _ = run.communicate(read(sample("dns-tcp")))
        lines = out.decode().splitlines()
        same("an input that vanished costs itself only", (3, 9), (run.returncode, len(lines)))
        ok("and says so", "3.pcapng: failed: " in lines[4] and "No such file" in lines[4]
           and ": failed: " in lines[6] and "6.pcapng: failed: " in lines[7]
           and sum(": failed: " in line for line in lines) == 3, lines)
        ok("in a whole case of its own", all(is_sealed(f"cases/{name}.case") for name in names))
        shutil.rmtree("6.pcapng")
        for name in ("3", "5", "6"):
            shutil.copy(sample("clean-tcp"), name + ".pcapng")
        analyze("-j", "2", "-o", "whole", *names)
        analyze("--resume", "-o", "cases", *names)
        whole = made("whole")
        same("when it is back, --resume makes its case", [], [
            path for path in whole if path.endswith("evaluation.json")
            and read("cases", path) != whole[path]])


def nobody_listens():
    with own_folder():
        inputs("in")
        run = subprocess.Popen([LENSCAP, "analyze", "-j", "2", "-o", "cases", "in"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        run.stdout.readline()
        run.stdout.close()
        problem = run.stderr.read().decode()
        run.wait()
        ok("standard output closed: said, and the end is 3", run.returncode == 3
           and "standard output" in problem, (run.returncode, problem))
        same("no case is half made", [], [path for path in glob.glob("cases/**/*.case", recursive=True)
                                          if not is_sealed(path)])
        same("nothing is left behind", [], [path for path in tree("cases") if "/." in "/" + path])
        ok("some inputs were left for later", len(glob.glob("cases/**/*.case", recursive=True))
           < len(tree("in")))
        with open("/dev/full", "wb") as full:
            run = subprocess.run([LENSCAP, "analyze", "-o", "full", sample("clean-tcp")], stdout=full,
                                 stderr=subprocess.PIPE, check=False)
        ok("standard output full: the same", run.returncode == 3 and b"standard output" in run.stderr,
           (run.returncode, run.stderr))


def what_is_said():
    with own_folder():
        inputs("in")
        write("bad.txt", "no capture")
        done = analyze("-o", "cases", "--profile", PROFILE, "in", "bad.txt")
        count = done.stdout.count(b"\n")
        ok("a file given by name is an input, whatever it is", b"\nbad.txt: failed: " in done.stdout)
        rows = json.loads(read("cases/batch.json"))["captures"]
        same("and says why in the index", [("bad.txt", True, True)],
             [(row["input"], row["failed"], bool(row["problem"])) for row in rows if row["failed"]])
        last = done.stderr.decode().splitlines()[-1]
        ok("the last line sums up", re.fullmatch(
            rf"lenscap analyze: {count} inputs: {count - 1} evaluated, 1 failed, \d+ with findings at "
            r"medium or above; \d+\.\d s, \d+\.\d MB/s", last), last)
        done = analyze("--resume", "-o", "cases", "--profile", PROFILE, "in", "bad.txt")
        ok("and says what was left as it was", f"({count} left as they were)"
           in done.stderr.decode().splitlines()[-1], done.stderr)
        done = analyze("--progress", "-o", "again", "--profile", PROFILE, "in", "bad.txt")
        ok("--progress says files, MB/s and time left", re.search(
            rf"{count} of {count} done, 0 running, .* MB, [0-9.]+ MB/s, 0 s left", done.stderr.decode()),
           done.stderr)
        same("what else there is on standard error", 0, len(said(analyze("-o", "x", sample(
            "clean-tcp"), sample("dns-tcp")))))


any_order_any_number()
the_index()
strangers_cases()
disk_full()
read_only()
vanished()
nobody_listens()
what_is_said()
end()
