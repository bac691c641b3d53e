#!/usr/bin/python3
"""`lenscap test` on cables of our own: what goes well, what goes wrong, what is said and kept.

Each scenario runs in a network namespace of its own (`unshare -n`; `-Urn` for those who are
not root) with further ones for its devices.  Nothing is named, so all of it is gone with its
last process.  Usage: test-command-test.py LENSCAP CAMERA
"""
import base64
import concurrent.futures
import ctypes
import fcntl
import glob
import json
import os
import pty
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

import jsonschema

NEEDED = "unshare nsenter ip ethtool tshark sha256sum setpriv".split()
NOBODY = "setpriv --reuid 65534 --regid 65534 --clear-groups".split()
PASSWORD = "pa/ss:w0rd+7"

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "report",
                       "evaluation.schema.json"), encoding="utf-8") as schema:
    SCHEMA = jsonschema.Draft202012Validator(json.load(schema))


def die_with_us():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def run(*arguments, **options):
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)}: {done.returncode}\n{done.stderr}")
    return done.stdout


def wait_for(what, condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {what} within {seconds} s")
        time.sleep(0.05)


class Device:
    """A namespace at the far end of a cable, with 192.0.2.100 + number in it."""

    def __init__(self, number=0, address=None):
        self.near, self.far = f"lab{number}", f"cam{number}"
        self.lab = f"192.0.{2 + number}.1"
        self.address = address or f"192.0.{2 + number}.100"
        self.mac = f"44:19:b6:00:00:{number + 1:02x}"
        self.programs = []
        self.holder = subprocess.Popen(["unshare", "-n", "sleep", "1000"], preexec_fn=die_with_us)
        ours = os.readlink("/proc/self/ns/net")
        self.namespace = f"/proc/{self.holder.pid}/ns/net"
        wait_for("namespace", lambda: os.readlink(self.namespace) != ours)
        run("ip", "link", "add", self.near, "type", "veth", "peer", "name", self.far)
        run("ip", "link", "set", self.far, "address", self.mac)
        for port in self.near, self.far:
            self.quiet(port)
        run("ip", "link", "set", self.far, "netns", str(self.holder.pid))
        run("ip", "addr", "add", self.lab + "/24", "dev", self.near)
        run("ip", "link", "set", self.near, "up")
        self.inside("ip", "link", "set", "lo", "up")
        self.inside("ip", "addr", "add", self.address + "/24", "dev", self.far)
        self.inside("ip", "link", "set", self.far, "up")

    @staticmethod
    def quiet(port, state="off"):
        run("ethtool", "-K", port, *[word for feature in "tso gso gro tx rx".split()
                                     for word in (feature, state)])

    def inside(self, *arguments):
        return run("nsenter", "--net=" + self.namespace, *arguments)

    def start(self, *arguments, **options):
        program = subprocess.Popen(["nsenter", "--net=" + self.namespace, *arguments],
                                   preexec_fn=die_with_us, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True, **options)
        self.programs.append(program)
        return program

    def camera(self, program, *options):
        environment = dict(os.environ, LSAN_OPTIONS="detect_leaks=0")
        camera = self.start(program, "--interface", self.far, "--address", self.address,
                            "--resolver", self.lab, "--time-server", self.lab, "--truth", "-",
                            *options, env=environment)
        for line in camera.stdout:
            if '"serving"' in line:
                threading.Thread(target=camera.stdout.read, daemon=True).start()
                return
        raise RuntimeError("the camera does not serve")

    def server(self, what, log=os.devnull):
        """A server that is no camera: see serve()."""
        server = self.start(sys.executable, os.path.abspath(__file__), "--serve", what, log)
        assert server.stdout.readline() == "ready\n"

    def send(self, frame, count, times=1):
        """@frame every 50 ms, with a number behind it, each @times in a row."""
        self.start(sys.executable, "-c", f"""
import socket, time
raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
raw.bind(({self.far!r}, 0))
for number in range({count}):
    for again in range({times}):
        raw.send({frame!r} + number.to_bytes(2, "big"))
    time.sleep(0.05)
""")

    def close(self):
        for program in [*self.programs, self.holder]:
            program.kill()
            program.wait()


def serve(what, log):
    """Runs in a device's namespace: answers port 554 as @what says."""
    listener = socket.create_server(("0.0.0.0", 554), backlog=1)
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        if what == "hangs":
            connections = [connection]  # kept open, never answered
            while True:
                connections.append(listener.accept()[0])
        request = connection.recv(4096)
        with open(log, "ab") as file:
            file.write(request)
        if what == "garbage":
            connection.sendall(os.urandom(3000))
        elif what == "web":
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        elif what == "echoes":
            echo(connection, request, log)
        connection.close()


def echo(connection, request, log):
    """A camera that shows everybody the password it was given, in each of its spellings."""
    secrets = ["admin:" + PASSWORD, PASSWORD]
    spelled = secrets + [base64.b64encode(word.encode()).decode() for word in secrets] \
        + [word.encode().hex() for word in secrets] \
        + ["".join(f"%{octet:02X}" for octet in word.encode()) for word in secrets]
    body = "v=0\r\no=- 1 1 IN IP4 192.0.2.100\r\ns=" + " ".join(spelled) + "\r\nt=0 0\r\n" \
        "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:" + PASSWORD + "\r\n"
    while request:
        cseq = re.search(rb"CSeq: *(\d+)", request).group(1).decode()
        if request.startswith(b"OPTIONS"):
            head = "RTSP/1.0 200 OK\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY\r\nServer: " \
                + PASSWORD + f"\r\nCSeq: {cseq}\r\n\r\n"
            connection.sendall(head.encode())
        elif request.startswith(b"DESCRIBE"):
            head = f"RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nContent-Type: application/sdp\r\n" \
                f"Content-Length: {len(body)}\r\n\r\n"
            connection.sendall((head + body).encode())
        else:
            connection.sendall((f"RTSP/1.0 461 {PASSWORD}\r\nCSeq: {cseq}\r\n\r\n").encode())
        request = connection.recv(4096)
        with open(log, "ab") as file:
            file.write(request)


class Tap:
    def __init__(self, title):
        self.title = title

    def ok(self, what, true, detail=""):
        # In one piece: scenes tell what they found from several threads.
        sys.stdout.write(f"{'ok' if true else 'not ok'} - {self.title}: {what}\n")
        sys.stdout.flush()
        if not true:
            for line in str(detail).splitlines()[:40]:
                print("#", line)


class Scene:
    """A folder, devices, and runs of the program under test."""

    def __init__(self, tap, lenscap, camera, folder):
        self.tap, self.lenscap, self.camera, self.folder = tap, lenscap, camera, folder
        self.devices = []
        run("ip", "link", "set", "lo", "up")

    def device(self, *arguments):
        self.devices.append(Device(*arguments))
        return self.devices[-1]

    def close(self):
        for device in self.devices:
            device.close()

    def profile(self, device, name="cam", transport="tcp", capture="", stream="", phases=(1, 5, 1),
                interface=None, url=None):
        path = os.path.join(self.folder, name + ".ini")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"""[device]
name = {name}
address = {device.address}
mac = {device.mac}
kind = camera

[stream main]
url = {url or f"rtsp://{device.address}:554/Streaming/Channels/101"}
transport = {transport}
tracks = video, audio
{stream}

[service ntp]
proto = udp
port = 123
to = {device.lab}
direction = both

[service dns]
proto = udp
port = 53
to = {device.lab}

[dns]
names = time.example.net, updates.example.net

[discovery]
allow = arp, nd, dhcp, igmp, ws-discovery

[capture]
interface = {interface or device.near}
{capture}

[phases]
idle = {phases[0]}
stream = {phases[1]}
after = {phases[2]}
""")
        return path

    def cases(self, pattern="*"):
        return sorted(glob.glob(os.path.join(self.folder, "out", pattern + ".case")))

    def start(self, *profiles, before=(), options=(), **more):
        return subprocess.Popen([*before, self.lenscap, "test", "-o",
                                 os.path.join(self.folder, "out"), *options, *profiles],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, preexec_fn=die_with_us, **more)

    def test(self, *profiles, **more):
        running = self.start(*profiles, **more)
        self.said, self.complaint = running.communicate(timeout=120)
        self.status = running.returncode
        if os.environ.get("LENSCAP_TEST_VERBOSE"):
            print("# " + "\n# ".join(self.complaint.splitlines()))
        return self

    # What every run must leave.

    def expect(self, status, *words, case=True, reasons=()):
        """Exit status, words of standard error, and a sealed case (or none)."""
        tap = self.tap
        tap.ok(f"ends with {status}", self.status == status,
               f"{self.status}\n{self.said}{self.complaint}")
        for word in words:
            tap.ok(f"says '{word}'", word in self.complaint, self.complaint)
        long = [line for line in self.complaint.splitlines()
                if line and not line.startswith("lenscap test: ")]
        tap.ok("complains in single lines of its own", not long, self.complaint)
        hidden = [name for name in glob.glob(os.path.join(self.folder, "out", ".*"))
                  if os.path.basename(name) not in (".", "..")]
        tap.ok("leaves nothing half done", not hidden, hidden)
        tap.ok("leaves a case" if case else "leaves no case", bool(self.cases()) == case,
               self.cases())
        for path in self.cases():
            self.check_case(path, reasons)

    def check_case(self, path, reasons):
        sums = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=path,
                              capture_output=True, text=True)
        self.tap.ok("the case verifies", sums.returncode == 0, sums.stderr)
        self.record = self.read(path)
        faults = [fault.message for fault in SCHEMA.iter_errors(self.record)]
        self.tap.ok("the record is as its schema says", not faults, faults[:3])
        listed = self.record["ledger"]["classes"]
        self.tap.ok("the ledger adds up", sum(row["bytes"] for row in listed)
                    == self.record["ledger"]["total_bytes"])
        for words in reasons:
            self.tap.ok(f"the reasons say '{words}'",
                        any(words in reason for reason in self.record["reasons"]),
                        self.record["reasons"])

    @staticmethod
    def read(path):
        with open(os.path.join(path, "evaluation.json"), encoding="utf-8") as file:
            return json.load(file)

    def class_bytes(self, name):
        return next(row["bytes"] for row in self.record["ledger"]["classes"]
                    if row["class"] == name)


def honest(scene, transport):
    device = scene.device()
    device.camera(scene.camera)
    scene.test(scene.profile(device, transport=transport)).expect(0)
    scene.tap.ok("conforms", scene.record["verdict"].startswith("conforms"),
                 scene.record["reasons"])
    scene.tap.ok("saw the media", scene.class_bytes("declared-video") > 100000)
    astray = {name: scene.class_bytes(name) for name in ("hidden", "undeclared", "unexplained")}
    scene.tap.ok("nothing is undeclared", not any(astray.values()), astray)


def over_tcp(scene):
    honest(scene, "tcp")


def over_udp(scene):
    honest(scene, "udp")


def stimulated(scene):
    device = scene.device()
    device.camera(scene.camera)
    said = os.path.join(scene.folder, "said")
    groups = f"""
[stimulus light]
command = sh -c 'echo "$LENSCAP_STIMULUS" >>{said}'
blocks = 2

[stimulus sound]
command = true
blocks = 1
"""
    scene.test(scene.profile(device, capture=groups, phases=(1, 13, 1))).expect(0)
    blocks = [(row["name"], row["sham"]) for row in scene.record["stimuli"]]
    scene.tap.ok("all blocks and as many shams", sorted(blocks) == [
        ("light", False), ("light", False), ("light", True), ("light", True), ("sound", False),
        ("sound", True)], blocks)
    with open(said, encoding="utf-8") as file:
        scene.tap.ok("its command ran in the blocks only", file.read() == "light\nlight\n")
    stream = next(row for row in scene.record["phases"] if row["name"] == "stream")
    scene.tap.ok("they lie in the phase", all(
        float(stream["first"]) <= float(row["first"]) < float(row["last"]) <= float(stream["last"])
        for row in scene.record["stimuli"]), scene.record["stimuli"])
    comments = run("tshark", "-r", scene.cases()[0] + "/traffic.pcapng", "-T", "fields", "-e",
                   "frame.number", "-Y", "frame.comment")
    scene.tap.ok("marks take no frame number", comments == "", comments)


def without_a_lamp(scene):
    device = scene.device()
    device.camera(scene.camera)
    groups = "[stimulus light]\ncommand = sh -c 'echo no lamp >&2; exit 3'\nblocks = 1\n"
    scene.test(scene.profile(device, capture=groups)).expect(
        3, "stimulus light: exited with status 3: no lamp", reasons=["stimulus light: only 1 of 2"])


def nobody_to_ask(scene):
    device = scene.device()
    groups = "[stimulus light]\ncommand = ask\nblocks = 1\n"
    scene.test(scene.profile(device, capture=groups)).expect(
        2, "[stimulus light] command = ask needs a terminal", case=False)


def mud_of(scene, device):
    """What a manufacturer would write: a keep-alive goes to one address (RFC 8520)."""
    ace = {"name": "alive", "actions": {"forwarding": "accept"}, "matches": {
        "ipv4": {"protocol": 17, "destination-ipv4-network": device.lab + "/32"},
        "udp": {"destination-port": {"operator": "eq", "port": 9000}}}}
    path = os.path.join(scene.folder, "camera.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"ietf-mud:mud": {"mud-version": 1, "mud-url": "https://camera.example/mud.json",
                                    "last-update": "2026-01-01T00:00:00+00:00",
                                    "cache-validity": 48, "is-supported": True,
                                    "from-device-policy": {"access-lists": {
                                        "access-list": [{"name": "from"}]}}},
                   "ietf-access-control-list:acls": {"acl": [
                       {"name": "from", "type": "ipv4-acl-type", "aces": {"ace": [ace]}}]}}, file)
    return path


def from_its_maker(scene):
    """What a MUD file declares of one device; another does the same to somebody else."""
    ours, other = scene.device(0), scene.device(1)
    profiles = []
    for device, name in (ours, "ours"), (other, "other"):
        device.camera(scene.camera)
        device.start(sys.executable, "-c", f"""
import socket, time
for number in range(100):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"alive", ({device.lab!r}, 9000))
    time.sleep(0.5)
""")
        profiles.append(scene.profile(device, name))
    mud = mud_of(scene, ours)
    scene.test(*profiles, options=["--mud", mud]).expect(1)
    case = scene.cases("ours-*")[0]
    record, foreign = scene.read(case), scene.read(scene.cases("other-*")[0])
    scene.tap.ok("what it permits was seen", any(
        row["port"] == 9000 and row["origin"] == "mud" and row["octets"] > 0
        for row in record["declared"]["services"]), record["declared"])
    scene.tap.ok("and is no finding, as what it does not permit is",
                 (record["verdict"][:8], foreign["verdict"]) == ("conforms", "undeclared"),
                 (record["reasons"], foreign["reasons"]))
    with open(mud, "rb") as given, open(os.path.join(case, "mud.json"), "rb") as kept:
        scene.tap.ok("the case keeps it", given.read() == kept.read())
    again = subprocess.run([scene.lenscap, "verify", case], capture_output=True, text=True)
    scene.tap.ok("and verifies with it", again.returncode == 0, again.stdout + again.stderr)


def two_devices(scene):
    first, second = scene.device(0), scene.device(1)
    first.camera(scene.camera)
    second.camera(scene.camera, "--implant", "padding", "--seed", "5")
    scene.test(scene.profile(first, "honest"), scene.profile(second, "leaking")).expect(1)
    scene.tap.ok("two cases", len(scene.cases()) == 2, scene.cases())
    good = scene.read(scene.cases("honest-*")[0])
    bad = scene.read(scene.cases("leaking-*")[0])
    scene.tap.ok("each is about its own device",
                 (good["verdict"][:8], bad["verdict"]) == ("conforms", "concealed"),
                 (good["reasons"], bad["reasons"]))


def one_interface(scene):
    """Two devices behind one port: a bridge stands for the switch."""
    first, second = scene.device(0), scene.device(1, "192.0.2.101")
    run("ip", "link", "add", "sw0", "type", "bridge")
    for device in first, second:
        run("ip", "addr", "flush", "dev", device.near)
        run("ip", "link", "set", device.near, "master", "sw0")
        device.near, device.lab = "sw0", first.lab
    run("ip", "addr", "add", first.lab + "/24", "dev", "sw0")
    run("ip", "link", "set", "sw0", "up")
    first.camera(scene.camera)
    second.camera(scene.camera, "--implant", "padding", "--seed", "6")
    scene.test(scene.profile(first, "honest"), scene.profile(second, "leaking", transport="udp"))
    scene.expect(1)
    cases = [scene.read(path) for path in scene.cases()]
    scene.tap.ok("two cases of one traffic", len(cases) == 2 and len(
        {case["input"]["packets"] for case in cases}) == 1, [case["input"] for case in cases])
    scene.tap.ok("both streams were pulled", all(
        case["declared"]["streams"][0]["seen"] for case in cases), scene.complaint)
    scene.tap.ok("each is about its own device", [case["verdict"][:8] for case in cases]
                 == ["conforms", "conceale"], [case["reasons"] for case in cases])


def credentials(scene, stream, status, *words, environment=None, attempts=1):
    device = scene.device()
    device.camera(scene.camera, "--user", "admin", "--password", PASSWORD)
    scene.test(scene.profile(device, stream=stream),
               env={**os.environ, **(environment or {})}).expect(
                   status, *words, case=status != 2)
    if status == 2:
        return
    capture = os.path.join(scene.cases()[0], "traffic.pcapng")
    sent = run("tshark", "-r", capture, "-Y", 'rtsp.request && rtsp contains "Authorization:"',
               "-T", "fields", "-e", "rtsp.method").split()
    if status == 0:
        scene.tap.ok("asks with credentials", "DESCRIBE" in sent and "PLAY" in sent, sent)
    else:
        scene.tap.ok("one attempt on the wire", len(sent) == attempts, sent)
    secretless(scene)


def secretless(scene):
    """The secret is in no file but the captures, and in nothing that was said."""
    forms = {PASSWORD, PASSWORD.encode().hex(), base64.b64encode(PASSWORD.encode()).decode(),
             base64.b64encode(("admin:" + PASSWORD).encode()).decode(), "pa%2Fss%3Aw0rd%2B7",
             "".join(f"%{octet:02X}" for octet in PASSWORD.encode())}
    found = []
    for top, _, names in os.walk(scene.folder):
        for name in names:
            path = os.path.join(top, name)
            if name in ("secret", "log") or name.endswith(".pcapng"):  # what was on the wire
                continue
            with open(path, "rb") as file:
                octets = file.read().lower()
            found += [path for form in forms if form.lower().encode() in octets]
    said = scene.said + scene.complaint
    found += [form for form in forms if form.lower() in said.lower()]
    scene.tap.ok("the secret is in nothing but captures", not found, found)


def right_variable(scene):
    credentials(scene, "credentials = env:CAMERA_SECRET", 0,
                environment={"CAMERA_SECRET": "admin:" + PASSWORD})


def right_file(scene):
    path = os.path.join(scene.folder, "secret")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"admin:{PASSWORD}\n")
    credentials(scene, "credentials = file:" + path, 0)


def wrong_password(scene):
    credentials(scene, "credentials = env:CAMERA_SECRET", 3, "once only", "locked",
                environment={"CAMERA_SECRET": f"admin:{PASSWORD}x"})


def no_password(scene):
    credentials(scene, "", 3, "credentials", attempts=0)


def missing_variable(scene):
    credentials(scene, "credentials = env:NO_SUCH_SECRET", 2, "NO_SUCH_SECRET", "not set")


def echoing(scene):
    device = scene.device()
    device.server("echoes", os.path.join(scene.folder, "log"))
    scene.test(scene.profile(device, stream="credentials = env:CAMERA_SECRET", phases=(0, 4, 0)),
               env={**os.environ, "CAMERA_SECRET": "admin:" + PASSWORD}).expect(3)
    secretless(scene)


def tattling(scene):
    """The camera sends the viewer's password elsewhere, in several spellings."""
    device = scene.device()
    device.camera(scene.camera, "--user", "admin", "--password", PASSWORD)
    device.start(sys.executable, "-c", f"""
import base64, socket, time
tattler = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
secret = {PASSWORD!r}.encode()
for number in range(12):
    for port, octets in enumerate((b"password=" + secret, base64.b64encode(b"admin:" + secret),
                                   secret.hex().encode())):
        tattler.sendto(octets, ({device.lab!r}, 9000 + port))
    request = b"GET /?p=" + secret + b" HTTP/1.1\\r\\nHost: " + secret[:4] + b".example\\r\\n\\r\\n"
    tattler.sendto(request, ({device.lab!r}, 9010))
    time.sleep(0.3)
""")
    scene.test(scene.profile(device, stream="credentials = env:CAMERA_SECRET"),
               env={**os.environ, "CAMERA_SECRET": "admin:" + PASSWORD}).expect(1)
    scene.tap.ok("finds that it leaks", any(
        PASSWORD.encode() in open(path, "rb").read() for path in
        glob.glob(os.path.join(scene.cases()[0], "evidence", "*"))), scene.record["findings"])
    scene.tap.ok("shows no octet of it", not any(
        word in bytes.fromhex(finding["excerpt"]) for finding in scene.record["findings"]
        for word in (PASSWORD.encode(), base64.b64encode(b"admin:" + PASSWORD.encode()),
                     PASSWORD.encode().hex().encode())))
    again = subprocess.run([scene.lenscap, "report", scene.cases()[0], "-o",
                            os.path.join(scene.folder, "again")], capture_output=True, text=True)
    scene.tap.ok("the record can be rendered again", again.returncode == 0, again.stderr)
    secretless(scene)


def where_secrets_go(scene):
    """argv and environment of all processes of a run."""
    device = scene.device()
    device.camera(scene.camera, "--user", "admin", "--password", PASSWORD)
    path = os.path.join(scene.folder, "secret")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"admin:{PASSWORD}\n")
    running = scene.start(scene.profile(device, stream="credentials = env:CAMERA_SECRET"),
                          env={**os.environ, "CAMERA_SECRET": "admin:" + PASSWORD})
    time.sleep(3)
    seen, found = 0, []
    for pid in descendants(running.pid):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                octets = file.read()
            if pid != running.pid:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    octets += file.read()
        except OSError:
            continue
        seen += 1
        if PASSWORD.encode() in octets:
            found.append((pid, octets))
    scene.said, scene.complaint = running.communicate(timeout=60)
    scene.status = running.returncode
    scene.expect(0)
    scene.tap.ok("looked at the workers", seen >= 4, seen)
    scene.tap.ok("no worker was given the secret by argv or environment", not found, found)


def descendants(pid):
    children = {}
    for entry in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(entry, encoding="utf-8", errors="replace") as file:
                words = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(words[1]), []).append(int(entry.split("/")[2]))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def absent(scene):
    device = scene.device()
    device.inside("ip", "addr", "del", device.address + "/24", "dev", device.far)
    scene.test(scene.profile(device, phases=(1, 14, 1))).expect(
        3, "stream main", "no connection", reasons=["a declared stream was never seen"])


def refusing(scene):
    device = scene.device()
    scene.test(scene.profile(device, phases=(1, 14, 1))).expect(
        3, "stream main", "no connection", reasons=["a declared stream was never seen"])


def odd_server(scene, what, *words, stream=14):
    device = scene.device()
    device.server(what)
    scene.test(scene.profile(device, phases=(1, stream, 1))).expect(3, "stream main", *words)


def hanging(scene):
    odd_server(scene, "hangs", "was not answered within")


def hanging_long(scene):
    odd_server(scene, "hangs", "had not opened it when its phase ended", stream=2)


def closing(scene):
    odd_server(scene, "closes", stream=3)


def garbage(scene):
    odd_server(scene, "garbage", stream=3)


def web_server(scene):
    odd_server(scene, "web", stream=3)


def unusable(scene):
    """What no run can begin with."""
    device = scene.device()
    scene.test(scene.profile(device, interface="lab9")).expect(
        2, "There is no interface lab9", "ip link", case=False)
    run("ip", "link", "set", device.near, "down")
    scene.test(scene.profile(device)).expect(2, "is down", f"ip link set {device.near} up",
                                             case=False)
    run("ip", "link", "set", device.near, "up")
    scene.test(os.path.join(scene.folder, "nowhere.ini")).expect(2, "nowhere.ini", case=False)
    good = scene.profile(device)
    scene.test(good, options=["--mud", "nowhere.json"]).expect(2, "nowhere.json", case=False)
    scene.test(good, options=["--mud", good]).expect(2, "--mud", "cam.ini", case=False)


def not_permitted(scene):
    if os.geteuid() != 0:
        scene.tap.ok("no capture for an ordinary user # SKIP not root", True)
        return
    device = scene.device()
    os.chmod(scene.folder, 0o777)
    # The build folder may be closed to others, as root's home is.
    for program in glob.glob(os.path.join(os.path.dirname(scene.lenscap), "lenscap*")):
        if os.path.isfile(program):
            shutil.copy(program, scene.folder)
    scene.lenscap = os.path.join(scene.folder, "lenscap")
    scene.test(scene.profile(device), before=NOBODY).expect(2, "capture", "setcap", case=False)


def remarks(scene):
    """Said before the run, and while it looks at the first packets."""
    device = scene.device()
    device.camera(scene.camera)
    device.quiet(device.near, "on")
    tagged = bytes.fromhex("ffffffffffff" + device.mac.replace(":", "") + "810000070800")
    device.send(tagged + bytes(60), count=100)
    scene.test(scene.profile(device, phases=(7, 2, 0)))
    for words in "ethtool -K lab0", "VLAN tag":
        scene.tap.ok(f"remarks '{words}'", words in scene.complaint, scene.complaint)


def mirrored(scene):
    """A port that shows everything twice."""
    device = scene.device()
    packet = bytes.fromhex("ffffffffffff" + device.mac.replace(":", "") + "0800")
    device.send(packet + bytes(60), count=200, times=2)
    scene.test(scene.profile(device, phases=(7, 1, 0)))
    scene.tap.ok("remarks that packets came twice", "came twice" in scene.complaint,
                 scene.complaint)


def rotated(scene):
    device = scene.device()
    device.camera(scene.camera, "--implant", "padding", "--seed", "4")
    scene.test(scene.profile(device, capture="rotate-bytes = 200000")).expect(1)
    files = sorted(glob.glob(os.path.join(scene.cases()[0], "traffic*.pcapng")),
                   key=lambda path: (len(path), path))
    scene.tap.ok("several files", len(files) > 3, files)
    scene.tap.ok("each within its bound",
                 all(os.path.getsize(path) <= 200000 for path in files))
    counts = [int(run("tshark", "-r", path, "-T", "fields", "-e", "frame.number").count("\n"))
              for path in files]
    known = [{"name": os.path.basename(path), "sha256": run("sha256sum", path).split()[0],
              "first_frame": 1 + sum(counts[:number])} for number, path in enumerate(files)]
    told = scene.record["input"]
    brief = [{key: file[key] for key in ("name", "sha256", "first_frame")}
             for file in told["files"]]
    scene.tap.ok("the record knows each file and its first frame",
                 brief == known and told["sha256"] is None, (told, known))
    case = scene.cases()[0]
    shuffled = files[1::2] + files[::2]
    again = subprocess.run([scene.lenscap, "analyze", "--json", "--set", "--stream-log",
                            os.path.join(case, "stream.log"), "--profile",
                            os.path.join(case, "profile.ini"), *shuffled], capture_output=True)
    scene.tap.ok("the files as a set give the same record",
                 json.loads(again.stdout) == scene.record, again.stderr)
    verified = subprocess.run([scene.lenscap, "verify", case], capture_output=True, text=True)
    scene.tap.ok("and so says verify", verified.returncode == 0, verified.stdout)
    merged = os.path.join(scene.folder, "merged.pcapng")
    run("mergecap", "-a", "-w", merged, *files)
    padded = run("tshark", "-r", merged, "-Y", "rtp.padding == 1", "-T", "fields", "-e",
                 "frame.number").split()
    finding = next(finding for finding in scene.record["findings"]
                   if finding["channel"] == "rtp-padding-content")
    numbers = {str(number) for first, last in finding["frames"]["ranges"]
               for number in range(first, last + 1)}
    scene.tap.ok("the finding's frames are those of the files in a row",
                 set(padded) <= numbers and len(padded) > 5, (padded, numbers))
    evidence = os.path.join(scene.cases()[0], "evidence", finding["id"] + ".pcapng")
    carved = run("tshark", "-r", evidence, "-T", "fields", "-e", "frame.time_epoch", "-e",
                 "frame.len").splitlines()
    wanted = run("tshark", "-r", merged, "-Y", finding["filter"], "-T", "fields", "-e",
                 "frame.time_epoch", "-e", "frame.len").splitlines()
    scene.tap.ok("the evidence holds these very packets", carved == wanted,
                 (len(carved), len(wanted)))


def early(scene):
    """Several files, and all that is found lies in the first: the carver reads no further."""
    device = scene.device()
    experimental = "88b5"  # ethertype, IEEE 802
    device.send(bytes.fromhex("ffffffffffff" + device.mac.replace(":", "") + experimental)
                + b"speaks" * 10, count=60)
    device.send(bytes.fromhex("ffffffffffff" + "020000000042" + experimental) + bytes(1400),
                count=200, times=8)
    scene.test(scene.profile(device, capture="rotate-bytes = 200000",
                             phases=(8, 1, 0))).expect(3)
    # What the kernel sends besides, nonces of neighbour discovery say, is info.
    found = {finding["channel"] for finding in scene.record["findings"]
             if finding["severity"] != "info"}
    scene.tap.ok("finds the first frames",
                 found == {"flow-undeclared-destination", "eth-unknown-ethertype"}, found)


def out_of_space(scene):
    """A disk that fills up: ours is small from the start."""
    device = scene.device()
    device.camera(scene.camera)
    disk = os.path.join(scene.folder, "out")
    os.mkdir(disk)
    run("mount", "-t", "tmpfs", "-o", "size=1080m", "none", disk)
    filler = os.path.join(disk, "filler")
    running = scene.start(scene.profile(device, phases=(2, 30, 1)))
    time.sleep(4)
    with open(filler, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 80 << 20)
    scene.said, scene.complaint = running.communicate(timeout=60)
    scene.status = running.returncode
    os.unlink(filler)
    scene.expect(3, "the disk is nearly full", reasons=["ended early", "phase after is missing"])
    with open(filler, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 80 << 20)
    shutil.rmtree(scene.cases()[0])
    scene.test(scene.profile(device)).expect(2, "make room", case=False)


def progress(scene):
    device = scene.device()
    device.camera(scene.camera)
    path = scene.profile(device, phases=(1, 4, 1))
    scene.test(path, options=("--progress",))
    steps = scene.complaint.split("\r")
    for phase in "idle", "stream", "after":
        scene.tap.ok(f"shows phase {phase}", any(
            re.search(rf"{phase} +\d+ s +\d+ packets, 0 lost", step) for step in steps),
            scene.complaint)
    scene.tap.ok("shows the ledger filling", any(
        re.search(r"declared-video [\d.]+.[kM]?B", step) for step in steps), scene.complaint)
    scene.test(path)
    scene.tap.ok("is quiet without a terminal", "packets" not in scene.complaint,
                 scene.complaint)


def at_a_terminal(scene):
    """80 columns, somebody who types the password, and a name that is not ASCII."""
    device = scene.device()
    device.camera(scene.camera, "--user", "admin", "--password", PASSWORD)
    path = scene.profile(device, name="Eingangst\u00fcr", stream="credentials = ask",
                         phases=(1, 4, 1))
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(scene.lenscap, [scene.lenscap, "test", "-o", os.path.join(scene.folder, "out"),
                                 path])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    shown, typed = b"", False
    while True:
        try:
            octets = os.read(terminal, 4096)
        except OSError:
            break
        shown += octets
        if not typed and b"user:password for stream main" in shown:
            os.write(terminal, f"admin:{PASSWORD}\n".encode())
            typed = True
    scene.status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    scene.said, scene.complaint = shown.decode(), ""
    scene.expect(0)
    scene.tap.ok("asks for the password and does not show it", typed, shown)
    secretless(scene)
    lines = re.findall(r"\x1b\[K([^\r\n]*)", scene.said)
    scene.tap.ok("progress fits its line", len(lines) > 4
                 and max(len(line) for line in lines) == 79, lines)
    scene.tap.ok("the case's path is printed as it is", scene.cases()[0] in scene.said, scene.said)


def impatient(scene):
    """Two interrupts while the analysis is stuck give the case up, and keep the capture."""
    device = scene.device()
    running = scene.start(scene.profile(device, phases=(2, 1, 0)))
    time.sleep(1.5)
    stopped = [pid for pid in descendants(running.pid)
               if b"analyze" in open(f"/proc/{pid}/cmdline", "rb").read()]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(4)
    running.send_signal(signal.SIGINT)
    time.sleep(0.5)
    still = running.poll() is None
    running.send_signal(signal.SIGINT)
    scene.said, scene.complaint = running.communicate(timeout=20)
    scene.tap.ok("one interrupt is answered with a word",
                 still and "interrupt again" in scene.complaint, scene.complaint)
    scene.tap.ok("two end it", running.returncode == 3, running.returncode)
    kept = re.search(r"what was captured lies in (\S+)", scene.complaint)
    scene.tap.ok("and it says where the capture lies",
                 kept and os.path.exists(os.path.join(kept.group(1), "traffic.pcapng")),
                 scene.complaint)
    scene.tap.ok("nothing runs on", not [pid for pid in stopped if alive(pid)])


def strict(scene):
    """--require-all-layers works where all layers are, and is refused where not."""
    device = scene.device()
    device.camera(scene.camera)
    scene.test(scene.profile(device), options=("--require-all-layers",))
    if scene.status == 0:
        scene.expect(0)
        with open(os.path.join(scene.cases()[0], "run.json"), encoding="utf-8") as file:
            missing = json.load(file)["confinement"]["missing"]
        scene.tap.ok("no layer is missing", not missing, missing)
    else:
        scene.expect(2, "layer", case=False)


def cut_short(scene, number):
    """Interrupted at several moments; the case says so each time."""
    device = scene.device()
    device.camera(scene.camera)
    path = scene.profile(device, phases=(3, 4, 3))
    for after, reason in (1.5, "phase idle was ended early"), \
            (5, "phase stream was ended early"), (8.5, "phase after was ended early"):
        running = scene.start(path, start_new_session=True)
        time.sleep(after)
        os.killpg(running.pid, number)  # as the terminal does: to all of them
        scene.said, scene.complaint = running.communicate(timeout=60)
        scene.status = running.returncode
        scene.expect(3, "interrupted", reasons=[reason])
        scene.tap.ok("its verdict is inconclusive", scene.record["verdict"] == "inconclusive",
                     scene.record["verdict"])
        shutil.rmtree(scene.cases()[0])


def interrupted(scene):
    cut_short(scene, signal.SIGINT)


def terminated(scene):
    cut_short(scene, signal.SIGTERM)


def killed(scene):
    """SIGKILL: nothing runs on, and the capture can be read."""
    device = scene.device()
    device.camera(scene.camera)
    running = scene.start(scene.profile(device, phases=(1, 30, 1)))
    time.sleep(5)
    family = descendants(running.pid)
    running.kill()
    running.communicate(timeout=10)
    wait_for("end of the workers", lambda: not [pid for pid in family if alive(pid)], 5)
    left = glob.glob(os.path.join(scene.folder, "out", ".*", "traffic.pcapng"))
    scene.tap.ok("the capture lies under the temporary name", len(left) == 1, left)
    scene.tap.ok("there were workers", len(family) >= 4, family)
    done = subprocess.run([scene.lenscap, "analyze", "--json", "--profile",
                           os.path.join(scene.folder, "cam.ini"), *left], capture_output=True,
                          text=True, timeout=60)
    record = json.loads(done.stdout)
    video = next(row["bytes"] for row in record["ledger"]["classes"]
                 if row["class"] == "declared-video")
    scene.tap.ok("analyze can read it", record["input"]["status"] in ("complete", "truncated")
                 and video > 100000, done.stderr)


def worker_lost(scene):
    """The analysis is killed under a run: the capture goes on and is kept."""
    device = scene.device()
    device.camera(scene.camera)
    running = scene.start(scene.profile(device, phases=(2, 4, 1)))
    time.sleep(4)
    for pid in descendants(running.pid):
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            if b"analyze" in file.read():
                os.kill(pid, signal.SIGKILL)
    scene.said, scene.complaint = running.communicate(timeout=60)
    scene.status = running.returncode
    sums = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=scene.cases()[0],
                          capture_output=True, text=True)
    scene.tap.ok("ends with 3", scene.status == 3, scene.status)
    scene.tap.ok("the case verifies", sums.returncode == 0, sums.stderr)
    record = scene.read(scene.cases()[0])
    scene.tap.ok("it says that it failed", record["input"]["status"] == "failed")
    marks = run("tshark", "-r", os.path.join(scene.cases()[0], "traffic.pcapng"), "-Y",
                'rtsp.method == "TEARDOWN"')
    scene.tap.ok("the capture is whole", marks != "")


def puller_lost(scene):
    """The puller is killed: a witness less, and that is said."""
    device = scene.device()
    device.camera(scene.camera)
    running = scene.start(scene.profile(device, phases=(1, 4, 1)))
    time.sleep(3)
    for pid in descendants(running.pid):
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            if b"lenscap-pull" in file.read():
                os.kill(pid, signal.SIGKILL)
    scene.said, scene.complaint = running.communicate(timeout=60)
    scene.status = running.returncode
    scene.expect(3, "stream main of cam: the puller ended without a word")


def full(scene):
    """[capture] max-bytes."""
    device = scene.device()
    device.camera(scene.camera)
    scene.test(scene.profile(device, capture="max-bytes = 500000", phases=(1, 20, 1))).expect(
        3, "max-bytes", reasons=["phase stream was ended early", "phase after is missing"])


def vanishing(scene):
    """The interface goes away under the run."""
    device = scene.device()
    device.camera(scene.camera)
    running = scene.start(scene.profile(device, phases=(2, 20, 1)))
    time.sleep(5)
    run("ip", "link", "del", device.near)
    scene.said, scene.complaint = running.communicate(timeout=60)
    scene.status = running.returncode
    scene.expect(3, "capture on lab0", reasons=["phase stream was ended early"])
    scene.tap.ok("what came before is kept", scene.class_bytes("declared-video") > 100000)


def demo_ended(scene, number, after, user=()):
    """The demo gets a signal: what is left of it, and what was said."""
    out = os.path.join(scene.folder, f"out-{int(number)}-{after}")
    os.mkdir(out)
    os.chmod(out, 0o777)
    running = subprocess.Popen([*user, scene.lenscap, "demo", "-o", out], start_new_session=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, preexec_fn=die_with_us)
    time.sleep(after)
    family = descendants(running.pid)
    if number == signal.SIGKILL:
        running.kill()
    else:
        os.killpg(running.pid, number)
    said, complaint = running.communicate(timeout=90)
    wait_for("end of all workers", lambda: not [pid for pid in family if alive(pid)], 5)
    hidden = [name for name in os.listdir(out) if name.startswith(".")]
    cases = glob.glob(os.path.join(out, "*.case"))
    title = f"signal {int(number)} after {after} s" + (" as nobody" if user else "")
    return title, running.returncode, said + complaint, hidden, cases


def demo_interrupted(scene, number, after, user=()):
    title, status, said, hidden, cases = demo_ended(scene, number, after, user)
    if status == -number:  # before anything began
        scene.tap.ok(f"{title}: nothing is left", not hidden and not cases and after < 0.5,
                     (hidden, cases))
        return
    scene.tap.ok(f"{title}: ends with 3", status == 3, (status, said))
    scene.tap.ok(f"{title}: one sealed case", len(cases) == 1 and not hidden, (cases, hidden))
    sums = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=cases[0],
                          capture_output=True, text=True)
    scene.tap.ok(f"{title}: it verifies", sums.returncode == 0, sums.stderr)
    record = scene.read(cases[0])
    severe = [row for row in record["findings"] if row["severity"] in ("medium", "high")]
    scene.tap.ok(f"{title}: its verdict is honest", (record["verdict"] == "concealed") if severe
                 else record["verdict"] == "inconclusive", record["verdict"])
    scene.tap.ok(f"{title}: its reasons say so",
                 any("ended early" in reason for reason in record["reasons"]), record["reasons"])


def demo_killed(scene, after):
    title, _, _, hidden, cases = demo_ended(scene, signal.SIGKILL, after)
    scene.tap.ok(f"{title}: no case has its final name", not cases, cases)
    if after < 2:
        return
    out = os.path.join(scene.folder, f"out-9-{after}")
    capture = os.path.join(out, hidden[0], "traffic.pcapng")
    done = subprocess.run([scene.lenscap, "analyze", "--json", capture], capture_output=True,
                          text=True, timeout=60)
    scene.tap.ok(f"{title}: analyze reads the capture",
                 json.loads(done.stdout)["input"]["packets"] > 0, done.stderr)


def demo(scene):
    """LENSCAP_TEST_FULL=1: at many moments, the last ones in the analysis."""
    ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: who is left becomes our child
    temporary = os.path.join(scene.folder, "tmp")
    os.mkdir(temporary)
    os.environ["TMPDIR"] = temporary
    interfaces = os.listdir("/sys/class/net")
    full = os.environ.get("LENSCAP_TEST_FULL")
    moments = [0.02, 0.1, 0.3, 0.6, 1, 2, 4, 8, 15, 30, 34] if full else [0.3, 3, 9]
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        jobs = [pool.submit(demo_interrupted, scene, number, after)
                for after in moments for number in (signal.SIGINT, signal.SIGTERM)]
        jobs += [pool.submit(demo_killed, scene, after)
                 for after in ([0.3, 1, 4, 9, 15] if full else [9])]
        if full and os.geteuid() == 0:
            os.chmod(scene.folder, 0o755)
            jobs += [pool.submit(demo_interrupted, scene, signal.SIGINT, after + 0.001, NOBODY)
                     for after in moments]
        for job in jobs:
            job.result()
    left = [pid for pid in descendants(os.getpid()) if pid != os.getpid() and alive(pid)]
    scene.tap.ok("no process is left", not left, left)
    scene.tap.ok("interfaces are as before", os.listdir("/sys/class/net") == interfaces)
    scene.tap.ok("no temporary file is left", not os.listdir(temporary), os.listdir(temporary))


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


SCENARIOS = [demo, absent, refusing, hanging, hanging_long, interrupted, terminated, out_of_space, killed, over_tcp,
             over_udp, stimulated, without_a_lamp, nobody_to_ask, from_its_maker, two_devices, one_interface, right_variable, right_file, wrong_password,
             no_password, missing_variable, echoing, tattling, where_secrets_go, at_a_terminal, impatient,
             strict, closing, garbage,
             web_server, unusable, not_permitted, remarks, mirrored, rotated, early, progress,
             worker_lost, puller_lost, full,
             vanishing]


def play(name, lenscap, camera):
    tap = Tap(name.replace("_", " "))
    with tempfile.TemporaryDirectory(prefix="lenscap-test-") as folder:
        scene = Scene(tap, lenscap, camera, folder)
        try:
            globals()[name](scene)
        finally:
            scene.close()
            subprocess.run(["umount", "-q", os.path.join(folder, "out")],
                           stderr=subprocess.DEVNULL)


def main():
    if sys.argv[1] == "--serve":
        serve(*sys.argv[2:])
    lenscap, camera = map(os.path.abspath, sys.argv[1:3])
    if os.environ.get("LENSCAP_TEST_INSIDE"):
        play(sys.argv[3], lenscap, camera)
        return
    missing = [tool for tool in NEEDED if not shutil.which(tool)]
    private = ["unshare", "-nm" if os.geteuid() == 0 else "-Urnm"]
    if missing or subprocess.run(private + ["true"], capture_output=True).returncode != 0:
        print("1..0 # SKIP needs", " ".join(missing) or "network namespaces")
        return

    def perform(scenario):
        return subprocess.run([*private, sys.executable, os.path.abspath(__file__), lenscap,
                               camera, scenario], stdout=subprocess.PIPE, text=True, timeout=300,
                              env=dict(os.environ, LENSCAP_TEST_INSIDE="1"))

    wanted = sys.argv[3:] or [scenario.__name__ for scenario in SCENARIOS]
    tests = 0
    jobs = int(os.environ.get("LENSCAP_TEST_JOBS", "6"))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for name, done in zip(wanted, pool.map(perform, wanted)):
            print(done.stdout, end="")
            print("ok" if done.returncode == 0 else "not ok", "-",
                  name.replace("_", " ") + ": the scenario ran to its end", flush=True)
            tests += 1 + sum(line.startswith(("ok", "not ok"))
                             for line in done.stdout.splitlines())
    print(f"1..{tests}")


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    sys.exit(main())
