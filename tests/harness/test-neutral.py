#!/usr/bin/python3
"""The verdict does not depend on who made the device.  usage: test-neutral.py LENSCAP SOURCE

Each capture is evaluated as it is, and as if makers of several countries, some of them on policy
lists, had built its devices (neutral.py).  Verdicts, reasons and findings must be the same, but for
the names.
"""
import collections
import json
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from command_tap import PROFILE, SOURCE, analyze, end, ok, read, same, sample, skip, write
from neutral import MAKERS, swap

CAPTURES = os.environ.get("LENSCAP_CAPTURES") or os.path.join(SOURCE, "..", "shared", "captures")
ENDPOINTS = os.path.join(SOURCE, "ledger", "endpoints.tsv")
PHONE = "andypitcher_IoT_Sentinel__%s-STA.pcap"

# Capture, whether the sample's profile goes with it, domains, peers that no name resolves to.
CASES = [(sample(name), True, ["example.net"], ["198.51.100.202"] if "still" in name else [])
         for name in ("clean-tcp", "padding-tcp", "dns-udp", "still-tcp")] + [
    (sample("still-udp"), False, ["example.net"], ["198.51.100.202"]),
    (PHONE % "D-LinkDayCam_Setup-A-1", False, [], []),
    (PHONE % "EdimaxCam1_Setup-A-1", False, [], []),
    (PHONE % "HueBridge_Setup-C-1", False, ["meethue.com", "philips.com"], []),
    (PHONE % "WeMoSwitch_Setup-C-1", False, ["xbcs.net"], []),
    (PHONE % "Withings_Setup-C-1", False, ["withings.net"], []),
    ("NEU-SNS_intl-iot__yi_camera_sample.pcap", False, [], []),
    ("ntop_nDPI__rtsp.pcap", False, [], []),
    ("ntop_nDPI__tplink_shp.pcap", False, [], []),
    ("ntop_nDPI__tuya_lp.pcap", False, [], []),
    ("ntop_nDPI__dns_doh.pcap", False, [], []),
    ("ntop_nDPI__icmp-tunnel.pcap", False, [], []),
]


def verdict_section(record):
    """All that is judged; nothing that is only named."""
    return {
        "verdict": record["verdict"], "reasons": record["reasons"],
        "devices": [[device["verdict"], device["reasons"]] for device in record["devices"]],
        "findings": [{key: finding[key] for key in
                      ("channel", "analyzer", "severity", "hides", "confidence", "frames",
                       "first", "last", "room_bits", "used_bits", "filter")}
                     for finding in record["findings"]],
        "coverage": [[row["channel"], row["status"], row["examined"]]
                     for row in record["coverage"]],
        "classes": record["ledger"]["classes"],
    }


def difference(one, other):
    lines = []
    for key, value in one.items():
        if value == other[key]:
            continue
        if not isinstance(value, list):
            lines.append(f"{key}: {value} / {other[key]}")
            continue
        lines += [f"{key} -: {row}" for row in value if row not in other[key]]
        lines += [f"{key} +: {row}" for row in other[key] if row not in value]
    return "\n".join(lines)


folder = tempfile.mkdtemp(prefix="lenscap-neutral-")
os.chdir(folder)


def evaluate(name, octets, profile, texts=(), more=()):
    write(name, octets)
    arguments = ["--json", *more, name]
    if profile:
        text = read(PROFILE).decode()
        for one, other in texts:
            text = text.replace(one, other)
        write("profile.ini", text)
        arguments[:0] = ["--profile", "profile.ini"]
    return json.loads(analyze(*arguments).stdout)


verdicts, kinds = set(), collections.Counter()
for path, profile, domains, peers in CASES:
    path = path if os.path.isabs(path) else os.path.join(CAPTURES, path)
    name = os.path.basename(path)
    if not os.path.exists(path):
        skip(f"{name}: the same verdict whoever made it", "the capture is not here")
        continue
    octets = read(path)
    plain = verdict_section(evaluate(name, octets, profile))
    verdicts.add(plain["verdict"])
    for maker in MAKERS:
        swapped, texts, what = swap(octets, maker, ENDPOINTS, domains, peers)
        ok(f"{name}: frames become {maker}'s",
           what["frames"] > 0 and len(swapped) == len(octets)
           and list(what["domains"]) == list(domains), what)
        kinds += what["kinds"]
        other = verdict_section(evaluate(name, swapped, profile, texts))
        ok(f"{name}: the same verdict if {maker} made it ({plain['verdict']})", other == plain,
           difference(plain, other))
# --- lists of makers, the user's own too, only name ---

for path, profile, domains, peers in CASES:
    path = path if os.path.isabs(path) else os.path.join(CAPTURES, path)
    name = os.path.basename(path)
    if not os.path.exists(path):
        skip(f"{name}: the same verdict whatever a list of makers says", "the capture is not here")
        continue
    octets = read(path)
    plain = evaluate(name, octets, profile)
    hosts = sorted({host for flow in plain["flows"] for host in (flow["src"], flow["dst"])
                    if re.fullmatch(r"[0-9a-f]*[.:][0-9a-f.:]+", host) and not re.fullmatch(
                        r"(..:){5}..", host)})
    names = sorted({flow["name"] for flow in plain["flows"] if flow["name"]})
    write("makers.tsv", "vendor\tnames\taddresses\trole\tsource\n"
          f"Huawei\t{' '.join(names) or '-'}\t{' '.join(hosts) or '-'}\ta spy\tnobody\n")
    other = evaluate(name, octets, profile, (), ["--endpoints", "makers.tsv"])
    told = sum("Huawei" in (finding["detail"] or "") for finding in other["findings"])
    ok(f"{name}: the same verdict whatever a list of makers says ({told} named by it)",
       verdict_section(other) == verdict_section(plain),
       difference(verdict_section(plain), verdict_section(other)))

whole = sample("still-tcp")
plain = verdict_section(evaluate("whole.pcapng", read(whole), True))
for vendor in ("Hikvision", "Axis", "Huawei"):
    other = evaluate("whole.pcapng", read(whole), True, [("vendor = lenscap", f"vendor = {vendor}")])
    same(f"a profile that says {vendor} has the same verdict", [vendor, plain],
         [other["devices"][0]["declared_identity"]["vendor"], verdict_section(other)])

SORTS = {"mac", "name", "domain", "address", "server", "session", "dhcp"}
ok("every sort of words was swapped somewhere", SORTS <= set(kinds)
   or not os.path.isdir(CAPTURES), kinds)
ok("captures of every sort are among them", {"undeclared", "concealed"} <= verdicts
   or not os.path.isdir(CAPTURES), verdicts)

os.chdir("/")
shutil.rmtree(folder)
end()
