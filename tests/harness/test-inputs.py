#!/usr/bin/python3
"""What `lenscap analyze` reads: packed captures, damaged ones, and what it says of them.

Usage: test-inputs.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import gzip
import hashlib
import os
import resource
import shutil
import struct
import subprocess
import sys
import zlib

sys.dont_write_bytecode = True
from command_tap import (PROFILE, analyze, end, is_sealed, lenscap, ok, own_folder, pcap, read,  # noqa: E402
                         records, same, sample, skip, tree, udp, write)

PADDING = read(sample("padding-tcp"))
PACKETS = [udp(bytes([n]) * (40 + n)) for n in range(100)]
HALF = len(PADDING) // 2


def zstd(octets):
    """As zstd(1) packs them; None where there is none."""
    if shutil.which("zstd") is None:
        return None
    return subprocess.run(["zstd", "-q", "-c"], input=octets, capture_output=True, check=True).stdout


def member(octets):
    return gzip.compress(octets, mtime=0)


def skippable(octets):
    return struct.pack("<II", 0x184d2a50, len(octets)) + octets


def packed():
    """(name, octets) of the same capture, packed in several ways."""
    yield "one.gz", member(PADDING)
    yield "two.gz", member(PADDING[:HALF]) + member(b"") + member(PADDING[HALF:]) + bytes(100)
    if zstd(b"") is None:
        skip("Zstandard", "no zstd")
        return
    yield "one.zst", zstd(PADDING)
    yield "two.zst", skippable(b"pzstd") + zstd(PADDING[:HALF]) + zstd(PADDING[HALF:])


def packed_captures():
    with own_folder():
        write("plain.pcapng", PADDING)
        plain = records(analyze("--json", "-o", "cases", "--profile", PROFILE, "plain.pcapng"))[0]
        its_input = plain.pop("input")
        for name, octets in packed():
            write(name, octets)
            done = analyze("--json", "-o", "cases", "--profile", PROFILE, name)
            record = records(done)[0]
            found = record.pop("input")
            same(f"{name}: the same record", plain, record)
            same(f"{name}: size and hash are those of the file as it lies",
                 (len(octets), hashlib.sha256(octets).hexdigest()), (found["bytes"], found["sha256"]))
            for key in ("name", "bytes", "sha256"):
                found[key] = its_input[key]
            same(f"{name}: all else of the input is the same", its_input, found)
            case = f"cases/{name}.case"
            same(f"{name}: the same evidence", [evidence_packets("plain.pcapng")],
                 [evidence_packets(name)])
            ok(f"{name}: the case is sealed", is_sealed(case))
            same(f"{name}: and can be verified", 0,
                 lenscap("verify", case, "--input", name).returncode)


def evidence_packets(name):
    """Evidence names the capture in its comments: by length only."""
    folder = f"cases/{name}.case/evidence"
    return [(file, len(packets_of(read(folder, file)))) for file in tree(folder)]


def packets_of(pcapng):
    found, at = [], 0
    while at < len(pcapng):
        kind, size = struct.unpack_from("<II", pcapng, at)
        if kind == 6:
            length = struct.unpack_from("<I", pcapng, at + 20)[0]
            found.append(pcapng[at + 28:at + 28 + length])
        at += size
    return found


def whole_packets(octets):
    """How many packets of a pcap are whole, and where the first that is not begins."""
    at, count = 24, 0
    while at + 16 <= len(octets):
        length = struct.unpack_from("<I", octets, at + 8)[0]
        if at + 16 + length > len(octets):
            break
        at, count = at + 16 + length, count + 1
    return count, at


def coverage_of_a_failure():
    """What this version does not look for is not implemented, read or not."""
    with own_folder():
        write("good.pcap", pcap(*PACKETS))
        write("bad.pcap", b"no capture")
        good, bad = records(analyze("--json", "good.pcap", "bad.pcap"))
    missing = [[row["channel"] for row in record["coverage"] if row["status"] == "not-implemented"]
               for record in (good, bad)]
    same("failed: the same channels are not implemented", missing[0], missing[1])
    ok("and there are some", missing[0])
    same("failed: the others could not be examined",
         [row["channel"] for row in bad["coverage"] if row["channel"] not in missing[0]],
         [row["channel"] for row in bad["coverage"] if row["status"] == "not-examinable"])
    counted = f"{len(missing[0])} channels are not implemented in this version"
    same("failed: their number is a reason, as ever",
         [True, True], [counted in record["reasons"] for record in (good, bad)])


def said_of(name, octets):
    write(name, octets)
    return records(analyze("--json", name))[0]["input"]


def cut_short():
    capture = pcap(*PACKETS)
    octets = member(capture)
    with own_folder():
        wrong = []
        for length in range(60, len(octets), 90):
            head = zlib.decompressobj(31).decompress(octets[:length])
            found = said_of("cut.gz", octets[:length])
            wanted = ("truncated" if len(head) >= 4 else "failed", whole_packets(head)[0],
                      f"the gzip data end early, at offset {length}")
            if len(head) >= 24 and wanted != (found["status"], found["packets"], found["problem"]):
                wrong.append((length, wanted, found))
        same("gzip, cut: what was readable before is evaluated", [], wrong)
        wrong = []
        for length in range(0, len(capture), 331):
            found = said_of("cut.pcap", capture[:length])
            count, at = whole_packets(capture[:length])
            complete = length >= 24 and at == length
            status = "complete" if complete else "truncated" if length >= 4 else "failed"
            at = 0 if length < 24 else at
            if (found["status"], found["packets"]) != (status, count) or (
                    not complete and not found["problem"].endswith(f", at offset {at}")):
                wrong.append((length, status, count, at, found))
        same("pcap, cut: what was readable before is evaluated", [], wrong)
        found = said_of("sum.gz", octets[:-8] + bytes(4) + octets[-4:])
        same("a checksum that differs is told, and costs nothing", ("truncated", len(PACKETS)),
             (found["status"], found["packets"]))
        ok("in words", "the gzip data are damaged (incorrect data check)" in found["problem"], found)
        found = said_of("more.gz", octets + b"something else")
        same("what follows is told", ("truncated", len(PACKETS), "the gzip data are followed by something else, "
                                      f"at offset {len(octets)}"),
             (found["status"], found["packets"], found["problem"]))
        if zstd(b"") is None:
            skip("damaged Zstandard", "no zstd")
            return
        octets = zstd(capture) + zstd(pcap(*PACKETS)[24:])
        cut = octets[:-20]
        found = said_of("cut.zst", cut)
        same("Zstandard, cut: the frame before is evaluated",
             ("truncated", len(PACKETS), f"the Zstandard data end early, at offset {len(cut)}"),
             (found["status"], found["packets"], found["problem"]))
        large = bytes(range(256)) * 40
        octets = zstd(pcap(*[udp(large[n:n + 1000] + os.urandom(400)) for n in range(600)]))
        found = said_of("cut-inside.zst", octets[:len(octets) * 3 // 4])
        ok("and within a frame the blocks before", found["status"] == "truncated" and found["packets"] >= 180,
           found)


def no_captures():
    xz = b"\xfd7zXZ\0"
    for name, octets, words in (
            ("text.gz", member(b"a text"), "neither pcap nor pcapng, at offset 0 of what was unpacked"),
            ("twice.gz", member(member(pcap())), "a compressed file (gzip) in a compressed file"),
            ("packed.xz", xz + bytes(100), "a compressed file (xz)"),
            ("empty.gz", member(b""), "the file is empty"),
            ("empty.pcap", b"", "the file is empty, at offset 0")):
        with own_folder():
            write(name, octets)
            done = analyze(name)
            ok(f"{name}: refused with the reason", done.returncode == 2 and words.encode() in done.stdout,
               done.stdout)


def folders():
    with own_folder():
        capture = pcap(*PACKETS)
        write("all/a.pcap.gz", member(capture))
        write("all/b.pcapng.gz", member(PADDING))
        write("all/c.text.gz", member(b"a text"))
        write("all/d.gz", b"\x1f\x8b no gzip at all")
        write("all/below/e.log.gz", member(bytes(100000)))
        names = [b"a.pcap.gz", b"b.pcapng.gz"]
        if zstd(b"") is not None:
            write("all/f.pcap.zst", skippable(b"") + zstd(os.urandom(1) * 0 + capture))
            write("all/g.text.zst", zstd(b"a text"))
            names.append(b"f.pcap.zst")
        done = analyze("all")
        same("a walked folder: what is packed counts when it holds a capture", names,
             [line.split(b":")[0].split(b"/")[-1] for line in done.stdout.splitlines()])
        left = [b"below/e.log.gz", b"c.text.gz", b"d.gz"]
        ok("the others are counted and named", all(name in done.stderr for name in left), done.stderr)


def long_names():
    with own_folder():
        for length in 250, 251:
            write("all/" + length * "n", pcap(*PACKETS))
        done = analyze("-o", "cases", "all")
        same("a name that leaves no room for .case costs only itself", 3, done.returncode)
        ok("the shorter one has its case", os.path.isdir("cases/" + 250 * "n" + ".case"))
        ok("of the longer one it is said why", b"give it a shorter name" in done.stdout, done.stdout)
        same("and nothing else is left", 3, len(os.listdir("cases")))


def standard_input():
    inputs = [("traffic.pcap.gz", member(pcap(*PACKETS))), ("traffic.pcapng.gz", member(PADDING))]
    if zstd(b"") is not None:
        inputs += [("traffic.pcap.zst", zstd(pcap(*PACKETS))), ("traffic.pcapng.zst", zstd(PADDING))]
    for kept, octets in inputs:
        with own_folder():
            analyze("-", input=octets)
            same(f"{kept}: standard input as it came", octets,
                 read("lenscap-cases/stdin.case", kept))
            same(f"{kept}: and verified from the case alone", 0,
                 lenscap("verify", "lenscap-cases/stdin.case").returncode)


# --- pcapng, block by block ---

def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def section():
    return block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))


def interface(linktype):
    return block(1, struct.pack("<HHI", linktype, 0, 0))


def packet(octets, number=0, options=b""):
    return block(6, struct.pack("<IIIII", number, 0, 1000, len(octets), len(octets))
                 + octets + bytes(-len(octets) % 4) + options)


def statistics(**counters):
    codes = {"ifdrop": 5, "osdrop": 7}
    return block(5, struct.pack("<III", 0, 0, 0) + b"".join(
        option(codes[name], struct.pack("<Q", value)) for name, value in counters.items()))


def losses():
    begin = section() + interface(1) + packet(PACKETS[0])
    for what, octets, lost in (
            ("no word of losses", begin, None),
            ("none lost", begin + statistics(ifdrop=0), 0),
            ("what interface and system dropped, the last count holds",
             begin + statistics(ifdrop=1) + statistics(ifdrop=7, osdrop=2), 9),
            ("what packets say was lost before them",
             begin + packet(PACKETS[1], options=option(4, struct.pack("<Q", 5)))
             + packet(PACKETS[2], options=option(4, struct.pack("<Q", 1))), 6)):
        with own_folder():
            write("a.pcapng", octets)
            done = analyze("--json", "a.pcapng")
            record = records(done)[0]
            same(what, [lost], [row["dropped"] for row in record["input"]["interfaces"]])
            same("and it spoils a pass" if lost else "and spoils nothing",
                 (bool(lost), 3 if lost else 0),
                 (record["verdict"] == "inconclusive"
                  and f"{lost} packets were lost by the capture" in record["reasons"], done.returncode))


def link_types():
    with own_folder():
        write("two.pcapng", section() + interface(1) + interface(195) + packet(PACKETS[0])
              + packet(bytes(50), 1) + packet(bytes(50), 1) + packet(PACKETS[1]))
        record = records(analyze("--json", "two.pcapng"))[0]
        ok("a link type that is not opened is named",
           "2 packets of link type 195 (IEEE802_15_4_WITHFCS) were not opened" in record["reasons"],
           record["reasons"])
        octets = {row["class"]: row["bytes"] for row in record["ledger"]["classes"]}
        same("its octets are nobody's, the others are evaluated",
             (100, len(PACKETS[0]) + len(PACKETS[1])),
             (octets["other-host"], sum(octets.values()) - octets["other-host"]))
        write("one.pcap", pcap()[:20] + struct.pack("<I", 227) + pcap(bytes(16))[24:])
        record = records(analyze("--json", "one.pcap"))[0]
        same("nothing else: no verdict", ("inconclusive", 16, True),
             (record["verdict"], record["ledger"]["total_bytes"],
              "1 packet of link type 227 (CAN_SOCKETCAN) was not opened" in record["reasons"]))


# --- 802.11 ---

POINT = bytes.fromhex("0200000000aa")
SNAP = bytes.fromhex("aaaa03000000")


def radiotap(frame, fcs=None):
    """With flags that say that a check sequence follows: that of the frame, or @fcs."""
    check = struct.pack("<I", zlib.crc32(frame)) if fcs is None else fcs
    return struct.pack("<BBHIB", 0, 0, 9, 2, 0x10) + frame + check


def wlan(ethernet, flags, number, qos=b"\0\0", body=None, fragment=0):
    """A data frame to or from the access point; @body: instead of LLC and what follows."""
    to, of = ethernet[:6], ethernet[6:12]
    addresses = POINT + of + to if flags & 1 else to + POINT + of
    body = SNAP + ethernet[12:] if body is None else body
    return (bytes([0x88 if qos else 0x08, flags, 0, 0]) + addresses
            + struct.pack("<H", number << 4 & 0xffff | fragment) + qos + body)


def subframe(ethernet):
    body = SNAP + ethernet[12:]
    return ethernet[:12] + struct.pack("!H", len(body)) + body


def in_air(octets, linktype, change):
    """A sample's packets, each changed into one frame or several, block by block."""
    out, at, number = b"", 0, 0
    while at < len(octets):
        kind, size = struct.unpack_from("<II", octets, at)
        body = octets[at + 8:at + size - 4]
        if kind == 1:
            body = struct.pack("<H", linktype) + body[2:]
        if kind == 6:
            length = struct.unpack_from("<I", body, 12)[0]
            number += 1
            frames = change(body[20:20 + length], number)
            for frame in frames if isinstance(frames, list) else [frames]:
                out += block(kind, body[:12] + struct.pack("<II", len(frame), len(frame)) + frame)
        else:
            out += block(kind, body)
        at += size
    return out


def told(record):
    """What does not depend on the link: octets but for headers (other hosts' frames count whole),
    and findings."""
    octets = {row["class"]: row["bytes"] for row in record["ledger"]["classes"]
              if row["class"] not in ("network-overhead", "other-host")}
    return octets, [(row["channel"], row["severity"], row["device"], row["frames"]["ranges"],
                     row["used_bits"]) for row in record["findings"]]


def over_the_air():
    camera = bytes.fromhex("4419b6000001")

    def plain(ethernet, number):
        return radiotap(wlan(ethernet, 1 if ethernet[6:12] == camera else 2, number))

    def aggregated(ethernet, number):
        way = 1 if ethernet[6:12] == camera else 2
        return radiotap(wlan(ethernet, way, number, b"\x80\0", subframe(ethernet)))

    def fragments(ethernet, number):
        """All but the last are equally long."""
        way, body, size = 1 if ethernet[6:12] == camera else 2, SNAP + ethernet[12:], 400
        starts = range(0, len(body), size)
        return [wlan(ethernet, way | (4 if start < starts[-1] else 0), number,
                     body=body[start:start + size], fragment=start // size) for start in starts]

    def fragmented(ethernet, number):
        return [radiotap(frame) for frame in fragments(ethernet, number)]

    def with_a_retry(ethernet, number):
        """Nobody acknowledged the first, and so it is sent again."""
        sent = fragments(ethernet, number)
        again = sent[0][:1] + bytes([sent[0][1] | 8]) + sent[0][2:]
        return [radiotap(frame) for frame in [sent[0], again, *sent[1:]]]

    with own_folder():
        write("plain.pcapng", PADDING)
        wanted = told(records(analyze("--json", "--profile", PROFILE, "plain.pcapng"))[0])
        for what, change in (("802.11", plain), ("802.11, as A-MSDU", aggregated)):
            write("air.pcapng", in_air(PADDING, 127, change))
            record = records(analyze("--json", "--profile", PROFILE, "air.pcapng"))[0]
            same(f"{what}: judged as on a cable", wanted, told(record))
            same(f"{what}: all octets are classed", record["ledger"]["total_bytes"],
                 sum(row["bytes"] for row in record["ledger"]["classes"]))
        octets, rows = wanted
        for what, change in (("fragments", fragmented), ("fragments and retries", with_a_retry)):
            write("air.pcapng", in_air(PADDING, 127, change))
            record = records(analyze("--json", "--profile", PROFILE, "air.pcapng"))[0]
            found = told(record)
            same(f"802.11, in {what}: the same octets of all classes", octets, found[0])
            same(f"802.11, in {what}: the same is found", [(*row[:3], row[4]) for row in rows],
                 [(*row[:3], row[4]) for row in found[1]])
        lost = iter(range(10 ** 6))
        write("air.pcapng", in_air(PADDING, 127, lambda ethernet, number: [
            frame for frame in fragmented(ethernet, number) if next(lost) % 50 != 7]))
        record = records(analyze("--json", "--profile", PROFILE, "air.pcapng"))[0]
        same("802.11, fragments missing: all octets are classed", record["ledger"]["total_bytes"],
             sum(row["bytes"] for row in record["ledger"]["classes"]))
        ok("802.11, fragments missing: the verdict is no pass",
           not record["verdict"].startswith("conforms"), record["reasons"])


def air(*frames):
    """Classes that have octets, the record, and how it ended."""
    with own_folder():
        write("air.pcap", pcap()[:20] + struct.pack("<I", 127) + pcap(*frames)[24:])
        done = analyze("--json", "air.pcap")
        record = records(done)[0]
        return ({row["class"]: row["bytes"] for row in record["ledger"]["classes"] if row["bytes"]},
                record, done.returncode)


def frames_of_the_air():
    datagram = PACKETS[0]
    header = bytes([0x40, 0, 0, 0]) + b"\xff" * 6 + datagram[6:12] + b"\xff" * 6 + b"\0\0"
    octets, _, _ = air(radiotap(header + b"\0\4name"))
    same("management: the header, and the elements, which are discovery",
         {"network-overhead": 9 + 24 + 4, "local-discovery": 6}, octets)
    octets, _, _ = air(radiotap(bytes([0xb4, 0, 0, 0]) + POINT + datagram[6:12]))
    same("control: a header, no more", {"network-overhead": 9 + 16 + 4}, octets)
    vendor = b"\x7f\x18\xfe\x34 anything"
    octets, record, _ = air(radiotap(b"\xd0" + header[1:] + vendor))
    same("action frames of a vendor are a flow that nobody declared", len(vendor), octets["undeclared"])
    sealed = radiotap(wlan(datagram, 0x41, 1))
    octets, record, status = air(sealed, sealed)
    same("what is encrypted counts as such, and spoils a pass",
         ({"network-overhead": 2 * len(sealed)}, "inconclusive", 3),
         (octets, record["verdict"], status))
    same("the same frame twice is one", 1, record["input"]["duplicates"])
    same("nothing is said to have been examined", ["not-examinable"],
         sorted({row["status"] for row in record["coverage"] if row["channel"] != "witness-difference"}
                - {"not-implemented"}))
    ok("in words", "1 packet of the device is encrypted on the link (IEEE 802.11) and was not examined"
       in record["reasons"], record["reasons"])
    first, again = wlan(datagram, 1, 1), wlan(datagram, 1 | 8, 1)
    _, record, _ = air(radiotap(first), radiotap(again))
    same("a retry is a duplicate", 1, record["input"]["duplicates"])
    damaged = radiotap(first, b"none")
    octets, record, _ = air(radiotap(first), damaged)
    same("a frame damaged on the air is nobody's", len(damaged) - 9, octets["other-host"])
    ok("and counted", "1 packet was damaged on the air: its check sequence does not hold"
       in record["reasons"], record["reasons"])


def bombs():
    """A gibibyte of blocks that nobody knows, in a megabyte."""
    block = struct.pack("<II", 0x7777, 16 << 20) + bytes((16 << 20) - 12) + struct.pack("<I", 16 << 20)
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    octets = packer.compress(PADDING)
    for _ in range(64):
        octets += packer.compress(block)
    octets += packer.flush()
    with own_folder():
        found = said_of("bomb.gz", octets)
        same("a bomb is read to its end", "complete", found["status"])
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        ok("in little memory", most < 300000, f"{most} kB")


def main():
    packed_captures()
    cut_short()
    coverage_of_a_failure()
    no_captures()
    folders()
    long_names()
    standard_input()
    losses()
    link_types()
    over_the_air()
    frames_of_the_air()
    bombs()
    end()


main()
