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
