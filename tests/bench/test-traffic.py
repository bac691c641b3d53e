#!/usr/bin/python3
"""bench-traffic: the same octets each time, honest cameras, flows that are all there.

Usage: test-traffic.py PATH-OF-LENSCAP SOURCE-ROOT PATH-OF-BENCH-TRAFFIC
"""
import os
import subprocess
import sys

sys.dont_write_bytecode = True
SOURCE = os.path.abspath(sys.argv[2])
sys.path.insert(0, os.path.join(SOURCE, "tests", "harness"))
from command_tap import analyze, end, ok, own_folder, records, same, skip  # noqa: E402
from encoders import encoders  # noqa: E402

TRAFFIC = os.path.abspath(sys.argv[3])
MEDIA = os.path.join(SOURCE, "tests", "bench", "traffic", "media.sh")
LOUD = {"medium", "high", "critical"}


def made(name, *options):
    subprocess.run([TRAFFIC, *options, "-o", name], check=True, timeout=60)
    with open(name, "rb") as file:
        return file.read()


def evaluated(name):
    done = analyze("--json", name)
    return done.returncode, records(done)[0]


def flows():
    options = ["--flows", "300", "--packets", "2000", "--hosts", "20"]
    octets = made("flows.pcap", *options)
    ok("flows: the same options, the same octets", octets == made("again.pcap", *options))
    ok("flows: another seed, others", octets != made("other.pcap", *options, "--seed", "2"))
    _, record = evaluated("flows.pcap")
    same("flows: as many packets as asked for", 2000, record["input"]["packets"])
    same("flows: as many flows", 300, len(record["flows"]) + record["flows_rest"]["count"])
    same("flows: each alive to the end", 0,
         sum(flow["packets_out"] + flow["packets_in"] < 6 for flow in record["flows"]))


def cameras():
    if not encoders():
        skip("cameras", "no ffmpeg with libx264 and libx265")
        return
    subprocess.run([MEDIA, "media", "4", "320x180", "600"], check=True, timeout=120)
    options = ["--media", "media", "--bytes", "8000000"]
    octets = made("cameras.pcap", *options)
    ok("cameras: the same options, the same octets", octets == made("again.pcap", *options))
    ok("cameras: of the size asked for", 7900000 <= len(octets) <= 8000000, len(octets))
    status, record = evaluated("cameras.pcap")
    same("cameras: honest, says the exit status", 0, status)
    same("cameras: honest, says each finding", [],
         [(finding["channel"], finding["device"], finding["frames"]["ranges"][:3])
          for finding in record["findings"] if finding["severity"] in LOUD])
    tracks = [track for stream in record["declared"]["streams"] for track in stream["tracks"]]
    same("cameras: all there, each with two tracks that were seen", [24, 48],
         [len(record["devices"]), sum(track["packets"] > 0 for track in tracks)])
    classes = {row["class"]: row["bytes"] for row in record["ledger"]["classes"]}
    ok("cameras: video before all, nothing hidden or unexplained",
       classes["declared-video"] > 5000000 and classes["hidden"] == classes["unexplained"] == 0,
       classes)


with own_folder():
    flows()
    cameras()
end()
