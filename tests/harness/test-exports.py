#!/usr/bin/python3
"""The faces of a case that programs read: each is what its schema asks for, none has a fact that the
record lacks, and two renders are the same octets.

Usage: test-exports.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import csv
import hashlib
import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import uuid
from datetime import datetime, timezone

sys.dont_write_bytecode = True
from command_tap import (LENSCAP, PROFILE, SOURCE, analyze, complains, end, lenscap, ok,  # noqa: E402
                         own_folder, pcap, read, same, sample, skip, udp, write)

SHARED = os.path.join(os.path.dirname(SOURCE), "shared")
SCHEMAS = os.environ.get("LENSCAP_SCHEMAS", os.path.join(SHARED, "schemas"))
CAPTURES = os.environ.get("LENSCAP_CAPTURES", os.path.join(SHARED, "captures"))
PRINT_SAMPLE = os.environ.get("LENSCAP_PRINT_SAMPLE")
NODE_FOLDER = os.path.join(SOURCE, "tests", "exports")

FORMATS = "csv,eve,stix,oscal,in-toto"
FILES = ["eve.json", "findings.csv", "flows.csv", "in-toto-test-result.json", "ledger.csv",
         "oscal-assessment-results.json", "stix-bundle.json"]
# Of makers and tools that are not ours: many flows and names, every layer, octets that lie.
FOREIGN = ["andypitcher_IoT_Sentinel__HueBridge_Setup-C-1-STA.pcap",
           "arkime_arkime__arkime_synthetic.pcap", "ntop_nDPI__fuzz-2006-06-26-2594.pcap",
           "hadrielk_pcapng-test-generator__empty.pcap"]
OBSERVABLES = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # STIX 2.1 section 2.9


# --- cases ---

def dns(names):
    """A query for a name of any octets, and its answer by 192.0.2.1 with an address each."""
    for number, (labels, address) in enumerate(names):
        question = b"".join(bytes([len(label)]) + label for label in labels) + bytes(1)
        question += struct.pack("!HH", 1, 1)
        head = struct.pack("!HHHHHH", number, 0x0100, 1, 0, 0, 0)
        yield udp(head + question, 40000, 53)
        head = struct.pack("!HHHHHH", number, 0x8180, 1, 1, 0, 0)
        answer = struct.pack("!HHHIH4B", 0xc00c, 1, 1, 60, 4, *address)
        yield udp(head + question + answer, 53, 40000, "192.0.2.1", "192.0.2.100")


def hello(name):
    """A TLS ClientHello (RFC 8446 section 4.1.2) that asks for @name (RFC 6066 section 3)."""
    entry = struct.pack("!BH", 0, len(name)) + name
    server_name = struct.pack("!H", len(entry)) + entry
    extension = struct.pack("!HH", 0, len(server_name)) + server_name
    body = (struct.pack("!H", 0x0303) + bytes(32) + bytes(1) + struct.pack("!HH", 2, 0x1301)
            + bytes([1, 0]) + struct.pack("!H", len(extension)) + extension)
    handshake = b"\x01" + len(body).to_bytes(3, "big") + body
    return struct.pack("!BHH", 22, 0x0301, len(handshake)) + handshake


def tcp(payload, dst, flags=0x18, sequence=1):
    """Ethernet, IPv4, TCP from the camera; checksums are left 0, as a card that fills them in does."""
    segment = struct.pack("!HHIIBBHHH", 50000, 443, sequence, 1, 0x50, flags, 65535, 0, 0) + payload
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 7, 0, 64, 6, 0,
                         bytes([192, 0, 2, 100]), bytes(int(part) for part in dst.split(".")))
    return bytes.fromhex("020000000001 4419b6000001 0800") + header + segment


def hostile_names():
    """Names that want to be formulas, markup, patterns and orders to a terminal."""
    worst = [[b"=HYPERLINK(\"http", b"x\")"], [b"a'] OR [file", b"name = 'x"], [b"<script>alert(1)"],
             [b"\x1b[2J\r\nx", b"example"], [b"\xff\xfe", b"\xe2\x80\xae", b"example"],
             [b"@SUM(1+1)", b"example"], [b"-2+3", b"{{ insert: param, x }}"], [b"xn--", b"example"]]
    packets = list(dns([(labels, (198, 51, 100, 10 + n)) for n, labels in enumerate(worst)]))
    for n, labels in enumerate(worst):
        packets.append(udp(b"undeclared" * 20, 40100 + n, 9000, dst=f"198.51.100.{10 + n}"))
        packets.append(tcp(hello(b".".join(labels)), f"198.51.100.{50 + n}"))
    return pcap(*packets)


def make_cases():
    """name -> folder of the case."""
    write("hostile.pcap", hostile_names())
    write("failed.pcap", b"no capture at all")
    write("alone.pcap", pcap(udp(b"hello" * 20)))
    inputs = [sample(name) for name in ("clean-udp", "padding-tcp", "still-udp", "dns-tcp")]
    inputs += [path for path in (os.path.join(CAPTURES, name) for name in FOREIGN)
               if os.path.exists(path)]
    analyze("-o", "cases", "--profile", PROFILE, *inputs)
    analyze("-o", "cases", "hostile.pcap", "failed.pcap", "alone.pcap")
    return {name[:-5]: os.path.join("cases", name) for name in sorted(os.listdir("cases"))
            if name.endswith(".case")}


def made_up_records():
    """Records that no capture makes, as a stranger might mail them."""
    for name in ("rich", "hostile", "extreme", "failed", "clean") if PRINT_SAMPLE else ():
        record = subprocess.run([PRINT_SAMPLE, name, "json"], capture_output=True, check=True).stdout
        write(f"mailed/{name}.case/evaluation.json", record)
        yield name, f"mailed/{name}.case"


# --- what a record says ---

def walk(value):
    """Every scalar of a document."""
    if isinstance(value, dict):
        for member in value.values():
            yield from walk(member)
    elif isinstance(value, list):
        for element in value:
            yield from walk(element)
    else:
        yield value


def shown(text):
    """As the pages write what acts on a terminal: \\u000A."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04X}" for char in text)


class Facts:
    def __init__(self, case):
        self.record = json.loads(read(case, "evaluation.json"))
        scalars = list(walk(self.record))
        self.texts = {value for value in scalars if isinstance(value, str)}
        self.joined = "\n".join(sorted(self.texts)) + "\n" + shown("\n".join(sorted(self.texts)))
        self.numbers = {value for value in scalars
                        if isinstance(value, (int, float)) and not isinstance(value, bool)}
        self.times = {int(text.replace(".", "")) for text in self.texts
                      if re.fullmatch(r"-?\d+\.\d{9}", text)}

    def has_number(self, value):
        return any(abs(value - number) <= 1e-9 * max(1, abs(value)) for number in self.numbers) \
            if isinstance(value, float) else value in self.numbers

    def has_time(self, text):
        """RFC 3339 with any number of digits, cut."""
        parts = re.fullmatch(r"(.{19})(?:\.(\d+))?(?:Z|\+0000)", text)
        seconds = datetime.strptime(parts[1], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
        digits = parts[2] or ""
        whole = int(str(int(seconds.timestamp())) + digits)
        cut = 10 ** (9 - len(digits))
        return any(time // cut == whole for time in self.times) or (not self.times and whole == 0)


ADDRESS = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{2}:){5}[0-9a-f]{2})(?![\w.])")


def unknown_addresses(facts, text):
    return sorted({found for found in ADDRESS.findall(text) if found not in facts.joined})


# --- formats ---

def rows_of(folder, name):
    text = read(folder, name).decode("utf-8")
    if not text.endswith("\r\n"):
        raise AssertionError(name)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def undefused(cell):
    return cell[1:] if cell.startswith("'") else cell


def unknown_cells(facts, rows, ours):
    """Cells, but those of the columns @ours, that are no value of the record."""
    for row in rows:
        for column, cell in row.items():
            value = undefused(cell)
            if value == "" or column in ours:
                continue
            if value in facts.texts or value in facts.joined or value in ("true", "false"):
                continue
            if re.fullmatch(r"-?\d+", value) and facts.has_number(int(value)):
                continue
            if re.fullmatch(r"-?[\d.e+-]+", value) and facts.has_number(float(value)):
                continue
            if all(part in facts.joined for part in value.split("; ")):
                continue
            yield column, cell


def check_csv(name, folder, facts):
    findings, flows, ledger = (rows_of(folder, file) for file in
                               ("findings.csv", "flows.csv", "ledger.csv"))
    record = facts.record
    same(f"{name}: findings.csv has each finding and lead",
         [row["id"] for row in record["findings"] + record["leads"]], [row["id"] for row in findings])
    same(f"{name}: flows.csv has each flow", len(record["flows"]), len(flows))
    same(f"{name}: ledger.csv adds up", record["ledger"]["total_bytes"],
         sum(int(row["bytes"]) for row in ledger if row["scope"] == "class"))
    ours = {"kind", "scope", "supports", "does_not_prove"}
    unknown = [cell for rows in (findings, flows, ledger)
               for cell in unknown_cells(facts, rows, ours)]
    same(f"{name}: no cell that the record lacks", [], unknown[:5])
    formulas = [cell for rows in (findings, flows, ledger) for row in rows for cell in row.values()
                if re.match(r"\s*[=+@\uff1d\uff0b\uff0d\uff20]|\s*-(?![\d.]+$)|[\t\r]", cell)]
    same(f"{name}: no cell that a spreadsheet would compute", [], formulas[:5])


EVE_OURS = {"flow_id", "severity"}


def eve_numbers(event):
    for key, value in event.items():
        if isinstance(value, dict):
            yield from eve_numbers(value)
        elif isinstance(value, int) and not isinstance(value, bool) and key not in EVE_OURS:
            yield value


def check_eve(name, folder, facts):
    events = [json.loads(line) for line in read(folder, "eve.json").decode().splitlines()]
    record = facts.record
    kinds = [event["event_type"] for event in events]
    same(f"{name}: an event for each flow and finding, and one for the verdict",
         ["flow"] * len(record["flows"]) + ["alert"] * len(record["findings"]) + ["engine"], kinds)
    ok(f"{name}: the verdict is in it", f"verdict {record['verdict']}" in events[-1]["engine"]["message"])
    times = [time for event in events for time in
             (event["timestamp"], event.get("flow", {}).get("start"), event.get("flow", {}).get("end"))
             if time and not facts.has_time(time)]
    same(f"{name}: no time in EVE that the record lacks", [], times[:5])
    numbers = [value for event in events for value in eve_numbers(event)
               if not facts.has_number(value)]
    same(f"{name}: no number in EVE that the record lacks", [], numbers[:5])
    placed = [event for event in events if event["event_type"] == "alert" and "flow_id" in event]
    wrong = [event for event in placed if {event.get("src_ip"), event.get("dest_ip")} != {
        record["flows"][event["flow_id"] - 1]["src"], record["flows"][event["flow_id"] - 1]["dst"]}
        and "ether" not in event]
    same(f"{name}: a flow_id names the flow of the finding", [], wrong[:1])


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


CONTRIBUTING = {"ipv4-addr": ["value"], "ipv6-addr": ["value"], "domain-name": ["value"],
                "network-traffic": ["start", "end", "src_ref", "dst_ref", "src_port", "dst_port",
                                    "protocols"]}
VALUE = r"'([A-Za-z0-9.:-]+)'"
PATTERN = re.compile(rf"\[(?:(?:ipv4-addr|ipv6-addr|domain-name):value = {VALUE}|"
                     rf"domain-name:value = {VALUE} OR domain-name:value LIKE '%\.([A-Za-z0-9.-]+)')\]")


def check_stix(name, folder, facts):
    bundle = json.loads(read(folder, "stix-bundle.json"))
    objects = bundle["objects"]
    ids = [thing["id"] for thing in objects]
    same(f"{name}: no identifier twice in the bundle", len(set(ids)), len(ids))
    odd = [one for one in ids + [bundle["id"]] if uuid.UUID(one.split("--")[1]).version != 5]
    same(f"{name}: all are UUIDs of version 5", [], odd)
    wrong = []
    for thing in objects:
        if thing["type"] in CONTRIBUTING:
            made = uuid.uuid5(OBSERVABLES, canonical(
                {key: thing[key] for key in CONTRIBUTING[thing["type"]]}))
            if thing["id"] != f"{thing['type']}--{made}":
                wrong.append(thing["id"])
        for key, value in thing.items():
            if key.endswith("_ref") and value not in ids:
                wrong.append(value)
            if key.endswith("_refs"):
                wrong += [one for one in value if one not in ids]
    same(f"{name}: observables have the identifiers of the standard, references lead somewhere",
         [], wrong[:5])
    patterns = [PATTERN.fullmatch(thing["pattern"]) for thing in objects
                if thing["type"] == "indicator"]
    ok(f"{name}: patterns are valid", all(patterns),
       [thing.get("pattern") for thing in objects])
    undeclared = {value for flow in facts.record["flows"] if flow["class"] == "undeclared"
                  for value in (flow["src"], flow["dst"], flow["name"])}
    undeclared |= {finding["name"] for finding in facts.record["findings"]
                   if finding["severity"] != "info"}
    same(f"{name}: an indicator is of an undeclared flow, or of the domain of a finding", set(),
         {value for found in patterns if found for value in found.groups() if value} - undeclared)
    times = [value for thing in objects for key, value in thing.items()
             if key in ("created", "modified", "valid_from", "start", "end", "first_observed",
                        "last_observed") and not facts.has_time(value)]
    same(f"{name}: no time in STIX that the record lacks", [], times[:5])
    same(f"{name}: no address in STIX that the record lacks", [],
         unknown_addresses(facts, json.dumps(objects)))


def unmarked(text):
    """Markdown as the text that it shows."""
    return re.sub(r"\\([\\`*_{}\[\]<>()#+!|&~^$])", r"\1", text)


def check_oscal(name, folder, facts):
    results = json.loads(read(folder, "oscal-assessment-results.json"))["assessment-results"]
    result = results["results"][0]
    record = facts.record
    uuids = re.findall(r'"uuid": "([^"]+)"', read(folder, "oscal-assessment-results.json").decode())
    same(f"{name}: no UUID twice in OSCAL", len(set(uuids)), len(uuids))
    refers = [value for key, value in re.findall(
        r'"(href|component-uuid|subject-uuid|observation-uuid)": "#?([^"]+)"',
        read(folder, "oscal-assessment-results.json").decode())
        if re.fullmatch(r"[0-9a-f-]{36}", value)]
    same(f"{name}: each reference leads somewhere", set(), set(refers) - set(uuids))
    verdict = {prop["name"]: prop["value"] for prop in result["props"]}["verdict"]
    same(f"{name}: the verdict of five stands beside the state of two", record["verdict"], verdict)
    states = {"conforms": ("satisfied", "pass"),
              "conforms-with-residual-capacity": ("satisfied", "other"),
              "inconclusive": ("not-satisfied", "other"), "undeclared": ("not-satisfied", "fail"),
              "concealed": ("not-satisfied", "fail")}
    found = {(one["target"]["status"]["state"], one["target"]["status"]["reason"])
             for one in result["findings"]}
    same(f"{name}: the state is that of the verdict", {states[record["verdict"]]}, found)
    same(f"{name}: controls", ["sc-31_smt", "si-4.18_smt"],
         [one["target"]["target-id"] for one in result["findings"]])
    same(f"{name}: an observation for each finding, and the coverage",
         [finding["id"] for finding in record["findings"]] + ["Coverage"],
         [one["title"].split(" ")[0] for one in result["observations"]])
    values = [prop["value"] for one in result["observations"] for prop in one.get("props", [])
              if prop["name"] != "bears-on"]
    values += [prop["value"] for one in result["local-definitions"].get("components", [])
               for prop in one["props"]]
    unknown = [value for value in values if value not in facts.joined
               and value not in ("true", "false")
               and not (re.fullmatch(r"[\d.e+-]+", value) and facts.has_number(float(value)))]
    same(f"{name}: no value in OSCAL that the record lacks", [], unknown[:5])
    # A summary of the record, word for word, when the backslashes of Markdown are gone.
    summaries = [unmarked(one["description"]) for one in result["observations"][:-1]]
    same(f"{name}: what was found is told in the record's words", [],
         [text for text in summaries if text not in facts.joined][:5])


def check_in_toto(name, folder, case, facts):
    statement = json.loads(read(folder, "in-toto-test-result.json"))
    record = facts.record
    same(f"{name}: a statement of a test result",
         ("https://in-toto.io/Statement/v1", "https://in-toto.io/attestation/test-result/v0.1"),
         (statement["_type"], statement["predicateType"]))
    hashes = {one["name"]: one["digest"]["sha256"] for one in statement["subject"]}
    wanted = {file: hashlib.sha256(read(case, file)).hexdigest()
              for file in ("evaluation.json", "SHA256SUMS")}
    if record["input"]["sha256"]:
        wanted[record["input"]["name"]] = record["input"]["sha256"]
    same(f"{name}: its subjects are the record, the sums and the capture", wanted, hashes)
    predicate = statement["predicate"]
    result = {"conforms": "PASSED", "conforms-with-residual-capacity": "WARNED"}
    same(f"{name}: its result", result.get(record["verdict"], "FAILED"), predicate["result"])
    grave = {finding["channel"] for finding in record["findings"]
             if finding["severity"] in ("medium", "high", "critical")}
    same(f"{name}: the tests that failed", grave, set(predicate["failedTests"]))
    examined = {row["channel"] for row in record["coverage"] if row["status"] == "examined"}
    lists = [predicate[key] for key in ("passedTests", "warnedTests", "failedTests")]
    names = [test for tests in lists for test in tests]
    ok(f"{name}: each channel that was examined is in one list", examined <= set(names)
       and len(names) == len(set(names)))


# --- the whole ---

def render(case, folder, *options):
    done = lenscap("report", "--format", FORMATS, "-o", folder, *options, case)
    return done.returncode == 0 and done.stderr == b""


def check_case(name, case):
    ok(f"{name}: renders", render(case, f"one/{name}") and render(case, f"other/{name}"))
    same(f"{name}: the files", FILES, sorted(os.listdir(f"one/{name}")))
    same(f"{name}: twice the same octets", [],
         [file for file in FILES if read("one", name, file) != read("other", name, file)])
    facts = Facts(case)
    check_csv(name, f"one/{name}", facts)
    check_eve(name, f"one/{name}", facts)
    check_stix(name, f"one/{name}", facts)
    check_oscal(name, f"one/{name}", facts)
    check_in_toto(name, f"one/{name}", case, facts)


def why_not_validate():
    """Why there is nobody to judge by schema; None when there is."""
    if not os.path.isdir(SCHEMAS):
        return "the schemas are not there (../shared/schemas)"
    if shutil.which("node") is None:
        return "node is not installed"
    # What was installed is what the lock says: npm leaves its own copy of it.
    lock = os.path.join(NODE_FOLDER, "package-lock.json")
    done = os.path.join(NODE_FOLDER, "node_modules", ".package-lock.json")
    if os.path.exists(done) and os.path.getmtime(done) >= os.path.getmtime(lock):
        return None
    if shutil.which("npm") is None:
        return "npm is not installed"
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        failed = subprocess.run(command, cwd=NODE_FOLDER, capture_output=True, check=False,
                                timeout=120).returncode != 0
    except subprocess.TimeoutExpired:
        failed = True
    return "npm could not install what tests/exports/package-lock.json names" if failed else None


def tunnel(folder):
    domain = next(finding["name"] for finding in Facts("cases/dns-tcp.pcapng.case").record["findings"]
                  if finding["channel"] == "dns-qname-tunnel")
    objects = json.loads(read(folder, "stix-bundle.json"))["objects"]
    same("the domain that a tunnel leads to is an indicator, once",
         [f"[domain-name:value = '{domain}' OR domain-name:value LIKE '%.{domain}']"],
         [thing["pattern"] for thing in objects if thing["type"] == "indicator"])


def validate(names):
    why_not = why_not_validate()
    if why_not is not None:
        skip("schemas", why_not)
        return
    for kind, file in (("eve", "eve.json"), ("stix", "stix-bundle.json"),
                       ("oscal", "oscal-assessment-results.json")):
        command = ["node", os.path.join(NODE_FOLDER, "validate.mjs"), SCHEMAS, kind]
        files = [os.path.join("one", name, file) for name in names]
        done = subprocess.run(command + files, capture_output=True, check=False, timeout=120)
        ok(f"all cases are {kind} as its schema has it", done.returncode == 0 and not done.stdout,
           (done.stdout + done.stderr).decode())
        text = read(files[0]).decode().replace('"timestamp"', '"time"').replace('"type"', '"kind"') \
            .replace('"target-id"', '"target"')
        write("broken.json", text)
        done = subprocess.run(command + ["broken.json"], capture_output=True, check=False, timeout=120)
        ok(f"what is not {kind} is told", done.returncode == 1 and done.stdout.startswith(b"broken.json:"),
           (done.stdout + done.stderr).decode())


def own_mapping(case):
    head = "selector\tscheme\tversion\tidentifier\ttitle\trelation\tnote\n"
    write("ours.tsv", "# ours\n" + head + "finding\tHouse rules\t7\tR-1\tNo surprises\tsupports\t=1+1\n"
          "verdict\tNIST SP 800-53\tRev. 5\tSC-7\tBoundary Protection\tsupports\t\n")
    ok("a mapping of one's own is taken", render(case, "ours", "--mapping", "ours.tsv"))
    rows = rows_of("ours", "findings.csv")
    ok("its rows are in findings.csv", all("House rules R-1" in row["supports"] for row in rows))
    oscal = read("ours", "oscal-assessment-results.json").decode()
    ok("and in OSCAL", '"House rules 7 R-1"' in oscal and '"control-id": "sc-7"' in oscal
       and '"target-id": "sc-7_smt"' in oscal)
    write("bad.tsv", head + "finding\tHouse rules\t7\tR-1\tNo surprises\tproves\t\n")
    complains("one that is wrong is refused with its line",
              lenscap("report", "--mapping", "bad.tsv", case), 2, "--mapping", "line 2", "relation")
    os.mkfifo("pipe.tsv")
    complains("a pipe, which nobody fills", lenscap("report", "--mapping", "pipe.tsv", case), 2, "pipe.tsv",
              "a pipe")
    complains("one that is not there", lenscap("report", "--mapping", "none.tsv", case), 2,
              "--mapping none.tsv: cannot open it")
    complains("a format twice", lenscap("report", "--format", "csv,csv", case), 2, "csv", "twice")


def main():
    with own_folder():
        cases = make_cases()
        ok("there are cases of every kind", {"failed.pcap", "hostile.pcap", "clean-udp.pcapng",
                                             "padding-tcp.pcapng"} <= set(cases), cases)
        for name, case in cases.items():
            check_case(name, case)
        tunnel("one/dns-tcp.pcapng")
        mailed = dict(made_up_records())
        for name, case in mailed.items():
            ok(f"a record that was mailed renders: {name}", render(case, f"one/{name}"))
        validate(list(cases) + list(mailed))
        own_mapping(cases["still-udp.pcapng"])
    end()


if __name__ == "__main__":
    main()
