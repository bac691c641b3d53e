#!/usr/bin/python3
"""A tunnel through pings (ptunnel-ng) is found at both its ends; pings beside it stay quiet.

A device and a server in network namespaces of their own ping each other with programs that are not
ours; then the device fetches a page from the server through the tunnel.
Usage: test-real-pings.py LENSCAP
"""
import subprocess
import sys
import tempfile
import time

from real_lab import DEVICE, SERVER, Lab, evaluate, lacking, own_namespaces

PINGS = [
    ["ping", "-c", "5", "-i", "0.2"],
    ["ping", "-c", "3", "-i", "0.2", "-s", "1400"],
    ["busybox", "ping", "-c", "3"],
]
ECHO_REPLY, ECHO_REQUEST = 0, 8
PAGE = 40000  # octets
SEGMENT = 1024  # what the tunnel takes of it into a packet
MAGIC = "6c656e73"  # what the tunnel begins each packet with; pings have a time there

FETCH = f"""
import socket
connection = socket.create_connection(("127.0.0.1", 8001))
connection.sendall(b"GET /page HTTP/1.0\\r\\n\\r\\n")
connection.settimeout(10)
got = 0
while got < {PAGE} and (octets := connection.recv(4096)):
    got += len(octets)
"""


def ping(lab):
    for command in PINGS:
        if not lacking(command[:1]):
            lab.device(*command, SERVER)
            subprocess.run([*command, DEVICE], capture_output=True, timeout=20)


def fetch_through_tunnel(lab):
    lab.write("page", "0123456789abcdef" * (PAGE // 16))
    lab.start(sys.executable, "-m", "http.server", "8000", "--bind", "127.0.0.1")
    ends = ["-r127.0.0.1", "-R8000", "-m", MAGIC, "-y", str(SEGMENT)]
    lab.start("ptunnel-ng", *ends)
    lab.start(*lab.inside, "ptunnel-ng", "-p", SERVER, "-l", "8001", *ends)
    time.sleep(1)
    lab.device(sys.executable, "-c", FETCH, timeout=30)


def record(folder, name, *acts):
    lab = Lab(folder, name)
    try:
        lab.address()
        lab.record_traffic()
        time.sleep(2)
        for act in acts:
            act(lab)
        time.sleep(1)
    finally:
        lab.close()
    return lab.capture


def found(capture, device):
    """The frames of what was found in ICMP at medium or above, by channel."""
    return {row["channel"]: {number for first, last in row["frames"]["ranges"]
                             for number in range(first, last + 1)}
            for row in evaluate(capture, device)["findings"]
            if row["channel"].startswith("icmp") and row["severity"] not in ("info", "low")}


def frames_of_tunnel(capture, device, kind):
    magic = ":".join(MAGIC[i:i + 2] for i in range(0, len(MAGIC), 2))
    wanted = f"ip.src == {device} && icmp.type == {kind} && icmp[8:4] == {magic}"
    return {int(number) for number in subprocess.run(
        ["tshark", "-r", capture, "-Y", wanted, "-T", "fields", "-e", "frame.number"], check=True,
        capture_output=True, text=True).stdout.split()}


def pings_are_quiet(folder):
    capture = record(folder, "pings", ping)
    spoken = [*found(capture, DEVICE).items(), *found(capture, SERVER).items()]
    requests = subprocess.run(["tshark", "-r", capture, "-Y", "icmp.type == 8"], check=True,
                              capture_output=True, text=True).stdout.count("\n")
    return spoken or requests < len(PINGS) and f"only {requests} pings"


def the_end_that_asks(capture):
    """Every packet of its tunnel, and nothing else."""
    tunnel, channels = frames_of_tunnel(capture, DEVICE, ECHO_REQUEST), found(capture, DEVICE)
    told = channels.get("icmp-echo-payload", set())
    wrong = told ^ tunnel or set().union(*channels.values()) - tunnel
    return wrong or not tunnel and "there was no tunnel"


def the_end_that_answers(capture):
    """The page, packet by packet; what its kernel answers repeats a request and says nothing."""
    tunnel, channels = frames_of_tunnel(capture, SERVER, ECHO_REPLY), found(capture, SERVER)
    told = channels.get("icmp-echo-payload", set())
    wrong = set().union(*channels.values()) - tunnel
    return wrong or len(told) < PAGE // SEGMENT and f"only {len(told)} packets are told"


def tell(number, sentence, fault):
    print(f"{'not ok' if fault else 'ok'} {number} - {sentence}", flush=True)
    if fault:
        print("#", fault)


def main():
    if not own_namespaces("tshark"):
        return
    print("1..3")
    with tempfile.TemporaryDirectory(prefix="lenscap-pings-") as folder:
        if lacking(["ping"]) and lacking(["busybox"]):
            print("ok 1 - pings are quiet # SKIP no ping, no busybox")
        else:
            tell(1, "pings are quiet", pings_are_quiet(folder))
        if lacking(["ptunnel-ng"]):
            for number in 2, 3:
                print(f"ok {number} - ptunnel-ng # SKIP no ptunnel-ng")
            return
        capture = record(folder, "tunnel", ping, fetch_through_tunnel, ping)
        tell(2, "ptunnel-ng is found where it asks, and only it", the_end_that_asks(capture))
        tell(3, "ptunnel-ng is found where it answers", the_end_that_answers(capture))


if __name__ == "__main__":
    main()
