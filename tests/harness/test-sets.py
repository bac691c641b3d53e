#!/usr/bin/python3
"""`lenscap analyze --set`: a capture that was cut says what it says whole.

Usage: test-sets.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import glob
import gzip
import json
import os
import random
import shutil
import struct
import sys

sys.dont_write_bytecode = True
from command_tap import (PROFILE, SOURCE, analyze, complains, end, is_sealed, lenscap, ok, own_folder, read,  # noqa: E402
                         records, same, sample, skip, tree, udp, write)

SHARED = os.environ.get("LENSCAP_CAPTURES", os.path.join(SOURCE, "..", "shared", "captures"))
FRAME_CUTS = 12  # ways to cut each capture


# --- captures, taken apart and put together again ---

class Capture:
    """The packets of a capture of one section and one interface, or of a pcap."""

    def __init__(self, octets):
        self.packets = []
        magics = {b"\xd4\xc3\xb2\xa1": ("<", 1000), b"\xa1\xb2\xc3\xd4": (">", 1000),
                  b"\x4d\x3c\xb2\xa1": ("<", 1), b"\xa1\xb2\x3c\x4d": (">", 1)}
        if octets[:4] in magics:
            order, unit = magics[octets[:4]]
            self.linktype = struct.unpack(order + "I", octets[20:24])[0]
            at = 24
            while at + 16 <= len(octets):
                seconds, part, captured, original = struct.unpack(order + "4I", octets[at:at + 16])
                self.packets.append((seconds * 10**9 + part * unit, original,
                                     octets[at + 16:at + 16 + captured]))
                at += 16 + captured
            return
        at, resolution = 0, 6
        while at < len(octets):
            kind, length = struct.unpack("<2I", octets[at:at + 8])
            block = octets[at:at + length]
            if kind == 1:
                self.linktype = struct.unpack("<H", block[8:10])[0]
                option = 16
                while option + 4 < length - 4:
                    code, size = struct.unpack("<2H", block[option:option + 4])
                    if code == 9:
                        resolution = block[option + 4]
                    option += 4 + (size + 3 & ~3)
            elif kind == 6:
                high, low, captured, original = struct.unpack("<4I", block[12:28])
                self.packets.append(((high << 32 | low) * 10**(9 - resolution), original,
                                     block[28:28 + captured]))
            at += length

    def in_order(self):
        return all(a[0] <= b[0] for a, b in zip(self.packets, self.packets[1:]))


def as_pcap(packets, linktype, order):
    head = struct.pack(order + "I2H4I", 0xa1b23c4d, 2, 4, 0, 0, 262144, linktype)
    return head + b"".join(
        struct.pack(order + "4I", time // 10**9, time % 10**9, len(octets), original) + octets
        for time, original, octets in packets)


def as_pcapng(packets, linktype, order):
    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        length = len(body) + 12
        return struct.pack(order + "2I", kind, length) + body + struct.pack(order + "I", length)
    nanoseconds = struct.pack(order + "2H4B", 9, 1, 9, 0, 0, 0) + struct.pack(order + "2H", 0, 0)
    return (block(0x0a0d0d0a, struct.pack(order + "I2Hq", 0x1a2b3c4d, 1, 0, -1))
            + block(1, struct.pack(order + "2HI", linktype, 0, 0) + nanoseconds)
            + b"".join(block(6, struct.pack(order + "5I", 0, time >> 32, time & 0xffffffff,
                                            len(octets), original) + octets)
                       for time, original, octets in packets))


def cut(packets, places):
    places = [0] + sorted(places) + [len(packets)]
    return [packets[a:b] for a, b in zip(places, places[1:]) if a < b]


def write_parts(folder, parts, linktype, chance):
    """The parts under names that lie, of all kinds."""
    os.makedirs(folder)
    names = [f"{number:04}" for number in range(len(parts))]
    chance.shuffle(names)
    paths = []
    for name, part in zip(names, parts):
        form = chance.choice([as_pcap, as_pcapng])
        octets = form(part, linktype, chance.choice("<>"))
        packed = chance.random() < 0.3
        paths.append(write(os.path.join(folder, name), gzip.compress(octets) if packed else octets))
    return paths


def without_input(record):
    return json.dumps({key: value for key, value in record.items() if key != "input"})


# --- the sentence ---

def same_but_for_input(what, whole, parts, linktype, chance, *options):
    """Cut at @parts, shuffled, joined: the record of the whole."""
    paths = write_parts("parts", parts, linktype, chance)
    chance.shuffle(paths)
    joined = records(analyze("--json", "--set", *options, *paths))[0]
    shutil.rmtree("parts")
    alike = without_input(whole) == without_input(joined)
    differ = [key for key in whole if whole[key] != joined.get(key) and key != "input"]
    ok(what, alike and joined["input"]["status"] == whole["input"]["status"]
       and joined["input"]["packets"] == whole["input"]["packets"], f"{differ}")
    return joined


def samples_cut():
    chance = random.Random(1)
    for name in ("clean-tcp", "padding-udp", "dns-tcp", "still-udp"):
        capture = Capture(read(sample(name)))
        packets = capture.packets
        with own_folder():
            write("whole.pcapng", as_pcapng(packets, capture.linktype, "<"))
            whole = records(analyze("--json", "--profile", PROFILE, "whole.pcapng"))[0]
            for number in range(FRAME_CUTS // 4):
                many = chance.choice([1, 5, 50])
                places = chance.sample(range(1, len(packets)), many)
                joined = same_but_for_input(f"{name} in {many + 1} files: the record of the whole",
                                            whole, cut(packets, places), capture.linktype, chance,
                                            "--profile", PROFILE)
                files = joined["input"]["files"]
                same("each file has its place", [1] + [place + 1 for place in sorted(places)],
                     [file["first_frame"] for file in files])
            if name == "dns-tcp":
                same_but_for_input("a file for each packet", whole,
                                   cut(packets, range(1, len(packets))), capture.linktype, chance,
                                   "--profile", PROFILE)


def real_captures_cut():
    captures = [path for path in sorted(glob.glob(os.path.join(SHARED, "*.pcap")))
                if 200 < os.path.getsize(path) < 300000]
    if not captures:
        skip("real captures, cut", "there are none beside the source")
        return
    chance = random.Random(2)
    for path in captures[:30]:
        octets = read(path)
        if octets[:2] not in (b"\xd4\xc3", b"\xa1\xb2", b"\x4d\x3c"):
            continue
        capture = Capture(octets)
        if len(capture.packets) < 3 or not capture.in_order():
            continue
        with own_folder():
            write("whole", as_pcap(capture.packets, capture.linktype, "<"))
            whole = records(analyze("--json", "whole"))[0]
            places = chance.sample(range(1, len(capture.packets)),
                                   min(len(capture.packets) - 1, chance.choice([1, 3, 20])))
            same_but_for_input(os.path.basename(path) + " cut: the record of the whole", whole,
                               cut(capture.packets, places), capture.linktype, chance)


# --- how it is asked for ---

def halves(folder="day"):
    """Two files of padding-tcp, the second one first by name."""
    capture = Capture(read(sample("padding-tcp")))
    packets, half = capture.packets, len(capture.packets) // 2
    write(os.path.join(folder, "b-early.pcap"), as_pcap(packets[:half], capture.linktype, "<"))
    write(os.path.join(folder, "a-late.pcapng"), as_pcapng(packets[half:], capture.linktype, ">"))
    return folder


def ways_to_ask():
    with own_folder():
        halves()
        done = analyze("--profile", PROFILE, "-o", "cases", "--set", "day")
        ok("a set has one line", done.stdout.startswith(b"day/b-early.pcap: ")
           and done.stdout.count(b"\n") == 1, done.stdout)
        same("the case is named by the first file in time", ["cases/b-early.pcap.case"],
             glob.glob("cases/*"))
        ok("and sealed", is_sealed("cases/b-early.pcap.case"), done.stderr)
        record = json.loads(read("cases/b-early.pcap.case", "evaluation.json"))
        same("a set has no hash of its own", None, record["input"]["sha256"])
        same("its files have theirs, in the order of time", ["b-early.pcap", "a-late.pcapng"],
             [file["name"] for file in record["input"]["files"]])
        analyze("--profile", PROFILE, "-o", "other", "--set", "day/a-late.pcapng",
                "day/b-early.pcap")
        ok("any order gives the same octets", read("cases/b-early.pcap.case", "evaluation.json")
           == read("other/b-early.pcap.case", "evaluation.json"))
        evidence = [path for path in tree("cases") if "/evidence/" in path]
        ok("evidence is carved over the files", evidence, tree("cases"))
        ok("the same whatever the order", all(
            read("cases", path) == read("other", path) for path in evidence))

        write("list.txt", f"# a day\nday/a-late.pcapng\tset=Monday\tprofile={PROFILE}\n"
              f"{sample('clean-tcp')}\nday/b-early.pcap\tset=Monday\n")
        done = analyze("-o", "listed", "@list.txt")
        ok("set= in a manifest makes one input of its lines, where the first one stands",
           [line.split(b":")[0] for line in done.stdout.splitlines()][0] == b"Monday"
           and done.stdout.count(b"\n") == 2, done.stdout)
        named = json.loads(read("listed/Monday.case", "evaluation.json"))
        same("which has that name", "Monday", named["input"]["name"])
        same("and says the same", without_input(record), without_input(named))
        one = records(analyze("--json", "--set", "day/b-early.pcap"))[0]
        same("a set of one file is that file", records(analyze("--json", "day/b-early.pcap"))[0], one)


def wrong_ways():
    with own_folder():
        halves()
        write("twice.txt", "day/a-late.pcapng\tset=x\nday/../day/a-late.pcapng\tset=x\n")
        complains("a file twice in a set is refused", analyze("@twice.txt"), 2, "same file")
        write("two.txt", "day/a-late.pcapng\tset=x\tdevice=192.0.2.1\n"
              "day/b-early.pcap\tset=x\tdevice=192.0.2.2\n")
        complains("so are two declarations of one set", analyze("@two.txt"), 2, "contradicts")
        complains("and standard input in a set", analyze("--set", "day", "-"), 2, "standard input")
        write("up.txt", "day/a-late.pcapng\tset=..\nday/b-early.pcap\tset=..\n")
        complains("and a name that leads out of the folder", analyze("@up.txt"), 2, "set=..")


def verified_again():
    with own_folder():
        halves()
        analyze("--profile", PROFILE, "--set", "day")
        case = "lenscap-cases/b-early.pcap.case"
        done = lenscap("verify", case, "--input", "day")
        same("verify takes the folder of a set", (0, True),
             (done.returncode, b"the same record" in done.stdout))
        done = lenscap("verify", case, "--input", "day/a-late.pcapng", "--input", "day/b-early.pcap")
        same("or its files, in any order", 0, done.returncode)
        done = lenscap("verify", case, "--input", "day/b-early.pcap")
        same("a file that is left out is missing", (3, True),
             (done.returncode, b"a-late.pcapng is missing" in done.stderr))
        before = os.stat(case).st_ino
        analyze("--resume", "--profile", PROFILE, "--set", "day")
        same("--resume leaves a set that is the same", before, os.stat(case).st_ino)
        os.rename("day/a-late.pcapng", "day/c-late.pcapng")
        analyze("--resume", "--profile", PROFILE, "--set", "day")
        ok("not one of which a file has another name", before != os.stat(case).st_ino)


# --- what shows between the files ---

def timed_pcap(*seconds):
    """One packet at each time."""
    return as_pcap([(int(at * 10**9) + 10**18, 60, udp(b"%09d" % int(at * 1000)))
                    for at in seconds], 1, "<")


def notes(*files):
    for name, octets in files:
        write(name, octets)
    record = records(analyze("--json", "--set", *[name for name, octets in files]))[0]
    for name, octets in files:
        os.unlink(name)
    return record["input"]


def seams():
    steady = [number / 2 for number in range(20)]
    with own_folder():
        found = notes(("a-1", timed_pcap(*steady)), ("a-2", timed_pcap(*[10 + t for t in steady])))
        same("files that follow each other need no word", [], found["notes"])
        same("but the gap is there", [None, "0.500000000"], [file["gap"] for file in found["files"]])
        found = notes(("a-1", timed_pcap(*steady)), ("a-2", timed_pcap(*[22 + t for t in steady])))
        same("a gap longer than any pause is told, with both",
             ["Between a-1 and a-2 12.500 s are without a packet; the longest pause inside the "
              "files is 0.500 s."], found["notes"])
        found = notes(("a-1", timed_pcap(0, 40, 80)), ("a-2", timed_pcap(100, 120, 140)))
        same("not where traffic is as sparse anyway", [], found["notes"])
        found = notes(("n-008", timed_pcap(*steady)), ("n-009", timed_pcap(*[10 + t for t in steady])),
                      ("n-010", timed_pcap(*[20 + t for t in steady])),
                      ("n-013", timed_pcap(*[30 + t for t in steady])))
        same("numbers that are left out are told", ["By their numbers, 2 files between n-010 and "
                                                    "n-013 are missing."], found["notes"])
        overlapping = [number / 2 for number in range(16, 36)]
        found = notes(("a-1", timed_pcap(*steady)), ("a-2", timed_pcap(*overlapping)))
        same("overlap is told", ["a-1 and a-2 overlap by 1.500 s: packets of this time may be in "
                                 "both."], found["notes"])
        same("and what is in both counts once", 4, found["duplicates"])


def damage():
    with own_folder():
        halves()
        early = read("day/b-early.pcap")
        whole = records(analyze("--json", "--set", "day"))[0]
        write("day/b-early.pcap", early[:-3])
        record = records(analyze("--json", "--set", "day"))[0]
        same("a damaged file costs its rest only", ("truncated", whole["input"]["packets"] - 1),
             (record["input"]["status"], record["input"]["packets"]))
        ok("and is named", record["input"]["problem"].startswith("b-early.pcap: the capture ends "),
           record["input"]["problem"])
        write("day/none", b"no capture")
        record = records(analyze("--json", "--set", "day/none", "day/a-late.pcapng",
                                 "day/b-early.pcap"))[0]
        same("what is no capture stands last", ["b-early.pcap", "a-late.pcapng", "none"],
             [file["name"] for file in record["input"]["files"]])
        ok("and is named too", "; none: neither pcap nor pcapng" in record["input"]["problem"],
           record["input"]["problem"])
        os.mkdir("bad")
        write("bad/1", b"no")
        write("bad/2", b"capture")
        done = analyze("--json", "--set", "bad/1", "bad/2")
        same("a set without any capture fails", (2, "failed"),
             (done.returncode, records(done)[0]["input"]["status"]))
        done = analyze("--json", "--set", "day/a-late.pcapng", "day/vanished")
        same("so does a file cost only itself that is not there", "truncated",
             records(done)[0]["input"]["status"])


def many_files():
    with own_folder():
        os.mkdir("many")
        for number in range(3000):
            write(f"many/{number * 7919 % 3000:05}", timed_pcap(number))
        done = analyze("--json", "--set", "many")
        record = records(done)[0]
        same("thousands of files are a set like any other", (3000, 3000, "complete"),
             (record["input"]["packets"], len(record["input"]["files"]), record["input"]["status"]))


samples_cut()
real_captures_cut()
ways_to_ask()
wrong_ways()
verified_again()
seams()
damage()
many_files()
end()
