#!/usr/bin/python3
"""`lenscap test` while the device sends 100,000 packets in each second for ten seconds.

The ring is drained by the capture, which is analysed as it grows, and a second capture is
analysed beside it.  Printed: what was sent, what reached the interface, what was saved, what the
record says was lost.  usage: live.py BUILD [PER_SECOND SECONDS]   (ninja bench-live)
"""
import glob
import importlib
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "harness"))
command_test = importlib.import_module("test-command-test")

OCTETS = 200  # of a datagram


def arrived(device):
    """Packets in both directions: those received, those sent."""
    with open("/proc/self/net/dev", encoding="ascii") as file:
        rows = [line.replace(":", " ").split() for line in file]
    row, = [row for row in rows if row[0] == device.near]
    return int(row[2]) + int(row[10])


def saved(case):
    """Packets of the device's capture, as capinfos counts them."""
    said = subprocess.run(["capinfos", "-Mc", *glob.glob(os.path.join(case, "*.pcapng"))],
                          capture_output=True, text=True, check=True).stdout
    return int(said.split()[-1])


def beside(build, folder):
    """Something to analyse for as long as the flood lasts."""
    media = os.path.join(ROOT, "samples", "captures")
    busy = os.path.join(folder, "busy.pcap")
    subprocess.run([f"{build}/tests/bench/bench-traffic", "--flows", "500000", "--packets",
                    "2000000", "-o", busy], check=True, stdout=subprocess.DEVNULL)
    return subprocess.Popen([f"{build}/harness/lenscap", "analyze", "-o",
                             os.path.join(folder, "beside"), busy, media],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(build, per_second, seconds, folder):
    others = []
    scene = command_test.Scene(command_test.Tap("live"), f"{build}/harness/lenscap",
                               f"{build}/samples/camera/lenscap-camera", folder)
    try:
        device = scene.device()
        device.camera(scene.camera)
        profile = scene.profile(device, phases=(1, seconds + 5, 1))
        others.append(beside(build, folder))
        before = arrived(device)
        running = scene.start(profile)
        command_test.time.sleep(3)
        flood = device.start(f"{build}/tests/bench/bench-flood", device.lab, "40000",
                             str(per_second), str(seconds), str(OCTETS))
        sent = int(flood.stdout.readline())
        busy = others[0].poll() is None
        running.communicate(timeout=600)
        came = arrived(device) - before
        case, = scene.cases()
        record = scene.read(case)
        lost = [row["dropped"] for row in record["input"]["interfaces"]]
        return sent, busy, came, saved(case), lost, running.returncode
    finally:
        for other in others:
            other.terminate()
            other.wait(timeout=60)
        scene.close()


def main():
    build = os.path.abspath(sys.argv[1])
    per_second, seconds = map(int, sys.argv[2:4] or (100000, 10))
    if not os.environ.get("LENSCAP_TEST_INSIDE"):
        private = ["unshare", "-nm" if os.geteuid() == 0 else "-Urnm"]
        sys.exit(subprocess.run([*private, sys.executable, *sys.argv], check=False,
                                env=dict(os.environ, LENSCAP_TEST_INSIDE="1")).returncode)
    with tempfile.TemporaryDirectory(prefix="lenscap-bench-") as folder:
        sent, busy, came, kept, lost, status = measure(build, per_second, seconds, folder)
    print(f"sent by the flood        {sent:>9} in {seconds} s"
          f"{'' if busy else ' (the other analysis was over before)'}")
    print(f"on the device's cable    {came:>9}")
    print(f"saved                    {kept:>9}")
    print(f"lost, says the record    {json.dumps(lost):>9}   exit status {status}")


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    main()
