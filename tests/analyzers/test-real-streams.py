#!/usr/bin/python3
"""Streams of encoders and servers that are not ours: nothing is found in them, everything in them
is accounted for, and what is counted is what tshark counts.

Each stream is served by gst-rtsp-server at one end of a cable in network namespaces of its own
and viewed by ffmpeg at the other.  Usage: test-real-streams.py LENSCAP RTSP-SERVER
"""
import collections
import concurrent.futures
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LENSCAP, SERVER = (os.path.abspath(path) for path in sys.argv[1:3])
NEEDED = "unshare nsenter ip ethtool dumpcap tshark ffmpeg gst-inspect-1.0".split()
SECONDS = 6
PICTURE = "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=25/1"
NOISE = "videotestsrc is-live=true pattern=snow ! video/x-raw,width=160,height=120,framerate=15/1"
SOUND = "audiotestsrc is-live=true wave=ticks ! audioconvert ! audioresample"
ALAW = f"{SOUND} ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1"

# name, pipeline, transport, elements that it needs
STREAMS = [
    ("h264 baseline", f"{PICTURE} ! x264enc tune=zerolatency key-int-max=25 ! "
     f"video/x-h264,profile=baseline ! rtph264pay name=pay0 config-interval=1 {ALAW}",
     "tcp", "x264enc rtph264pay alawenc"),
    ("h264 high, slices", f"{NOISE} ! x264enc bframes=2 key-int-max=30 bitrate=600 sliced-threads=true "
     "threads=4 ! video/x-h264,profile=high ! rtph264pay name=pay0 aggregate-mode=zero-latency",
     "udp", "x264enc rtph264pay"),
    ("h264 at a constant rate", f"{PICTURE} ! x264enc option-string=nal-hrd=cbr:aud=1 pass=cbr bitrate=800 "
     "vbv-buf-capacity=300 key-int-max=25 ! rtph264pay name=pay0", "tcp", "x264enc rtph264pay"),
    ("h265", f"{PICTURE} ! x265enc key-int-max=25 tune=zerolatency ! rtph265pay name=pay0 "
     f"config-interval=1 {ALAW}", "tcp", "x265enc rtph265pay alawenc"),
    ("h265 over udp", f"{NOISE} ! x265enc key-int-max=30 bitrate=500 ! rtph265pay name=pay0 "
     "aggregate-mode=none", "udp", "x265enc rtph265pay"),
    ("jpeg", f"{PICTURE} ! jpegenc quality=60 ! rtpjpegpay name=pay0", "udp", "jpegenc rtpjpegpay"),
    ("jpeg and aac", f"{NOISE} ! jpegenc ! rtpjpegpay name=pay0 {SOUND} ! "
     "audio/x-raw,rate=16000,channels=1 ! voaacenc ! rtpmp4gpay name=pay1",
     "tcp", "jpegenc rtpjpegpay voaacenc rtpmp4gpay"),
    ("latm", f"{SOUND} ! audio/x-raw,rate=44100,channels=2 ! voaacenc ! rtpmp4apay name=pay0",
     "udp", "voaacenc rtpmp4apay"),
    ("opus and ulaw", f"{SOUND} ! audio/x-raw,rate=48000 ! opusenc ! rtpopuspay name=pay0 {SOUND} ! "
     "audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1",
     "udp", "opusenc rtpopuspay mulawenc"),
    ("transport stream", f"{PICTURE} ! x264enc tune=zerolatency ! mpegtsmux ! rtpmp2tpay name=pay0",
     "udp", "x264enc mpegtsmux rtpmp2tpay"),
]


# The field of tshark (which does not look into aggregates of H.265) that has each payload's and unit's type, those that are no whole units, and
# the fragment whose header has its unit's type in the same field.
NAL_UNITS = {"h264": ("h264.nal_unit_hdr", range(24, 32), None),
             "h265": ("h265.nal_unit_type", range(48, 64), 49)}
# A channel of which each NAL unit is an examined unit.
EXAMINED = {"H264": "h264-forbidden-bit-nri", "H265": "h265-layer-id-tid"}


def die_with_us():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def run(*arguments, timeout=60):
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=timeout)
    if done.returncode not in (0, 1, 3):
        raise RuntimeError(f"{' '.join(arguments)[:200]}: {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def wait_for(what, condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {what} within {seconds} s")
        time.sleep(0.05)


class Cable:
    """Two namespaces: a camera's, 192.0.2.10, and a viewer's, 192.0.2.20."""

    def __init__(self):
        self.programs = []
        ours = os.readlink("/proc/self/ns/net")
        self.ends = []
        for _ in range(2):
            holder = subprocess.Popen(["unshare", "-n", "sleep", "300"], preexec_fn=die_with_us)
            self.programs.append(holder)
            path = f"/proc/{holder.pid}/ns/net"
            wait_for("namespace", lambda path=path: os.readlink(path) != ours)
            self.ends.append(path)
        camera, viewer = (program.pid for program in self.programs)
        self.at(0, "ip", "link", "add", "cam", "type", "veth", "peer", "name", "view", "netns", str(viewer))
        assert camera != viewer
        for end, port, address in (0, "cam", "192.0.2.10"), (1, "view", "192.0.2.20"):
            self.at(end, "ip", "link", "set", "lo", "up")
            self.at(end, "ip", "addr", "add", address + "/24", "dev", port)
            self.at(end, "ip", "link", "set", port, "up")

    def at(self, end, *arguments, timeout=60):
        return run("nsenter", "--net=" + self.ends[end], *arguments, timeout=timeout)

    def start(self, end, *arguments):
        program = subprocess.Popen(["nsenter", "--net=" + self.ends[end], *arguments], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   preexec_fn=die_with_us)
        self.programs.append(program)
        return program

    def close(self):
        for program in reversed(self.programs):
            program.kill()
            program.communicate()


def record(folder, name, pipeline, transport):
    path = os.path.join(folder, name.replace(" ", "-") + ".pcapng")
    cable = Cable()
    try:
        dumpcap = cable.start(0, "dumpcap", "-q", "-i", "cam", "-w", path)
        wait_for("capture", lambda: os.path.exists(path) or dumpcap.poll() is not None)
        server = cable.start(0, SERVER, f"( {pipeline} )")
        assert server.stdout.readline() == "ready\n", server.communicate()[1]
        cable.at(1, "ffmpeg", "-hide_banner", "-loglevel", "error", "-rtsp_transport", transport,
                 "-i", "rtsp://192.0.2.10/live", "-map", "0", "-c", "copy", "-t", str(SECONDS),
                 "-f", "null", "-", timeout=SECONDS + 40)
        time.sleep(0.3)
        dumpcap.send_signal(signal.SIGINT)
        dumpcap.communicate(timeout=10)
    finally:
        cable.close()
    return path


def fields(path, options, wanted, *names):
    arguments = [word for name in names for word in ("-e", name)]
    lines = run("tshark", "-r", path, *options, "-Y", wanted, "-T", "fields", *arguments).splitlines()
    return [line.split("\t") for line in lines]


def rtp_by_ssrc(path):
    count = collections.Counter()
    for (sources,) in fields(path, [], "rtp && !icmp && ip.src == 192.0.2.10", "rtp.ssrc"):
        count.update(int(source, 16) for source in sources.split(","))
    return count


def nal_units(path, track):
    """NAL units that tshark names: whole ones and first fragments."""
    codec = track["codec"].lower()
    field, framing, fragment = NAL_UNITS[codec]
    units = 0
    for types, starts in fields(path, ["-d", f"rtp.pt=={track['payload_type']},{codec}"],
                                f"{codec} && !icmp && ip.src == 192.0.2.10", field, codec + ".start.bit"):
        kinds = [int(kind) for kind in types.split(",") if kind]
        units += sum(1 for kind in kinds if kind not in framing) - kinds.count(fragment)
        units += sum(1 for start in starts.split(",") if start in ("1", "True"))
    return units


class Tests:
    number = 0

    def ok(self, what, true, detail=""):
        self.number += 1
        print("ok" if true else "not ok", self.number, "-", what, flush=True)
        for line in str(detail).splitlines()[:30] if not true else []:
            print("#", ascii(line[:300])[1:-1], flush=True)

    def skip(self, what, why):
        self.number += 1
        print("ok", self.number, "-", what, "# SKIP", why, flush=True)


def judge(tests, name, path):
    record = json.loads(run(LENSCAP, "analyze", "--json", "--device", "192.0.2.10", path))
    loud = [f"{row['severity']} {row['channel']} {row['frames']} {row['summary']} {row['detail']}"
            for row in record["findings"] if row["severity"] != "info"]
    tests.ok(f"{name}: nothing is found", not loud, "\n".join(loud))
    classes = {row["class"]: row["bytes"] for row in record["ledger"]["classes"]}
    tests.ok(f"{name}: every octet has its place",
             not any(classes.get(kind, 0) for kind in ("hidden", "undeclared", "unexplained")), classes)
    tracks = [track for stream in record["declared"]["streams"] for track in stream["tracks"]]
    ours = {track["ssrc"]: track["packets"] for track in tracks if track["packets"]}
    theirs = dict(rtp_by_ssrc(path))
    tests.ok(f"{name}: packets of each source as tshark counts them", ours == theirs, f"{ours}\n{theirs}")
    examined = {row["channel"]: row["examined"] for row in record["coverage"]}
    for track in tracks:
        channel = EXAMINED.get(track["codec"])
        if channel:
            units = nal_units(path, track)
            tests.ok(f"{name}: NAL units as tshark counts them",
                     units > 0 and abs(examined[channel] - units) <= 1, f"{examined[channel]} {units}")


def missing_elements(elements):
    return [element for element in elements.split()
            if subprocess.run(["gst-inspect-1.0", "--exists", element],
                              capture_output=True).returncode != 0]


def main():
    tests = Tests()
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing or os.geteuid() != 0:
        print("1..0 # SKIP needs root and", *NEEDED)
        return
    with tempfile.TemporaryDirectory(prefix="lenscap-real-") as folder, \
            concurrent.futures.ThreadPoolExecutor(4) as pool:
        jobs = []
        for name, pipeline, transport, elements in STREAMS:
            lacking = missing_elements(elements)
            if lacking:
                tests.skip(name, "no " + " ".join(lacking))
            else:
                jobs.append((name, pool.submit(record, folder, name, pipeline, transport)))
        for name, job in jobs:
            judge(tests, name, job.result())
    print(f"1..{tests.number}")


if __name__ == "__main__":
    main()
