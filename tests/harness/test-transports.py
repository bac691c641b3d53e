#!/usr/bin/python3
"""`lenscap test` over every transport that a profile can declare, against GStreamer's server.

Usage: test-transports.py LENSCAP CAMERA
"""
import os
import re
import shutil
import subprocess
import sys

import scene_runs
from scene_runs import HERE, scenes

GROUP, GROUP6, ELSEWHERE = "239.1.2.3", "ff15::3", "239.1.2.4"
INSIDE6, LAB6 = "fd00::100", "fd00::1"


def certificate(folder):
    path = os.path.join(folder, "camera.pem")
    made = scenes.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
                      "-subj", "/CN=camera", "-keyout", path + ".key", "-out", path + ".crt")
    with open(path, "w", encoding="ascii") as whole:
        for part in ".crt", ".key":
            with open(path + part, encoding="ascii") as file:
                whole.write(file.read())
    return path


def serve(scene, device, *options, address=None, port=554):
    """GStreamer's server in the device's namespace; both ends know the way to groups."""
    scenes.run("ip", "route", "add", "224.0.0.0/4", "dev", device.near)
    device.inside("ip", "route", "add", "224.0.0.0/4", "dev", device.far)
    server = device.start(sys.executable, os.path.join(HERE, "gst-camera.py"),
                          address or device.address, str(port), *options)
    said = server.stdout.readline().strip()
    assert said == "ready", said


def give_ipv6(device):
    scenes.run("ip", "addr", "add", LAB6 + "/64", "dev", device.near, "nodad")
    device.inside("ip", "addr", "add", INSIDE6 + "/64", "dev", device.far, "nodad")


def profile(scene, device, transport, address=None, port=554, stream=""):
    address = address or device.address
    host = f"[{address}]" if ":" in address else address
    scheme = "rtsps" if transport == "tls" else "rtsp"
    path = scene.profile(device, transport=transport, url=f"{scheme}://{host}:{port}/live",
                         stream=stream, phases=(1, 5, 1))
    with open(path, encoding="utf-8") as file:
        text = file.read()
    addresses = f"{device.address}, {INSIDE6}"
    text = text.replace(f"\naddress = {device.address}\n", f"\naddress = {addresses}\n")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def log_of(scene):
    with open(os.path.join(scene.cases()[0], "stream.log"), encoding="utf-8") as file:
        return file.read()


def expect_media(scene, transport):
    """What a run over TCP comes to: media seen by both witnesses, nothing astray."""
    scene.expect(0)
    log = log_of(scene)
    scene.tap.ok("conforms", scene.record["verdict"].startswith("conforms"),
                 scene.record["reasons"])
    scene.tap.ok("the puller received packets", log.count("\npacket\t") > 50, log[:2000])
    scene.tap.ok("nothing was denied", "denied" not in log, log[-3000:])
    scene.tap.ok("saw the media", scene.class_bytes("declared-video") > 50000)
    astray = {name: scene.class_bytes(name) for name in ("hidden", "undeclared", "unexplained")}
    scene.tap.ok("nothing is undeclared", not any(astray.values()), astray)
    with open(os.path.join(scene.cases()[0], "traffic.pcapng"), "rb") as file:
        octets = file.read()
    scene.tap.ok("the viewer does not say what it is", not re.search(rb"(?i)lavf|lenscap-pull",
                                                                    octets))
    streams = scene.record["declared"]["streams"]
    scene.tap.ok("the stream is the declared one", len(streams) == 1
                 and streams[0]["transport"] == transport and streams[0]["seen"], streams)


def tcp(scene):
    device = scene.device()
    serve(scene, device)
    scene.test(profile(scene, device, "tcp"))
    expect_media(scene, "tcp")


def udp(scene):
    device = scene.device()
    serve(scene, device)
    scene.test(profile(scene, device, "udp"))
    expect_media(scene, "udp")


def http(scene):
    device = scene.device()
    serve(scene, device)
    scene.test(profile(scene, device, "http"))
    expect_media(scene, "http")


def tls(scene):
    device = scene.device()
    serve(scene, device, "--tls", certificate(scene.folder), port=322)
    scene.test(profile(scene, device, "tls", port=322))
    expect_media(scene, "tls")


def multicast(scene):
    device = scene.device()
    serve(scene, device, "--multicast", GROUP)
    scene.test(profile(scene, device, "multicast", stream=f"group = {GROUP}"))
    expect_media(scene, "multicast")


def tcp6(scene):
    device = scene.device()
    give_ipv6(device)
    serve(scene, device, address=INSIDE6)
    scene.test(profile(scene, device, "tcp", INSIDE6))
    expect_media(scene, "tcp")


def udp6(scene):
    device = scene.device()
    give_ipv6(device)
    serve(scene, device, address=INSIDE6)
    scene.test(profile(scene, device, "udp", INSIDE6))
    expect_media(scene, "udp")


def multicast6(scene):
    device = scene.device()
    give_ipv6(device)
    serve(scene, device, "--multicast", GROUP6, address=INSIDE6)
    scene.test(profile(scene, device, "multicast", INSIDE6, stream=f"group = {GROUP6}"))
    expect_media(scene, "multicast")


def in_a_tunnel_with_a_password(scene):
    device = scene.device()
    serve(scene, device, "--user", "admin:" + scenes.PASSWORD)
    scene.test(profile(scene, device, "http", stream="credentials = env:CAMERA_SECRET"),
               env={**os.environ, "CAMERA_SECRET": "admin:" + scenes.PASSWORD})
    expect_media(scene, "http")
    scenes.secretless(scene)


def denied(scene, *events):
    """The puller was told no, and nothing of that left the machine."""
    scene.tap.ok("the run is not passed", scene.status in (1, 3), scene.complaint)
    log = log_of(scene)
    for event in events:
        scene.tap.ok(f"'{event}' was denied", f"\tdenied\t{event}" in log, log[-3000:])
    return os.path.join(scene.cases()[0], "traffic.pcapng")


def another_group(scene):
    """The device sends where it was not declared to send: the group is not joined."""
    device = scene.device()
    serve(scene, device, "--multicast", ELSEWHERE)
    scene.test(profile(scene, device, "multicast", stream=f"group = {GROUP}"))
    capture = denied(scene, f"bind udp {ELSEWHERE}:5000")
    joins = scenes.run("tshark", "-r", capture, "-Y",
                       f"igmp && ip.src == {device.lab} && igmp.maddr == {ELSEWHERE}")
    scene.tap.ok("nobody joined it", joins == "", joins)


def no_group(scene):
    device = scene.device()
    serve(scene, device, "--multicast", GROUP)
    scene.test(profile(scene, device, "multicast"))
    denied(scene, "socket udp")


def redirected_tunnel(scene):
    """HTTP can redirect before RTSP has begun."""
    device = scene.device()
    device.start(sys.executable, "-c", f"""
import socket
listener = socket.create_server(("0.0.0.0", 554))
while True:
    connection, _ = listener.accept()
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 302 Found\\r\\nLocation: http://{device.lab}:80/\\r\\n"
                       b"Content-Length: 0\\r\\n\\r\\n")
    connection.close()
""")
    scene.test(profile(scene, device, "http"))
    capture = denied(scene, f"connect tcp {device.lab}:80")
    there = scenes.run("tshark", "-r", capture, "-Y", "tcp.dstport == 80")
    scene.tap.ok("and did not go there", there == "", there)


SCENARIOS = [tcp, udp, http, tls, multicast, tcp6, udp6, multicast6, in_a_tunnel_with_a_password,
             another_group, no_group, redirected_tunnel]



def missing():
    if not shutil.which("openssl"):
        return ["openssl"]
    server = subprocess.run([sys.executable, os.path.join(HERE, "gst-camera.py"), "--look"],
                            capture_output=True, text=True, check=False)
    return [server.stdout.strip()] if server.returncode != 0 else []


if __name__ == "__main__":
    scene_runs.main(SCENARIOS, missing())
