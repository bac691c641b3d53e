#!/usr/bin/python3
"""Records samples/captures anew: make-captures.py LENSCAP-CAMERA LENSCAP [--expect] [NAME...]

Each capture is one short life of the simulated camera (samples/lab.py): it comes up, one viewer
pulls a few seconds, it goes down.  Beside NAME.pcapng lie NAME.truth.jsonl, which the camera
wrote, and NAME.expected.json, an extract of what lenscap made of it.  tests/samples holds both
against the wire as tshark reads it, so look at `git diff` before you believe the second.
"""
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from lab import Lab, start  # noqa: E402

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "captures")
PROFILES = os.path.join(os.path.dirname(FOLDER), "profiles")
SECONDS = 5  # of stream
KBPS = 150

# What is hidden, and a seed whose pace shows it several times in so short a life.
IMPLANTS = {"clean": (None, 1), "padding": ("padding", 262), "dns": ("dns", 205),
            "still": ("still", 127)}
NAMES = [f"{what}-{transport}" for what in IMPLANTS for transport in ("tcp", "udp")]


def profile_of(name):
    return "camera-udp.ini" if name.endswith("-udp") else "camera.ini"


def without_machine(capture):
    """The pcapng blocks of @capture, less what its section header and interface tell of the
    machine it was made on (draft-ietf-opsawg-pcapng section 4.1 and 4.2: options)."""
    at, out = 0, b""
    while at < len(capture):
        kind, length = struct.unpack_from("<II", capture, at)
        block = capture[at:at + length]
        if kind == 0x0a0d0d0a:
            block = struct.pack("<IIIHHqI", kind, 28, 0x1a2b3c4d, 1, 0, -1, 28)
        elif kind == 1:
            kept = options_of(block, 16, {2, 9})  # if_name, if_tsresol
            size = 20 + len(kept)
            block = struct.pack("<II", kind, size) + block[8:16] + kept + struct.pack("<I", size)
        out += block
        at += length
    return out


def options_of(block, at, wanted):
    kept = b""
    while at + 4 <= len(block) - 4:
        code, length = struct.unpack_from("<HH", block, at)
        size = 4 + (length + 3) // 4 * 4
        if code in wanted:
            kept += block[at:at + size]
        at += size
    return kept + bytes(4)


def record(name, program):
    """Runs in a network namespace of its own."""
    what, transport = name.split("-")
    implant, seed = IMPLANTS[what]
    with tempfile.TemporaryDirectory(prefix="lenscap-samples-") as folder:
        lab = Lab(folder, sink=True)
        try:
            options = ["--implant", implant] if implant else []
            lab.plug_in(program, "--kbps", str(KBPS), "--seed", str(seed), *options)
            _, viewer = lab.pull(transport, SECONDS)
            status = viewer.wait(30)
            time.sleep(0.5)
            if status != 0 or lab.unplug() != 0:
                raise RuntimeError(f"{name}: the viewer or the camera did not end well")
        finally:
            lab.close()
        with open(lab.pcap, "rb") as made:
            octets = without_machine(made.read())
        with open(os.path.join(FOLDER, name + ".pcapng"), "wb") as kept:
            kept.write(octets)
        shutil.copyfile(lab.truth_file, os.path.join(FOLDER, name + ".truth.jsonl"))


def extract(evaluation):
    """What of a record a sample promises.  Notes of severity info are left out: they are room,
    not use, and each new analyzer adds some."""
    return {
        "verdict": evaluation["verdict"],
        "classes": {row["class"]: row["bytes"] for row in evaluation["ledger"]["classes"]
                    if row["bytes"]},
        "findings": [{key: finding[key] for key in ("channel", "severity", "frames")}
                     for finding in evaluation["findings"] if finding["severity"] != "info"],
    }


def expect(name, lenscap):
    done = subprocess.run([lenscap, "analyze", "--json", "--profile",
                           os.path.join(PROFILES, profile_of(name)),
                           os.path.join(FOLDER, name + ".pcapng")],
                          stdout=subprocess.PIPE, check=False)
    promised = extract(json.loads(done.stdout))
    rows = ",\n  ".join(json.dumps(finding) for finding in promised["findings"])
    with open(os.path.join(FOLDER, name + ".expected.json"), "w", encoding="utf-8") as kept:
        kept.write(f"""{{
 "verdict": {json.dumps(promised["verdict"])},
 "classes": {json.dumps(promised["classes"])},
 "findings": [{rows}]
}}
""")


def main():
    """With NAMEs, only those; with --expect, the captures stay and only the extracts are made."""
    camera, lenscap = (os.path.abspath(path) for path in sys.argv[1:3])
    if sys.argv[3:4] == ["--inside"]:
        record(sys.argv[4], camera)
        return 0
    os.makedirs(FOLDER, exist_ok=True)
    only_expect = sys.argv[3:4] == ["--expect"]
    for name in sys.argv[4 if only_expect else 3:] or NAMES:
        if only_expect:
            expect(name, lenscap)
            continue
        private = ["unshare", "-n" if os.geteuid() == 0 else "-Urn"]
        inside = start(*private, sys.executable, os.path.abspath(__file__), camera, lenscap,
                       "--inside", name)
        if inside.wait(90) != 0:
            return 1
        expect(name, lenscap)
    return 0


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    sys.exit(main())
