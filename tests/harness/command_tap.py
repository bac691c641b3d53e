"""What the tests of commands share: TAP, the program, small captures made by hand."""
import contextlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

LENSCAP = os.path.abspath(sys.argv[1])
SOURCE = os.path.abspath(sys.argv[2])
SAMPLES = os.path.join(SOURCE, "samples", "captures")
PROFILE = os.path.join(SOURCE, "samples", "profiles", "camera.ini")
NOBODY = 65534

counted = 0


def ok(what, true, detail=""):
    global counted
    counted += 1
    print("ok" if true else "not ok", counted, "-", what, flush=True)
    if not true:
        lines = str(detail).splitlines()[:20]
        print("\n".join("# " + ascii(line[:400])[1:-1] for line in lines), flush=True)


def same(what, expected, found):
    ok(what, expected == found, f"expected: {expected}\nfound:    {found}")


def skip(what, why):
    global counted
    counted += 1
    print("ok", counted, "-", what, "# SKIP", why, flush=True)


def end():
    print(f"1..{counted}")


def sample(name):
    return os.path.join(SAMPLES, name + ".pcapng")


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def write(path, octets):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "wb") as file:
        file.write(octets if isinstance(octets, bytes) else octets.encode())
    return path


def as_nobody():
    """Settings that run it without rights, as a copy in the current folder: such a user may not
    reach the build folder."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": [],
            "executable": os.path.abspath(shutil.copy(LENSCAP, "a-copy"))}


def lenscap(*arguments, **settings):
    """Runs it in the current folder; .returncode, .stdout and .stderr as octets."""
    settings.setdefault("stdin", None if "input" in settings else subprocess.DEVNULL)
    if settings["stdin"] is None:
        del settings["stdin"]
    return subprocess.run([LENSCAP, *arguments], capture_output=True, timeout=120, check=False,
                          **settings)


def analyze(*arguments, **settings):
    return lenscap("analyze", *arguments, **settings)


def said(done):
    """Standard error without the line that sums a batch up."""
    return [line for line in done.stderr.decode("utf-8").splitlines()
            if not (line.startswith("lenscap analyze: ") and " inputs: " in line)]


def records(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def complains(what, done, status, *words):
    """One line on standard error that has the words, nothing on standard output."""
    line = done.stderr.decode("utf-8")
    ok(what, done.returncode == status and done.stdout == b"" and line.count("\n") == 1
       and all(word in line for word in words),
       f"{done.returncode}\n{done.stdout!r}\n{line}\nwanted: {status} {words}")


@contextlib.contextmanager
def own_folder():
    """A folder of its own to be in; ours again afterwards."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory(prefix="lenscap-test-") as folder:
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


def tree(folder):
    """Everything below, hidden too, as paths from there."""
    return sorted(os.path.relpath(os.path.join(above, name), folder)
                  for above, _, names in os.walk(folder) for name in names)


def is_sealed(case):
    done = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=case,
                          capture_output=True, check=False)
    listed = {line[66:] for line in read(case, "SHA256SUMS").decode().splitlines()}
    return done.returncode == 0 and listed == set(tree(case)) - {"SHA256SUMS"}


def pcap(*packets, captured=None):
    """A pcap file, Ethernet, a packet each 10 ms.  @captured: the length the records claim."""
    octets = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    for number, packet in enumerate(packets):
        length = len(packet) if captured is None else captured
        octets += struct.pack("<IIII", 1700000000, 10000 * number, length, length) + packet
    return octets


def udp(payload, sport=40000, dport=9, src="192.0.2.100", dst="192.0.2.1"):
    """An Ethernet frame with IPv4 and UDP (RFC 768: a checksum of 0 is none)."""
    def address(text):
        return bytes(int(part) for part in text.split("."))

    datagram = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 1, 0, 64, 17, 0,
                         address(src), address(dst))
    total = sum(struct.unpack("!10H", header))
    total = (total & 0xffff) + (total >> 16)
    header = header[:10] + struct.pack("!H", ~(total + (total >> 16)) & 0xffff) + header[12:]
    return bytes.fromhex("020000000001 4419b6000001 0800") + header + datagram
