#!/usr/bin/env python3
"""An RTSP server on 127.0.0.1 that behaves as its first argument says.

Prints its port, serves until it is ended, and writes each request line and each
Authorization header that it gets to LOG: what was on the wire.

A mode that begins with "tls-" is spoken inside TLS, with a certificate made for the day.

usage: scripted-rtsp.py MODE LOG
"""
import os
import random
import re
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

MODE, LOG = sys.argv[1].removeprefix("tls-"), open(sys.argv[2], "w")
TLS = sys.argv[1].startswith("tls-")
SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 0 RTP/AVP 8\r\na=control:track1\r\n"
PACKETS = 50


def rtp(number):
    return struct.pack("!BBHII", 0x80, 8, number, number * 160, 0x11223344) + bytes(160)


def answer(connection, cseq, status="200 OK", headers="", body=""):
    if body:
        headers += f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
    connection.sendall(f"RTSP/1.0 {status}\r\nCSeq: {cseq}\r\n{headers}\r\n{body}".encode())


def challenge():
    headers = ""
    if "basic" in MODE:
        headers += 'WWW-Authenticate: Basic realm="camera"\r\n'
    if "digest" in MODE:
        headers += 'WWW-Authenticate: Digest realm="camera", nonce="abc", stale="true"\r\n'
    return headers


class Session:
    def __init__(self, connection):
        self.connection, self.udp, self.peer = connection, None, None

    def set_up(self, cseq, transport):
        ports = re.search(r"client_port=(\d+)-", transport)
        if not ports:
            answer(self.connection, cseq, headers="Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n")
            return
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.peer = ("127.0.0.1", int(ports.group(1)))
        mine = self.udp.getsockname()[1]
        source = ";source=127.0.0.9" if MODE == "source" else ""
        answer(self.connection, cseq, headers="Session: 1\r\nTransport: RTP/AVP;unicast;"
               f"client_port={ports.group(1)}-{int(ports.group(1)) + 1};server_port={mine}-{mine + 1}{source}\r\n")

    def send(self, packet, channel=0):
        if self.udp:
            self.udp.sendto(packet, self.peer)
        else:
            self.connection.sendall(struct.pack("!BBH", 0x24, channel, len(packet)) + packet)

    def play(self):
        try:
            for number in range(PACKETS):
                self.send(rtp(number))
                time.sleep(0.01)
            if MODE == "bye":
                # Compound, as RFC 3550 asks: libavformat passes over anything under 12 octets.
                self.send(struct.pack("!BBHIBBHI", 0x80, 201, 1, 0x11223344, 0x81, 203, 1, 0x11223344), 1)
            elif MODE == "close":
                self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def request(self, method, headers):
        cseq, allowed = headers.get("cseq", "0"), "authorization" in headers and MODE.endswith("-ok")
        if MODE == "hang":
            return
        if MODE == "drip":
            for octet in b"RTSP/1.0 200 OK\r\nX: " + b"x" * 100:
                self.connection.sendall(bytes([octet]))
                time.sleep(0.2)
            return
        if MODE == "garbage":
            self.connection.sendall(random.Random(1).randbytes(4096))
            self.connection.shutdown(socket.SHUT_RDWR)
        elif method == "OPTIONS":
            answer(self.connection, cseq, headers="Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n")
        elif MODE == "redirect":
            answer(self.connection, cseq, "302 Found", f"Location: rtsp://127.0.0.2:{PORT}/x\r\n")
        elif method == "DESCRIBE" and MODE == "early-close":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif method == "DESCRIBE" and MODE == "not-found":
            answer(self.connection, cseq, "404 Not Found")
        elif ("basic" in MODE or "digest" in MODE) and not allowed:
            answer(self.connection, cseq, "401 Unauthorized", challenge())
        elif method == "DESCRIBE":
            answer(self.connection, cseq, body=SDP)
        elif method == "SETUP" and MODE == "no-transport":
            answer(self.connection, cseq, "461 Unsupported Transport")
        elif method == "SETUP":
            self.set_up(cseq, headers["transport"])
        elif method == "PLAY":
            answer(self.connection, cseq, headers="Session: 1\r\n")
            if MODE != "silent":
                threading.Thread(target=self.play, daemon=True).start()
        else:
            answer(self.connection, cseq)

    def serve(self):
        text = b""
        while True:
            try:
                octets = self.connection.recv(4096)
            except OSError:
                return
            if not octets:
                return
            text += octets
            while text[:1] == b"$" and len(text) >= 4:
                text = text[4 + struct.unpack("!H", text[2:4])[0]:]
            while b"\r\n\r\n" in text:
                head, text = text.split(b"\r\n\r\n", 1)
                lines = head.decode("latin-1").split("\r\n")
                headers = dict((k.strip().lower(), v.strip()) for k, _, v in (line.partition(":") for line in lines[1:]))
                LOG.write(lines[0] + "\n")
                if "authorization" in headers:
                    LOG.write("Authorization: " + headers["authorization"] + "\n")
                LOG.flush()
                try:
                    self.request(lines[0].split(" ")[0], headers)
                except OSError:
                    return


def tls_context():
    with tempfile.NamedTemporaryFile() as both:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=camera",
                        "-keyout", both.name, "-out", both.name + ".crt"], check=True, stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both.name + ".crt", both.name)
        os.unlink(both.name + ".crt")
        return context


CONTEXT = tls_context() if TLS else None
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
PORT = listener.getsockname()[1]
listener.listen(16)
print(PORT, flush=True)
while True:
    accepted, _ = listener.accept()
    if TLS:
        try:
            accepted = CONTEXT.wrap_socket(accepted, server_side=True)
        except OSError:
            continue
    threading.Thread(target=Session(accepted).serve, daemon=True).start()
