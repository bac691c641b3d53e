#!/usr/bin/python3
"""`lenscap analyze` whose confined workers are brought down while they work.

usage: test-crash.py LENSCAP SOURCE
"""
import json
import os
import struct
import subprocess
import sys

from command_tap import LENSCAP, end, is_sealed, ok, own_folder, pcap, read, sample, same, skip, udp, write
import ptrace_tap

FRAMES = 1000000
LEAKY = "lenscap-cases/dns-tcp.pcapng.case"


def large():
    """A capture that takes a second or more to read: no frame is a copy of one just before."""
    packet = udp(b"a small datagram")
    return pcap() + b"".join(struct.pack("<IIII", 1700000000 + second, 0, len(packet), len(packet))
                             + packet for second in range(FRAMES))


def record_of(case):
    return json.loads(read(case, "evaluation.json"))


def brought_down(*ways):
    """Two captures side by side, the large one's reader brought down in each of @ways in turn: the
    first way as it reads, the second in the diagnosis.  Returns the exit status and the record."""
    running = subprocess.Popen([LENSCAP, "analyze", "-j", "1", "large.pcap", sample("clean-tcp")],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for number, how in enumerate(ways):
        words = ["analyze"] + ["--diagnose"] * number
        worker = ptrace_tap.worker_of(running.pid, "--role", *words)
        ptrace_tap.wait_for_work(worker)
        ptrace_tap.bring_down(worker, how)
    running.communicate(timeout=120)
    same("the other input is evaluated all the same", "complete",
         record_of("lenscap-cases/clean-tcp.pcapng.case")["input"]["status"])
    ok("the case is sealed", is_sealed("lenscap-cases/large.pcap.case"))
    return running.returncode, record_of("lenscap-cases/large.pcap.case")


def crash_of(record):
    return [row for row in record["findings"] if row["channel"] == "evaluator-crash"]


def forbidden_call():
    status, record = brought_down(ptrace_tap.EXECVE, ptrace_tap.EXECVE)
    same("a forbidden call: ends with 3", 3, status)
    same("it failed", "failed", record["input"]["status"])
    ok("the second run names the call", "forbidden system call execve" in record["input"]["problem"],
       record["input"]["problem"])
    found = crash_of(record)
    ok("it is an attack", len(found) == 1 and found[0]["severity"] == "critical"
       and record["verdict"] == "concealed", (found, record["verdict"]))
    first, last = found[0]["frames"]["ranges"][0]
    ok("at the frames that were being read", 1 <= first <= last <= FRAMES and last - first < 64,
       found[0]["frames"])
    ok("which are kept", os.path.getsize("lenscap-cases/large.pcap.case/evidence/F001.pcapng") > 200)
    ok("and named in the report", b"evaluator-crash" in read("lenscap-cases/large.pcap.case",
                                                              "report.html"))


def crash_once():
    status, record = brought_down(ptrace_tap.CRASH)
    same("a crash that does not come again: ends with 3", 3, status)
    ok("says both", "signal 11" in record["input"]["problem"]
       and "did not end that way" in record["input"]["problem"], record["input"]["problem"])
    found = crash_of(record)
    ok("is an attack whose frames are not known", len(found) == 1
       and found[0]["frames"]["count"] == 0, found)


def killed():
    status, record = brought_down(ptrace_tap.KILL)
    same("a reader that somebody killed: ends with 3", 3, status)
    same("it failed", "failed", record["input"]["status"])
    same("that is nobody's attack", [], record["findings"])


def bring_down_each(running, role, ways):
    """FALSE: a worker was done before it could be caught; they work for milliseconds."""
    for number, how in enumerate(ways):
        words = [role] + ["--diagnose"] * number
        try:
            worker = ptrace_tap.worker_of(running.pid, "--role", *words, seconds=5)
            ptrace_tap.bring_down_at_once(worker, how)
        except (OSError, TimeoutError):
            return False
    return True


def later(role, *ways):
    """The worker of @role brought down in each of @ways in turn; the first analysis was whole."""
    for _ in range(10):
        running = subprocess.Popen([LENSCAP, "analyze", sample("dns-tcp")],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        caught = bring_down_each(running, role, ways)
        _, said = running.communicate(timeout=120)
        if caught:
            break
    ok(f"{role}: its worker is caught", caught)
    same(f"{role}: ends with 3", 3, running.returncode)
    ok(f"{role}: the case is sealed", is_sealed(LEAKY))
    return said.decode(), json.loads(read(LEAKY, "run.json"))["incomplete"]


def costs_only_evidence(whole):
    said, lacks = later("carve", ptrace_tap.EXECVE, ptrace_tap.EXECVE)
    ok("a carver that asks for a forbidden call: run.json says what is missing and why",
       len(lacks) == 1 and lacks[0].startswith("evidence")
       and "forbidden system call execve" in lacks[0], lacks)
    ok("so does the terminal", lacks[0] in said, said)
    ok("and the report", "This case is incomplete: evidence" in read(LEAKY, "report.html").decode()
       and "incomplete" in read(LEAKY, "report.txt").decode())
    same("the record is the same", whole, read(LEAKY, "evaluation.json"))


def costs_only_pages(whole):
    said, lacks = later("report", ptrace_tap.CRASH, ptrace_tap.CRASH)
    ok("a report that crashes: run.json says so", len(lacks) == 1 and "report" in lacks[0]
       and "signal 11" in lacks[0], lacks)
    ok("so does the terminal", lacks[0] in said, said)
    for page in ("report.html", "report.txt"):
        text = read(LEAKY, page).decode()
        ok(f"{page} says why there is none, and the verdict",
           "signal 11" in text and json.loads(whole)["verdict"] in text, text)
    same("the record is the same, too", whole, read(LEAKY, "evaluation.json"))
    ok("the evidence is there", os.path.exists(os.path.join(LEAKY, "evidence", "F001.pcapng")))
    done = subprocess.run([LENSCAP, "verify", LEAKY, "--input", sample("dns-tcp")],
                          capture_output=True, check=False)
    same("verify finds the same record", 0, done.returncode)


def main():
    with own_folder():
        write("large.pcap", large())
        killed()
        if ptrace_tap.may_trace(LENSCAP):
            crash_once()
            forbidden_call()
            subprocess.run([LENSCAP, "analyze", sample("dns-tcp")], capture_output=True,
                           check=False)
            whole = read(LEAKY, "evaluation.json")
            costs_only_evidence(whole)
            costs_only_pages(whole)
        else:
            skip("crashes and forbidden calls", "needs to trace a worker, and a build without sanitizers")
    end()


if __name__ == "__main__":
    sys.exit(main())
