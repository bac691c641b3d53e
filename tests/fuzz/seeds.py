#!/usr/bin/env python3
"""usage: seeds.py

Writes the first inputs of the fuzz targets, corpus/<target>/seed-<name>, from octets of our own:
those of the samples' captures, and messages written out here.  What fuzzing found lies beside them
under other names.
"""
import gzip
import pathlib
import re
import struct

here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
corpus = here / "corpus"


def seed(target, name, octets):
    folder = corpus / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"seed-{name}").write_bytes(octets)


def parts(*several):
    """As fuzz_part_next() reads them: (flags, octets) or (flags, octets, what the target adds)."""
    out = b""
    for flags, octets, *more in several:
        out += struct.pack(">HB", len(octets), flags) + octets + b"".join(more)
    return out


# --- our own captures ---


def blocks(path):
    octets = path.read_bytes()
    at = 0
    while at < len(octets):
        kind, size = struct.unpack_from("<II", octets, at)
        yield kind, octets[at : at + size]
        at += size


def frames(name):
    for kind, block in blocks(root / "samples" / "captures" / name):
        if kind == 6:
            length = struct.unpack_from("<I", block, 20)[0]
            yield block, block[28 : 28 + length]


def short_capture(name, wanted, most):
    """The blocks before the first packet, and those packets that are wanted."""
    out, n = b"", 0
    for kind, block in blocks(root / "samples" / "captures" / name):
        if kind != 6:
            if n == 0:
                out += block
            continue
        length = struct.unpack_from("<I", block, 20)[0]
        if n < most and wanted(block[28 : 28 + length]):
            out += block
            n += 1
    return out


def ip4(frame):
    """(protocol, source port, destination port, payload) of a frame with UDP or TCP, or None."""
    if frame[12:14] != b"\x08\x00":
        return None
    inside = frame[14 + 4 * (frame[14] & 15) : 14 + struct.unpack_from(">H", frame, 16)[0]]
    if frame[23] == 17:
        return 17, *struct.unpack_from(">HH", inside), inside[8:]
    if frame[23] == 6:
        return 6, *struct.unpack_from(">HH", inside), inside[4 * (inside[12] >> 4) :]
    return None


def payloads(name, protocol, port, to=True, most=100):
    """What went to a port (or came from it)."""
    out = []
    for _, frame in frames(name):
        found = ip4(frame)
        if found and found[0] == protocol and found[2 if to else 1] == port and found[3]:
            out.append(found[3])
    return out[:most]


def is_rtp(octets):
    return len(octets) > 12 and octets[0] >> 6 == 2 and not 192 <= octets[1] <= 223


UDP, TCP = 17, 6
CAMERA = "still-udp.pcapng"
udp = [ip4(frame) for _, frame in frames(CAMERA)]
udp = [found for found in udp if found and found[0] == UDP]
rtp = [found[3] for found in udp if found[1] > 5000 and is_rtp(found[3])]
rtcp = [found[3] for found in udp if found[1] > 5000 and 200 <= found[3][1] <= 207]
asked = b"".join(payloads(CAMERA, TCP, 554))
answered = b"".join(payloads(CAMERA, TCP, 554, to=False))
video = [packet for packet in rtp if packet[1] & 127 == 96]
audio = [packet for packet in rtp if packet[1] & 127 != 96]

# --- capture files and what is in them ---

first = next(frames(CAMERA))[1]
pcap = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
pcap += struct.pack("<IIII", 1700000000, 5, len(first), len(first)) + first
seed("capture-file", "pcap", pcap)
seed("capture-file", "pcap-big-endian-ns",
     struct.pack(">IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 96, 113)
     + struct.pack(">IIII", 1700000000, 5, 20, 2000) + bytes(20))
seed("capture-file", "gzip", gzip.compress(pcap[:40], mtime=0) + gzip.compress(pcap[40:], mtime=0))
# RFC 8878: a skippable frame; a window of 128 KiB, one raw block, which is the last.
zstd = b"\x50\x2a\x4d\x18\4\0\0\0skip\x28\xb5\x2f\xfd\0\x38" + (len(pcap) << 3 | 1).to_bytes(3, "little") + pcap
seed("capture-file", "zstd", zstd)
seed("unpack", "gzip", gzip.compress(b"text" * 20, mtime=7) + gzip.compress(b"more", mtime=0) + bytes(3))
seed("unpack", "zstd", zstd)
# Sequences and literals as libzstd 1.5.4 writes them, with a checksum.
seed("unpack", "zstd-coded", bytes.fromhex(
    "28b52ffd0468a50400d2471711907d001450a027eeae917689c827a3081cc4cdffab538e32eec71095de07394a"
    "7d4ac8d139c8b849ffffe494f7a29271e37e943aff3e08497fd49f62fc10f50454b9e00a8e2e1c5ccca1d515c4"
    "08d731aa6b1079bb1c9e0daeca195628a811e0c0bcfe77a017670c11fcef1030847f7f59b7e7427c562b9f8ce5"
    "561b3cdbb9fd69897cb86f366dc2c5d250ad5118902ae7497452"))
seed("capture-file", "pcapng", short_capture(CAMERA, lambda _: True, 4))
seed("capture-file", "pcapng-mixed", struct.pack(
    ">IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    + struct.pack(">IIHHIHHB3xHHI", 1, 32, 101, 0, 64, 9, 1, 9, 0, 0, 32)
    + struct.pack(">IIIIIII4sHH8sHHI", 6, 60, 0, 1, 2, 4, 9, b"\x45\0\0\4", 1, 5, b"hallo\0\0\0", 0, 0, 60)
    + struct.pack(">III4sI", 3, 20, 4, b"\x45\0\0\4", 20)
    + struct.pack(">IIIIIHHQHHI", 5, 40, 0, 1, 2, 5, 8, 7, 0, 0, 40))

kinds = {}
for _, frame in frames(CAMERA):
    what = (frame[12:14], frame[23] if frame[12:14] == b"\x08\x00" else frame[20])
    kinds.setdefault(what, frame)
for (ether, protocol), frame in kinds.items():
    seed("layers", f"{ether.hex()}-{protocol}", b"\0\0\0" + frame)
dst, src = b"\x44\x19\xb6\0\0\1", b"\x02\0\0\0\0\2"
ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28, 1, 0, 64, 17, 0, b"\xc0\0\2\1", b"\xc0\0\2\2")
datagram = struct.pack(">HHHH", 4789, 4789, 8, 0)
tagged = dst + src + struct.pack(">HHHH", 0x88A8, 7, 0x8100, 0x2001)
seed("layers", "vlan-ip", b"\0\x80\0" + tagged + b"\x08\0" + ip + datagram + bytes(18))
seed("layers", "pppoe", b"\0\0\0" + dst + src + struct.pack(">HBBHHH", 0x8864, 0x11, 0, 1, 30, 0x21) + ip + datagram)
seed("layers", "mpls-snap", b"\0\0\0" + dst + src + b"\x88\x47\0\0\x11\x40" + ip + datagram)
seed("layers", "llc-snap", b"\0\0\0" + dst + src + b"\0\x0c\xaa\xaa\3\0\0\x0c\x20\0\1\xb4\0\0")
seed("layers", "hsr", b"\0\0\0" + dst + src + b"\x89\x2f\0\x22\0\1\x08\0" + ip + datagram)
radiotap = b"\0\0\x08\0\0\0\0\0"
wifi = b"\x88\x01\0\0" + dst + src + dst + b"\0\0\0\0"
seed("layers", "radiotap", b"\x08\0\0" + radiotap + wifi + b"\xaa\xaa\3\0\0\0\x08\0" + ip + datagram)
# Flags of radiotap: a check sequence follows.  An A-MSDU with two subframes.
seed("layers", "radiotap-fcs", b"\x08\0\0\0\0\x09\0\2\0\0\0\x10" + wifi + b"\xaa\xaa\3\0\0\0\x08\0" + ip + datagram + bytes(4))
msdu = dst + src + b"\0\x24\xaa\xaa\3\0\0\0\x08\0" + ip + datagram
seed("layers", "amsdu", b"\x07\0\0" + wifi[:24] + b"\x80\0" + msdu + b"\0\0" + msdu)
seed("layers", "wlan-probe", b"\x07\0\0\x40\0\0\0" + dst + src + dst + b"\0\0\0\4name")
ip6 = struct.pack(">IHBB16s16s", 0x60000000, 32, 0, 64, bytes(15) + b"\1", bytes(15) + b"\2")
seed("layers", "ip6-options-fragment", b"\x06\0\0" + ip6 + b"\x2c\0\5\2\0\0\1\0" + b"\x11\0\0\1\0\0\0\7" + datagram)
gre = struct.pack(">HHI", 0x2000, 0x6558, 9) + dst + src + b"\x08\0" + ip + datagram
outer = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(gre), 1, 0, 64, 47, 0, b"\xc0\0\2\1", b"\xc0\0\2\2")
seed("layers", "gre", b"\x06\0\0" + outer + gre)
vxlan = struct.pack(">HHHHII", 9, 4789, 16 + 14 + 28, 0, 0x08000000, 0x100) + dst + src + b"\x08\0" + ip + datagram
outer = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(vxlan), 1, 0, 64, 17, 0, b"\xc0\0\2\1", b"\xc0\0\2\2")
seed("layers", "vxlan", b"\x06\0\0" + outer + vxlan)
tcp = struct.pack(">HHIIHHHH", 554, 9, 1, 1, 0xA012, 9, 0, 0) + b"\2\4\5\xb4\4\2\x08\x0a\0\0\0\1\0\0\0\0\1\3\3\7"
outer = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 60, 1, 0, 64, 6, 0, b"\xc0\0\2\1", b"\xc0\0\2\2")
seed("layers", "tcp-options", b"\x06\0\0" + outer + tcp)

seed("fragments", "three", parts((0x80, bytes(16), b"\0\0"), (0x80, bytes(16), b"\0\2"), (0, b"end", b"\0\4")))
seed("fragments", "overlap", parts((0x80, bytes(24), b"\0\0"), (0x81, bytes(8), b"\0\0"), (0, bytes(24), b"\0\2")))
seed("tcp-stream", "in-order", parts((1, b"", b"\0\0"), (0, b"hello", b"\0\1"), (2, b"world", b"\0\0")))
seed("tcp-stream", "hole", parts((0, b"abcd", b"\0\0"), (0x30, b"ijkl", b"\0\4"), (0x20, b"efgh", b"\xff\xf8"), (0x28, b"x", b"\0\x40")))
seed("tcp-stream", "repeats", parts((0, b"abcdefgh", b"\0\0"), (0x20, b"abcdefgX", b"\xff\xf8"), (0x20, b"h", b"\xff\xff")))

# --- media ---

seed("rtsp", "requests", asked[:1200])
seed("rtsp", "replies", answered[:1600])
seed("rtsp", "interleaved", b"".join(payloads("still-tcp.pcapng", TCP, 554, to=False))[:1800])
seed("rtsp", "transport", b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: 12;timeout=30\r\nTransport: RTP/AVP/TCP;"
     b"unicast;interleaved=0-1;ssrc=1A2B3C4D;mode=\"PLAY\", RTP/AVP;multicast;destination=239.1.1.1;port=5000-5001;ttl=5"
     b";source=192.0.2.9;server_port=1-2;client_port=3-4;dest_addr=\"[fd00::1]:5/:6\";x=y\r\n"
     b"RTP-Info: url=rtsp://192.0.2.1/a;seq=1;rtptime=2,url=b;seq=3\r\nDate: Thu, 26 Nov 2026 10:11:12 GMT\r\n"
     b"Folded: a\r\n b\r\nContent-Length: 3\r\n\r\nabc\r\n$\0\0\x08\x80\0\0\0\0\0\0\0")
import base64
plain = b"OPTIONS rtsp://192.0.2.1/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"
seed("rtsp-tunnel", "two", parts((0, base64.b64encode(plain)), (0x80, base64.b64encode(plain * 2)[:40]), (0, base64.b64encode(plain))))
sdp = re.search(rb"v=0\r\n.*?(?=RTSP/1|$)", answered, re.S)
seed("sdp", "camera", sdp.group(0)[:1500])
seed("sdp", "many", b"v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=x\r\nc=IN IP4 239.1.1.1/5\r\nt=0 0\r\na=control:*\r\n"
     b"a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\nm=video 0 RTP/AVP 96 97\r\na=rtpmap:96 H264/90000\r\n"
     b"a=fmtp:96 packetization-mode=1;profile-level-id=42e01e;sprop-parameter-sets=Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==\r\n"
     b"a=rtpmap:97 H265/90000\r\na=fmtp:97 sprop-max-don-diff=1;sprop-vps=QAEMAf//AWAAAAMAAAMAAAMAAAMAlqwJ;sprop-sps=QgEB\r\n"
     b"m=audio 0 RTP/AVP 98\r\na=rtpmap:98 mpeg4-generic/16000/1\r\na=fmtp:98 streamtype=5;mode=AAC-hbr;config=1408;"
     b"sizelength=13;indexlength=3;indexdeltalength=3\r\na=sendonly\r\na=mid:a\r\na=rtcp-mux\r\na=control:trackID=2\r\n"
     b"m=audio 0 RTP/AVP 99\r\na=fmtp:99 cpresent=0;config=400026203fc0\r\n")
seed("rtp", "video", parts(*[(0, packet[:120]) for packet in video[:4]]))
seed("rtp", "audio", parts(*[(0, packet[:60]) for packet in audio[:4]]))
seed("rtp", "extensions", parts(
    (0, b"\xb1\xe0\0\1\0\0\0\1\0\0\0\2\0\0\0\3\xbe\xde\0\2\x10\xaa\x22\1\2\3\0\0payload\0\0\3"),
    (0, b"\x90\x60\0\2\0\0\0\1\0\0\0\2\x10\x05\0\1\1\1\xaa\0payload"), (0, b"\r\n"), (0, bytes(12))))
seed("rtcp", "camera", rtcp[0])
seed("rtcp", "all", b"\x81\xc9\0\7" + bytes(28) + b"\x82\xca\0\7\0\0\0\1\1\3abc\2\1x\0\0\0\0\0\2\1\1y\0\0\0\0"
     + b"\x81\xcc\0\3\0\0\0\1nameDATA" + b"\xa1\xcb\0\4\0\0\0\1\3bye\0\0\0\0\0\0\0\4" + b"\x8f\xcd\0\2" + bytes(8))

# --- services ---

for i, message in enumerate(payloads(CAMERA, UDP, 53, most=2) + payloads(CAMERA, UDP, 53, to=False, most=2)):
    seed("dns", f"camera-{i}", message)
seed("dns", "records", struct.pack(">HHHHHH", 1, 0x8580, 1, 4, 0, 2) + b"\1a\7example\3net\0\0\x10\0\1"
     + b"\xc0\x0c\0\x10\0\1\0\0\0\x3c\0\7\3abc\2de" + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"
     + b"\xc0\x0e\0\x21\0\1\0\0\0\x3c\0\x0a\0\0\0\1\2\x2a\1b\xc0\x0e" + b"\xc0\x0c\0\5\0\1\0\0\0\x3c\0\2\xc0\x0e"
     + b"\0\0\x29\4\xd0\0\0\x80\0\0\x08\0\x0a\0\4abcd" + b"\0\0\x1c\0\1\0\0\0\0\0\x10" + bytes(16))
for port in (67, 68):
    for i, message in enumerate(payloads(CAMERA, UDP, port, most=2)):
        seed("dhcp", f"camera-{port}-{i}", message)
seed("dhcp", "overload", b"\2\1\6\0" + bytes(40) + b"\x0c\4name\xff" + bytes(57) + b"\6\4\xc0\0\2\1\xff" + bytes(121)
     + b"\x63\x82\x53\x63\x35\1\5\x34\1\3\x33\4\0\0\x0e\x10\x2a\x08\xc0\0\2\1\xc0\0\2\2\xff")
seed("dhcp", "v6", b"\7\1\2\3\0\x17\0\x10" + bytes(16) + b"\0\x38\0\x14\0\1\0\x10" + bytes(16) + b"\0\1\0\4abcd")

for port in (123,):
    for i, message in enumerate(payloads(CAMERA, UDP, port, most=1) + payloads(CAMERA, UDP, port, to=False, most=1)):
        seed("ntp", f"camera-{i}", message)
seed("ntp", "extension-mac", b"\x23" + bytes(47) + b"\x01\x04\0\x10" + bytes(12) + b"\0\0\0\1" + bytes(16))
arp = next(frame for _, frame in frames(CAMERA) if frame[12:14] == b"\x08\x06")
seed("link", "arp", arp[14:])
seed("link", "eapol", b"\1\0\0\x0a\2\1\0\x0a\1hello!!" + bytes(6))
seed("link", "eapol-key", b"\2\3\0\x5f\2\1\x0a\0\x10" + bytes(90))
seed("link", "lldp", b"\2\7\4\x44\x19\xb6\0\0\1\4\3\7p1\6\2\0\x78\x0a\4name\xfe\6\0\x12\x0f\1\0\0\0\0")
seed("link", "cdp", b"\2\xb4\0\0\0\1\0\x0aswitch\0\3\0\x08port\0\x0b\0\5\1")
for i, frame in enumerate(f for _, f in frames(CAMERA) if f[12:14] == b"\x86\xdd" and f[20] == 58):
    if i < 3:
        seed("icmp", f"v6-{i}", frame[54:])
seed("icmp", "quote", b"\3\3\0\0\0\5\0\0" + ip + datagram + bytes(84) + b"\x20\0\0\0\0\x08\1\1abcd")
seed("icmp", "advert", b"\x86\0\0\0\x40\xc0\7\x08" + bytes(8) + b"\1\1\x44\x19\xb6\0\0\1\3\4\x40\xc0" + bytes(28)
     + b"\x19\3\0\0\0\0\0\x3c" + bytes(16))
seed("icmp", "igmp3", b"\x22\0\0\0\0\0\0\1\4\1\0\1\xef\1\1\1\xc0\0\2\1aux.")
seed("icmp", "mld2", b"\x8f\0\0\0\0\0\0\1\4\0\0\1" + bytes(32))

# --- codecs ---


def arrays(path):
    """The octet arrays of a test: name -> octets."""
    text = (root / "tests" / path).read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return {
        name: bytes(int(word, 0) for word in body.replace("\n", " ").split(",") if word.strip())
        for name, body in re.findall(r"guint8 (\w+)\[\]\s*=\s*\{([0-9a-fA-Fx,\s]*)\}", text)
    }


h265 = arrays("wire/h265-octets.h")
nals = [packet[12:] for packet in video]
sets = [nal for nal in nals if nal[0] & 31 in (6, 7, 8, 9)][:3]
seed("h264", "camera", parts(*[(0x80, nal[:400]) for nal in sets + [n for n in nals if n[0] & 31 in (1, 5)][:1]]))
fragments = [nal for nal in nals if nal[0] & 31 == 28]
seed("h264", "fu", parts(*[(0x80 * (nal[1] >> 6 & 1), nal[:80]) for nal in fragments[:4]]))
seed("h264", "stap", parts((0x80, b"\x78\0\2\x67\x42\0\3\x68\xce\x3c"), (0x80, b"\x7a\0\1\0\3\1\0\0\x41\x9a")))
seed("h264-parameter", "camera", parts(*[(1, nal) for nal in sets if nal[0] & 31 in (7, 8)]))
seed("h264-parameter", "baseline", parts((0, b"\x67\x42\xc0\x0a\xda\x11\x90"), (1, b"\x68\xce\x3c\x80")))
seed("h265", "x265", b"\0" + parts(*[(0x80, nal) for nal in h265.values()]))
seed("h265", "fu-ap-paci", b"\0" + parts((0, b"\x62\1\x93\1\2"), (0x80, b"\x62\1\x53\3"),
     (0x80, b"\x60\1\0\3\x42\1\x09\0\2\x44\1"), (0x80, b"\x64\1\2\x38\7\x08\x09\x55\x66")))
for name in ("h265_vps", "h265_sps", "h265_pps"):
    seed("h265-parameter", name[5:], h265[name])
for name in ("h265_idr", "h265_p", "h265_b"):
    seed("slice", name.replace("_", "-"), b"\1" + h265[name])
for i, nal in enumerate([n for n in nals if n[0] & 31 in (1, 5)][:2]):
    seed("slice", f"h264-{i}", b"\x0a" + nal[:600])
seed("slice", "h264-i", b"\0\x65\x88\x84\0\x10\xff" + bytes(range(60)))
seed("slice", "h264-p", b"\0\x41\x9a\x20\x40" + bytes(range(40, 90)))
for name in ("h265_sei_buffering", "h265_sei_timing", "h265_sei_hash"):
    seed("sei", name[5:].replace("_", "-"), h265[name])
seed("sei", "x264", b"\6\5\x2c\xdc\x45\xe9\xbd\xe6\xd9\x48\xb7\x96\x2c\xd8\x20\xd9\x23\xee\xefx264 - core 164 - options\0\x80")
seed("sei", "captions", b"\xb5\0\x31GA94\3\x42\xff\xf8\1\2\xff")
sps_sei = [nal for nal in nals if nal[0] & 31 == 6]
for i, nal in enumerate(sps_sei[:1]):
    seed("sei", "camera", nal[:300])
jfif = (b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xdb\0\x43\0" + bytes([16] * 64)
        + b"\xff\xc0\0\x0b\x08\0\x10\0\x10\1\1\x11\0\xff\xc4\0\x14\0\0\1" + bytes(14) + b"\0"
        + b"\xff\xda\0\x08\1\1\0\0\x3f\0\x12\x34\xff\0\xff\xd0\x56\xff\xd9")
seed("jpeg", "small", b"noise" + jfif + b"behind")
seed("jpeg", "small-alone", jfif)
seed("jpeg", "base64", base64.b64encode(jfif))
seed("rtp-jpeg", "frame", parts((0, b"\0\0\0\0\1\xff\2\2\0\0\0\x80" + bytes([8] * 128) + bytes(60)),
     (0x80, b"\0\0\0\x3c\1\xff\2\2" + bytes(40))))
seed("rtp-jpeg", "restart", parts((0x80, b"\0\0\0\0\x41\x32\2\2\0\4\xff\xff" + bytes(20) + b"\xff\xd0" + bytes(20))))
seed("aac", "lc", b"\x14\x08" + b"\x21\x10\4\x60\x8c\x1c" + bytes(10))
seed("aac", "adts", b"\xff\xf1\x60\x40\2\x7f\xfc" + b"\x21\x10\4\x60\x8c\x1c" + bytes(7))
seed("aac", "fill-dse", b"\x14\x08" + bytes.fromhex("c1104200d8f0204a808c") + bytes(8) + b"\xe0")
seed("aac", "pce", bytes.fromhex("140005080020000003616263"))
seed("rfc3640", "hbr", b"\0" + parts((0x80, b"\0\x20\0\x18\0\x10" + b"abcde"), (0, b"\0\x10\0\x38123"), (0x80, b"\0\x10\0\x384567")))
seed("rfc3640", "odd", b"\2" + parts((0x80, b"\0\x16\0\x08\xcb\x0c\xab\xcd\x77")))
seed("latm", "outside", b"\1" + parts((0x80, b"\6\x21\x10\4\x60\x8c\x1c")))
seed("latm", "inside", b"\0" + parts((0x80, bytes.fromhex("20009e40c8400000") + bytes(20))))
seed("latm", "own", b"\3" + parts((0, bytes.fromhex("400026203fc0")), (0x80, b"\4abcd")))
seed("opus", "one", b"\x78" + bytes(20))
seed("opus", "vbr-padding", b"\x7b\xc2\3\5abcdefgh\0\0\0")
pat = b"\x47\x40\0\x10\0\0\xb0\x0d\0\1\xc1\0\0\0\1\xf0\0\x2a\xb1\4\xb2" + b"\xff" * 167
pmt = b"\x47\x50\0\x10\0\2\xb0\x17\0\1\xc1\0\0\xe1\0\xf0\0\x1b\xe1\0\xf0\0\x0f\xe1\1\xf0\0\0\0\0\0" + b"\xff" * 157
pes = b"\x47\x41\0\x30\7\x10\0\0\0\1\x7e\0\0\0\1\xe0\0\0\x80\xc0\x0a\x31\0\1\0\1\x11\0\1\0\1" + bytes(157)
seed("ts", "three", pat[:188] + pmt[:188] + pes[:188])
seed("media-scan", "ts", (pat[:188] + pmt[:188] + pes[:188]) * 2)
seed("media-scan", "h264", b"\0\0\0\1\x67\x42\xc0\x0a\xda\x11\x90\0\0\0\1\x68\xce\x3c\x80\0\0\1\x65" + bytes(range(99)))
seed("media-scan", "h265", b"".join(b"\0\0\0\1" + h265[n] for n in ("h265_vps", "h265_sps", "h265_pps", "h265_idr")))
seed("media-scan", "adts", (b"\xff\xf1\x60\x40\2\x7f\xfc" + bytes(12)) * 6)
seed("media-scan", "boxes", b"\0\0\0\x14ftypisom\0\0\2\0isom\0\0\0\x08mdat")
seed("media-scan", "heads", b"RIFF\x24\0\0\0WAVEfmt \x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\x1aE\xdf\xa3OggS\0FLV\1\0\0\1\xba\x44")

# --- connections ---

http = b"GET /a?b HTTP/1.1\r\nHost: 192.0.2.1\r\nX: y\r\n z\r\n\r\n"
seed("http", "get-post", http + b"POST /u HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello" + http)
seed("http", "chunked", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: r\r\n\r\nHTTP/1.0 404 No\r\n\r\nbody")
seed("http", "credentials", b'GET /a HTTP/1.1\r\nHost: camera\r\nAuthorization: Digest username="admin", realm="c, \\"x\\"", nonce=abc, uri="/a", qop=auth, nc=00000001, cnonce="", response=\r\nWWW-Authenticate: Basic realm="a", Digest realm="b", nonce="c"\r\nAuthorization: Basic YTpi\r\nAuthorization:\r\n\r\n')
hello = bytes.fromhex("0303") + bytes(range(32)) + b"\0\0\4\x13\1\x0a\x0a\1\0"
extensions = b"\0\0\0\x10\0\x0e\0\0\x0bexample.net\0\x10\0\x0b\0\x09\x08http/1.1\0\x2b\0\5\4\3\4\3\3\x0a\x0a\0\0"
hello += struct.pack(">H", len(extensions)) + extensions
message = b"\1" + struct.pack(">I", len(hello))[1:] + hello
record = b"\x16\3\1" + struct.pack(">H", len(message)) + message
seed("tls", "client", record + b"\x14\3\3\0\1\1\x17\3\3\0\x10" + bytes(16))
answer = b"\3\3" + bytes(32) + b"\0\x13\1\0\0\6\0\x2b\0\2\3\4"
answer = b"\2\0\0" + bytes([len(answer)]) + answer
seed("tls", "server", b"\x16\3\3" + struct.pack(">H", len(answer)) + answer + b"\x16\3\3\0\x08\x0b\0\0\4\0\0\1x")
seed("tls", "fragmented", b"\x16\3\1\0\x20" + message[:32] + b"\x16\3\1" + struct.pack(">H", len(message) - 32) + message[32:])
seed("gzip", "member", gzip.compress(b"<a>text</a>" * 20, mtime=7) + b"behind")
seed("gzip", "all-parts", b"\x1f\x8b\x08\x1e\1\2\3\4\0\3\2\0abname\0comment\0\x00\x00" + gzip.compress(b"x", mtime=0)[10:])
seed("text", "xml", b'<?xml version="1.0"?><!-- c --><a:b x="1" y = \'2\'><c/>t<![CDATA[d]]><?p i?></a:b>')
seed("text", "json", b'{"a":[1,2,{"b":"\\u0041"}],"password":"secret","serial":"SN123","wifi_ssid":"home"}')
seed("text", "clear", b"Authorization: Basic YWRtaW46c2VjcmV0\r\nCookie: a=b\r\npassword=hunter22&psk=abcdefgh lat=52.5200 lon=13.4050\r\n")
seed("text", "mac", b"4419b6000001 44-19-B6-00-00-01 RBm2AAAB 4619b6fffe000001")
seed("text", "address", b"fd00::1/64")

for name, udp_, port, octets in [
    ("pppp", 1, 2, b"\xf1\x30\0\0"), ("pppp-data", 1, 2, b"\xf1\xd0\0\x08\xd1\0\0\1data"),
    ("kalay", 1, 3, bytes.fromhex("040212 0a 00 00 01 08 02 00 00 00".replace(" ", "")) + bytes(20)),
    ("ptcp", 1, 4, b"PTCP" + bytes(20) + b"hello"), ("dhget", 1, 4, b"DHGET /probe/p2psrv HTTP/1.1\r\nCSeq: 1\r\n\r\n"),
    ("dhip", 0, 4, b"\x20\0\0\0DHIP" + bytes(8) + b"\x02\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0{}"),
    ("dvrip", 0, 5, b"\xff\0\0\0" + bytes(10) + b"\xe8\3\2\0\0\0{}"),
    ("baichuan", 0, 6, bytes.fromhex("f0debc0a0100000008000000000000000000146412345678")),
    ("baichuan-udp", 1, 6, bytes.fromhex("3acf872a0400000001000000000000000000000061626364")),
    ("rtmp", 0, 7, b"\3\0\0\0\0\0\0\0\0" + bytes(40)), ("srt", 1, 8, b"\x80\0" + bytes(14) + b"\0\0\0\4\0\0\0\2" + bytes(40)),
    ("mqtt", 0, 9, b"\x10\x10\0\4MQTT\4\2\0\x3c\0\4abcd"), ("amqp", 0, 10, b"AMQP\0\0\x09\1"),
    ("ftp", 0, 11, b"USER admin\r\nPASS x\r\nSTOR a.jpg\r\n"), ("smtp", 0, 12, b"EHLO camera\r\nMAIL FROM:<a@example.net>\r\n"),
    ("smb", 0, 13, b"\0\0\0\x44\xfeSMB\x40" + bytes(63)), ("syslog", 1, 14, b"<134>1 2026-01-01T00:00:00Z cam app - - - hello"),
    ("snmp", 1, 15, bytes.fromhex("302602010104067075626c6963a7190201010201000201003 00e300c06082b060102010101000500".replace(" ", ""))),
    ("sip", 1, 17, b"REGISTER sip:3402@example.net SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9\r\nContent-Length: 0\r\n\r\n"),
    ("stun", 1, 19, b"\0\1\0\x10\x21\x12\xa4\x42" + bytes(12) + b"\x80\x22\0\3abc\0\x80\x28\0\4abcd"),
    ("turn", 1, 19, b"\x40\0\0\4data"),
    ("quic", 1, 18, b"\xc3\0\0\0\1\x08" + bytes(8) + b"\4abcd\0\x41\0" + bytes(30)),
]:
    seed("p2p", name, bytes([udp_, port, port]) + octets)

# --- the ledger and all analyzers: parts as the targets read them ---

seed("capture", "camera-start", short_capture(CAMERA, lambda frame: True, 24))
seed("capture", "camera-services", short_capture(
    "dns-udp.pcapng", lambda frame: (ip4(frame) or (0, 0, 0))[0] == UDP and not is_rtp(ip4(frame)[3]), 16))
seed("capture", "camera-media", short_capture(
    "padding-udp.pcapng", lambda frame: (ip4(frame) or (0, 0, 0, b""))[0] == UDP and is_rtp(ip4(frame)[3]), 8))
for name, wanted in (("services", lambda frame: not is_rtp((ip4(frame) or (0, 0, 0, b""))[3])),
                     ("connections", lambda frame: (ip4(frame) or (0,))[0] == TCP)):
    seed("applications", name, short_capture("dns-udp.pcapng", wanted, 20))
seed("frames", "kinds", parts(*[(1, frame[:300]) for frame in list(kinds.values())[:8]]))
seed("frames", "odd", parts((1, tagged + b"\x08\0" + ip + datagram + bytes(18)), (1, dst + src + b"\x08\0" + outer + tcp),
     (0x80, dst + src + b"\x88\xcc\2\7\4" + src + b"\4\3\7p1\6\2\0\x78\0\0"), (1, dst + src + b"\x86\xdd" + ip6 + b"\x11\0\5\2\0\0\1\0" + datagram)))


def service(way, where, *messages):
    return parts(*[(way << 1, message, bytes([where])) for message in messages])


dns = payloads(CAMERA, UDP, 53, most=2) + payloads(CAMERA, UDP, 53, to=False, most=2)
seed("datagrams", "dns", b"\0" + service(4, 0, *dns[:2]) + parts((5 << 1 | 1, dns[2], b"\0")))
seed("datagrams", "dhcp-ntp", b"\1" + service(6, 1, *payloads(CAMERA, UDP, 67, most=1)) + service(4, 3, payloads(CAMERA, UDP, 123, most=1)[0]))
ssdp = b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\nUSN: uuid:1\r\nSERVER: x/1\r\n\r\n"
wsd = (b'<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header><a:MessageID>'
       b"urn:uuid:00000000-0000-4000-8000-000000000001</a:MessageID></s:Header><s:Body><d:Hello><d:Scopes>onvif://x/y</d:Scopes></d:Hello></s:Body></s:Envelope>")
seed("datagrams", "discovery", b"\2" + service(2, 5, ssdp, ssdp) + service(2, 6, wsd, wsd) + service(2, 7, dns[2] if len(dns) > 2 else dns[0]))
seed("datagrams", "vendors", b"\0" + service(2, 14, b"\x20\0\0\0DHIP" + bytes(24) + b'{"method":"DHDiscover.search"}')
     + service(2, 16, b"\xff\0\0\0" + bytes(16)) + service(4, 10, b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12)) + service(4, 13, b"\xf1\xd0\0\4abcd"))
seed("datagrams", "ip", b"\4" + service(0, 1, b"\x08\0\0\0\0\1\0\1" + bytes(32)) + service(0, 2, b"\x22\0\0\0\0\0\0\1\4\0\0\1\xef\1\1\1")
     + service(1, 58, b"\x87\0\0\0\0\0\0\0" + bytes(16)) + service(0, 47, gre) + service(7, 0xCC, b"\2\7\4" + src + b"\4\3\7p1\6\2\0\x78\0\0"))


def talk(which, *messages):
    """Messages of one connection, by turns: (0 the camera speaks, 1 the other side)."""
    return parts(*[(which << 1 | speaker, message) for speaker, message in messages])


seed("streams", "rtsp", talk(0, (1, asked[:400]), (0, answered[:700])))
seed("streams", "http", talk(1, (0, http), (1, b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n--b\r\n"
     b"Content-Type: image/jpeg\r\nContent-Length: 3\r\n\r\nabc\r\n--b\r\n")) + talk(1, (0, b"POST /u HTTP/1.1\r\nContent-Length: 400\r\n\r\n" + jfif)))
seed("streams", "tls-mqtt", talk(2, (1, record), (0, b"\x16\3\3" + struct.pack(">H", len(answer)) + answer))
     + talk(3, (0, b"\x10\x10\0\4MQTT\4\2\0\x3c\0\4abcd"), (0, b"\x30\x08\0\3a/bdata")))
seed("streams", "sip-dvrip-dns", talk(4, (1, b"INVITE sip:a@192.0.2.10 SIP/2.0\r\nCall-ID: 1\r\nContent-Type: application/sdp\r\n\r\n"))
     + talk(6, (0, b"\xff\0\0\0" + bytes(10) + b"\xe8\3\2\0\0\0{}")) + talk(7, (0, struct.pack(">H", len(dns[0])) + dns[0])))
onvif = (b'<tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema"><tt:VideoAnalytics><tt:Frame UtcTime="2026-01-01T00:00:00Z">'
         b'<tt:Object ObjectId="1"/></tt:Frame></tt:VideoAnalytics></tt:MetadataStream>')
x265 = list(h265.values())
for i, several in enumerate([
    nals[:3], x265, [b"\0\0\0\0\1\xff\2\2\0\0\0\x80" + bytes([8] * 128) + bytes(60)],
    [b"\0\x10\0\x38" + b"\x21\x10\4\x60\x8c\x1c\0", b"\0\x20\0\x18\0\x10" + b"abcde"], [b"\6\x21\x10\4\x60\x8c\x1c"],
    [b"\x78" + bytes(20), b"\x7b\xc2\3\5abcdefgh\0\0\0"], [bytes([0xD5] * 80), bytes(range(80))], [pat[:188] + pmt[:188], pes[:188]],
    [onvif, onvif], [gzip.compress(onvif, mtime=1)], [bytes.fromhex("20009e40c8400000") + bytes(20)], [b"\x60\1\0\3\x42\1\x09\0\2\x44\1"]]):
    seed("media", f"kind-{i}", bytes([i]) + parts(*[(0xC0, one[:500]) for one in several]) + parts((6, rtcp[0][:80]), (7, video[0][:60])))
seed("media", "interleaved", b"\x80" + parts((0xC0, nals[0][:100]), (5 | 0x48, b"unasked"), (4, b"other type")))

# --- what is declared, written and mailed ---

profile = (root / "samples" / "profiles" / "camera.ini").read_bytes()
seed("profile", "camera", re.sub(rb"(?m)^#.*\n", b"", profile))
seed("profile", "all", b"[device]\nname=a\naddress=fd00::1\nkind=other\n[stream x]\nurl=rtsp://[fd00::1]:8554/a\ntransport=multicast\n"
     b"tracks=metadata\ncredentials=env:A\nallow-basic=yes\n[capture]\ninterface=eth1\nmax-bytes=5\n[phases]\nidle=1\n"
     b"[stimulus l]\ncommand=ask\nblocks=2\n[report]\nlaboratory=x\nnotes=y\n")
seed("profile", "lists", b"maker\tproduct\tpurpose\tnames\taddresses\tsource\nx\t-\t-\t*.example.net\t192.0.2.0/24\t-\n")
mud = b"""{"ietf-mud:mud":{"mud-version":1,"mud-url":"https://example.net/a","last-update":"2026-01-01T00:00:00+00:00","cache-validity":48,
"is-supported":true,"systeminfo":"x","from-device-policy":{"access-lists":{"access-list":[{"name":"f"}]}},"to-device-policy":
{"access-lists":{"access-list":[{"name":"t"}]}}},"ietf-access-control-list:acls":{"acl":[{"name":"f","type":"ipv4-acl-type","aces":{"ace":
[{"name":"a","matches":{"ietf-mud:mud":{"controller":"urn:ietf:params:mud:dns"},"ipv4":{"ietf-acldns:dst-dnsname":"a.example.net","protocol":6},
"tcp":{"ietf-mud:direction-initiated":"from-device","destination-port":{"operator":"range","lower-port":1,"upper-port":9}}},"actions":
{"forwarding":"accept"}}]}},{"name":"t","type":"ipv6-acl-type","aces":{"ace":[{"name":"b","matches":{"ipv6":{"source-ipv6-network":"fd00::/8"},
"udp":{"source-port":{"operator":"eq","port":53}}},"actions":{"forwarding":"drop"}}]}}]}}"""
seed("mud", "both", mud.replace(b"\n", b""))
seed("stream-log", "log", b"lenscap-stream-log 1\ntrack\tmain\t0\tvideo\th264\t1/90000\npacket\t1700000000.000000001\tmain\t0\t3600\t1200\tk\n"
     b"event\t1700000001.000000000\t-\tdenied\tconnect 192.0.2.9:22\\x09\nevent\t1700000002.000000000\tmain\tend\tstopped\n")
seed("habits", "numbers", parts((0, b"IPC v1.2 2026-11-26 10:00:00 count 7"), (0, b"IPC v1.2 2026-11-26 10:00:01 count 8"),
     (0, b"IPC v1.2 2026-11-26 10:00:02 count 9 QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJz")))
seed("habits", "xml", parts((0, wsd), (0, wsd)))
evaluation = b"""{"schema":"lenscap-evaluation/1","tool":{"version":"0.1.0","options":{"device":"default","only":null,"limits":false,"alpha":0.01}},
"input":{"name":"a.pcapng","sha256":"00","bytes":100,"packets":1,"wire_bytes":60,"interfaces":[{"linktype":1,"snaplen":0,"name":"eth0","dropped":null}],
"first":"1700000000.000000001","last":"1700000001.000000000","status":"complete","problem":null},"devices":[{"name":"<b>","mac":"44:19:b6:00:00:01",
"addresses":["192.0.2.100"],"kind":"camera","identity":[{"what":"model","value":"x","signal":"y","confidence":0.5,"frames":[1]}],"verdict":"conforms","reasons":["z"]}],
"ledger":{"total_bytes":60,"total_packets":1,"classes":[{"class":"undeclared","bytes":60,"packets":1}]},"flows":[{"proto":"udp","src":"192.0.2.100","sport":1,
"dst":"192.0.2.1","dport":2,"class":"undeclared"}],"findings":[{"id":"F001","channel":"flow-undeclared","analyzer":"flow-undeclared","severity":"medium",
"confidence":1,"p_value":null,"device":"<b>","flow":null,"frames":{"count":1,"ranges":[[1,1]]},"octets":[{"frame":1,"offset":42,"length":4}],"excerpt":"61626364",
"summary":"s & t","detail":"d","room_bits":8,"used_bits":8,"capacity_bps":1.5}],"leads":[],"coverage":[{"channel":"rtp-padding","status":"examined","examined":3,
"limit_bps":null,"bound_bps":2}],"verdict":"undeclared","reasons":["r"]}"""
seed("record", "small", evaluation.replace(b"\n", b""))
seed("json", "small", evaluation.replace(b"\n", b"")[:900])
seed("json", "run", b'{"schema":"lenscap-run/1","started":"1.5","finished":null,"host":"h","confinement":{"in_force":["seccomp"],"missing":[]},"libraries":["a 1"],"losses":[],"paths":["/x"]}')
seed("json", "two", b'{"a":[1,2.5,null,true,"x"]}{"a":[1,2.5,null,true,"y"]}')
small = evaluation.replace(b"\n", b"")
seed("evidence", "one", struct.pack(">H", len(small)) + small + short_capture(CAMERA, lambda _: True, 2))

# --- what workers say, and what the puller asks of the broker ---


def messages(*several):
    return b"".join(struct.pack("<IHHIQ", 0x674D634C, kind, 1, len(payload), i) + payload
                    for i, (kind, payload) in enumerate(several))


seed("message", "file", messages((1, b""), (2, bytes(32)), (3, b"evaluation.json"), (4, b"{}"), (5, b""), (7, b"why"), (8, b"")))
seed("message", "names", messages((3, b"../evil"), (3, b".hidden"), (3, b"F001.pcapng")))
seed("blocks", "capture", short_capture(CAMERA, lambda _: True, 3))
seed("secret", "record", b"\x06secret" + b'{"excerpt":"736563726574","summary":"secret YWRtaW46c2VjcmV0 %73ecret"}')


def ask(which, *arguments, memory=b""):
    return bytes([which]) + bytes(arguments) + memory.ljust(32, b"\0")[:32]


there = b"\2\0" + struct.pack(">H", 554) + b"\xc0\0\2\x64" + bytes(8)
seed("broker", "session", ask(0, 2, 1, 6, 0, 0, 0) + ask(1, 4, 0, 16, 0, 0, 0, memory=there)
     + ask(0, 2, 2, 17, 0, 0, 0) + ask(2, 5, 0, 16, 0, 0, 0, memory=b"\2\0" + struct.pack(">H", 20000))
     + ask(3, 5, 0, 35, 0, 8, 0, memory=b"\xef\1\1\1") + ask(4, 0, 0, 0, 0, 0, 0, memory=b"/dev/urandom"))
seed("broker", "elsewhere", ask(0, 2, 1, 6, 0, 0, 0) + ask(1, 4, 0, 16, 0, 0, 0, memory=there[:4] + b"\xc0\0\2\x09")
     + ask(0, 10, 1, 6, 0, 0, 0) + ask(1, 4, 0, 28, 0, 0, 0, memory=b"\x0a\0\2\x2a" + bytes(28)) + ask(250, 0, 0, 0, 0, 0, 0))
track = struct.pack("<IIii32s", 0, 1, 1, 90000, b"h264")
packet = struct.pack("<IIqqII", 0, 1, 3600, 1700000000000000, 1200, 0)
seed("live-puller", "session", messages((256, track), (257, b""), (258, packet), (260, b"[rtsp] Zq7XwPvLm9 said".ljust(256, b"\0")),
     (261, bytes(16)), (259, struct.pack("<II192s", 1, 1, b"closed"))))
seed("live-puller", "odd", messages((256, track[:8] + b"\0\0\0\0\0\0\0\0" + b"\xff\\\n" + bytes(29)), (259, struct.pack("<II192s", 99, 1, b"x" * 192))))
beats = messages((256, bytes(56)), (256, struct.pack("<7Q", 1, 2, 3, 4, 5, 6, 7)))
seed("live-capture", "capture", struct.pack(">H", len(beats)) + beats + short_capture(CAMERA, lambda _: True, 3))
whole = short_capture(CAMERA, lambda _: True, 1)
seed("parts", "two", whole + whole)

seed("mqtt", "session", parts((0, b"\x10\x10\0\4MQTT\4\2\0\x3c\0\4abcd\x32\x0a\0\3a/b\0\1data"), (0, b"\x82\x08\0\1\0\3a/b\1\xc0\0"),
     (0x80, b"\x30\xff\x7f\0\3a/b"), (0, b"\x20\2\0\0")))

def result_of(*numbers, device=b"", channel=b"", problem=b""):
    return struct.pack("<4I5Q256s64s512s", *numbers, device, channel, problem)


result = result_of(3, 4, 0, 7, 100, 1000, 10, 20, 0, device="Caméra".encode(), channel=b"rtp-padding-content")
seed("job", "analysis", messages((1, b""), (257, bytes(104)), (256, result), (3, b"record.jsonl"), (4, b"{}\n"), (5, b""), (8, b"")))
options = struct.pack("<IIId256s64s1024s", 0x4C4F5054, 1, 0, 0.01, b"a.pcapng", b"all", b"")
seed("errand", "recall", messages((258, options), (8, b"")))
seed("errand", "pages", messages((3, b"report.html"), (4, b"<p>"), (5, b""), (3, b"report.txt"), (4, b"text"), (5, b""), (8, b"")))
seed("errand", "problem", messages((4, b"no file"), (7, b"\x1b[31mwhy\xff"), (7, b"again")))


def status(kind, value=0, step=0):
    return struct.pack("<4I", 0x7453634C, kind, value, step)


seed("status", "puller", parts((1, status(2)), (0, status(1, 0xfff)), (0, status(3, 59))))
seed("status", "several", parts((0, status(1) + status(4, 9)), (2, status(2)), (16, b"\0")))
seed("status", "cut", parts((1, status(2)[:9]), (0, status(2)[9:])))
seed("job", "problem", messages((3, b"evaluation.json"), (4, b"{"), (7, b"\x1b[31mwhy\xff")))
seed("job", "numbers-without-a-name", messages((256, result_of(0x7fffffff, 99, 5, 1, 0, 0, 0, 0, 0)), (8, b"")))
file = struct.pack("<Qq", 236308, 1700000000000000000)
seed("recall", "current", messages((256, result), (260, file), (261, b""), (3, b"record.jsonl"), (4, b"{}\n"), (5, b""), (8, b"")))
seed("recall", "stale", messages((256, result), (260, file), (260, file), (8, b"")))
seed("recall", "text-without-end", messages((256, result_of(0, 0, 0, 0, 0, 0, 0, 0, 0, device=b"\xff" * 256)), (8, b"")))
seed("recall", "problem", messages((7, b"\x1b[31mwhy\xff"), (256, result[:40])))
