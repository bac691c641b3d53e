"""A laboratory for the simulated camera, in the network namespace that one is in.

    this process, capture, DHCP, DNS, NTP, sink          the camera
    lab0  192.0.2.1/24  ------------ veth ------------  cam0

Start the program that uses it with `unshare -n` (`-Urn` for those who are not root).  The
camera gets a second namespace.  Nothing is named, so all of it is gone with its last process.
make-captures.py records samples in it, tests/samples/test-camera.py tests the camera.
"""
import ctypes
import json
import os
import signal
import socket
import struct
import subprocess
import threading
import time

CAMERA = "192.0.2.100"
LAB = "192.0.2.1"
MAC = "44:19:b6:00:00:01"
SINK_PORT = 9999
NEEDED = "unshare ip ethtool nft dnsmasq busybox dumpcap ffmpeg".split()

# Seconds between 1900 and 1970: RFC 5905 section 6 counts from there.
NTP_ERA = 2208988800


def die_with_us():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def start(*arguments, **options):
    return subprocess.Popen(arguments, preexec_fn=die_with_us, **options)


def run(*arguments, **options):
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)}: {done.returncode}\n{done.stderr}")
    return done.stdout


def wait_for(what, condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {what} within {seconds} s")
        time.sleep(0.05)


class Sink(threading.Thread):
    """Takes whatever HTTP comes and says 200."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("0.0.0.0", SINK_PORT))
        self.start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rb") as request:
            length = 0
            while (line := request.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            request.read(length)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


class Clock(threading.Thread):
    """An NTP server (RFC 5905 section 7.3): mode 4, stratum 2, the time of this machine."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((LAB, 123))
        self.start()

    @staticmethod
    def now():
        return int((time.time() + NTP_ERA) * (1 << 32))

    def run(self):
        while True:
            request, peer = self.socket.recvfrom(512)
            received = self.now()
            if len(request) < 48:
                continue
            self.socket.sendto(
                struct.pack("!BBbbII4sQ8sQQ", 0x24, 2, request[2] & 0x7f, -20, 0x100, 0x100,
                            socket.inet_aton("192.0.2.2"), received, request[40:48], received,
                            self.now()), peer)


class Lab:
    """The namespace we are in: gateway, DHCP, DNS, sink, capture and viewer."""

    def __init__(self, folder, sink):
        self.folder = folder
        self.processes = []
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "lab0", "type", "veth", "peer", "name", "cam0")
        run("ip", "link", "set", "cam0", "address", MAC)
        for port in "lab0", "cam0":
            run("ethtool", "-K", port, "tso", "off", "gso", "off", "gro", "off", "tx", "off",
                "rx", "off")
        run("ip", "addr", "add", LAB + "/24", "dev", "lab0")
        run("ip", "link", "set", "lab0", "up")
        run("nft", "-f", "-", input=self.rules(sink))
        if sink:
            Sink()
        Clock()
        self.capture()
        self.serve_addresses()

    @staticmethod
    def rules(sink):
        """The undeclared hosts lead to the sink, or into a hole."""
        hook, verdict = (("nat hook prerouting priority dstnat", f"redirect to :{SINK_PORT}")
                         if sink else ("filter hook prerouting priority raw", "drop"))
        return f"""table ip sink {{
            chain undeclared {{
                type {hook}
                ip daddr 198.51.100.0/24 meta l4proto tcp {verdict}
            }}
        }}
        """

    def capture(self):
        self.pcap = os.path.join(self.folder, "run.pcapng")
        self.dumpcap = start("dumpcap", "-q", "-i", "lab0", "-s", "0", "-B", "64", "-w", self.pcap,
                             stderr=subprocess.DEVNULL)
        self.processes.append(self.dumpcap)
        wait_for("capture file", lambda: os.path.exists(self.pcap) and os.path.getsize(self.pcap))

    def serve_addresses(self):
        self.processes.append(start(
            "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv",
            "--no-hosts", "--interface=lab0", "--bind-dynamic", "--no-ping",
            f"--dhcp-range={CAMERA},{CAMERA},255.255.255.0,1h", f"--dhcp-option=3,{LAB}",
            f"--dhcp-option=6,{LAB}", f"--dhcp-option=42,{LAB}",
            "--address=/#/198.51.100.80", "--local=/#/", "--dhcp-authoritative",
            f"--dhcp-leasefile={self.folder}/leases", "--pid-file=", "--user=root",
            "--group=", stderr=subprocess.DEVNULL))

    def plug_in(self, program, *arguments):
        """Starts the camera in a namespace of its own, then gives it its cable."""
        self.truth_file = os.path.join(self.folder, "truth")
        # Under AddressSanitizer: GStreamer makes GLib outgrow, and by design leak, its first
        # table of quarks.
        environment = dict(os.environ, LSAN_OPTIONS="detect_leaks=0")
        self.camera = start("unshare", "-n", program, "--truth", self.truth_file, "--duration",
                            "50", *arguments, env=environment)
        self.processes.append(self.camera)
        namespace = f"/proc/{self.camera.pid}/ns/net"
        ours = os.readlink("/proc/self/ns/net")
        wait_for("second namespace", lambda: os.readlink(namespace) != ours)
        # Held open: else the cable goes with the camera, and with it what the kernel has not
        # yet given to dumpcap.
        self.held = os.open(namespace, os.O_RDONLY | os.O_CLOEXEC)
        run("ip", "link", "set", "cam0", "netns", str(self.camera.pid))
        wait_for("camera", lambda: self.said("honest", "serving") or self.camera.poll() is not None)
        if self.camera.returncode is not None:
            raise RuntimeError(f"the camera left with {self.camera.returncode}")

    def truth(self):
        if not os.path.exists(self.truth_file):
            return []
        with open(self.truth_file, encoding="utf-8") as log:
            return [json.loads(line) for line in log if line.endswith("\n")]

    def said(self, kind, name):
        return [line for line in self.truth() if line.get(kind) == name]

    def pull(self, transport, seconds, credentials=""):
        """A viewer; its file is what it took home."""
        kept = os.path.join(self.folder, transport + ".mkv")
        url = f"rtsp://{credentials}{CAMERA}:554/Streaming/Channels/101"
        return kept, start("ffmpeg", "-v", "error", "-nostdin", "-rtsp_transport", transport,
                           "-timeout", "5000000", "-i", url, "-t", str(seconds), "-c", "copy",
                           "-y", kept)

    def unplug(self):
        self.camera.send_signal(signal.SIGTERM)
        status = self.camera.wait(15)
        time.sleep(0.5)
        self.dumpcap.send_signal(signal.SIGINT)
        self.dumpcap.wait(10)
        return status

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()

    def tshark(self, wanted, *fields, options=()):
        arguments = [part for field in fields for part in ("-e", field)]
        rows = run("tshark", "-r", self.pcap, *options, "-Y", wanted, "-T", "fields", *arguments)
        return [row.split("\t") for row in rows.splitlines()]
