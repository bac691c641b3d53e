#!/usr/bin/python3
"""A batch in parts, by GNU parallel and by a Slurm of one node that is brought up here: what is
joined is what one machine makes, to the octet.

Usage: test-cluster.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from command_tap import (LENSCAP, PROFILE, SOURCE, analyze, end, is_sealed, ok, own_folder, pcap, read,  # noqa: E402
                         same, sample, skip, tree, udp, write)

CLUSTER = os.path.join(SOURCE, "harness", "cluster")
NAMES = ["clean-tcp", "padding-tcp", "dns-udp", "still-tcp", "dns-tcp", "clean-udp", "still-udp"]
SHARDS = 3


def inputs(folder):
    os.makedirs(folder + "/site {} $x 'a'")
    for number, name in enumerate(NAMES):
        shutil.copy(sample(name), [folder, folder + "/site {} $x 'a'"][number % 2])
    write(folder + "/half.pcap", pcap(udp(b"x" * 100), udp(b"y" * 100))[:-50])
    return folder


def made(cases):
    return {path: read(cases, path) for path in tree(cases)
            if path.endswith(("evaluation.json", ".pcapng", ".ini", "index.html", "batch.json"))}


def differing(one, other):
    return sorted(path for path in set(one) | set(other) if one.get(path) != other.get(path))


def run(*command, **more):
    return subprocess.run(command, capture_output=True, timeout=300, check=False,
                          env=dict(os.environ, LENSCAP=LENSCAP, HOME=os.getcwd()), **more)


def by_parallel():
    what = "GNU parallel"
    if not shutil.which("parallel"):
        skip(what, "it is not installed")
        return
    script = os.path.join(CLUSTER, "lenscap-parallel")
    with own_folder():
        inputs("in")
        whole = analyze("-o", "whole", "--profile", PROFILE, "in")
        wanted = made("whole")
        done = run(script, str(SHARDS), "cases", "--profile", PROFILE, "in")
        same(f"{what}: the exit status of the whole", whole.returncode, done.returncode)
        same(f"{what}: the lines of the whole", sorted(whole.stdout.splitlines()),
             sorted(done.stdout.replace(b"-> cases/", b"-> whole/").splitlines()))
        same(f"{what}: records, evidence and index to the octet", [], differing(wanted, made("cases")))
        shutil.rmtree("cases/padding-tcp.pcapng.case", ignore_errors=True)
        shutil.rmtree(sorted(glob.glob("cases/*.case"))[0])
        os.remove("cases/index.html")
        run(script, "5", "cases", "--profile", PROFILE, "in")
        same(f"{what}: once more, in other parts, it goes on", [], differing(wanted, made("cases")))
        same(f"{what}: more parts than inputs", 0, run(script, "4", "few", "--profile", PROFILE,
                                                       "in/clean-tcp.pcapng").returncode)
        write("bad", "no capture")
        same(f"{what}: 2 when nothing could be evaluated", 2, run(script, "1", "b", "bad").returncode)
        same(f"{what}: 3 when something could not", 3,
             run(script, "2", "c", "bad", "in/clean-tcp.pcapng").returncode)
        same(f"{what}: wrong usage", 2, run(script, "2").returncode)


CONFIGURATION = """ClusterName=lenscap-test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/jobcomp.txt
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
MpiDefault=none
ReturnToService=2
MaxArraySize=1001
SchedulerParameters=sched_interval=1,sched_min_interval=10000,batch_sched_delay=0,bf_interval=1,bf_continue
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=1000 State=UNKNOWN
PartitionName=batch Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Slurm:
    """One node, as children of this process, with all that it writes in @folder."""

    def __init__(self, folder):
        self.folder, self.children = folder, []
        self.host = socket.gethostname().split(".")[0]

    def start(self, name, *command):
        with open(f"{self.folder}/{name}.out", "wb") as out:
            self.children.append(subprocess.Popen(command, stdout=out, stderr=out,
                                                  stdin=subprocess.DEVNULL))

    def __enter__(self):
        for name in ("state", "spool"):
            os.mkdir(f"{self.folder}/{name}")
        write(f"{self.folder}/slurm.conf", CONFIGURATION.format(
            host=self.host, folder=self.folder, ports=free_ports(2), cpus=os.cpu_count()))
        write(f"{self.folder}/munge.key", os.urandom(1024))
        os.chmod(f"{self.folder}/munge.key", 0o400)
        os.environ["SLURM_CONF"] = f"{self.folder}/slurm.conf"
        self.start("munged", "munged", "--foreground", "--force",
                   *[f"--{name}={self.folder}/munge.{name.split('-')[0]}"
                     for name in ("key-file", "socket", "pid-file", "seed-file", "log-file")])
        self.wait(lambda: os.path.exists(f"{self.folder}/munge.socket"))
        self.start("slurmctld", "slurmctld", "-D", "-c", "-f", os.environ["SLURM_CONF"])
        self.start("slurmd", "slurmd", "-D", "-f", os.environ["SLURM_CONF"], "-N", self.host)
        return self

    def wait(self, is_there, seconds=60):
        deadline = time.monotonic() + seconds
        while not is_there():
            if time.monotonic() > deadline or any(child.poll() is not None for child in self.children):
                return False
            time.sleep(0.2)
        return True

    def is_up(self):
        return self.wait(lambda: b"idle" in run("sinfo", "-h", "-o", "%T").stdout)

    def is_done(self, job):
        return self.wait(lambda: not run("squeue", "-h", "-j", job).stdout.strip(), 180)

    def complaints(self):
        return "\n".join(read(path).decode("utf-8", "replace")[-600:]
                         for path in sorted(glob.glob(f"{self.folder}/*.out")))

    def __exit__(self, *_):
        for child in reversed(self.children):
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        del os.environ["SLURM_CONF"]


def by_slurm():
    what = "Slurm"
    lacking = [name for name in ("slurmd", "slurmctld", "munged", "sbatch") if not shutil.which(name)]
    if lacking or os.geteuid() != 0:
        skip(what, f"{lacking[0]} is not installed" if lacking else "its daemons need root")
        return
    script = os.path.join(CLUSTER, "lenscap-slurm")
    with own_folder() as folder:
        os.mkdir("slurm")
        with Slurm(os.path.join(folder, "slurm")) as slurm:
            if not slurm.is_up():
                skip(what, "it does not come up here")
                print("# " + ascii(slurm.complaints())[:2000])
                return
            inputs("in")
            analyze("-o", "whole", "--profile", PROFILE, "in")
            wanted = made("whole")
            done = run(script, str(SHARDS), "cases", "--profile", PROFILE, "in")
            jobs = done.stdout.decode().split()
            ok(f"{what}: an array and a job behind it", done.returncode == 0 and len(jobs) == 2,
               (done.stdout, done.stderr))
            ok(f"{what}: they come to their end", len(jobs) == 2 and slurm.is_done(jobs[1]),
               run("squeue").stdout)
            said = {path: read(path) for path in sorted(glob.glob("slurm-*.out"))}
            same(f"{what}: what they say is kept, by part", SHARDS + 1, len(said))
            same(f"{what}: records, evidence and index to the octet", [],
                 differing(wanted, made("cases")))
            ok(f"{what}: whole cases", all(is_sealed(path) for path in glob.glob("cases/**/*.case",
                                                                               recursive=True)), said)
            ends = read("slurm/jobcomp.txt").decode()
            same(f"{what}: what was found is no failure of a job", SHARDS + 1,
                 ends.count("JobState=COMPLETED"))
            write("in/bad.txt", "no capture")
            done = run(script, "1", "bad-cases", "in/bad.txt")
            ok(f"{what}: a part that evaluated nothing failed, and is joined all the same",
               slurm.is_done(done.stdout.decode().split()[1])
               and os.path.exists("bad-cases/index.html")
               and read("slurm/jobcomp.txt").count(b"JobState=FAILED") == 1,
               read("slurm/jobcomp.txt"))
        same(f"{what}: wrong usage", 2, run(script, "2").returncode)


by_parallel()
by_slurm()
end()
