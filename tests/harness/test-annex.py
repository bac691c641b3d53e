#!/usr/bin/python3
"""The annex of a report: its commands find the same again.  usage: test-annex.py LENSCAP SOURCE"""
import glob
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command_tap import LENSCAP, PROFILE, analyze, end, lenscap, ok, read, same, sample, skip, write

folder = tempfile.mkdtemp(prefix="lenscap-annex-")
os.chdir(folder)
TSHARK = shutil.which("tshark")
SHELL = {**os.environ, "PATH": os.path.dirname(LENSCAP) + ":" + os.environ.get("PATH", "")}


def annex(case):
    """Settings and commands of the whole, and a list of commands by finding, of report.txt."""
    text = read(case, "report.txt").decode().partition("\nAnnex: ")[2]
    parts = {None: []}
    finding = None
    for line in text.splitlines():
        head = re.fullmatch(r"  (F\d+)  (\S+)", line)
        if head:
            finding = head.group(1)
            parts[finding] = []
        elif line.startswith("      "):
            parts[finding].append(line[6:])
    return parts


def run(settings, command):
    return subprocess.run(["/bin/sh", "-c", "\n".join([*settings, command])], env=SHELL,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)


def told(finding):
    return [finding[key] for key in ("channel", "severity", "frames", "used_bits", "room_bits",
                                     "octets", "excerpt", "summary")]


def check(what, case, some=None):
    """Runs all commands of the case, or of @some of its findings."""
    parts = annex(case)
    record = json.loads(read(case, "evaluation.json"))
    settings, whole = parts[None][:2], parts[None][2:]
    same(f"{what}: each finding is in the annex", [row["id"] for row in record["findings"]],
         [key for key in parts if key])
    for command in whole:
        done = run(settings, command)
        ok(f"{what}: {command.split()[0]} ... {command.split()[-1][:30]}", done.returncode == 0,
           done.stdout + done.stderr)
    for row in record["findings"][:some]:
        for command in parts[row["id"]]:
            if command.startswith("lenscap"):
                done = run(settings, command)
                again = glob.glob(f"again/{row['id']}/*.case/evaluation.json")
                found = [told(finding) for path in again
                         for finding in json.loads(read(path))["findings"]]
                ok(f"{what}: {row['id']} {row['channel']} is found again by its command",
                   told(row) in found, f"{command}\n{done.stderr}")
            elif TSHARK is None:
                skip(f"{what}: {row['id']} in tshark", "tshark is not installed")
            else:
                done = run(settings, command)
                lines = done.stdout.decode("utf-8", "replace").splitlines()
                exact = "-Y 'frame.number in {" in command  # a hint may have the first frame, too
                ok(f"{what}: {row['id']}: {command[:50]}", done.returncode == 0 and lines
                   and (not exact or len(lines) == row["frames"]["count"]),
                   f"{command}\n{done.stderr}\n{len(lines)} lines")
    shutil.rmtree("again", ignore_errors=True)


# --- a plain case, and its page ---

shutil.copy(sample("still-tcp"), "still-tcp.pcapng")
analyze("-o", ".", "--profile", PROFILE, "still-tcp.pcapng")
check("a capture", "still-tcp.pcapng.case")
page = read("still-tcp.pcapng.case", "report.html").decode().partition('<h2 id="annex">')[2]
copies = [html.unescape(code) for code in re.findall(r'<code class="copy">(.*?)</code>', page)]
same("the page has the same commands as the text",
     [command for part in annex("still-tcp.pcapng.case").values() for command in part], copies)

# --- what was asked for is asked for again ---

analyze("-o", ".", "--device", "192.0.2.100", "--alpha", "0.05", "--cap", "flows=1000",
        "still-tcp.pcapng")
check("options", "still-tcp.pcapng.case", 1)
command = annex("still-tcp.pcapng.case")["F001"][0]
ok("options that shaped the record are named, and no standard ones",
   all(word in command for word in ("--device 192.0.2.100", "--alpha 0.05", "--cap flows=1000"))
   and command.count("--cap") == 1 and "--profile" not in command, command)

# --- names that a shell would act on ---

hostile = "it's $(touch owned) `touch owned` ; touch owned & \"co\" -x.pcapng"
shutil.copy(sample("dns-tcp"), hostile)
analyze("-o", ".", "--profile", PROFILE, "./" + hostile)
check("a name full of a shell's signs", hostile + ".case", 1)
ok("nothing of the name was run", not os.path.exists("owned"))
for name in ["-rf.pcapng", "a b.pcapng"]:
    shutil.copy(sample("dns-tcp"), name)
    analyze("-o", ".", "--profile", PROFILE, "--", "./" + name)
    check(f"the name {name}", name + ".case", 1)
untyped = b"\xff\x1b[2J.pcapng"
shutil.copy(sample("dns-tcp"), untyped)
analyze("-o", "odd", "--profile", PROFILE, os.fsdecode(b"./" + untyped))
settings = annex(os.fsdecode(glob.glob(b"odd/*")[0]))[None][:2]
same("a name that cannot be typed is left to the reader", ["case=CASE", "set -- CAPTURE"], settings)

# --- a record of a stranger ---

os.makedirs("mailed.case")
record = json.loads(read("still-tcp.pcapng.case", "evaluation.json"))
record["input"]["name"] = "x'; touch owned; '"
record["input"]["sha256"] = "$(touch owned)"
record["tool"]["options"]["device"] = "$(touch owned)"
record["tool"]["options"]["caps"]["$(touch owned)"] = 1
for row in record["findings"]:
    row["analyzer"] = "a;touch owned"
    row["filter_hint"] = "$(touch owned)' ; touch owned ; '"
write("mailed.case/evaluation.json", json.dumps(record))
lenscap("report", "-o", "mailed.case.report", "mailed.case")
parts = annex("mailed.case.report")
for part in parts.values():
    for command in part:
        run(parts[None][:2], command)
ok("a stranger's record has no command of its own", not os.path.exists("owned") and len(parts) > 2)
for name in ("F001;touch owned", "../../owned", "F002"):
    record["findings"][0]["id"] = name
    write("mailed.case/evaluation.json", json.dumps(record))
    done = lenscap("report", "-o", "named.report", "mailed.case")
    ok(f"a finding that is called {name} is refused", done.returncode == 2
       and b"findings[0].id is not its number" in done.stderr and not os.path.exists("named.report"),
       done.stderr)
shutil.rmtree("again", ignore_errors=True)

lenscap("report", "--redact", "-o", "shared.case", "still-tcp.pcapng.case")
text = read("shared.case", "report.txt").decode().partition("\nAnnex: ")[2]
ok("a redacted case says that there is nothing to derive it from",
   "made for sharing" in text and "lenscap analyze" not in text and "tshark -r" not in text, text)

# --- a set, and standard input ---

for number in (1, 2):
    write(f"set-{number}.pcapng", read(sample("still-tcp" if number == 1 else "dns-tcp")))
analyze("-o", "sets", "--profile", PROFILE, "--set", "set-1.pcapng", "set-2.pcapng")
case = glob.glob("sets/*.case")[0]
shutil.move(case, "CASE")
check("a set", "CASE", 1)
shutil.rmtree("CASE")
analyze("-o", ".", "--profile", PROFILE, "-", input=read(sample("padding-tcp")))
shutil.move("stdin.case", "CASE")
check("standard input", "CASE", 1)

os.chdir("/")
shutil.rmtree(folder)
end()
