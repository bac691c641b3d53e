#!/usr/bin/python3
"""The simulated camera, seen from outside: what tshark finds on the wire is what the
camera's own log says, and nothing of it is there when no implant is asked for.

Each scenario runs in a laboratory of its own (samples/lab.py), in a network namespace of its
own (`unshare -n`; `-Urn` for those who are not root).
Usage: test-camera.py PATH-OF-LENSCAP-CAMERA
"""
import collections
import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../samples"))
from lab import CAMERA, LAB, MAC, NEEDED, Lab, run, start  # noqa: E402

# Seconds a log line must precede a viewer's TEARDOWN for its packet to be on the wire for
# sure: the viewer closes right after it, and the camera may be sending at that moment.
FAREWELL = 0.2


class Tap:
    def __init__(self, title):
        self.title = title

    def ok(self, what, true, detail=""):
        print(("ok" if true else "not ok"), "-", self.title + ":", what, flush=True)
        if not true:
            for line in str(detail).splitlines()[:20]:
                print("#", line)

    def same(self, what, wire, log):
        wire, log = collections.Counter(wire), collections.Counter(log)
        self.ok(what, wire == log and log, f"only on the wire: {list((wire - log).items())[:5]}\n"
                f"only in the log: {list((log - wire).items())[:5]}")


def check_media(tap, kept):
    streams = json.loads(run("ffprobe", "-v", "error", "-of", "json", "-show_streams",
                             "-show_packets", kept))
    codecs = [stream["codec_name"] for stream in streams["streams"]]
    tap.ok("a viewer gets H.264 and A-law", codecs == ["h264", "pcm_alaw"], codecs)
    video = [packet for packet in streams["packets"] if packet["codec_type"] == "video"]
    seconds = float(video[-1]["pts_time"]) - float(video[0]["pts_time"])
    rate = 8 * sum(int(packet["size"]) for packet in video) / seconds
    tap.ok("the video is at least 1 Mb/s", rate >= 1e6, rate)
    # Counted in pictures (there are 25 in a second): a busy machine leaves some out.
    keys = [n for n, packet in enumerate(video) if "K" in packet["flags"]] + [len(video)]
    gaps = [after - before for before, after in zip(keys, keys[1:])]
    tap.ok("a keyframe comes each second", keys[0] == 0 and max(gaps) <= 25, gaps)
    errors = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", kept, "-f", "null", "-"],
                            capture_output=True, text=True, timeout=60).stderr
    tap.ok("every picture decodes", errors == "", errors)


def pictures(kept):
    """A hash of each encoded picture, in their order."""
    rows = run("ffmpeg", "-v", "error", "-nostdin", "-i", kept, "-map", "0:v", "-c", "copy",
               "-f", "framehash", "-hash", "sha256", "-")
    return [row.split(",")[-1].strip() for row in rows.splitlines() if row[0] != "#"]


def while_both_watched(one, other):
    """The pictures of @one from the first to the last that @other has too: viewers start and
    end when they are scheduled."""
    common = [index for index, picture in enumerate(one) if picture in other]
    return set(one[common[0]:common[-1] + 1]) if common else set()


def check_household(tap, lab):
    """What any camera does beside its stream."""
    dhcp = lab.tshark("dhcp.option.dhcp == 1", "dhcp.option.hostname",
                      "dhcp.option.vendor_class_id")
    tap.ok("asks DHCP with host name and vendor class", ["IPC-640", "ipc-640"] in dhcp, dhcp)
    tap.ok("resolves addresses with ARP", lab.tshark(f"arp.src.hw_mac == {MAC}", "frame.number"))
    queries = lab.tshark(f"dns.flags.response == 0 && ip.src == {CAMERA} && ip.dst == {LAB}",
                         "dns.qry.name", "dns.qry.type", "dns.id", "udp.srcport")
    log = [line for line in lab.truth() if "dns" in (line.get("honest"), line.get("implant"))]
    tap.same("every DNS query is in the log, and every line on the wire",
             [(name, int(kind), int(txid, 16), int(port)) for name, kind, txid, port in queries],
             [(line["name"], line["type"], line["txid"], line["port"]) for line in log])
    names = {line["name"] for line in log if "honest" in line}
    tap.ok("asks for its declared names", names == {"time.example.net", "updates.example.net"},
           names)
    asked = lab.tshark(f"ntp.flags.mode == 3 && ip.src == {CAMERA} && ip.dst == {LAB}"
                       " && !icmp", "frame.number")
    tap.ok("asks DHCP's time server", len(asked) == len(lab.said("honest", "ntp")) > 0, asked)
    for word in "Hello", "Bye":
        seen = lab.tshark(f'ip.dst == 239.255.255.250 && udp.dstport == 3702'
                          f' && frame contains "discovery/{word}"', "frame.number")
        tap.ok(f"says {word} once", len(seen) == 1, seen)
    tap.ok("sends RTCP sender reports",
           lab.tshark(f"ip.src == {CAMERA} && rtcp.pt == 200", "frame.number"))


def padded_packets(lab):
    """(time, ssrc, seq, padding octets in hex) of each, read from tshark's tree."""
    tree = xml.etree.ElementTree.fromstring(
        run("tshark", "-r", lab.pcap, "-Y", "rtp.padding == 1", "-T", "pdml"))
    found = []
    for frame in tree.iter("packet"):
        when = float(next(field.get("show") for field in frame.iter("field")
                          if field.get("name") == "frame.time_epoch"))
        for rtp in (proto for proto in frame.iter("proto") if proto.get("name") == "rtp"):
            fields = {field.get("name"): field for field in rtp.iter("field")}
            if "rtp.padding.count" not in fields:
                continue
            octets = "".join(fields[name].get("value") for name in
                             ("rtp.padding.data", "rtp.padding.count") if name in fields)
            found.append((when, int(fields["rtp.ssrc"].get("show"), 16),
                          int(fields["rtp.seq"].get("show")), octets))
    return found


def check_padding(tap, lab):
    teardown = [float(when) for (when,) in lab.tshark('rtsp.method == "TEARDOWN"',
                                                       "frame.time_epoch")]
    log = [(line["time"], line["ssrc"], line["seq"], line["padding"])
           for line in lab.said("implant", "padding")]
    wire = padded_packets(lab)
    sure = teardown[0] - FAREWELL
    late = {entry[1:] for entry in log if entry[0] > sure}
    tap.same("tshark's RTP padding is the log's",
             [entry[1:] for entry in wire if entry[1:] not in late],
             [entry[1:] for entry in log if entry[0] <= sure])
    tap.ok("each padding ends in its count",
           all(int(entry[3][-2:], 16) == len(entry[3]) // 2 for entry in wire))


def check_stills(tap, lab):
    stills = lab.said("implant", "still")
    ports = {f"tcp.port=={line['dport']},http" for line in stills}
    options = [part for port in sorted(ports) for part in ("-d", port)]
    requests = lab.tshark(f"http.request && ip.src == {CAMERA}", "tcp.srcport", "ip.dst",
                          "tcp.dstport", "http.content_length", options=options)
    tap.same("tshark's HTTP uploads are the log's", [tuple(row) for row in requests],
             [(str(line["sport"]), line["dst"], str(line["dport"]), str(line["octets"]))
              for line in stills])
    objects = os.path.join(lab.folder, "objects")
    run("tshark", "-r", lab.pcap, *options, "-q", "--export-objects", "http," + objects)
    files = glob.glob(os.path.join(objects, "*"))
    hashes = []
    for name in files:
        with open(name, "rb") as file:
            hashes.append(hashlib.sha256(file.read()).hexdigest())
    tap.same("their bodies hash as the log says", hashes, [line["sha256"] for line in stills])
    probe = run("ffprobe", "-v", "error", "-f", "mjpeg", "-of", "csv=p=0", "-show_entries",
                "stream=codec_name,width,height", files[0]) if files else ""
    tap.ok("and are pictures as large as the video", probe.strip() == "mjpeg,640,360", probe)


def check_connections(tap, lab, wanted):
    """A camera opens no connection but those in the log."""
    opened = {tuple(row) for row in lab.tshark(
        f"ip.src == {CAMERA} && tcp.flags.syn == 1 && tcp.flags.ack == 0", "ip.dst",
        "tcp.dstport")}
    tap.ok("opens the connections of the log and no other", opened == wanted, opened)


def honest(tap, lab, program):
    lab.plug_in(program)
    viewers = [lab.pull("tcp", 5), lab.pull("udp", 5)]
    for _, viewer in viewers:
        tap.ok("a viewer ends well", viewer.wait(30) == 0)
    tap.ok("leaves well", lab.unplug() == 0)
    for kept, _ in viewers:
        check_media(tap, kept)
    check_household(tap, lab)
    tcp, udp = [pictures(kept) for kept, _ in viewers]
    shown = [while_both_watched(tcp, udp), while_both_watched(udp, tcp)]
    common = len(shown[0] & shown[1])
    tap.ok("TCP and UDP viewers see the output of one encoder",
           common > 25 and common > 0.8 * max(len(seen) for seen in shown),
           [common] + [len(seen) for seen in shown])
    tap.ok("hides nothing", not [line for line in lab.truth() if "implant" in line])
    padded = lab.tshark("rtp.padding == 1", "frame.number")
    tap.ok("pads nothing", not padded, padded)
    check_connections(tap, lab, set())


def spying(tap, lab, program, seed, transport, *options, credentials=""):
    lab.plug_in(program, "--seed", str(seed), "--implant", "padding,dns,still", *options)
    if credentials:
        stranger = subprocess.run(
            ["ffprobe", "-v", "error", "-rtsp_transport", "tcp",
             f"rtsp://{CAMERA}/Streaming/Channels/101"], capture_output=True, timeout=20)
        tap.ok("a viewer without password is refused", b"401" in stranger.stderr, stranger.stderr)
    kept, viewer = lab.pull(transport, 10, credentials)
    tap.ok("a viewer ends well", viewer.wait(30) == 0)
    tap.ok("leaves well", lab.unplug() == 0)
    check_media(tap, kept)
    check_household(tap, lab)
    tap.ok("asks through the tunnel", len(lab.said("implant", "dns")) >= 1)
    check_padding(tap, lab)
    check_stills(tap, lab)
    check_connections(tap, lab, {(line["dst"], str(line["dport"]))
                                 for line in lab.said("implant", "still")})


def nobody_answers(tap, lab, program):
    lab.plug_in(program, "--seed", "3", "--implant", "still")
    kept, viewer = lab.pull("tcp", 9)
    tap.ok("a viewer ends well", viewer.wait(30) == 0)
    failed = lab.said("implant", "still-failed")
    tap.ok("leaves well", lab.unplug() == 0)
    tap.ok("logs that nobody took the still", failed and not lab.said("implant", "still"))
    check_media(tap, kept)
    check_connections(tap, lab, {(line["dst"], str(line["dport"])) for line in failed})


SCENARIOS = {
    "an honest camera": (honest, True),
    "seed 7 over TCP": (lambda *a: spying(*a, 7, "tcp"), True),
    "seed 20260101 over UDP": (
        lambda *a: spying(*a, 20260101, "udp", "--user", "viewer", "--password", "s3cret",
                          credentials="viewer:s3cret@"), True),
    "a sink that swallows": (nobody_answers, False),
}


def play(title, program):
    scenario, sink = SCENARIOS[title]
    with tempfile.TemporaryDirectory(prefix="lenscap-camera-") as folder:
        lab = Lab(folder, sink)
        try:
            scenario(Tap(title), lab, program)
        finally:
            lab.close()


def main():
    if len(sys.argv) == 3:
        play(sys.argv[2], sys.argv[1])
        return 0
    missing = [tool for tool in NEEDED + ["tshark", "ffprobe"] if not shutil.which(tool)]
    private = ["unshare", "-n" if os.geteuid() == 0 else "-Urn"]
    if missing or subprocess.run(private + ["true"], capture_output=True).returncode != 0:
        print("1..0 # SKIP needs", " ".join(missing) or "network namespaces")
        return 0

    # Two at a time: one encodes while the other waits for DHCP or reads its capture.
    waiting, tests, well = list(SCENARIOS), 0, True
    while waiting:
        pair, waiting = waiting[:2], waiting[2:]
        running = [start(*private, sys.executable, os.path.abspath(__file__),
                         os.path.abspath(sys.argv[1]), title, stdout=subprocess.PIPE, text=True)
                   for title in pair]
        for process in running:
            said, _ = process.communicate(timeout=100)
            print(said, end="", flush=True)
            tests += sum(line.startswith(("ok", "not ok")) for line in said.splitlines())
            well = well and process.returncode == 0
    tests += 1
    print("ok" if well else "not ok", "- every scenario ran to its end")
    print(f"1..{tests}")
    return 0


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    sys.exit(main())
