"""Makes another process ask the kernel for something it would not ask for."""
import ctypes
import os
import signal
import subprocess
import time

ATTACH, SYSCALL, DETACH, POKEUSER, SETOPTIONS, SYSCALL_INFO = 16, 24, 17, 6, 0x4200, 0x420e
TRACE_SYSGOOD, OP_ENTRY, ORIG_RAX, RIP = 1, 1, 15 * 8, 16 * 8  # <sys/user.h>, x86-64

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
LIBC.ptrace.restype = ctypes.c_long


def ptrace(request, pid, address=0, data=0):
    result = LIBC.ptrace(request, pid, address, data)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request:#x}")
    return result


def attach(pid):
    ptrace(ATTACH, pid)
    os.waitpid(pid, 0x40000000)  # __WALL
    ptrace(SETOPTIONS, pid, 0, TRACE_SYSGOOD)


def run_to_call(pid):
    """To where the next system call of @pid begins."""
    info = ctypes.create_string_buffer(128)
    while True:
        ptrace(SYSCALL, pid)
        os.waitpid(pid, 0x40000000)
        ptrace(SYSCALL_INFO, pid, len(info), ctypes.addressof(info))
        if info.raw[0] == OP_ENTRY:
            break


def call_instead(pid, number):
    """The next system call of @pid becomes @number: what the kernel judges is this one."""
    attach(pid)
    run_to_call(pid)
    ptrace(POKEUSER, pid, ORIG_RAX, number)
    ptrace(DETACH, pid)


def bring_down_at_once(pid, how):
    """@how: EXECVE or CRASH, as soon as @pid is confined: some work for a few milliseconds only."""
    attach(pid)
    while not is_confined(pid):
        run_to_call(pid)
    if how == EXECVE:
        run_to_call(pid)
        ptrace(POKEUSER, pid, ORIG_RAX, EXECVE)
    else:
        ptrace(POKEUSER, pid, RIP, 16)
    ptrace(DETACH, pid)


def jump_nowhere(pid):
    """A crash of its own: the first process of a pid namespace is deaf to a mere SIGSEGV."""
    ptrace(ATTACH, pid)
    os.waitpid(pid, 0x40000000)
    ptrace(POKEUSER, pid, RIP, 16)
    ptrace(DETACH, pid)


def worker_of(pid, *words, seconds=20, but=None):
    """The descendant of @pid whose command line has all of @words, once there is one besides @but."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for one in descendants(pid):
            try:
                with open(f"/proc/{one}/cmdline", "rb") as file:
                    line = file.read().split(b"\0")
            except OSError:
                continue
            if one != but and all(any(word.encode() in part for part in line) for word in words):
                return one
        time.sleep(0.005)
    raise TimeoutError(f"no worker {words}")


def descendants(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            children = [int(word) for word in file.read().split()]
    except OSError:
        return []
    return children + [below for child in children for below in descendants(child)]


def filters_of(pid):
    """How many system call filters @pid is under."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Seccomp_filters:"))


def is_confined(pid, filters=1):
    """Whether @pid is under as many filters more than we are."""
    return filters_of(pid) >= filters_of("self") + filters


def wait_for_work(pid, seconds=0.1):
    """Until @pid has computed for as long as that: it is well into what it reads."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            ticks = int(file.read().rpartition(")")[2].split()[11])
        if ticks >= seconds * os.sysconf("SC_CLK_TCK"):
            return
        time.sleep(0.005)
    raise TimeoutError(f"{pid} does not compute")


EXECVE, CRASH, KILL, STOP = 59, "crash", signal.SIGKILL, signal.SIGSTOP


def has_sanitizers(program):
    """They handle a crash themselves, and the process then ends as if it wanted to."""
    linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    return "libasan" in linked


def may_trace(program):
    """Whether workers of @program, which are not dumpable, can be traced here, and crash as they
    do when they are shipped."""
    if has_sanitizers(program):
        return False
    try:
        with open("/proc/sys/kernel/yama/ptrace_scope", encoding="ascii") as file:
            forbidden = file.read().strip() == "3"
    except OSError:
        forbidden = False
    return os.geteuid() == 0 and os.uname().machine == "x86_64" and not forbidden


def bring_down(pid, how, filters=1):
    """@how: one of the above; once all @filters of the worker hold."""
    deadline = time.monotonic() + 10
    while not is_confined(pid, filters) and time.monotonic() < deadline:
        time.sleep(0.005)
    if how == EXECVE:
        call_instead(pid, EXECVE)
    elif how == CRASH:
        jump_nowhere(pid)
    else:
        os.kill(pid, how)
