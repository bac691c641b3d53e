#!/usr/bin/python3
"""A longer capture of the same cameras takes hardly more memory.

Usage: test-length.py PATH-OF-LENSCAP SOURCE-ROOT PATH-OF-BENCH-TRAFFIC
"""
import os
import subprocess
import sys

sys.dont_write_bytecode = True
SOURCE = os.path.abspath(sys.argv[2])
sys.path.insert(0, os.path.join(SOURCE, "tests", "harness"))
from command_tap import end, ok, own_folder, same, skip  # noqa: E402
from encoders import encoders  # noqa: E402

LENSCAP = os.path.abspath(sys.argv[1])
TRAFFIC = os.path.abspath(sys.argv[3])
MEDIA = os.path.join(SOURCE, "tests", "bench", "traffic", "media.sh")
SHORT, LONG = 64_000_000, 160_000_000
MORE = 8  # MB: connections that were opened meanwhile, and what is not yet full in the short one


def peak(octets):
    """MB of the largest process."""
    subprocess.run([TRAFFIC, "--media", "media", "--bytes", str(octets), "-o", "cameras.pcap"],
                   check=True, timeout=120)
    with subprocess.Popen([LENSCAP, "analyze", "--json", "cameras.pcap"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    same(f"{octets // 1_000_000} MB of cameras are evaluated", 0, process.returncode)
    return used.ru_maxrss / 1024


with own_folder():
    if encoders():
        subprocess.run([MEDIA, "media", "4", "320x180", "600"], check=True, timeout=120)
        short, long = peak(SHORT), peak(LONG)
        ok("2.5 times the length takes hardly more memory", long - short <= MORE,
           f"{short:.1f} and {long:.1f} MB")
        ok("24 cameras take at most 64 MB", long <= 64, f"{long:.1f} MB")
    else:
        skip("memory by length", "no ffmpeg with libx264 and libx265")
end()
