"""Runs scenarios with the devices and scenes of test-command-test.py, for everybody who can.

A scenario is a function that takes a Scene.  It runs in a network namespace of its own, as root
(or whoever runs the tests) and once more as uid 65534, in a user namespace too.
"""
import concurrent.futures
import importlib.machinery
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def load(name):
    loader = importlib.machinery.SourceFileLoader("scenes", os.path.join(HERE, name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("scenes", loader))
    loader.exec_module(module)
    return module


scenes = load("test-command-test.py")


def play(scenario, lenscap, camera):
    who = os.environ["LENSCAP_TEST_INSIDE"]
    tap = scenes.Tap(f"{scenario.__name__.replace('_', ' ')} as {who}")
    with tempfile.TemporaryDirectory(prefix="lenscap-test-") as folder:
        scene = scenes.Scene(tap, lenscap, camera, folder)
        try:
            scenario(scene)
        finally:
            scene.close()


def who_can(lenscap):
    """By name, the words before the command."""
    users = {"root" if os.geteuid() == 0 else "a user":
             ["unshare", "-nm" if os.geteuid() == 0 else "-Urnm"]}
    if os.geteuid() == 0:
        users["nobody"] = [*scenes.NOBODY, "unshare", "-Urnm"]
    return {who: words for who, words in users.items() if subprocess.run(
        [*words, "test", "-x", lenscap], capture_output=True, check=False).returncode == 0}


def main(scenarios, missing=()):
    """Arguments: LENSCAP CAMERA [SCENARIO...].  @missing: words why nothing can run here."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    lenscap, camera = map(os.path.abspath, sys.argv[1:3])
    named = {scenario.__name__: scenario for scenario in scenarios}
    if os.environ.get("LENSCAP_TEST_INSIDE"):
        play(named[sys.argv[3]], lenscap, camera)
        return
    users = who_can(lenscap)
    lacking = [tool for tool in scenes.NEEDED if not shutil.which(tool)] + list(missing)
    if lacking or not users:
        print("1..0 # SKIP needs", " ".join(lacking) or "network namespaces")
        return

    def perform(job):
        who, name = job
        return subprocess.run([*users[who], sys.executable, os.path.abspath(sys.argv[0]), lenscap,
                               camera, name], stdout=subprocess.PIPE, text=True, timeout=300,
                              check=False, env=dict(os.environ, LENSCAP_TEST_INSIDE=who, HOME="/"))

    jobs = [(who, name) for who in users for name in sys.argv[3:] or named]
    tests = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for (who, name), done in zip(jobs, pool.map(perform, jobs)):
            print(done.stdout, end="")
            print("ok" if done.returncode == 0 else "not ok",
                  f"- {name.replace('_', ' ')} as {who}: the scenario ran to its end", flush=True)
            tests += 1 + sum(line.startswith(("ok", "not ok"))
                             for line in done.stdout.splitlines())
    print(f"1..{tests}")
