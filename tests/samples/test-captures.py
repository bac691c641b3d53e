#!/usr/bin/python3
"""The sample captures, twice: lenscap says of each what its .expected.json promises, and what
that promises is what the camera wrote into .truth.jsonl and what tshark reads on the wire.

Usage: test-captures.py PATH-OF-LENSCAP FOLDER-OF-SAMPLES
"""
import collections
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
LENSCAP, SAMPLES = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
CAPTURES = os.path.join(SAMPLES, "captures")
NAMES = [what + "-" + transport for what in ("clean", "padding", "dns", "still")
         for transport in ("tcp", "udp")]
CAMERA = "192.0.2.100"
NOBODY = 65534
LARGEST, LARGEST_SUM = 300_000, 2_500_000  # octets
VERDICT = {"clean": "conforms-with-residual-capacity"}
STATUS = {"clean": 0}  # all others leak

counted = 0


def ok(what, true, detail=""):
    global counted
    counted += 1
    print("ok" if true else "not ok", counted, "-", what, flush=True)
    if not true:
        print("\n".join("# " + line[:400] for line in str(detail).splitlines()[:20]))


def same(what, wire, ours):
    ok(what, wire == ours, f"expected: {wire}\nfound:    {ours}")


def profile_of(name):
    return os.path.join(SAMPLES, "profiles",
                        "camera-udp.ini" if name.endswith("-udp") else "camera.ini")


def capture_of(name):
    return os.path.join(CAPTURES, name + ".pcapng")


def analyze(name, *options, **settings):
    return subprocess.run([LENSCAP, "analyze", "--profile", profile_of(name), *options,
                           capture_of(name)], capture_output=True, timeout=100, **settings)


def tshark(name, wanted, *fields):
    """One tuple per frame; commas part the values of a field that a frame has several times."""
    arguments = [part for field in fields for part in ("-e", field)]
    # h264 would take the payload for itself and show no rtp.payload.
    done = subprocess.run(["tshark", "-r", capture_of(name), "--disable-protocol", "h264", "-Y",
                           wanted, "-T", "fields", *arguments],
                          capture_output=True, text=True, check=True, timeout=60)
    return [tuple(row.split("\t")) for row in done.stdout.splitlines()]


def frames_of(rows):
    return sorted({int(row[0]) for row in rows})


def frames_in(finding):
    return [number for first, last in finding["frames"]["ranges"]
            for number in range(first, last + 1)]


def load(name, ending):
    with open(os.path.join(CAPTURES, name + ending), encoding="utf-8") as file:
        return json.load(file) if ending.endswith(".json") else [json.loads(row) for row in file]


def promise(record):
    """What make-captures.py wrote of a record."""
    return {"verdict": record["verdict"],
            "classes": {row["class"]: row["bytes"] for row in record["ledger"]["classes"]
                        if row["bytes"]},
            "findings": [{key: finding[key] for key in ("channel", "severity", "frames")}
                         for finding in record["findings"] if finding["severity"] != "info"]}


def media(name):
    """Octets of RTP payload by payload type."""
    octets = collections.Counter()
    for kinds, payloads in tshark(name, "rtp", "rtp.p_type", "rtp.payload"):
        kinds, payloads = kinds.split(","), payloads.split(",")
        assert len(kinds) == len(payloads), (name, kinds)
        for kind, payload in zip(kinds, payloads):
            octets[kind] += len(payload) // 2
    return octets


def found(expected, *channels):
    """Frames of the findings, which must be of these channels and no other."""
    assert sorted(finding["channel"] for finding in expected["findings"]) == sorted(channels), \
        expected["findings"]
    return [frames_in(finding) for finding in expected["findings"]]


# --- what each implant did, as its own log and tshark have it ---

def clean(name, truth, expected):
    ok(f"{name}: the camera hid nothing", not [line for line in truth if "implant" in line])
    same(f"{name}: nothing is found", [], expected["findings"])
    ok(f"{name}: nothing is hidden, undeclared or unexplained",
       not {"hidden", "undeclared", "unexplained"} & set(expected["classes"]))


def padding(name, truth, expected):
    log = {(line["ssrc"], line["seq"]): line["padding"] for line in truth
           if line.get("implant") == "padding"}
    rows = tshark(name, "rtp.padding == 1", "frame.number", "rtp.padding", "rtp.ssrc", "rtp.seq",
                  "rtp.padding.data")
    wire = {}
    for _, *several in rows:  # RTP packets in a frame, of which the padded have data
        flags, ssrcs, numbers, octets = (values.split(",") for values in several)
        padded = [i for i, flag in enumerate(flags) if flag == "1"]
        wire.update({(int(ssrcs[i], 16), int(numbers[i])): octets.pop(0) for i in padded})
    same(f"{name}: the camera's log is on the wire",
         {key: octets[:-2] for key, octets in log.items()}, wire)
    same(f"{name}: found in the very frames", [frames_of(rows)],
         found(expected, "rtp-padding-content"))
    same(f"{name}: hidden is the padding, to the octet",
         sum(len(octets) // 2 for octets in log.values()), expected["classes"].get("hidden"))


def dns(name, truth, expected):
    log = [line for line in truth if line.get("implant") == "dns"]
    asked = " || ".join(f"(dns.id == {line['txid']} && udp.srcport == {line['port']})"
                        for line in log)
    rows = tshark(name, f"ip.src == {CAMERA} && ({asked})", "frame.number", "dns.qry.name")
    same(f"{name}: the camera's log is on the wire", sorted(line["name"] for line in log),
         sorted(row[1] for row in rows))
    ok(f"{name}: found, as what the profile's [dns] leaves out",
       "dns-name-allowlist" in [finding["channel"] for finding in expected["findings"]])
    for finding in expected["findings"]:
        ok(f"{name}: {finding['channel']} is about names",
           finding["channel"].startswith("dns-"), finding)
        same(f"{name}: {finding['channel']}: found in the very frames", frames_of(rows),
             frames_in(finding))
    # RFC 1035 section 3.1: a length before each label, and the root's: text and 2.
    same(f"{name}: hidden is the names", sum(len(line["name"]) + 2 for line in log),
         expected["classes"].get("hidden"))


def still(name, truth, expected):
    log = [line for line in truth if line.get("implant") == "still"]
    ours = " || ".join(f"tcp.port == {line['sport']}" for line in log)
    rows = tshark(name, f"({ours}) && tcp.len > 0", "frame.number", "ip.src", "tcp.len", "ip.dst")
    same(f"{name}: goes where the camera's log says", {line["dst"] for line in log},
         {row[3] for row in rows if row[1] == CAMERA})
    channels = [finding["channel"] for finding in expected["findings"]]
    ok(f"{name}: found, as a picture and as a flow",
       {"content-media", "flow-undeclared-destination"} <= set(channels), channels)
    mine = frames_of([row for row in rows if row[1] == CAMERA])
    for finding in expected["findings"]:
        same(f"{name}: {finding['channel']}: in frames of the upload, all of them", mine,
             [frame for frame in frames_in(finding) if frame in mine])
        ok(f"{name}: {finding['channel']}: and in no other conversation",
           set(frames_in(finding)) <= set(frames_of(rows)), finding)
    same(f"{name}: undeclared is what those connections carried",
         sum(int(row[2]) for row in rows), expected["classes"].get("undeclared"))
    ok(f"{name}: which is more than the pictures",
       sum(line["octets"] for line in log) < expected["classes"].get("undeclared", 0))


IMPLANTS = {"clean": clean, "padding": padding, "dns": dns, "still": still}


# --- one capture ---

WHOLE = ("frame.cap_len", "ip.src", "rtsp.method", "dhcp.option.dhcp", "arp.src.proto_ipv4",
         "dns.qry.name", "dns.flags.response", "ntp.flags.mode", "udp.dstport", "rtcp.pt")


def check_whole(name, record):
    """The session from its first message to its last, the household around it, and the sum."""
    rows = [dict(zip(WHOLE, row)) for row in tshark(name, "frame", *WHOLE)]

    def has(**wanted):
        return any(all(row[key.replace("_", ".")] == value for key, value in wanted.items())
                   for row in rows)

    same(f"{name}: the classes add up to what tshark counts",
         (len(rows), sum(int(row["frame.cap_len"]) for row in rows)),
         (record["ledger"]["total_packets"],
          sum(row["bytes"] for row in record["ledger"]["classes"])))
    same(f"{name}: the session is whole",
         ["OPTIONS", "DESCRIBE", "SETUP", "SETUP", "PLAY", "TEARDOWN"],
         [row["rtsp.method"] for row in rows if row["rtsp.method"]])
    ok(f"{name}: has DHCP to its end", has(dhcp_option_dhcp="5"))
    ok(f"{name}: has ARP", any(row["arp.src.proto_ipv4"] == CAMERA for row in rows))
    ok(f"{name}: has DNS answers", has(dns_qry_name="time.example.net", dns_flags_response="1"))
    ok(f"{name}: has NTP, asked and answered",
       has(ntp_flags_mode="3", ip_src=CAMERA) and has(ntp_flags_mode="4"))
    ok(f"{name}: has WS-Discovery", has(ip_src=CAMERA, udp_dstport="3702"))
    ok(f"{name}: has RTCP reports", any("200" in row["rtcp.pt"].split(",") for row in rows))


def check(name):
    kind = name.split("-")[0]
    expected, truth = load(name, ".expected.json"), load(name, ".truth.jsonl")
    done = analyze(name, "--json")
    record = json.loads(done.stdout)
    same(f"{name}: exit status", STATUS.get(kind, 1), done.returncode)
    same(f"{name}: verdict", VERDICT.get(kind, "concealed"), expected["verdict"])
    ours = promise(record)
    for key in expected:
        same(f"{name}: {key} are as expected", expected[key], ours[key])
    octets = media(name)
    same(f"{name}: declared video and audio are tshark's RTP payload, to the octet",
         (octets["96"], octets["8"]),
         (expected["classes"]["declared-video"], expected["classes"]["declared-audio"]))
    IMPLANTS[kind](name, truth, expected)
    check_whole(name, record)
    ok(f"{name}: is small", os.path.getsize(capture_of(name)) <= LARGEST)


def check_without_rights():
    """As nobody, without a capability, where the way to the program is open to all."""
    def open_to_all(path):
        while path != "/":
            path = os.path.dirname(path)
            if not os.stat(path).st_mode & 0o001:
                return False
        return True

    if os.geteuid() == 0:
        if not open_to_all(LENSCAP) or not open_to_all(SAMPLES):
            ok("as nobody # SKIP the program lies where nobody may look", True)
            return
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    else:
        who = {}
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        cases = os.path.join(folder, "cases")
        for name in "clean-tcp", "padding-udp":
            done = analyze(name, "-o", cases, cwd=folder, **who)
            same(f"{name}: nobody needs a right to analyze it",
                 (STATUS.get(name.split("-")[0], 1), b""), (done.returncode, done.stderr))
            made = os.path.join(cases, name + ".pcapng.case")
            sums = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=made,
                                  capture_output=True, check=False)
            ok(f"{name}: and the case is whole", sums.returncode == 0, sums.stdout + sums.stderr)


def main():
    if not shutil.which("tshark"):
        print("1..0 # SKIP needs tshark")
        return 0
    for name in NAMES:
        check(name)
    ours = {capture_of(name) for name in NAMES}
    same("no capture goes untested", ours, set(glob.glob(os.path.join(CAPTURES, "*.pcapng"))))
    ok("all together are small", sum(entry.stat().st_size for entry in os.scandir(CAPTURES))
       < LARGEST_SUM)
    check_without_rights()
    print(f"1..{counted}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
