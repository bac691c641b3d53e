#!/usr/bin/python3
"""Names, leases and times of programs that are not ours: tunnels are found, clients are quiet.

A device and a server (dnsmasq, chronyd, iodined, dns2tcpd) at the two ends of a cable in network
namespaces of their own.  Usage: test-real-names.py LENSCAP
"""
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LENSCAP = os.path.abspath(sys.argv[1])
NEEDED = "unshare nsenter ip dumpcap dnsmasq".split()
DEVICE, SERVER = "192.0.2.60", "192.0.2.1"
CHANNELS = ("dns-", "dhcp-", "ntp-", "mdns-", "ssdp-", "wsd-", "vendor-")

# name, programs beside dnsmasq, what the device does; and the channel that must be found, or None
SCENES = [
    ("dhclient and chrony", "dhclient chronyd", "lease_dhclient clock_chrony ask", None),
    ("udhcpc and ntpdate", "udhcpc ntpdate chronyd", "lease_udhcpc clock_ntpdate ask", None),
    ("interleaved chrony", "chronyd", "clock_xleave", None),
    ("iodine", "iodine iodined", "iodine", "dns-qname-tunnel"),
    ("dns2tcp", "dns2tcpc dns2tcpd", "dns2tcp", "dns-qname-tunnel"),
]


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

    def close(self):
        for process in reversed(self.started):
            process.terminate()
        for process in self.started:
            process.wait()


def serve(lab, programs):
    lab.start("dumpcap", "-q", "-i", "lenssrv", "-w", lab.capture)
    if not any(program.endswith("d") and program != "chronyd" for program in programs):
        lab.start("dnsmasq", "-k", "-C", "/dev/null", "-i", "lenssrv", "--bind-interfaces",
                  "--dhcp-range=192.0.2.50,192.0.2.90,2m", "--dhcp-option=42," + SERVER,
                  "--no-resolv", "--address=/example.org/" + SERVER, "--user=root", "--pid-file=",
                  "--dhcp-leasefile=" + os.path.join(lab.folder, "leases"))
    if "chronyd" in programs:
        config = lab.write("server.conf", "local stratum 3\nallow all\ncmdport 0\n"
                           f"pidfile {lab.folder}/server.pid\n")
        lab.start("chronyd", "-x", "-d", "-u", "root", "-f", config)
    time.sleep(2)


def lease_dhclient(lab):
    lab.device("dhclient", "-4", "-d", "-1", "-lf", lab.folder + "/dhclient.leases", "-pf",
               lab.folder + "/dhclient.pid", "-sf", "/bin/true", "lenscam", timeout=8)


def lease_udhcpc(lab):
    for _ in range(3):
        lab.device("udhcpc", "-i", "lenscam", "-f", "-q", "-n", "-s", "/bin/true", "-x",
                   "hostname:cam", timeout=8)
        time.sleep(4)


def clock(lab, more):
    lab.address()
    config = lab.write("client.conf", f"server {SERVER} iburst minpoll 0 maxpoll 0 {more}\n"
                       f"cmdport 0\nport 0\npidfile {lab.folder}/client.pid\n")
    lab.device("chronyd", "-x", "-d", "-u", "root", "-f", config, timeout=15)


def clock_chrony(lab):
    clock(lab, "")


def clock_xleave(lab):
    clock(lab, "xleave")


def clock_ntpdate(lab):
    lab.address()
    for _ in range(3):
        lab.device("ntpdate", "-q", SERVER)


def ask(lab):
    lab.address()
    config = lab.write("resolv.conf", f"nameserver {SERVER}\noptions timeout:1 attempts:1\n")
    for i in range(20):
        lab.device("unshare", "-m", "sh", "-c",
                   f"mount --bind {config} /etc/resolv.conf; getent ahosts cam{i % 3}.example.org")


def iodine(lab):
    lab.address()
    lab.start("iodined", "-f", "-c", "-P", "secret", "-u", "root", "10.99.0.1", "t.example.org")
    time.sleep(1)
    lab.device("iodine", "-f", "-r", "-P", "secret", "-u", "root", SERVER, "t.example.org",
               timeout=12)


def dns2tcp(lab):
    lab.address()
    server = lab.write("dns2tcpd.conf", f"listen = {SERVER}\nport = 53\nuser = root\n"
                       f"chroot = {lab.folder}\ndomain = t.example.org\n"
                       "resources = web:127.0.0.1:8000\n")
    lab.start("dns2tcpd", "-F", "-f", server)
    lab.start(sys.executable, "-m", "http.server", "8000", "--bind", "127.0.0.1")
    time.sleep(1)
    client = lab.start(*lab.inside, "dns2tcpc", "-z", "t.example.org", "-r", "web", "-l", "8001",
                       "-f", "/dev/null", SERVER)
    time.sleep(1)
    lab.device(sys.executable, "-c", "import socket;s=socket.create_connection(('127.0.0.1',8001));"
               "s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n');s.settimeout(8);"
               "print(len(b''.join(iter(lambda:s.recv(4096),b''))))", timeout=12)
    client.terminate()


def judge(capture, wanted):
    """Whether it is as it should be, and what was found."""
    record = json.loads(subprocess.run([LENSCAP, "analyze", "--json", "--device", DEVICE, capture],
                                       capture_output=True, text=True).stdout)
    found = {f["channel"] for f in record["findings"] if f["channel"].startswith(CHANNELS)
             and f["severity"] not in ("info", "low")}
    examined = {row["channel"] for row in record["coverage"] if row["examined"] > 0}
    good = wanted in found if wanted else not found and "ntp-fields" in examined
    return good, sorted(found)


def scene(folder, name, programs, acts, wanted):
    lab = Lab(folder, name)
    try:
        serve(lab, programs.split())
        for act in acts.split():
            globals()[act](lab)
        time.sleep(1)
    finally:
        lab.close()
        subprocess.run(["ip", "link", "del", "lenssrv"], capture_output=True)
    return judge(lab.capture, wanted)


def main():
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing or os.geteuid() != 0:
        print("1..0 # SKIP needs root and", *NEEDED)
        return
    # A namespace of its own for the server as well.
    if os.environ.get("LENSCAP_REAL_NAMES") is None:
        os.environ["LENSCAP_REAL_NAMES"] = "1"
        os.execvp("unshare", ["unshare", "-n", "-m", sys.executable, *sys.argv])
    print(f"1..{len(SCENES)}")
    with tempfile.TemporaryDirectory(prefix="lenscap-names-") as folder:
        for number, (name, programs, acts, wanted) in enumerate(SCENES, 1):
            lacking = [program for program in programs.split() if shutil.which(program) is None]
            if lacking:
                print(f"ok {number} - {name} # SKIP no {' '.join(lacking)}")
                continue
            good, channels = scene(folder, name, programs, acts, wanted)
            print(f"{'ok' if good else 'not ok'} {number} - {name}"
                  f" {'is found' if wanted else 'is quiet'}")
            print("#", *channels, flush=True)


if __name__ == "__main__":
    main()
