#!/usr/bin/python3
"""lenscap list and lenscap explain: every part of every channel.  usage: test-explain.py LENSCAP
SOURCE"""
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command_tap import PROFILE, SAMPLES, SOURCE, end, lenscap, ok, same, sample, skip

with open(os.path.join(SOURCE, "ledger", "channels.tsv"), encoding="utf-8") as file:
    catalogue = [line.split("\t")[0] for line in file.read().splitlines()[1:]]
channels = json.loads(lenscap("list", "--json", "channels").stdout)
analyzers = json.loads(lenscap("list", "--json", "analyzers").stdout)
named = {analyzer["name"]: analyzer for analyzer in analyzers}

same("every channel of the catalogue is listed, in its order", catalogue,
     [channel["id"] for channel in channels])
MAY_BE_NULL = {"filter_hint", "reference", "note"}
empty = [f"{channel['id']}: {key}" for channel in channels for key, value in channel.items()
         if not (isinstance(value, bool) or key in ("analyzers", "patterns") or (value is None
                 and key in MAY_BE_NULL) or (isinstance(value, str) and value.strip()))]
ok("no part of a channel is empty", not empty, "\n".join(empty))
astray = [channel["id"] for channel in channels
          if (channel["status"] == "analyzer") != bool(channel["analyzers"])]
ok("who looks for it is named where somebody does", not astray, astray)
astray = [channel["id"] for channel in channels for analyzer in channel["analyzers"]
          if channel["id"] not in named[analyzer["name"]]["channels"]
          or analyzer["seeds"] != named[analyzer["name"]]["seeds"]]
ok("analyzers and channels name each other", not astray, astray)
astray = [channel["id"] for channel in channels
          if channel["seedable"] != any(analyzer["seeds"] for analyzer in channel["analyzers"])]
ok("it can be seeded where an analyzer of it can", not astray, astray)
SEVERITIES = ("info", "low", "medium", "high", "critical", "none")
astray = [channel["id"] for channel in channels
          if not re.search(r"\b(" + "|".join(SEVERITIES) + r")\b", channel["severity"])
          and channel["status"] != "other-channels"]
ok("each says which severity is to be expected", not astray, astray)

HEADS = ["What it is", "Could hold", "Hides by", "Found by", "Analyzer", "Honest devices",
         "Rule from", "Severity", "Verdict", "Least seen", "Difficulty", "Can be seeded",
         "Not seen", "ATT&CK"]
lacking, wide = [], []
long = lenscap("list", "--long", "channels").stdout.decode()
for name in catalogue:
    text = lenscap("explain", name).stdout.decode()
    lacking += [f"{name}: {head}" for head in HEADS
                if not re.search("^" + re.escape(head) + r" +\S", text, re.M)]
    wide += [line for line in text.splitlines() if len(line) > 80 and " " in line[16:]]
    lacking += [name] if text not in long else []
ok("explain has every part of every channel, and list --long the same", not lacking,
   "\n".join(lacking))
ok("lines have 80 columns", not wide, "\n".join(wide))
same("explain --json is the row of the list", channels[17],
     json.loads(lenscap("explain", "--json", catalogue[17]).stdout))
same("each class has a meaning", [], [row for row in
     json.loads(lenscap("list", "--json", "classes").stdout) if not row["meaning"]])

# What a stranger needs who has Wireshark and the RFCs, but none of our papers.
def prose(channel):
    """All that is said of it in words, but its id, in the order of explain."""
    keys = ("what", "capacity", "found_by", "honest_devices", "source", "severity", "verdict",
            "least_seen", "difficulty", "not_seen", "note", "attack")
    said = [channel[key] for key in keys if channel[key]]
    return said + [f"{pattern['name']} ({pattern['code']}): {pattern['meaning']}"
                   for pattern in channel["patterns"]]


CODE = re.compile(r"\b(P(?:[1-9]|1[01])(?:\.[ab])?|[ER][NT]\d(?:\.\d)?n?)\b")
EXPLAINED = re.compile(r"[A-Z][^()]+(?: \([A-Z][a-z]+\) [A-Z][^()]+)? \(" + CODE.pattern
                       + r"\): [a-z].+")
astray = [f"{channel['id']}: {text}" for channel in channels for text in prose(channel)
          if CODE.search(text) and not EXPLAINED.fullmatch(text)]
ok("no code of a pattern stands without its name and meaning", not astray, "\n".join(astray))
astray = [channel["id"] for channel in channels for pattern in channel["patterns"]
          if not re.search(r"\b20(15|21)\b.* doi:10\.\d+/", pattern["reference"])]
ok("each pattern names its paper", not astray, astray)

SHORT = ["==", ">=", "<=", "=>", "->", "+-", "n/a", "n.a.", "pkt", "memcmp", "ibHH", "(unverified)",
         " B/", " PT ", " ts ", " AU", "w/", "contract", "reference/"]
astray = [f"{channel['id']}: {short.strip()}: {text}" for channel in channels
          for text in prose(channel) for short in SHORT if short in text]
ok("no shorthand, and no paper that is not shipped", not astray, "\n".join(astray))
DITTO = re.compile(r"\b(as|see|like) (?:in )?(" + "|".join(catalogue) + r")\b")
ELSEWHERE = re.compile(r"\b([Ff]ound|named|told|examined)\b")
astray = [f"{channel['id']}: {clause}" for channel in channels for text in prose(channel)
          for clause in re.split(r"[.;]", text)
          if DITTO.search(clause) and not ELSEWHERE.search(clause)]
ok("each says what is meant itself", not astray, "\n".join(astray))
PARTS = {"what": 6, "found_by": 4, "honest_devices": 1, "source": 1}
astray = [f"{channel['id']}: {part}" for channel in channels for part, least in PARTS.items()
          if len(channel[part].split()) < least]
ok("what it is, how it is found, what honest devices do, where the rule is from", not astray,
   "\n".join(astray))
astray = [channel["id"] for channel in channels
          if (channel["status"] in ("none", "no-capture"))
          != channel["found_by"].startswith("Not looked for")]
ok("what nobody looks for is said to be so", not astray, astray)
record = json.loads(lenscap("analyze", "--json", sample("clean-tcp")).stdout)
missing = [row["channel"] for row in record["coverage"] if row["status"] == "not-implemented"]
same("a - in the list is what a record counts as not implemented", missing,
     [line.split()[0] for line in lenscap("list", "channels").stdout.decode().splitlines()
      if line.endswith(" -")])
astray = [f"{channel['id']}: {part}" for channel in channels if channel["reference"]
          for part in channel["reference"].split("; ") if part not in channel["source"].split("; ")]
ok("findings cite the rule as the catalogue spells it", not astray, "\n".join(astray))
astray = [channel["id"] for channel in channels
          if re.search(r"RFC \d+ \d|(?<!ITU-T )\bH\.26[45]\b.*\d\.\d", channel["source"])]
ok("clauses are written in one way", not astray, astray)
with open(os.path.join(SOURCE, "docs", "meson.build"), encoding="utf-8") as file:
    pages = set(re.findall(r"'(lenscap[a-z-]*\.\d)'", file.read()))
cited = {f"{page}.{section}" for channel in channels for text in prose(channel)
         for page, section in re.findall(r"(lenscap[a-z-]*)\((\d)\)", text)}
ok("manual pages that are cited are installed", cited and cited <= pages, sorted(cited - pages))

# The rules of the ledger are told twice: to users and to who reads the code.
with open(os.path.join(SOURCE, "docs", "lenscap-case.5.scd"), encoding="utf-8") as file:
    manual = file.read().split("## The rules of the ledger\n")[1].split("\n# ")[0]
with open(os.path.join(SOURCE, "ledger", "README.md"), encoding="utf-8") as file:
    law = file.read().split("## The law\n")[1].split("\n## ")[0]
CLASS = r"\b(declared-video|media-overhead|network-overhead|local-discovery|declared-service|" \
        r"other-host|undeclared|hidden|unexplained)\b"
told = [set(re.findall(r"\*" + CLASS + r"\*", rule))
        for rule in re.split(r"^\. ", manual, flags=re.M)[1:]]
meant = []
for number, cell in re.findall(r"^\| (\d*) ?\|.*\| ([^|]*`) \|$", law, re.M):
    meant += [set()] if number == str(len(meant) + 1) else []
    meant[-1].update(re.findall("`" + CLASS, cell))
same("lenscap-case(5) numbers the rules of the ledger as ledger/README.md does",
     meant, told)
beyond = [channel["id"] for channel in channels
          for number in re.findall(r"rules of the ledger: rule (\d+)", channel["source"])
          if not 1 <= int(number) <= len(told)]
ok("rules that are cited are there", not beyond, beyond)

# Text and JSON are two faces of one thing.
astray = []
for channel in channels:
    text = " ".join(lenscap("explain", channel["id"]).stdout.decode().split())
    said = prose(channel) + [channel["filter_hint"] or ""]
    astray += [f"{channel['id']}: {part}" for part in said if " ".join(part.split()) not in text]
ok("explain says in text what it says in JSON", not astray, "\n".join(astray[:9]))

# No finding has a severity of which explain does not speak.
sentences = {channel["id"]: channel["severity"] for channel in channels}
found, astray = 0, set()
real = os.environ.get("LENSCAP_CAPTURES") or os.path.join(SOURCE, "..", "shared", "captures")
for arguments in [[SAMPLES], ["--profile", PROFILE, SAMPLES]] + [[real]] * os.path.isdir(real):
    done = lenscap("analyze", "--json", *arguments)
    for line in done.stdout.splitlines():
        for finding in json.loads(line)["findings"]:
            found += 1
            if finding["severity"] != "info" and not re.search(
                    r"\b" + finding["severity"] + r"\b", sentences[finding["channel"]]):
                astray.add(f"{finding['channel']} {finding['severity']} ({finding['analyzer']})")
ok(f"explain foresees the severities of {found} findings", found > 100 and not astray,
   "\n".join(sorted(astray)))

# Wireshark knows what is hinted at.
hints = sorted({channel["filter_hint"] for channel in channels if channel["filter_hint"]})
if shutil.which("tshark"):
    def wrong(some):
        """The reason that tshark gives against any of them; "" for none."""
        done = subprocess.run(["tshark", "-r", sample("dns-udp"), "-c", "1", "-Y",
                               " || ".join(f"({hint})" for hint in some)], capture_output=True,
                              check=False, timeout=60)
        return "" if done.returncode == 0 else done.stderr.decode()
    ok(f"tshark knows the fields of all {len(hints)} filter hints", wrong(hints) == "",
       wrong(hints) and "\n".join(wrong([hint]) for hint in hints))
else:
    skip("tshark knows the fields of all filter hints", "tshark is not installed")

for typed, meant in [("rtp-pading", "rtp-padding-content"), ("dns-tunel", "dns-qname-tunnel"),
                     ("H264-SEI", "h264-sei-registered"), ("sei-unregistred",
                     "h264-sei-unregistered"), ("x" * 5000, None), ("\x1b[2J", None)]:
    done = lenscap("explain", typed)
    ok(f"{ascii(typed[:20])} is no channel; near: {meant}",
       done.returncode == 2 and not done.stdout and b"\x1b" not in done.stderr
       and (f"nearest: {meant}" if meant else "(see lenscap list channels)\n") in
       done.stderr.decode(), done.stderr[-300:])
for arguments in [["list", "--json", "roles"], ["list", "--long", "classes"], ["explain"],
                  ["explain", "a", "b"]]:
    same(f"wrong usage: {' '.join(arguments)}", 2, lenscap(*arguments).returncode)
end()
