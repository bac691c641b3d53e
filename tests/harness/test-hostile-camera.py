#!/usr/bin/python3
"""`lenscap test` against cameras that attack it (hostile-rtsp.py), on cables of our own.

Of each attack: what becomes a finding, and what does not; that it ends in time; that no packet
went anywhere but to the camera; that `verify` finds the same record.

As root, a few of them are played by user 65534 as well.

usage: test-hostile-camera.py LENSCAP CAMERA [ATTACK...]
"""
import concurrent.futures
import glob
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
command_test = importlib.import_module("test-command-test")
ptrace_tap = importlib.import_module("ptrace_tap")

SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hostile-rtsp.py")
ELSEWHERE = "198.51.100.66"
STREAM_SECONDS = 5
SLACK_SECONDS = 25  # to start, to stop, to analyse, on a busy machine

REDIRECT, STEER, CREDENTIALS, BLIND, CRASH = ("evaluator-" + word for word in (
    "redirect", "steer", "credentials", "blind", "crash"))
# Attack, transport, what is found of it: none is honest, or merely broken.
ROWS = [
    ("honest", "tcp"), ("honest", "udp"),
    ("redirect", "tcp", REDIRECT), ("redirect", "udp", REDIRECT),
    ("redirect-options", "tcp", REDIRECT), ("redirect-setup", "tcp", REDIRECT),
    ("redirect-play", "tcp", REDIRECT), ("redirect-loopback", "tcp", REDIRECT),
    ("redirect-userinfo", "tcp", REDIRECT), ("redirect-decimal", "tcp", REDIRECT),
    ("redirect-octal", "tcp", REDIRECT), ("redirect-ipv6", "tcp", REDIRECT),
    ("redirect-mapped", "tcp", REDIRECT), ("redirect-name", "tcp", REDIRECT),
    ("redirect-http", "tcp", REDIRECT), ("redirect-file", "tcp"),
    ("redirect-twice", "tcp", REDIRECT), ("redirect-request", "tcp", REDIRECT),
    ("redirect-circle", "tcp", REDIRECT), ("redirect-two", "tcp", REDIRECT),
    ("redirect-nowhere", "tcp"), ("redirect-relative", "tcp"), ("redirect-moved", "tcp"),
    ("redirect-port", "tcp"), ("tls-redirect", "tls", REDIRECT),
    ("tls-redirect-setup", "tls"), ("tls-redirect-circle", "tls", REDIRECT), ("tls-redirect-moved", "tls"),
    ("tls-redirect-relative", "tls"), ("tls-honest", "tls"),
    ("source", "udp", STEER), ("source-loopback", "udp", STEER), ("source-tcp", "tcp", STEER),
    ("source-own", "udp"), ("source-name", "udp", STEER), ("port-none", "udp"),
    ("port-beyond", "udp"), ("port-misnamed", "udp"), ("report-elsewhere", "udp", STEER),
    ("destination", "udp", STEER), ("src-addr", "udp", STEER),
    ("connection", "tcp", STEER), ("connection-group", "tcp"),
    ("basic", "tcp", CREDENTIALS), ("basic-proxy", "tcp", CREDENTIALS), ("digest", "tcp"),
    ("short-frame", "tcp", BLIND), ("empty-frame", "tcp"),
    ("short-frame-elsewhere", "tcp", BLIND), ("goodbye", "tcp", BLIND), ("goodbye", "udp", BLIND),
    ("goodbye-last", "tcp"), ("reboot", "tcp"), ("silence", "tcp"),
    ("endless-header", "tcp"), ("endless-headers", "tcp"), ("endless-line", "tcp"),
    ("length-negative", "tcp"), ("length-huge", "tcp"), ("length-gigabyte", "tcp"),
    ("sdp-tracks", "tcp"), ("sdp-attributes", "tcp"), ("sdp-line", "tcp"), ("sdp-sprop", "tcp"),
    ("sdp-odd", "tcp"), ("drip", "tcp"), ("sequence-jump", "udp"), ("sequence-shuffle", "tcp"),
    ("garbage", "tcp", BLIND), ("reply-unasked", "tcp"), ("tls", "tcp"),
    ("echo", "tcp"), ("echo-refused", "tcp"), ("echo-redirect", "tcp", REDIRECT),
    ("echo-host", "tcp", REDIRECT),
    ("viewer-crashes", "tcp", CRASH), ("viewer-breaks-out", "tcp", CRASH),
    ("viewer-breaks-out-again", "tcp", CRASH),
    ("viewer-hangs", "tcp", CRASH), ("viewer-is-killed", "tcp"),
]
# What happens to the viewer of an honest camera: no camera that we have brings it down.
FATES = {
    "viewer-crashes": ptrace_tap.CRASH,
    "viewer-breaks-out": ptrace_tap.EXECVE,
    "viewer-breaks-out-again": ptrace_tap.EXECVE,
    "viewer-hangs": ptrace_tap.STOP,
    "viewer-is-killed": ptrace_tap.KILL,
}
PULL_FILTERS = 2  # the broker's, which asks and forbids nothing; then the role's

# Those that show each layer's part for a user without rights.
AS_NOBODY = ("honest", "redirect", "source", "short-frame", "basic", "tls-redirect")


def elsewhere():
    """A way to all other hosts, on which every packet counts."""
    for words in ("link add out0 type veth peer name out1", "link set out0 addrgenmode none",
                  "link set out1 addrgenmode none", "link set out1 up", "link set out0 up",
                  "addr add 198.51.100.1/24 dev out0", "route add default dev out0"):
        command_test.run("ip", *words.split())


def strays():
    """Packets sent on each interface that does not lead to the camera."""
    with open("/proc/self/net/dev", encoding="ascii") as file:
        rows = [line.replace(":", " ").split() for line in list(file)[2:]]
    return {row[0]: int(row[10]) for row in rows if row[0] in ("out0", "lo")}


def play(attack, transport, expected, lenscap, camera):
    tap = command_test.Tap(f"{attack} over {transport}")
    with tempfile.TemporaryDirectory(prefix="lenscap-test-") as folder:
        scene = command_test.Scene(tap, lenscap, camera, folder)
        try:
            check(scene, attack, transport, expected)
        finally:
            scene.close()


def check(scene, attack, transport, expected):
    tap, device = scene.tap, scene.device()
    seconds = STREAM_SECONDS if attack != "viewer-hangs" else 11
    elsewhere()
    server = device.start(sys.executable, SERVER, attack, device.address, "554", ELSEWHERE,
                          command_test.PASSWORD)
    assert server.stdout.readline() == "ready\n"
    profile = scene.profile(device, transport=transport, phases=(0, seconds, 0),
                            stream="credentials = env:CAMERA_SECRET",
                            url=f"rtsps://{device.address}:554/live" if transport == "tls" else None)
    before, started = strays(), time.monotonic()
    running = scene.start(profile, env={**os.environ,
                                        "CAMERA_SECRET": "admin:" + command_test.PASSWORD})
    if attack in FATES:
        time.sleep(2.5)
        first = ptrace_tap.worker_of(running.pid, "lenscap-pull")
        ptrace_tap.bring_down(first, FATES[attack], PULL_FILTERS)
        if attack == "viewer-breaks-out-again":
            ptrace_tap.bring_down(ptrace_tap.worker_of(running.pid, "lenscap-pull", but=first),
                                  FATES[attack], PULL_FILTERS)
    scene.said, scene.complaint = running.communicate(timeout=120)
    scene.status = running.returncode
    took = time.monotonic() - started
    tap.ok("ends in time", took < seconds + SLACK_SECONDS, took)
    tap.ok("no packet goes elsewhere", strays() == before, (before, strays()))
    tap.ok("leaves a case", len(scene.cases()) == 1, scene.complaint)
    case = scene.cases()[0]
    record = scene.read(case)
    found = {row["channel"] for row in record["findings"]
             if row["channel"].startswith("evaluator-")}
    with open(os.path.join(case, "stream.log"), encoding="utf-8") as file:
        events = [line for line in file.read().splitlines() if line.startswith("event")]
    tap.ok(f"finds {expected or 'nothing'}", found == ({expected} if expected else set()),
           f"{sorted(found)}\n" + "\n".join(events[-12:]) + scene.complaint)
    if not [line for line in events if "\topened\t" in line]:
        tap.ok("what nobody received does not conform", not record["verdict"].startswith("conforms"),
               record["reasons"])
    if attack == "viewer-breaks-out":
        tap.ok("a second pull that does not end that way names no call",
               [line for line in events if "forbidden-call" in line and "unknown" in line]
               and "execve" not in "".join(events), events)
    if attack == "viewer-breaks-out-again":
        tap.ok("a second pull names the call", any(
            "forbidden-call" in line and "execve" in line for line in events), events)
    for row in record["findings"]:
        if row["channel"] == expected:
            tap.ok("it is critical, and has its packets", row["severity"] == "critical"
                   and row["frames"]["count"] > 0
                   and os.path.getsize(os.path.join(case, "evidence", row["id"] + ".pcapng")) > 200,
                   row)
    status = {1, 3} if expected else {0, 1, 3}
    tap.ok("ends as an evaluation does", scene.status in status, (scene.status, scene.complaint))
    if expected:
        tap.ok("its verdict is concealed", record["verdict"] == "concealed", record["verdict"])
    again = subprocess.run([scene.lenscap, "verify", case], capture_output=True, text=True,
                           timeout=120, check=False)
    tap.ok("verify agrees", again.returncode == 0, again.stdout + again.stderr)
    command_test.secretless(scene)


def copied(folder, lenscap, camera):
    """Programs and scripts where anybody may reach them: build folders may be closed to others."""
    above = os.path.dirname
    scripts = os.path.join(folder, "tests", "harness")
    os.chmod(folder, 0o755)
    os.makedirs(os.path.join(folder, "bin"))
    shutil.copytree(above(SERVER), scripts, ignore=shutil.ignore_patterns("*.c", "__pycache__"))
    shutil.copytree(os.path.join(above(above(above(SERVER))), "report"),
                    os.path.join(folder, "report"), ignore=shutil.ignore_patterns("*.[ch]"))
    for program in [camera, *glob.glob(os.path.join(above(lenscap), "lenscap*"))]:
        if os.path.isfile(program):
            shutil.copy(program, os.path.join(folder, "bin"))
    subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
    return [os.path.join(scripts, os.path.basename(__file__)),
            *(os.path.join(folder, "bin", os.path.basename(path)) for path in (lenscap, camera))]


def main():
    lenscap, camera = map(os.path.abspath, sys.argv[1:3])
    if os.environ.get("LENSCAP_TEST_INSIDE"):
        play(sys.argv[3], sys.argv[4], sys.argv[5] if len(sys.argv) > 5 else None, lenscap, camera)
        return
    private = ["unshare", "-nm" if os.geteuid() == 0 else "-Urnm"]
    if subprocess.run(private + ["true"], capture_output=True, check=False).returncode != 0:
        print("1..0 # SKIP needs network namespaces")
        return

    with tempfile.TemporaryDirectory(prefix="lenscap-test-") as folder:
        sanitized = ptrace_tap.has_sanitizers(lenscap)
        play_all(sanitized, [*private, sys.executable, os.path.abspath(__file__), lenscap, camera],
                 [*command_test.NOBODY, "unshare", "-Urnm",
                  *copied(folder, lenscap, camera)])


def play_all(sanitized, as_we_are, as_nobody):
    """Sanitizers handle a crash themselves; and they are slow, so that fewer fit side by side."""
    def perform(wish):
        user, row = wish
        return subprocess.run([*user, *row], stdout=subprocess.PIPE, text=True, timeout=300,
                              check=False, env=dict(os.environ, LENSCAP_TEST_INSIDE="1"))

    wanted = [(as_we_are, row) for row in ROWS if not sys.argv[3:] or row[0] in sys.argv[3:]]
    if sanitized:
        wanted = [wish for wish in wanted if wish[1][0] != "viewer-crashes"]
    if os.geteuid() == 0:
        wanted += [(as_nobody, row) for _, row in wanted if row[0] in AS_NOBODY]
    tests = 0
    jobs = int(os.environ.get("LENSCAP_TEST_JOBS", "3" if sanitized else "6"))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for (user, row), done in zip(wanted, pool.map(perform, wanted)):
            print(done.stdout, end="")
            print("ok" if done.returncode == 0 else "not ok", "-",
                  f"{row[0]} over {row[1]}: the attack was played to its end",
                  "as nobody" if user is as_nobody else "", flush=True)
            tests += 1 + sum(line.startswith(("ok", "not ok")) for line in done.stdout.splitlines())
    print(f"1..{tests}")


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    main()
