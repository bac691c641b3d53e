#!/usr/bin/python3
"""`lenscap demo` against the simulated camera's own log of what it hid.

What is on the wire is read from traffic.pcapng by tshark alone, so that no reader of ours
is asked to vouch for another.  A leak counts as found when a finding of at least medium
severity names exactly the frames that carry it; nothing else may be that severe.

Usage: test-demo.py LENSCAP SCHEMA
LENSCAP_DEMO_SEEDS=10 runs seeds 1 to 10 over both transports, leaking and clean;
LENSCAP_DEMO_JOBS of them at a time (4).
"""
import collections
import concurrent.futures
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

import jsonschema

CAMERA = "192.0.2.100"
SEVERE = {"medium", "high", "critical"}
NOBODY = "setpriv --reuid 65534 --regid 65534 --clear-groups".split()
NEEDED = "tshark sha256sum unshare setpriv nft dnsmasq busybox".split()
# A padded packet logged this long before TEARDOWN, or less, may not have left (samples/README.md).
FAREWELL = 0.2
SECONDS = 180

Rtp = collections.namedtuple("Rtp", "ssrc seq pt payload padding frames time whole")
Still = collections.namedtuple("Still", "image_frames payload_frames")


def run(*arguments, status=(0,), **options):
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=SECONDS,
                          stdin=subprocess.DEVNULL, **options)
    if done.returncode not in status:
        raise AssertionError(f"{arguments[0]} ended with {done.returncode}\n{done.stdout[-2000:]}"
                             f"\n{done.stderr[-2000:]}")
    return done


class Wire:
    """The capture as tshark tells it."""

    FIELDS = ("frame.number frame.time_epoch frame.cap_len ip.src ip.dst tcp.stream tcp.srcport"
              " tcp.dstport tcp.seq tcp.payload udp.srcport udp.dstport udp.payload dns.id"
              " dns.flags.response rtsp.method rtp.ssrc rtp.payload").split()

    def __init__(self, path):
        columns = [part for field in self.FIELDS for part in ("-e", field)]
        # On a busy machine segments overtake each other, and tshark passes over what they hold.
        rows = run("tshark", "-o", "tcp.reassemble_out_of_order:TRUE", "-r", path, "-T", "fields",
                   *columns).stdout.splitlines()
        self.frames = [dict(zip(self.FIELDS, row.split("\t"))) for row in rows]

    def octets(self):
        return sum(int(frame["frame.cap_len"]) for frame in self.frames)

    def sent(self):
        return [frame for frame in self.frames if frame["ip.src"] == CAMERA]

    def teardown(self):
        return next((float(frame["frame.time_epoch"]) for frame in self.frames
                     if "TEARDOWN" in frame["rtsp.method"]), float("inf"))

    def query_frames(self, txid, port):
        return {int(frame["frame.number"]) for frame in self.sent()
                if frame["dns.flags.response"] == "0" and int(frame["dns.id"], 16) == txid
                and frame["udp.srcport"] == str(port)}

    def stream(self, **wanted):
        """What the camera sent over matching TCP connections: for each, its octets and the
        frame that brought each octet first."""
        pieces = collections.defaultdict(dict)
        for frame in self.sent():
            if frame["tcp.payload"] and all(frame[field.replace("_", ".")] == str(value)
                                            for field, value in wanted.items()):
                pieces[frame["tcp.stream"]].setdefault(int(frame["tcp.seq"]), frame)
        for parts in pieces.values():
            octets, frames, times = bytearray(), [], []
            for seq in sorted(parts):
                frame = parts[seq]
                fresh = bytes.fromhex(frame["tcp.payload"])[1 + len(octets) - seq:]
                assert seq <= 1 + len(octets), f"frame {frame['frame.number']} follows a hole"
                octets += fresh
                frames += [int(frame["frame.number"])] * len(fresh)
                times += [float(frame["frame.time_epoch"])] * len(fresh)
            yield bytes(octets), frames, times

    def still(self, line):
        """The frames with octets of the image, and those with any of its connection."""
        for octets, frames, _ in self.stream(tcp_srcport=line["sport"], ip_dst=line["dst"],
                                             tcp_dstport=line["dport"]):
            start = len(octets) - line["octets"]
            image = octets[start:]
            if start >= 0 and hashlib.sha256(image).hexdigest() == line["sha256"]:
                return Still(set(frames[start:]), set(frames))
        return None

    def rtp(self, transport):
        return list(self.rtp_in_tcp() if transport == "tcp" else self.rtp_in_udp())

    def rtp_in_udp(self):
        for frame in self.sent():
            if frame["rtp.ssrc"]:
                octets = bytes.fromhex(frame["udp.payload"])
                number = int(frame["frame.number"])
                yield rtp_packet(octets, [number] * len(octets), float(frame["frame.time_epoch"]))

    def rtp_in_tcp(self):
        """RFC 2326 section 10.12, between replies that end in an empty line and a body.  The
        viewer may hang up in the middle of a packet."""
        for octets, frames, times in self.stream(tcp_srcport=554):
            at = 0
            while at < len(octets):
                if octets[at] != 0x24:
                    head, _, _ = octets[at:].partition(b"\r\n\r\n")
                    body = [int(line.split(b":")[1]) for line in head.split(b"\r\n")
                            if line.lower().startswith(b"content-length")]
                    at += len(head) + 4 + sum(body)
                    continue
                length = int.from_bytes(octets[at + 2:at + 4], "big")
                body = slice(at + 4, at + 4 + length)
                whole = body.stop <= len(octets)
                if octets[at + 1] % 2 == 0 and len(octets) - body.start > 12:
                    yield rtp_packet(octets[body], frames[body], times[body.start], whole)
                at = body.stop


def rtp_packet(octets, frames, time, whole=True):
    """RFC 3550 section 5.1."""
    header = 12 + 4 * (octets[0] & 15)
    if octets[0] & 0x10:
        header += 4 + 4 * int.from_bytes(octets[header + 2:header + 4], "big")
    count = octets[-1] if octets[0] & 0x20 and whole else 0
    return Rtp(int.from_bytes(octets[8:12], "big"), int.from_bytes(octets[2:4], "big"),
               octets[1] & 0x7f, len(octets) - header - count,
               octets[len(octets) - count:].hex() if count else "",
               set(frames[len(octets) - count:]) if count else set(), time, whole)


def truth_of(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def numbers(finding):
    return {number for first, last in finding["frames"]["ranges"]
            for number in range(first, last + 1)}


def severe(record):
    return [finding for finding in record["findings"] if finding["severity"] in SEVERE]


def describe(frames, truth):
    return f"{len(frames)} frames, missing {sorted(truth - frames)[:9]}, " \
           f"too many {sorted(frames - truth)[:9]}"


class Case:
    """One run of the demo and what can be said of it; each check returns None or raises."""

    def __init__(self, program, schema, seed, transport, clean, user=()):
        self.program, self.schema, self.user = program, schema, user
        self.seed, self.transport, self.clean = seed, transport, clean
        self.title = f"seed {seed} over {transport}{' clean' if clean else ''}" \
            + (" as nobody" if user else "")

    def demo(self, folder):
        arguments = ["--seed", str(self.seed), "--transport", self.transport, "-o", folder]
        os.chmod(folder, 0o777)
        done = run(*self.user, self.program, "demo", *arguments, *(["--clean"] if self.clean else []),
                   status=(0,) if self.clean else (1,))
        names = os.listdir(folder)
        self.path = os.path.join(folder, next(name for name in names if name.endswith(".case")))
        truth = next(name for name in names if name.endswith(".truth.jsonl"))
        self.truth = truth_of(os.path.join(folder, truth))
        self.said = done.stdout
        with open(os.path.join(self.path, "evaluation.json"), encoding="utf-8") as file:
            self.record = json.load(file)
        self.wire = Wire(os.path.join(self.path, "traffic.pcapng"))
        self.rtp = self.wire.rtp(self.transport)

    def check_leftovers(self):
        names = [name for name in os.listdir(os.path.dirname(self.path)) if name.startswith(".")]
        assert not names, names

    def check_sums(self):
        run("sha256sum", "--quiet", "-c", "SHA256SUMS", cwd=self.path)

    def check_schema(self):
        jsonschema.validate(self.record, self.schema)

    def check_books(self):
        """Every octet in one class, as many as tshark counts."""
        ledger = self.record["ledger"]
        total = sum(row["bytes"] for row in ledger["classes"])
        assert total == ledger["total_bytes"] == self.wire.octets(), (total, self.wire.octets())
        assert ledger["total_packets"] == len(self.wire.frames), len(self.wire.frames)

    def check_media(self):
        """Declared media is the RTP payload; two readings of it, tshark's (of whole packets)
        and the RFC's."""
        classes = {row["class"]: row["bytes"] for row in self.record["ledger"]["classes"]}
        told = sum(len(payload) // 2 for frame in self.wire.sent()
                   for payload in frame["rtp.payload"].split(","))
        video = sum(packet.payload for packet in self.rtp if packet.pt == 96)
        audio = sum(packet.payload for packet in self.rtp if packet.pt == 8)
        whole = sum(packet.payload for packet in self.rtp if packet.whole)
        assert told == whole > 0, (told, whole)
        assert classes["declared-video"] == video, (classes, video)
        assert classes["declared-audio"] == audio, (classes, audio)

    def check_again(self):
        """The kept capture and profile lead to the same findings."""
        again = run(self.program, "analyze", "--json", "--profile",
                    os.path.join(self.path, "profile.ini"),
                    os.path.join(self.path, "traffic.pcapng"), status=(0, 1))
        assert json.loads(again.stdout)["findings"] == self.record["findings"]

    def found(self, truth, *others):
        """Takes away the findings that name exactly the frames of @truth (or of one of
        @others); there must be one."""
        exact = [finding for finding in self.left
                 if numbers(finding) in (truth, *others)]
        near = [finding["channel"] + ": " + describe(numbers(finding), truth)
                for finding in self.left]
        self.left = [finding for finding in self.left if finding not in exact]
        assert exact, f"nobody found its {len(truth)} frames\n" + "\n".join(near)

    def padding_truth(self):
        teardown = self.wire.teardown()
        seen = {(packet.ssrc, packet.seq, packet.padding): packet for packet in self.rtp
                if packet.padding}
        log = {(line["ssrc"], line["seq"], line["padding"]): line["time"] for line in self.truth
               if line.get("implant") == "padding"}
        astray = [key for key, time in log.items()
                  if key not in seen and time < teardown - FAREWELL]
        assert log and not astray, f"logged, not sent: {astray[:5]}"
        assert set(seen) <= set(log), "padding that nobody logged"
        return set().union(*(packet.frames for packet in seen.values()))

    def check_leaks(self):
        self.left = severe(self.record)
        self.found(self.padding_truth())
        queries = [self.wire.query_frames(line["txid"], line["port"]) for line in self.truth
                   if line.get("implant") == "dns"]
        last = float(self.wire.frames[-1]["frame.time_epoch"])
        late = [line["time"] for line in self.truth if line["time"] > last - FAREWELL]
        assert len([frames for frames in queries if not frames]) <= len(late), "a lost query"
        self.found(set().union(*queries))
        stills = [self.wire.still(line) for line in self.truth if line.get("implant") == "still"]
        assert stills and None not in stills, "a still that is not on the wire"
        self.found(set().union(*(still.image_frames for still in stills)),
                   set().union(*(still.payload_frames for still in stills)))
        assert not self.left, "more than the leaks: " + ", ".join(
            f"{finding['id']} {finding['channel']} {finding['severity']}" for finding in self.left)

    def check_clean(self):
        classes = {row["class"]: row["bytes"] for row in self.record["ledger"]["classes"]}
        astray = {name: classes[name] for name in ("hidden", "undeclared", "unexplained")}
        assert not any(astray.values()), astray
        assert not severe(self.record), [finding["channel"] for finding in severe(self.record)]
        assert self.record["verdict"] in ("conforms", "conforms-with-residual-capacity"), \
            (self.record["verdict"], self.record["reasons"])
        assert not [line for line in self.truth if "implant" in line]

    CHECKS = {
        "the case is whole and verifies": ("check_leftovers", "check_sums"),
        "the record is as its schema says": ("check_schema",),
        "all octets and frames are accounted for": ("check_books",),
        "declared media is what tshark counts": ("check_media",),
        "the kept files lead to the same findings": ("check_again",),
    }

    def lines(self):
        """Runs it all; TAP lines."""
        with tempfile.TemporaryDirectory(prefix="lenscap-demo-") as folder:
            try:
                self.demo(folder)
            except (AssertionError, subprocess.TimeoutExpired, StopIteration) as problem:
                yield from self.line("runs to its end", problem)
                self.keep(folder)
                return
            yield from self.line("runs to its end", None)
            verdict = {"is clean": ("check_clean",)} if self.clean else {
                "each leak is found, frame by frame, and nothing else": ("check_leaks",)}
            failed = False
            for what, names in {**verdict, **self.CHECKS}.items():
                problem = None
                try:
                    for name in names:
                        getattr(self, name)()
                except Exception as error:  # a wrong record may break a check in any way
                    problem = error
                failed = failed or problem is not None
                yield from self.line(what, problem)
            if failed:
                self.keep(folder)

    def line(self, what, problem):
        yield f"{'ok' if problem is None else 'not ok'} - {self.title}: {what}"
        if problem is not None:
            text = f"{type(problem).__name__}: {problem}"
            yield from ("# " + line for line in text.splitlines()[:30])

    def keep(self, folder):
        """LENSCAP_DEMO_KEEP=DIR: cases that failed stay there for a closer look."""
        kept = os.environ.get("LENSCAP_DEMO_KEEP")
        if kept:
            shutil.copytree(folder, os.path.join(kept, self.title.replace(" ", "-")),
                            dirs_exist_ok=True)


def readable(program, folder):
    """A copy of the programs that nobody can reach."""
    tree = os.path.dirname(os.path.dirname(program))
    os.chmod(folder, 0o755)
    for name in "harness", os.path.join("samples", "camera"):
        os.makedirs(os.path.join(folder, name))
        for entry in os.scandir(os.path.join(tree, name)):
            if entry.name.startswith("lenscap") and entry.is_file():
                shutil.copy(entry.path, os.path.join(folder, name))
    return os.path.join(folder, "harness", os.path.basename(program))


def cases(program, schema, folder):
    seeds = int(os.environ.get("LENSCAP_DEMO_SEEDS", "0"))
    if seeds == 0:
        wanted = [(1, "tcp", False), (2, "udp", False), (3, "tcp", True)]
    else:
        wanted = [(seed, transport, clean) for seed in range(1, seeds + 1)
                  for transport in ("tcp", "udp") for clean in (False, True)]
    found = [Case(program, schema, *one) for one in wanted]
    if os.geteuid() == 0:
        found.insert(1, Case(readable(program, folder), schema, 4, "tcp", False, NOBODY))
        if seeds:
            found.append(Case(found[1].program, schema, 5, "udp", True, NOBODY))
    return found


def main():
    program = os.path.abspath(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        schema = json.load(file)
    missing = [tool for tool in NEEDED if not shutil.which(tool)]
    private = ["unshare", "-n" if os.geteuid() == 0 else "-Urn", "true"]
    if missing or subprocess.run(private, capture_output=True).returncode != 0:
        print("1..0 # SKIP needs", " ".join(missing) or "network namespaces")
        return
    tests = 0
    jobs = int(os.environ.get("LENSCAP_DEMO_JOBS", "4"))
    with tempfile.TemporaryDirectory(prefix="lenscap-demo-") as folder, \
            concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for lines in pool.map(lambda case: list(case.lines()), cases(program, schema, folder)):
            print("\n".join(lines), flush=True)
            tests += sum(line.startswith(("ok", "not ok")) for line in lines)
    print(f"1..{tests}")


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    main()
