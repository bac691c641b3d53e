"""A device and a server at the two ends of a cable: what tests with real programs share.

Both ends are network namespaces of their own: own_namespaces() makes the server's, Lab the
device's.
"""
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time

LENSCAP = os.path.abspath(sys.argv[1])
NEEDED = "unshare nsenter ip dumpcap".split()
DEVICE, SERVER = "192.0.2.60", "192.0.2.1"


def own_namespaces(*needed):
    """Starts this test again where the server may be; FALSE: it cannot be, and has said so."""
    needed = [*NEEDED, *needed]
    private = ["unshare", "-n", "-m"]
    if lacking(needed) or os.geteuid() != 0 or subprocess.run(
            [*private, "true"], capture_output=True).returncode != 0:
        print("1..0 # SKIP needs root, namespaces and", *needed)
        return False
    if os.environ.get("LENSCAP_REAL_LAB") is None:
        os.environ["LENSCAP_REAL_LAB"] = "1"
        os.execvp(private[0], [*private, sys.executable, *sys.argv])
    return True


def lacking(programs):
    """Which of them are not here; one with a folder is a file."""
    return [program for program in programs
            if not (os.path.exists(program) if "/" in program else shutil.which(program))]


def die_with_us():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Lab:
    """A cable: the server's end is in this namespace, the device's in another."""

    def __init__(self, folder, name):
        self.folder, self.capture = folder, os.path.join(folder, name.replace(" ", "-") + ".pcapng")
        self.started = []
        self.holder = self.start("unshare", "-n", "sleep", "300")
        time.sleep(0.3)
        self.inside = ["nsenter", "-t", str(self.holder.pid), "-n"]
        for command in ("ip link set lo up", "ip link add lenssrv type veth peer name lenscam",
                        f"ip addr add {SERVER}/24 dev lenssrv", "ip link set lenssrv up",
                        f"ip link set lenscam netns {self.holder.pid}"):
            subprocess.run(command.split(), check=True)
        for command in ("ip link set lo up", "ip link set lenscam up"):
            subprocess.run(self.inside + command.split(), check=True)

    def start(self, *command):
        process = subprocess.Popen(command, preexec_fn=die_with_us, cwd=self.folder,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.started.append(process)
        return process

    def device(self, *command, timeout=20):
        """The device runs a program to its end, or as long as it is let."""
        try:
            subprocess.run([*self.inside, *command], cwd=self.folder, timeout=timeout,
                           stdin=subprocess.DEVNULL, capture_output=True)
        except subprocess.TimeoutExpired:
            pass

    def address(self):
        self.device("ip", "addr", "replace", DEVICE + "/24", "dev", "lenscam")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def record_traffic(self):
        self.start("dumpcap", "-q", "-i", "lenssrv", "-w", self.capture)

    def close(self):
        for process in reversed(self.started):
            process.terminate()
        for process in self.started:
            process.wait()
        subprocess.run(["ip", "link", "del", "lenssrv"], capture_output=True)


def evaluate(capture, device=DEVICE):
    """The record of a capture, about one device."""
    done = subprocess.run([LENSCAP, "analyze", "--json", "--device", device, capture],
                          capture_output=True, text=True)
    return json.loads(done.stdout)
