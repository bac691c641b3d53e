#!/usr/bin/python3
"""What lenscap costs, beside what others take, in one run on one machine.

CPU is user and system time of a program and all the processes it started and waited for; the
peak is that of its largest process.  The programs run in turn, round after round, and each
ratio is the median over the rounds of the ratio to the bare libpcap loop of the same round, so
that whatever else the machine does meanwhile hits all alike.

Needs ffmpeg with libx264 and libx265, for the media.  Measured too when installed: tcpdump
(Debian: tcpdump), tshark (tshark), ndpiReader (libndpi-bin).
"""
import argparse
import contextlib
import os
import platform
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FIELDS = ["-T", "fields", "-e", "rtp.seq"]
STREAMS = ["-q", "-z", "rtp,streams"]


class Run:
    """One run of a program: seconds of CPU and by the clock, peak in MB."""

    def __init__(self, command):
        with open(os.devnull, "r+b") as nothing:
            before = time.monotonic()
            process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)
            _, status, used = os.wait4(process.pid, 0)
            self.wall = time.monotonic() - before
        process.returncode = os.waitstatus_to_exitcode(status)
        self.status = process.returncode
        self.cpu = used.ru_utime + used.ru_stime
        self.peak = used.ru_maxrss / 1024


def median(runs, what):
    return statistics.median(getattr(run, what) for run in runs)


def ratio(runs, others):
    return statistics.median(one.cpu / other.cpu for one, other in zip(runs, others))


class Bench:
    """The programs, and a folder to make captures in."""

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.cases = os.path.join(folder, "cases")

    def tool(self, name):
        return os.path.join(self.options.build, name)

    def lenscap(self, *inputs, jobs=1):
        """All of it: the case is written, sealed and under its final name."""
        shutil.rmtree(self.cases, ignore_errors=True)
        run = Run([self.tool("harness/lenscap"), "analyze", f"-j{jobs}", "-o", self.cases, *inputs])
        if run.status not in (0, 1, 3):
            sys.exit(f"lenscap ended with {run.status} over {inputs}")
        return run

    def made(self, name, *options):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            subprocess.run([self.tool("tests/bench/bench-traffic"), *options, "-o", path],
                           check=True)
        return path

    def cameras(self, octets):
        media = self.options.media or os.path.join(self.folder, "media")
        if not os.path.isdir(media):
            subprocess.run([os.path.join(HERE, "traffic", "media.sh"), media], check=True)
        return self.made(f"cameras-{octets}.pcap", "--media", media, "--bytes", str(octets))

    def flows(self, count):
        return self.made(f"flows-{count}.pcap", "--flows", str(count), "--packets", "4000000")


def programs(bench, capture):
    """Names and how to run them, those that are installed; the first is what counts as 1."""
    found = [("bare libpcap loop", lambda: Run([bench.tool("tests/bench/bare-loop"), capture]))]
    known = [("tcpdump -w /dev/null", ["tcpdump", "-r", capture, "-w", os.devnull]),
             ("ndpiReader", ["ndpiReader", "-q", "-i", capture]),
             ("tshark -q -z rtp,streams", ["tshark", "-n", "-r", capture, *STREAMS]),
             ("tshark -T fields -e rtp.seq", ["tshark", "-n", "-r", capture, *FIELDS])]
    for name, command in known:
        if shutil.which(command[0]) and not (bench.options.quick and "tshark" in name):
            found.append((name, lambda command=command: Run(command)))
    found.append(("lenscap analyze", lambda: bench.lenscap(capture)))
    return found


def compare(bench, title, capture, rounds):
    runs = {}
    for _ in range(rounds):
        for name, run in programs(bench, capture):
            runs.setdefault(name, []).append(run())
    bare, size = runs["bare libpcap loop"], os.path.getsize(capture) / 1e6
    print(f"\n{title}: {size:,.0f} MB, {rounds} rounds\n")
    print("| program | CPU s | MB/s | x | peak MB |\n|---|---|---|---|---|")
    for name, own in runs.items():
        cpu = median(own, "cpu")
        print(f"| {name} | {cpu:.2f} | {size / cpu:,.0f} | {ratio(own, bare):.1f} | "
              f"{median(own, 'peak'):,.0f} |", flush=True)
    return runs


def copy_of(path, name):
    """A second input: the same octets under another name."""
    other = os.path.join(os.path.dirname(path), name)
    with contextlib.suppress(FileExistsError):
        os.link(path, other)
    return other


def side_by_side(bench, capture, rounds):
    other = copy_of(capture, "second.pcap")
    gains = []
    for _ in range(rounds):
        one, two = (bench.lenscap(capture, other, jobs=jobs).wall for jobs in (1, 2))
        gains.append(one / two)
    return statistics.median(gains)


def small_capture(bench):
    """1 kB: some datagrams of a camera nobody knows."""
    path = os.path.join(bench.folder, "1kB.pcap")
    frame = bytes.fromhex("020000000001 4419b6000001 0800 45000064 00010000 40110000 c0000264"
                          "c0000201 9c40 0009 0050 0000") + bytes(range(72))
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for number in range(8):
            file.write(struct.pack("<IIII", 1700000000 + number, 0, len(frame), len(frame)) + frame)
    return path


def row(what, goal, found):
    print(f"| {what} | {goal} | {found} |", flush=True)


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":", 1)[1].strip() for line in file
                      if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} x {model}, Linux {platform.release()}"


def measure(bench):
    options = bench.options
    print(f"{machine()}; {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}")
    print("tests/bench/table.py", " ".join(sys.argv[1:]))
    long = bench.cameras(options.bytes)
    cameras = compare(bench, "24 cameras and what is beside them", long, options.rounds)
    flows = compare(bench, "1,000,000 flows, each alive to the end", bench.flows(1000000),
                    max(1, options.rounds // 2))["lenscap analyze"]

    short = bench.cameras(options.bytes // 10)
    small = small_capture(bench)
    peaks = [median([bench.lenscap(capture) for _ in range(3)], "peak") for capture in (short, long)]
    print("\n| what | goal | found |\n|---|---|---|")
    for other, goal in (("bare libpcap loop", "<= 8"), ("tshark -q -z rtp,streams", "<= 1/5"),
                        ("tshark -T fields -e rtp.seq", "<= 1/12")):
        if other in cameras:
            row(f"24 cameras, CPU against {other}", f"{goal} times",
                f"{ratio(cameras['lenscap analyze'], cameras[other]):.2f}")
    row("1,000,000 flows in 4,000,000 packets", "<= 8 s, 600 MB",
        f"{median(flows, 'cpu'):.0f} s, {median(flows, 'peak'):.0f} MB")
    row("two inputs, -j2 against -j1", ">= 1.8 times",
        f"{side_by_side(bench, short, options.rounds):.2f}")
    row("1 kB, from start to finished record", "<= 60 ms",
        f"{1000 * median([bench.lenscap(small) for _ in range(21)], 'wall'):.0f}")
    row("24 cameras, peak", "<= 64 MB", f"{median(cameras['lenscap analyze'], 'peak'):.0f}")
    row("ten times the length", "<= 2 MB more", f"{peaks[1] - peaks[0]:+.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="where lenscap, bench-traffic and bare-loop were built")
    parser.add_argument("--bytes", type=int, default=1500000000, help="of the camera capture")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="without tshark")
    parser.add_argument("--folder", help="keep captures here, or find them; else temporary")
    parser.add_argument("--media", help="what media.sh made; else made anew")
    options = parser.parse_args()
    if options.folder:
        os.makedirs(options.folder, exist_ok=True)
        measure(Bench(options, options.folder))
        return
    with tempfile.TemporaryDirectory(prefix="lenscap-bench-") as folder:
        measure(Bench(options, folder))


main()
