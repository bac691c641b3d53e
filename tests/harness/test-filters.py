#!/usr/bin/python3
"""What tshark selects by the filters of findings, in captures of every kind.

`filter` selects exactly the finding's frames, `filter_hint` at least one of them, and not all of a
capture where the finding's are few.

Usage: test-filters.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import glob
import json
import os
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
from command_tap import (PROFILE, SOURCE, analyze, end, ok, own_folder, read, same,  # noqa: E402
                         sample, skip, udp, write)

SHARED = os.environ.get("LENSCAP_CAPTURES", os.path.join(SOURCE, "..", "shared", "captures"))

# All filters in one pass: a listener of tshark for each.
LISTENERS = """
local number = 0
for filter in io.lines(os.getenv("LENSCAP_FILTERS")) do
  number = number + 1
  local mine, hits = number, {}
  local made, tap = pcall(Listener.new, "frame", filter)
  if not made then
    print(mine, "invalid")
  else
    function tap.packet(pinfo) hits[#hits + 1] = pinfo.number end
    function tap.draw() print(mine, table.concat(hits, " ")) end
  end
end
"""


def selected(capture, filters):
    """The frames that each filter selects; None: tshark does not take it."""
    write("filters.txt", "\n".join(filters) + "\n")
    write("listeners.lua", LISTENERS)
    done = subprocess.run(["tshark", "-q", "-X", "lua_script:listeners.lua", "-r", capture],
                          capture_output=True, check=False, text=True,
                          env={**os.environ, "LENSCAP_FILTERS": "filters.txt"})
    found = {}
    for line in done.stdout.splitlines():
        number, _, frames = line.partition("\t")
        if number.isdigit():
            found[int(number)] = None if frames == "invalid" else {int(n) for n in frames.split()}
    return [found.get(number + 1) for number in range(len(filters))]


def wrong_filters(capture, record):
    """A line for each filter that selects what it should not."""
    rows = [(finding, key) for finding in record["findings"] + record["leads"]
            for key in ("filter", "filter_hint") if finding[key] is not None]
    wrong = [f"{finding['id']} {finding['channel']}: no filter_hint"
             for finding in record["findings"] if finding["filter_hint"] is None]
    for (finding, key), frames in zip(rows, selected(capture, [row[0][row[1]] for row in rows]),
                                      strict=True):
        own = {number for first, last in finding["frames"]["ranges"]
               for number in range(first, last + 1)}
        few = len(own) < record["input"]["packets"] // 4
        right = frames is not None and (frames == own and len(own) == finding["frames"]["count"]
                                        if key == "filter" else
                                        frames & own and not (few and len(frames) == record["input"]["packets"]))
        if not right:
            wrong.append(f"{finding['id']} {finding['channel']} {key} {finding[key]}: "
                         f"{None if frames is None else sorted(frames)[:5]} of {sorted(own)[:5]}")
    return wrong


def hold(what, capture, *options):
    """In the current folder."""
    done = analyze("--json", *options, capture)
    record = json.loads(done.stdout)
    same(f"{what}: its {len(record['findings'])} findings' filters hold", [],
         wrong_filters(capture, record))
    return record


def packets_of(pcapng):
    """The packets of one of our samples."""
    found, at = [], 0
    while at < len(pcapng):
        kind, size = struct.unpack_from("<II", pcapng, at)
        if kind == 6:
            high, low, length = struct.unpack_from("<III", pcapng, at + 12)
            found.append(((high << 32) + low, pcapng[at + 28:at + 28 + length]))
        at += size
    return found


def pcap_of(packets, linktype):
    octets = struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, linktype)
    for time, packet in packets:
        octets += struct.pack("<IIII", time // 10**9, time % 10**9, len(packet), len(packet)) + packet
    return octets


def checksum(octets):
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip_packet(protocol, payload, src="10.0.0.1", dst="10.0.0.2"):
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0,
                         bytes(map(int, src.split("."))), bytes(map(int, dst.split("."))))
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def on_port(packets, port):
    """RTSP over TCP, on another port than 554."""
    moved = []
    for time, packet in packets:
        octets = bytearray(packet)
        if octets[12:14] == b"\x08\x00" and octets[23] == 6:
            at = 14 + 4 * (octets[14] & 15)
            for field in (at, at + 2):
                if octets[field:field + 2] == struct.pack("!H", 554):
                    octets[field:field + 2] = struct.pack("!H", port)
        moved.append((time, bytes(octets)))
    return moved


def made():
    """The sample's packets, on other links, inside other packets, on ports that tshark does not know."""
    packets = packets_of(read(sample("padding-tcp")))
    ip_only = [(time, packet[14:]) for time, packet in packets if packet[12:14] == b"\x08\x00"]
    with own_folder():
        kinds = {
            "no Ethernet (raw IP)": pcap_of(ip_only, 101),
            "Linux cooked": pcap_of([(time, b"\0\0\0\1\0\6" + packet[6:12] + b"\0\0" + packet[12:])
                                     for time, packet in packets], 113),
            "PPP": pcap_of([(time, b"\xff\x03\x00\x21" + packet) for time, packet in ip_only], 9),
            "a VLAN": pcap_of([(time, packet[:12] + b"\x81\x00\x00\x07" + packet[12:])
                               for time, packet in packets], 1),
            "GRE": pcap_of([(time, packets[0][1][:12] + b"\x08\x00" + ip_packet(47, b"\0\0\x08\0" + packet))
                            for time, packet in ip_only], 1),
            "VXLAN on its port": pcap_of([(time, in_vxlan(packet, 4789)) for time, packet in packets], 1),
            "VXLAN on another port": pcap_of([(time, in_vxlan(packet, 4790)) for time, packet in packets],
                                             1),
            "Linux cooked, with octets behind": pcap_of(
                [(time, b"\0\4\0\1\0\6" + packet[6:12] + b"\0\0" + packet[12:] + b"secret%04d" % number)
                 for number, (time, packet) in enumerate(packets)], 113),
            "datagrams in fragments": pcap_of(list(in_fragments(packets_of(read(sample("dns-udp"))))), 1),
            "RTSP on an odd port": pcap_of(on_port(packets, 41554), 1),
            "a middle without the SETUP": pcap_of(packets[60:], 1),
        }
        for what, octets in kinds.items():
            write("made.pcap", octets)
            record = hold(what, "made.pcap")
            ok(f"{what}: and there is something to filter", len(record["findings"]) > 0)


def in_fragments(packets, size=128):
    """What UDP carries, in datagrams cut into pieces of @size octets; each seventh is lost."""
    for number, (time, packet) in enumerate(packets):
        length = struct.unpack_from("!H", packet, 16)[0]
        body = packet[34:14 + length]
        if packet[12:15] != b"\x08\0\x45" or packet[23] != 17 or len(body) <= size:
            yield time, packet
            continue
        for at in range(0, len(body), size):
            piece = body[at:at + size]
            header = struct.pack("!BBHHHBBH8s", 0x45, 0, 20 + len(piece), number,
                                 (at + size < len(body)) << 13 | at // 8, 64, 17, 0, packet[26:34])
            header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
            if (number + at // size) % 7 != 0:
                yield time + at, packet[:14] + header + piece


def in_vxlan(packet, port):
    outer = udp(b"\x08\0\0\0\0\0\x07\0" + packet, sport=50000, dport=port, src="10.0.0.1", dst="10.0.0.2")
    return outer


def numbered_otherwise():
    """Custom blocks take frame numbers; files of a set are numbered through."""
    pcapng = read(sample("dns-udp"))
    blocks, at = [], 0
    while at < len(pcapng):
        kind, size = struct.unpack_from("<II", pcapng, at)
        if kind == 6 and len(blocks) % 3 == 0:
            blocks.append(struct.pack("<III", 0xbad, 20, 32473) + b"lens" + struct.pack("<I", 20))
        blocks.append(pcapng[at:at + size])
        at += size
    with own_folder():
        write("custom.pcapng", b"".join(blocks))
        hold("custom blocks among the packets", "custom.pcapng", "--profile", PROFILE)

        packets = packets_of(pcapng)
        third = len(packets) // 3
        parts = [packets[:third], packets[third:2 * third], packets[2 * third:]]
        for number, part in enumerate(parts):
            write(f"set/part-{number}.pcap", pcap_of(part, 1))
        write("whole.pcap", pcap_of(packets, 1))
        done = analyze("--json", "--set", "--profile", PROFILE, "set")
        same("a rotated set, as one capture", [],
             wrong_filters("whole.pcap", json.loads(done.stdout)))


def of_everything():
    captures = sorted(glob.glob(os.path.join(SHARED, "*.pcap*")))
    if not captures:
        skip("captures of others", "there are none here")
    samples = sorted(glob.glob(os.path.join(SOURCE, "samples", "captures", "*.pcapng")))
    with own_folder():
        for path in captures + samples:
            hold(os.path.basename(path), path)


def main():
    made()
    numbered_otherwise()
    of_everything()
    end()


if __name__ == "__main__":
    main()
