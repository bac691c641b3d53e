#!/usr/bin/python3
"""What Wireshark says of the packets that were cut out, and of where they came from.

Usage: test-evidence.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import glob
import hashlib
import json
import os
import re
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
from command_tap import (PROFILE, analyze, end, ok, own_folder, pcap, read, same,  # noqa: E402
                         sample, udp, write)

COMMENT = re.compile(
    r"lenscap (F\d+): (?:(\d+) octets? of )?([a-z0-9-]+), (?:octets ([0-9, -]+) of )?frame (\d+)"
    r"(?: \((\d+) of (.+)\))?")


def tool(*command):
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def packets_of(path, *options):
    """Number, octets as hexadecimal digits and comment of each packet, as tshark has them."""
    numbers = tool("tshark", "-r", path, *options, "-T", "fields", "-E", "separator=/t",
                   "-e", "frame.number", "-e", "frame.comment").splitlines()
    dumps = tool("tshark", "-r", path, *options, "-x", "--hexdump", "noascii").strip().split("\n\n")
    octets = ["".join(line[6:].strip() for line in dump.splitlines()) for dump in dumps if dump]
    return [(int(line.split("\t")[0]), data, line.split("\t")[1])
            for line, data in zip(numbers, octets, strict=True)]


def octets_of(text):
    """"86-87, 200" as a set."""
    found = set()
    for part in (text or "").split(", "):
        if part:
            first, _, last = part.partition("-")
            found |= set(range(int(first), int(last or first) + 1))
    return found


def fits(finding, number, comment):
    """Whether a packet's comment says of its frame what the record does."""
    said = COMMENT.fullmatch(comment)
    if said is None or said[1] != finding["id"] or said[3] != finding["channel"]:
        return False
    wanted = set()
    for piece in finding["octets"]:
        if piece["frame"] == number:
            wanted |= set(range(piece["offset"], piece["offset"] + piece["length"]))
    return (int(said[5]) == number and octets_of(said[4]) == wanted
            and (int(said[2]) if said[2] else 0) == len(wanted))


def of_one_capture(name):
    capture = sample(name)
    with own_folder():
        analyze("--profile", PROFILE, capture)
        case = f"lenscap-cases/{name}.pcapng.case"
        record = json.loads(read(case, "evaluation.json"))
        ok(f"{name}: each finding has its evidence", len(record["findings"]) > 0
           and sorted(os.listdir(case + "/evidence"))
           == sorted(row["id"] + ".pcapng" for row in record["findings"]))
        for finding in record["findings"]:
            what = f"{name}, {finding['id']} {finding['channel']}"
            cut = packets_of(f"{case}/evidence/{finding['id']}.pcapng")
            whole = packets_of(capture, "-Y", finding["filter"])
            ok(f"{what}: its packets, to the octet", len(cut) == finding["frames"]["count"]
               and [row[1] for row in cut] == [row[1] for row in whole], f"{len(cut)} {len(whole)}")
            wrong = [row[2] for row, other in zip(cut, whole, strict=False)
                     if not fits(finding, other[0], row[2])]
            same(f"{what}: each comment says what the record says", [], wrong)
        about = tool("capinfos", f"{case}/evidence/F001.pcapng")
        version = record["tool"]["version"]
        ok(f"{name}: the section names tool, version, capture and hash",
           f"lenscap {version}" in about and f"{name}.pcapng, SHA-256 "
           + hashlib.sha256(read(capture)).hexdigest() in about, about)


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def block(kind, body):
    size = 12 + len(body) + (-len(body) % 4)
    return struct.pack("<II", kind, size) + body + b"\0" * (-len(body) % 4) + struct.pack("<I", size)


def two_interfaces():
    """Both named, filtered and commented; custom blocks take frame numbers and are no packets."""
    section = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
    interfaces = b"".join(
        block(1, struct.pack("<HHI", 1, 0, 65535) + option(1, comment) + option(2, name)
              + option(11, b"\0" + text) + option(0, b""))
        for name, text, comment in ((b"eth7", b"not port 22", b"the camera's port"),
                                    (b"eth8", b"udp", b"the uplink")))
    custom = block(0xbad, struct.pack("<I", 32473) + b"not a packet")
    packets = b""
    for number in range(12):
        octets = udp(b"secret %03d" % number, dst="198.51.100.9")
        packets += custom + block(6, struct.pack("<IIIII", number % 2, 0, 1000 * number, len(octets),
                                                 len(octets)) + octets + b"\0" * (-len(octets) % 4))
    return section + interfaces + packets


def of_interfaces():
    with own_folder():
        write("two.pcapng", two_interfaces())
        analyze("two.pcapng", "--device", "192.0.2.100")
        case = "lenscap-cases/two.pcapng.case"
        finding = next(row for row in json.loads(read(case, "evaluation.json"))["findings"]
                       if row["frames"]["count"] == 12)
        path = f"{case}/evidence/{finding['id']}.pcapng"
        about = tool("capinfos", path)
        for word in ("Name = eth7", "Name = eth8", "Filter string = not port 22",
                     "Filter string = udp", "the camera's port", "the uplink",
                     "lenscap: interface 1 of the capture"):
            ok(f"of the interfaces Wireshark knows: {word}", word in about, about)
        same("frames are numbered as Wireshark numbers the capture",
             [2 * number for number in range(1, 13)],
             [int(COMMENT.fullmatch(row[2])[5]) for row in packets_of(path)])


def of_a_set():
    with own_folder():
        for part in (0, 1):
            write(f"set/part-{part}.pcap", pcap(*(udp(b"%03d%03d" % (part, number),
                                                      dst="198.51.100.9") for number in range(3))))
        done = analyze("--set", "set", "--device", "192.0.2.100")
        path = glob.glob("lenscap-cases/*.case/evidence/F001.pcapng")
        ok("a set has evidence too", len(path) == 1, done.stderr)
        said = [COMMENT.fullmatch(row[2]) for row in packets_of(path[0])]
        same("it says in which file a frame was, and as which",
             [("4", "1", "part-1.pcap"), ("5", "2", "part-1.pcap"), ("6", "3", "part-1.pcap")],
             [(row[5], row[6], row[7]) for row in said[-3:]])
        about = tool("capinfos", path[0])
        for part in (0, 1):
            digest = hashlib.sha256(read(f"set/part-{part}.pcap")).hexdigest()
            ok(f"and the hash of file {part}", f"part-{part}.pcap, SHA-256 {digest}" in about, about)


def main():
    for name in ("padding-udp", "dns-tcp", "still-udp"):
        of_one_capture(name)
    of_interfaces()
    of_a_set()
    end()


if __name__ == "__main__":
    main()
