#!/usr/bin/python3
"""What /proc shows of every worker of a real run, while it works.

Each is stopped as soon as it is confined, and looked at: descriptors, environment, memory,
libraries, rights, limits, namespaces, root.
Usage: test-workers-seen.py LENSCAP CAMERA
"""
import glob
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import time

import scene_runs
from scene_runs import scenes

# Descriptors, as fdinfo and the link show them.  "r": no octet can be written there.
CONTROL, PIPE_IN, PIPE_OUT, FILE_IN = "pipe r", "pipe r", "pipe w", "file r"
SOCKETS = {"lenscap-capture": 1, "lenscap-pull": 1}  # the packets'; RTSP, and what UDP adds
DESCRIPTORS = {
    "lenscap-capture": {0: CONTROL, 1: PIPE_OUT, 2: PIPE_OUT, 3: PIPE_OUT},
    "lenscap-pull": {0: CONTROL, 2: PIPE_OUT, 3: PIPE_OUT},
    "analyze": {0: PIPE_IN, 1: PIPE_OUT, 2: PIPE_OUT, 3: FILE_IN, 4: FILE_IN},
    "carve": {0: FILE_IN, 1: PIPE_OUT, 2: PIPE_OUT, 3: FILE_IN},
    "report": {0: FILE_IN, 1: PIPE_OUT, 2: PIPE_OUT, 3: FILE_IN},
}
# Where they differ when a capture is read from a file.
OF_A_FILE = {"analyze": {0: FILE_IN, 4: None}, "carve": {}, "report": {}}

# Libraries by the start of their names.  The puller's are libavformat's, whatever it was built
# with; that it holds none of the others is the point.
ANALYSIS = ("libc libm libglib-2.0 libpcre2-8 libseccomp libz libzstd libndpi libgcrypt"
            " libgpg-error libnettle libjson-glib-1.0 libgio-2.0 libgobject-2.0 libgmodule-2.0"
            " libffi libmount libblkid libselinux ld-linux-x86-64 ld-linux").split()
LIBRARIES = {
    "lenscap-capture": ("libc libm libglib-2.0 libpcre2-8 libseccomp libpcap libdbus-1 libsystemd"
                        " libcap libgcrypt libgpg-error liblzma libzstd liblz4 libnl-3"
                        " libnl-genl-3 libibverbs ld-linux-x86-64 ld-linux").split(),
    "analyze": ANALYSIS, "carve": ANALYSIS, "report": ANALYSIS,
}
FOREIGN = {"lenscap-pull": "libpcap libndpi libjson-glib libdbus libsystemd".split()}

ENVIRONMENT = ["HOME=/", "LC_ALL=C.UTF-8", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TZ=UTC"]
LIMITS = {"core file size": 0, "file size": 0, "processes": 0, "locked memory": 0,
          "msgqueue size": 0, "open files": 64}
SPACES = "user pid net mnt ipc uts cgroup".split()


class Seen:
    """One process, stopped."""

    def __init__(self, pid):
        self.path = f"/proc/{pid}"
        self.status = dict(line.split(":", 1) for line in self.text("status").splitlines())
        self.words = self.text("cmdline").split("\0")[:-1]
        self.environment = self.text("environ").split("\0")[:-1]
        self.maps = self.text("maps").splitlines()
        self.limits = self.text("limits")
        self.descriptors = {int(fd): self.descriptor(fd)
                            for fd in os.listdir(self.path + "/fd")}
        self.spaces = {name: os.readlink(f"{self.path}/ns/{name}") for name in SPACES}
        self.root = os.listdir(self.path + "/root")
        self.folder = os.readlink(self.path + "/cwd")

    def text(self, name):
        with open(f"{self.path}/{name}", encoding="utf-8", errors="replace") as file:
            return file.read()

    def descriptor(self, fd):
        target = os.readlink(f"{self.path}/fd/{fd}")
        flags = int(re.search(r"^flags:\s*(\d+)", self.text(f"fdinfo/{fd}"), re.M).group(1), 8)
        if target.startswith("socket:"):
            return "socket"
        kind = "pipe" if target.startswith("pipe:") else "file"
        return kind + " " + {os.O_RDONLY: "r", os.O_WRONLY: "w"}.get(flags & os.O_ACCMODE, "rw")

    def libraries(self):
        names = {os.path.basename(line.split()[-1]) for line in self.maps if ".so" in line}
        return sorted(name.split(".so")[0] for name in names)


def name_of(pid):
    """"analyze", "lenscap-pull" ...; None for the supervisor and what is not confined (yet)."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            words = file.read().decode().split("\0")
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            if "\nSeccomp:\t2\n" not in file.read():
                return None
    except OSError:
        return None
    return words[words.index("--role") + 1] if "--role" in words else os.path.basename(words[0])


STATUS_FD = 30  # sandbox/status.h: closed when a worker is confined; a puller has a filter before


def stopped_and_seen(pid):
    """None where it ended first, or is not yet what it will be."""
    try:
        os.kill(pid, signal.SIGSTOP)
        try:
            for _ in range(1000):  # the signal takes its time
                seen = Seen(pid)
                if seen.status["State"].strip().startswith(("T", "t")):
                    return seen if STATUS_FD not in seen.descriptors else None
        finally:
            os.kill(pid, signal.SIGCONT)
    except OSError:
        pass
    return None


def workers(running):
    try:
        with open(f"/proc/{running.pid}/task/{running.pid}/children", encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return []


def watch(running, wanted, seconds=60):
    """Quick, because some work for a few milliseconds only."""
    found = {}
    deadline = time.monotonic() + seconds
    while wanted - set(found) and running.poll() is None and time.monotonic() < deadline:
        for pid in workers(running):
            name = name_of(pid)
            seen = stopped_and_seen(pid) if name in wanted - set(found) else None
            if seen is not None:
                found[name] = seen
    return found


def check(tap, name, seen, over="tcp", shared=()):
    sockets = [fd for fd, kind in seen.descriptors.items() if kind == "socket"]
    other = {fd: kind for fd, kind in seen.descriptors.items() if fd not in sockets}
    declared = DESCRIPTORS[name] if over else {**DESCRIPTORS[name], **OF_A_FILE[name]}
    tap.ok(f"{name} has the declared descriptors", other == {
        fd: kind for fd, kind in declared.items() if kind}, seen.descriptors)
    most = 5 if over == "udp" else SOCKETS.get(name, 0)
    tap.ok(f"{name} has no socket too many", len(sockets) <= most, seen.descriptors)
    mark = [word for word in seen.environment if word.startswith("LENSCAP_WORKER=")]
    tap.ok(f"{name} has the fixed environment", len(mark) == 1
           and sorted(set(seen.environment) - set(mark)) == ENVIRONMENT, seen.environment)
    both = [line for line in seen.maps if {"w", "x"} <= set(line.split()[1])]
    tap.ok(f"{name} has no memory that is writable and executable", not both, both)
    allowed, foreign = LIBRARIES.get(name), FOREIGN.get(name, ())
    strange = [library for library in seen.libraries()
               if (allowed is not None and library not in allowed)
               or any(library.startswith(word) for word in foreign)]
    tap.ok(f"{name} maps no library it does not need", not strange, strange)
    check_rights(tap, name, seen)
    same = [space for space in SPACES
            if seen.spaces[space] == os.readlink(f"/proc/self/ns/{space}")]
    tap.ok(f"{name} shares no namespace with us", same == list(shared), same)
    tap.ok(f"{name} has an empty root, and is in it", seen.root == [] and seen.folder == "/",
           (seen.root, seen.folder))


def check_rights(tap, name, seen):
    words = {key: value.split() for key, value in seen.status.items()}
    rights = {key: words[key] for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
    tap.ok(f"{name} has no capability", all(int(value[0], 16) == 0 for value in rights.values()),
           rights)
    tap.ok(f"{name} has a filter, and gains nothing by execution",
           words["Seccomp"] == ["2"] and words["NoNewPrivs"] == ["1"], words)
    tap.ok(f"{name} has one thread", words["Threads"] == ["1"], words["Threads"])
    if os.environ["LENSCAP_TEST_INSIDE"] == "root":
        tap.ok(f"{name} is not root", "0" not in words["Uid"] + words["Gid"] + words["Groups"],
               (words["Uid"], words["Gid"], words["Groups"]))
    for limit, most in LIMITS.items():
        row = re.search(rf"^Max {limit} +(\S+) +(\S+)", seen.limits, re.M)
        tap.ok(f"{name} has a limit for {limit}", row and row.groups() == (str(most), str(most)),
               seen.limits)


def live(scene, transport):
    device = scene.device()
    device.camera(scene.camera, "--user", "admin", "--password", scenes.PASSWORD)
    running = scene.start(
        scene.profile(device, transport=transport, stream="credentials = env:CAMERA_SECRET"),
        env={**os.environ, "CAMERA_SECRET": "admin:" + scenes.PASSWORD})
    wanted = {"lenscap-capture", "lenscap-pull", "analyze"}
    found = watch(running, wanted)
    scene.said, scene.complaint = running.communicate(timeout=120)
    scene.status = running.returncode
    scene.expect(0)
    scene.tap.ok("all were seen", set(found) == wanted, sorted(found))
    for name, seen in found.items():
        check(scene.tap, name, seen, transport)


def over_tcp(scene):
    live(scene, "tcp")


def over_udp(scene):
    live(scene, "udp")


def while_streaming(scene):
    """The puller after PLAY: a second filter over the first."""
    device = scene.device()
    device.camera(scene.camera)
    running = scene.start(scene.profile(device, phases=(1, 6, 1)))
    time.sleep(4)
    found = watch(running, {"lenscap-pull"})
    running.communicate(timeout=120)
    seen = found["lenscap-pull"]
    check(scene.tap, "lenscap-pull", seen)
    scene.tap.ok("three filters stand: broker's, opening, streaming",
                 seen.status["Seccomp_filters"].strip() == "3", seen.status)


def large_capture(path):
    """Datagrams that nobody declared, from many ports, so that there is much to carve and tell."""
    head = bytes.fromhex("020000000001 4419b6000001 0800 4500 0578 0001 0000 4011 0000"
                         " c0000264 c0000201")  # Ethernet, IPv4: 1400 octets of UDP
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for number in range(30000):
            frame = head + struct.pack("!HHHH", 1024 + number, 9, 1380, 0) + os.urandom(1372)
            file.write(struct.pack("<IIII", 1700000000 + number // 1000, number % 1000 * 1000,
                                   len(frame), len(frame)) + frame)


def of_a_capture(scene):
    """`lenscap analyze`: a file instead of the pipe, and no stream.log."""
    path = os.path.join(scene.folder, "large.pcap")
    large_capture(path)
    running = subprocess.Popen([scene.lenscap, "analyze", "-o", os.path.join(scene.folder, "out"),
                                path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wanted = {"analyze", "carve", "report"}
    found = watch(running, wanted)
    running.communicate(timeout=120)
    scene.tap.ok("all were seen", set(found) == wanted, sorted(found))
    for name, seen in found.items():
        check(scene.tap, name, seen, None)


def with_a_file_capability(scene):
    """A user without rights captures in a network that is not his, as dumpcap's users do."""
    title = "captures by a file's capability"
    if os.environ["LENSCAP_TEST_INSIDE"] != "root":
        scene.tap.ok(title + " # SKIP only root can give it", True)
        return
    os.chmod(scene.folder, 0o777)
    for program in glob.glob(os.path.join(os.path.dirname(scene.lenscap), "lenscap*")):
        if os.path.isfile(program):
            shutil.copy(program, scene.folder)
    capture = os.path.join(scene.folder, "lenscap-capture")
    os.chown(capture, 0, 65534)
    os.chmod(capture, 0o750)
    if subprocess.run(["setcap", "cap_net_raw+ep", capture], capture_output=True,
                      check=False).returncode != 0:
        scene.tap.ok(title + " # SKIP no setcap here", True)
        return
    scene.lenscap = os.path.join(scene.folder, "lenscap")
    device = scene.device()
    device.camera(scene.camera)
    running = scene.start(scene.profile(device), before=scenes.NOBODY)
    wanted = {"lenscap-capture", "lenscap-pull", "analyze"}
    found = watch(running, wanted)
    scene.said, scene.complaint = running.communicate(timeout=120)
    scene.status = running.returncode
    scene.expect(0)
    scene.tap.ok(title, scene.class_bytes("declared-video") > 100000, scene.record["ledger"])
    scene.tap.ok("all were seen", set(found) == wanted, sorted(found))
    for name, seen in found.items():
        # A pid namespace is made before the program runs, and that takes rights the user lacks.
        check(scene.tap, name, seen, shared=["pid"] if name == "lenscap-capture" else [])
    with open(os.path.join(scene.cases()[0], "run.json"), encoding="utf-8") as file:
        missing = json.load(file)["confinement"]["missing"]
    scene.tap.ok("the layer that is missing is named", missing == ["pid namespace (capture)"], missing)
    with open(os.path.join(scene.cases()[0], "report.txt"), encoding="utf-8") as file:
        scene.tap.ok("also in the report", "pid namespace (capture)" in file.read())
    shutil.rmtree(scene.cases()[0])
    scene.test(scene.profile(device), before=scenes.NOBODY, options=("--require-all-layers",))
    scene.expect(2, "capture on", "this machine does not give: pid namespace", case=False)


SCENARIOS = [over_tcp, over_udp, while_streaming, of_a_capture, with_a_file_capability]

def missing():
    """Sanitizers bring their own environment, libraries and system calls."""
    done = subprocess.run(["ldd", sys.argv[1]], capture_output=True, text=True, check=False)
    return ["a build without sanitizers"] if "libasan" in done.stdout else []


if __name__ == "__main__":
    scene_runs.main(SCENARIOS, missing())
