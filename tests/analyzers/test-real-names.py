#!/usr/bin/python3
"""Names, leases and times of programs that are not ours: tunnels are found, clients are quiet.

A device and a server (dnsmasq, chronyd, iodined, dns2tcpd) at the two ends of a cable in network
namespaces of their own.  Usage: test-real-names.py LENSCAP
"""
import os
import sys
import tempfile
import time

from real_lab import DEVICE, SERVER, Lab, evaluate, lacking, own_namespaces

CHANNELS = ("dns-", "dhcp-", "ntp-", "mdns-", "ssdp-", "wsd-", "vendor-")

# name, programs beside dnsmasq, what the device does; and the channel that must be found, or None
SCENES = [
    ("dhclient and chrony", "dhclient chronyd", "lease_dhclient clock_chrony ask", None),
    ("udhcpc and ntpdate", "udhcpc ntpdate chronyd", "lease_udhcpc clock_ntpdate ask", None),
    ("interleaved chrony", "chronyd", "clock_xleave", None),
    ("iodine", "iodine iodined /dev/net/tun", "iodine", "dns-qname-tunnel"),
    ("dns2tcp", "dns2tcpc dns2tcpd", "dns2tcp", "dns-qname-tunnel"),
]


def serve(lab, programs):
    lab.record_traffic()
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
    record = evaluate(capture)
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
    return judge(lab.capture, wanted)


def main():
    if not own_namespaces("dnsmasq"):
        return
    print(f"1..{len(SCENES)}")
    with tempfile.TemporaryDirectory(prefix="lenscap-names-") as folder:
        for number, (name, programs, acts, wanted) in enumerate(SCENES, 1):
            missing = lacking(programs.split())
            if missing:
                print(f"ok {number} - {name} # SKIP no {' '.join(missing)}")
                continue
            good, channels = scene(folder, name, programs, acts, wanted)
            print(f"{'ok' if good else 'not ok'} {number} - {name}"
                  f" {'is found' if wanted else 'is quiet'}")
            print("#", *channels, flush=True)


if __name__ == "__main__":
    main()
