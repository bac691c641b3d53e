#!/usr/bin/python3
"""lenscap compare: what changed between two cases.  usage: test-compare.py LENSCAP SOURCE"""
import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command_tap import (PROFILE, SOURCE, analyze, end, lenscap, ok, read, same, sample, skip,
                         write)

try:
    import jsonschema
except ImportError:
    jsonschema = None

folder = tempfile.mkdtemp(prefix="lenscap-compare-")
os.chdir(folder)

def octets_of(case):
    return {name: read(case, name) for name in sorted(os.listdir(case)) if name != "evidence"}


for name in ["clean-tcp", "still-tcp", "clean-udp"]:
    analyze("--profile", PROFILE, "-o", "cases", sample(name))


def case(name):
    return os.path.join("cases", name + ".pcapng.case")


def compare(*arguments):
    return lenscap("compare", *arguments)


def as_json(*arguments):
    return json.loads(compare("--format", "json", *arguments).stdout)


def close(schema):
    """The same schema, with no room for keys it does not name."""
    if isinstance(schema, dict):
        closed = {key: close(value) for key, value in schema.items()}
        if schema.get("type") == "object" and "properties" in schema:
            closed["additionalProperties"] = False
        return closed
    return [close(value) for value in schema] if isinstance(schema, list) else schema


# --- the same, and not the same ---

before = octets_of(case("clean-tcp"))
alike = compare(case("clean-tcp"), case("clean-tcp"))
same("a case is the same as itself: status 0", 0, alike.returncode)
ok("and it is said first", alike.stdout.startswith(b"Two evaluations compared: the same"))

changed = compare(case("clean-tcp"), case("still-tcp"))
same("two cases that differ: status 1", 1, changed.returncode)
ok("the text has what is new, with numbers",
   b"new     content-media" in changed.stdout and b"octets" in changed.stdout, changed.stdout)

record = as_json(case("clean-tcp"), case("still-tcp"))
new = {row["channel"] for row in record["findings"]["rows"] if row["change"] == "new"}
ok("the findings of the other case are new", "flow-undeclared-destination" in new, new)
back = as_json(case("still-tcp"), case("clean-tcp"))
gone = {row["channel"] for row in back["findings"]["rows"] if row["change"] == "gone"}
same("the other way round they are gone", new, gone)
whole = record["verdicts"]["rows"][0]
same("the verdict of the whole stands first", [None, "changed"], [whole["device"], whole["change"]])
rows = [row for row in record["ledger"]["rows"] if row["device"] is None]
same("the ledger has every class and the total", 12, len(rows))
octets = [sum(value["second"] for row in rows if row["class"] != "total"
              for value in row["values"] if value["name"] == "octets")]
total = [value["second"] for row in rows if row["class"] == "total"
         for value in row["values"] if value["name"] == "octets"]
same("whose classes add up", total, octets)

# --- another connection of the same viewer ---

plain = json.loads(read(case("clean-tcp"), "evaluation.json"))
other = json.loads(read(case("clean-tcp"), "evaluation.json"))
for flow in other["flows"]:
    if flow["dport"] == 554:
        flow["sport"] = 61000
write("again.json", json.dumps(other))
same("a port drawn for a connection is no difference, and a record by itself will do", 0,
     compare(case("clean-tcp"), "again.json").returncode)

# --- lengths ---

transports = as_json(case("clean-tcp"), case("clean-udp"))
ok("another length is said, and counts are told per hour too",
   any("per hour" in sentence for sentence in transports["limits"]), transports["limits"])
values = [value for row in transports["ledger"]["rows"] for value in row["values"]]
ok("counts an hour are those of each case's own time",
   all(value["first_per_hour"] is None or value["first"] is not None for value in values)
   and any(value["first_per_hour"] for value in values))
same("within a large tolerance the ledger's classes of one camera stay",
     0, sum(row["change"] == "changed" for row in
            as_json("--tolerance", "99", case("clean-tcp"), case("still-tcp"))["ledger"]["rows"]
            if row["class"] in ("declared-video", "network-overhead", "total")))

# --- limits ---

analyze("--profile", PROFILE, "--only", "rtp-padding", "-o", "partial", sample("clean-tcp"))
partial = as_json(case("clean-tcp"), os.path.join("partial", "clean-tcp.pcapng.case"))
ok("other options are said first", any("--only" in line for line in partial["limits"]),
   partial["limits"])
analyze("-o", "bare", sample("clean-tcp"))
bare = compare(case("clean-tcp"), os.path.join("bare", "clean-tcp.pcapng.case")).stdout
ok("another profile is said before what differs",
   0 < bare.find(b"The profile differs") < bare.find(b"Verdicts"), bare)

lenscap("report", "--redact", "-o", "redacted.case", case("still-tcp"))
for pair in [(case("still-tcp"), "redacted.case"), ("redacted.case", case("still-tcp"))]:
    redacted = as_json(*pair)
    same(f"a case and its redacted copy are the same: {' '.join(pair)}", (True, 0),
         (redacted["same"], compare(*pair).returncode))
    ok("that pseudonyms stand for names is all that is said of it",
       len(redacted["limits"]) == 1 and "pseudonyms of both" in redacted["limits"][0],
       redacted["limits"])
same("each is called as it is", ["Simulated camera", "still-tcp.pcapng"],
     [redacted["cases"][1][key] for key in ("title", "input")])
forged = json.loads(read("redacted.case", "evaluation.json"))
forged["verdict"] = forged["devices"][0]["verdict"] = "undeclared"
for finding in forged["findings"]:
    finding["hides"] = False
write("forged.json", json.dumps(forged))
same("a verdict that was changed in the copy is told",
     ["changed"], [row["change"] for row in as_json(case("still-tcp"), "forged.json")
                   ["verdicts"]["rows"] if row["device"] is not None])
redacted = as_json(case("clean-tcp"), "redacted.case")
ok("beside another case it is said what the pseudonyms hide",
   any("The second was redacted" in line for line in redacted["limits"])
   and any(line.endswith("cannot be told whether they are the same: the profile.")
           for line in redacted["limits"])
   and not any("profile differs" in line for line in redacted["limits"]), redacted["limits"])
lenscap("report", "--redact", "-o", "redacted-too.case", case("still-tcp"))
ok("two copies of one case have one set of pseudonyms",
   as_json("redacted.case", "redacted-too.case")["same"]
   and b"Both are redacted copies of one case" in
   compare("redacted.case", "redacted-too.case").stdout)
analyze("-o", "plain", sample("still-tcp"))
ok("a profile that one has and the other has not differs, redacted or not",
   any(line.startswith("The profile differs: ") and line.endswith(" and none.")
       for line in as_json("redacted.case", "plain/still-tcp.pcapng.case")["limits"]))

# --- faces ---

if jsonschema is None:
    skip("the JSON fits its schema", "python3-jsonschema is not installed")
else:
    with open(os.path.join(SOURCE, "report", "comparison.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(close(schema))
    errors = [error.message for document in (record, back, transports, partial)
              for error in validator.iter_errors(document)]
    ok("the JSON fits its schema", not errors, errors[:1])
    record["findings"]["rows"][0]["change"] = "unheard-of"
    ok("an unknown change does not", not validator.is_valid(record))
page = compare("--format", "html", "-o", "changes.html", case("clean-tcp"), case("still-tcp"))
same("-o writes a page and nothing else", [1, b""], [page.returncode, page.stdout])
html = read("changes.html").decode()
ok("the page has no script, and its policy allows none",
   "<script" not in html and "default-src 'none'" in html and html.endswith("</html>\n"))
coverage = html[html.index('<section id="coverage">'):]
told, _, folded = coverage.partition("<details><summary>Only counts differ in ")
folded = folded.partition("</details>")[0]
rows = as_json(case("clean-tcp"), case("still-tcp"))["coverage"]["rows"]


def differing(row):
    return {value["name"] for value in row["values"] if value["differs"]}


counted = [row["channel"] for row in rows if differing(row) == {"examined"}]
important = [row["channel"] for row in rows if differing(row) - {"examined"}]
ok("of what was examined the counts are folded, with their numbers",
   counted and folded.startswith(f"{len(counted)} row")
   and all(name in folded and name not in told for name in counted)
   and folded.count("<td class=\"u\">examined</td>") == len(counted), (counted, folded[:200]))
ok("and what is more than a count is told before",
   important and all(name in told for name in important), important)
order = [0 if "status" in differing(row) else 1 if differing(row) - {"examined"} else 2
         for row in rows if row["change"] == "changed"]
same("changes of status come first in every format", sorted(order), order)
same("the same cases give the same page", html.encode(),
     compare("--format", "html", case("clean-tcp"), case("still-tcp")).stdout)
same("the case is not changed", before, octets_of(case("clean-tcp")))

# --- strangers ---

plain["devices"][0]["name"] = "\x1b[2J<script>alert(1)</script>\u202e"
for finding in plain["findings"]:
    finding["device"] = plain["devices"][0]["name"]
plain["reasons"] = ["\x1b]0;owned\x07"]
write("hostile.json", json.dumps(plain))
for face in ["text", "html", "json"]:
    octets = compare("--format", face, case("clean-tcp"), "hostile.json").stdout
    ok(f"what a stranger wrote does nothing in {face}",
       octets and b"\x1b" not in octets and b"\x07" not in octets
       and "\u202e".encode() not in octets and (face == "json" or b"<script" not in octets
                                                  or face == "text"), octets[:400])
for name, octets in {
        "no JSON": b"\x00\xff", "nothing": b"", "another schema": b'{"schema": "x"}',
        "deep": b"[" * 1000000, "wrong types": b'{"schema":"lenscap-evaluation/1","flows":7}',
        "cut": read(case("clean-tcp"), "evaluation.json")[:2000]}.items():
    write("odd.json", octets)
    odd = compare(case("clean-tcp"), "odd.json")
    ok(f"a record that is none ({name}) is an error that says which one",
       odd.returncode == 2 and b"second record" in odd.stderr and not odd.stdout, odd.stderr)
honest = read(case("clean-tcp"), "evaluation.json")
for key, octets in {
        "ledger.classes": honest.replace(b'"total_bytes": ', b'"total_bytes": 1', 1),
        "verdict stands twice": honest.replace(b'"verdict":', b'"verdict": "concealed", "verdict":', 1),
        "goes on after its end": honest + b"{}",
        "ledger is missing": honest.replace(b'\n  "ledger":', b'\n  "leger":', 1),
        "findings is missing": honest.replace(b'\n  "findings":', b'\n  "found":', 1),
        "capacity_bps is out of range": honest.replace(b'"capacity_bps": ', b'"capacity_bps": -1', 1),
        "findings[1].id": honest.replace(b'"F002"', b'"F001"', 1)}.items():
    os.makedirs("odd.case", exist_ok=True)
    write("odd.case/evaluation.json", octets)
    write("odd.case/run.json", read(case("clean-tcp"), "run.json"))
    for what, done in {
            "compare": compare(case("clean-tcp"), "odd.case"),
            "report": lenscap("report", "-o", "odd.report", "odd.case"),
            "report of all formats": lenscap("report", "--format", "csv,oscal,stix,eve,in-toto",
                                             "-o", "odd.report", "odd.case")}.items():
        ok(f"of a record that contradicts itself {what} makes nothing, and names the key: {key}",
           done.returncode == 2 and key.encode() in done.stderr and not done.stdout
           and not os.path.exists("odd.report"), done.stderr)
plain["flows"] = [dict(plain["flows"][0], sport=port % 65536, src=f"10.{port >> 16}.{port >> 8 & 255}.{port & 255}")
                  for port in range(60000)]
write("wide.json", json.dumps(plain))
wide = compare(case("clean-tcp"), "wide.json")
ok("many rows are cut short, and it is said", wide.returncode == 1 and len(wide.stdout) < 1 << 20
   and b"more: see --format json" in wide.stdout, wide.stderr)

# --- usage ---

for arguments in [[], [case("clean-tcp")], [case("clean-tcp")] * 3,
                  ["--format", "pdf", case("clean-tcp"), case("clean-tcp")],
                  ["--tolerance", "-1", case("clean-tcp"), case("clean-tcp")],
                  ["nowhere.case", case("clean-tcp")], ["--unknown"]]:
    wrong = compare(*arguments)
    ok(f"wrong usage is status 2: {' '.join(arguments)[:60]}",
       wrong.returncode == 2 and wrong.stderr.startswith(b"lenscap compare:"), wrong.stderr)
ok("--help has an example", b"Example:" in compare("--help").stdout)

os.chdir("/")
shutil.rmtree(folder)
end()
