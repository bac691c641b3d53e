#!/usr/bin/python3
"""Caps of `lenscap analyze`: each is said when it is reached, those of the analysis leave the
verdict open, those of the presentation only give the count.

Usage: test-caps.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import glob
import os
import struct
import sys

sys.dont_write_bytecode = True
from command_tap import (PROFILE, analyze, complains, end, lenscap, ok, own_folder, pcap, read,  # noqa: E402
                         records, same, sample, udp, write)

CAMERA, VIEWER = "192.0.2.100", "192.0.2.1"
PADDING, CLEAN = sample("padding-udp"), sample("clean-tcp")


def capped(name, *arguments):
    """The record, and what it says of that cap: reasons and what was left out."""
    record = records(analyze("--json", *arguments))[0]
    reasons = [reason for reason in record["reasons"] if f"({name})" in reason]
    left_out = [row["left_out"] for row in record.get("caps_reached", []) if row["name"] == name]
    total = sum(row["bytes"] for row in record["ledger"]["classes"])
    ok(f"{name}: the ledger adds up", total == record["ledger"]["total_bytes"])
    return record, reasons, left_out


def with_ip(protocol, payload, to=VIEWER, identification=1, offset=0, more=False):
    frame = bytearray(udp(b"", src=CAMERA, dst=to))
    header = frame[14:34]
    struct.pack_into("!HHH", header, 2, 20 + len(payload), identification,
                     more << 13 | offset // 8)
    header[9] = protocol
    struct.pack_into("!H", header, 10, 0)
    total = sum(struct.unpack("!10H", header))
    total = (total & 0xffff) + (total >> 16)
    struct.pack_into("!H", header, 10, ~(total + (total >> 16)) & 0xffff)
    return bytes(frame[:14] + header) + payload


def tcp(sequence, payload, sport=40000):
    """A segment that acknowledges nothing new (RFC 9293 section 3.1), without a checksum."""
    return with_ip(6, struct.pack("!HHIIBBHHH", sport, 9, sequence, 1, 0x50, 0x18, 1000, 0, 0)
                   + payload)


def flows():
    packets = [udp(b"speak", sport=1000 + number, dport=2000 + number) for number in range(50)]
    write("flows.pcap", pcap(*packets))
    options = ["--device", CAMERA, "flows.pcap"]
    whole, reasons, left_out = capped("flows", *options)
    same("flows: not reached, not said", ([], [], 50), (reasons, left_out, len(whole["flows"])))
    record, reasons, left_out = capped("flows", "--cap", "flows=10", *options)
    same("flows: those beyond are counted together", [40], left_out)
    ok("flows: and that is a reason", reasons and "40 packets" in reasons[0], record["reasons"])
    same("flows: in a row of their own", 11, len(record["flows"]))
    classes = {row["class"]: row["bytes"] for row in record["ledger"]["classes"]}
    same("flows: their content is not explained", 40 * len(b"speak") + 40 * 8,
         classes["unexplained"])
    record, reasons, left_out = capped("flows", "--profile", PROFILE, "--cap", "flows=1", CLEAN)
    same("flows: an honest camera stays without a finding, but open", ("inconclusive", []),
         (record["verdict"], [row["channel"] for row in record["findings"]
                              if row["severity"] not in ("info", "low")]))


def reassembly():
    """A hole, and a hundred thousand octets behind it."""
    size, held = 1000, 100
    packets = [tcp(1, b"a" * size)] + [tcp(1 + (2 + number) * size, b"b" * size)
                                       for number in range(held)]
    write("hole.pcap", pcap(*packets))
    _, reasons, left_out = capped("reassembly-octets", "hole.pcap")
    same("reassembly: not reached, not said", ([], []), (reasons, left_out))
    record, reasons, left_out = capped("reassembly-octets", "--cap", "reassembly-octets=65536",
                                       "hole.pcap")
    ok("reassembly: octets that are no longer waited for are told",
       left_out and left_out[0] > 65536 and reasons, (left_out, record["reasons"]))


def fragments():
    packets = [with_ip(17, b"x" * 1200, identification=number, more=True)
               for number in range(80)]
    write("parts.pcap", pcap(*packets))
    record, reasons, left_out = capped("fragments", "--device", CAMERA, "--cap", "fragments=50",
                                       "parts.pcap")
    same("fragments: the oldest give way, and are told", [30], left_out)
    ok("fragments: with the reason", reasons and "30 fragments" in reasons[0], record["reasons"])
    record, reasons, left_out = capped("fragment-octets", "--device", CAMERA, "--cap",
                                       "fragment-octets=65536", "parts.pcap")
    same("fragments: by their octets too", [80 - 65536 // 1200], left_out)


def findings():
    whole, _, _ = capped("findings", "--profile", PROFILE, PADDING)
    record, reasons, left_out = capped("findings", "--profile", PROFILE, "--cap", "findings=1",
                                       PADDING)
    same("findings: the worst stays", ["rtp-padding-content"],
         [row["channel"] for row in record["findings"]])
    same("findings: the others are counted", [len(whole["findings"]) - 1], left_out)
    ok("findings: as a reason", len(reasons) == 1, record["reasons"])
    same("findings: the verdict is that of the worst", whole["verdict"], record["verdict"])


def presentation():
    whole, _, _ = capped("flow-rows", "--profile", PROFILE, CLEAN)
    record, reasons, left_out = capped("flow-rows", "--profile", PROFILE, "--cap", "flow-rows=2",
                                       CLEAN)
    same("rows: the rest is counted", ([len(whole["flows"]) - 2], 2, []),
         (left_out, len(record["flows"]), reasons))
    same("rows: the verdict stays", whole["verdict"], record["verdict"])
    analyze("--profile", PROFILE, "--cap", "evidence-packets=4", "-o", "few", PADDING)
    packets = max(read(path).count(b"lenscap F") - 1 for path in glob.glob("few/*/evidence/*.pcapng"))
    same("evidence: the first and the last", 4, packets)


def memory():
    """More peers than icmp-echo remembers."""
    def echo(number):
        body = struct.pack("!BBHHH", 8, 0, 0, 1, number & 0xffff) + b"abcdefgh"
        return with_ip(1, body, to=f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    write("peers.pcap", pcap(*map(echo, range(16484))))
    record, reasons, left_out = capped("memory", "--only", "icmp-echo", "--device", CAMERA,
                                       "peers.pcap")
    same("memory of an analyzer: what it could not remember is told", [100], left_out)
    ok("memory of an analyzer: as a reason", reasons, record["reasons"])
    rows = [row for row in record["coverage"] if "no room" in (row.get("note") or "")]
    ok("memory of an analyzer: coverage says so", rows and {row["status"] for row in rows}
       == {"not-examinable"}, rows)


def asks(number):
    """A question for a name of its own (RFC 1035 section 4.1)."""
    name = b"n%05d" % number
    return udp(struct.pack("!HHHHHH", number & 0xffff, 0x100, 1, 0, 0, 0) + bytes([len(name)]) + name
               + b"\0" + struct.pack("!HH", 1, 1), dport=53)


def pings(number):
    """An echo request of a program of its own."""
    return with_ip(1, struct.pack("!BBHHH", 8, 0, 0, number, 1) + b"abcdefgh")


def speaks(number):
    """A host of its own speaks to the camera."""
    frame = udp(b"hello", src=f"10.9.{number >> 8}.{number & 255}", dst=CAMERA)
    return bytes.fromhex("4419b6000001 0200") + struct.pack("!I", number + 1) + frame[12:]


def routes(number):
    """A packet from an address of its own; each host sends 250 of them."""
    frame = udp(b"hello", src=f"10.8.{number >> 8}.{number & 255}", dst=CAMERA)
    return (bytes.fromhex("4419b6000001 0200") + struct.pack("!I", number // 250 + 1)
            + frame[12:])


def tables():
    """What an analyzer can remember, and more than that."""
    for name, packet, most in (("dns-types", asks, 4096), ("icmp-echo", pings, 4096),
                               ("arp-fields", speaks, 4096), ("ip-source", speaks, 4096),
                               ("ip-source", routes, 20000)):
        answers = []
        for count in (most - 10, most + 10):
            write("many.pcap", pcap(udp(b"here"), *map(packet, range(count))))
            record, reasons, left_out = capped("memory", "--only", name, "--device", CAMERA,
                                               "many.pcap")
            answers.append((len(reasons), len(left_out)))
        same(f"{name}: its bound of {most} is told when it is reached, and not before", [(0, 0), (1, 1)],
             answers)


def options():
    complains("a cap that is none is refused with the names", analyze("--cap", "x=1", CLEAN), 2,
              "flows, reassembly-octets")
    complains("so is a number that is none", analyze("--cap", "flows=many", CLEAN), 2,
              "from 1 to")
    analyze("--profile", PROFILE, "--cap", "findings=1", "-o", "cases", PADDING)
    case = glob.glob("cases/*.case")[0]
    same("the record says which caps it was made with", 1, records(analyze(
        "--json", "--profile", PROFILE, "--cap", "findings=1",
        PADDING))[0]["tool"]["options"]["caps"]["findings"])
    same("verify uses them", 0, lenscap("verify", case, "--input", PADDING).returncode)
    before = os.stat(case).st_ino
    analyze("--resume", "--profile", PROFILE, "--cap", "findings=1", "-o", "cases", PADDING)
    same("--resume leaves a case of the same caps", before, os.stat(case).st_ino)
    analyze("--resume", "--profile", PROFILE, "-o", "cases", PADDING)
    ok("and makes it again with others", before != os.stat(case).st_ino)


for test in (flows, reassembly, fragments, findings, presentation, memory, tables, options):
    with own_folder():
        test()
end()
