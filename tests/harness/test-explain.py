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
from command_tap import SOURCE, end, lenscap, ok, same, sample, skip

with open(os.path.join(SOURCE, "ledger", "channels.tsv"), encoding="utf-8") as file:
    catalogue = [line.split("\t")[0] for line in file.read().splitlines()[1:]]
channels = json.loads(lenscap("list", "--json", "channels").stdout)
analyzers = json.loads(lenscap("list", "--json", "analyzers").stdout)
named = {analyzer["name"]: analyzer for analyzer in analyzers}

same("every channel of the catalogue is listed, in its order", catalogue,
     [channel["id"] for channel in channels])
MAY_BE_NULL = {"filter_hint", "reference", "note"}
empty = [f"{channel['id']}: {key}" for channel in channels for key, value in channel.items()
         if not (isinstance(value, bool) or key == "analyzers" or (value is None
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

# Rules of severity are kept by analyzer.
with open(os.path.join(SOURCE, "harness", "explain.c"), encoding="utf-8") as file:
    rules = re.findall(r'^  \{ "([a-z0-9-]+)", [A-Z_]+ \},$', file.read(), re.M)
ok("a rule of severity is of an analyzer that there is", len(rules) > 20 and
   all(rule in named for rule in rules), [rule for rule in rules if rule not in named])

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
