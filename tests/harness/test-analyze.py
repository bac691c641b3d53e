#!/usr/bin/python3
"""`lenscap analyze` as scripts rely on it: what it takes, what it says, how it ends.

Usage: test-analyze.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import json
import os
import shutil
import sys

sys.dont_write_bytecode = True
from command_tap import (PROFILE, SAMPLES, analyze, as_nobody, complains, end, is_sealed, lenscap, ok,  # noqa: E402
                         own_folder, pcap, read, records, said, same, sample, skip, tree, udp, write)

CLEAN, PADDING, STILL = sample("clean-tcp"), sample("padding-tcp"), sample("still-tcp")
EVALUATION = "evaluation.json"
SEVERITIES = ["info", "low", "medium", "high", "critical"]


def statuses():
    with own_folder():
        done = analyze("--profile", PROFILE, CLEAN)
        same("0: no finding that counts", 0, done.returncode)
        ok("one line says what and where", done.stdout.count(b"\n") == 1
           and done.stdout.endswith(b"-> lenscap-cases/clean-tcp.pcapng.case\n"), done.stdout)
        same("and standard error is silent", b"", done.stderr)
        ok("the case is sealed", is_sealed("lenscap-cases/clean-tcp.pcapng.case"))
        same("1: a finding that counts", 1,
             analyze("--profile", PROFILE, CLEAN, PADDING).returncode)
        same("--fail-on decides what counts", 0,
             analyze("--profile", PROFILE, "--fail-on", "critical", PADDING).returncode)
        same("--fail-on info counts room too", 1,
             analyze("--profile", PROFILE, "--fail-on", "info", CLEAN).returncode)
        write("bad.pcap", b"no capture at all")
        same("2: not one input could be evaluated", 2, analyze("bad.pcap").returncode)
        done = analyze("--profile", PROFILE, PADDING, "bad.pcap")
        same("3: an input failed; it wins over 1", 3, done.returncode)
        ok("each input has its line", [line.split(b":")[0].split(b"/")[-1]
                                       for line in done.stdout.splitlines()]
           == [b"padding-tcp.pcapng", b"bad.pcap"], done.stdout)
        write("empty.pcap", pcap())
        done = analyze("--json", "empty.pcap")
        same("3: a capture without packets is inconclusive", (3, "inconclusive", "complete"),
             (done.returncode, records(done)[0]["verdict"], records(done)[0]["input"]["status"]))
        ok("without a profile nothing conforms",
           "no-declaration" in records(analyze("--json", CLEAN))[0]["reasons"])


def json_lines():
    names = ["still-tcp", "clean-tcp", "padding-tcp", "dns-tcp"]
    with own_folder():
        write("bad.pcap", b"\x00")
        done = analyze("--json", "-j", "4", "--profile", PROFILE, *map(sample, names), "bad.pcap")
        same("--json: a record a line, in the order of the inputs",
             [name + ".pcapng" for name in names] + ["bad.pcap"],
             [record["input"]["name"] for record in records(done)])
        same("--json makes no cases", ["bad.pcap"], tree("."))
        done = analyze("--json", "-o", "here", "--profile", PROFILE, CLEAN)
        ok("but with -o", is_sealed("here/clean-tcp.pcapng.case"))
        ok("libndpi names flows", records(done)[0]["tool"]["libndpi"]
           and "RTSP" in [flow["application"] for flow in records(done)[0]["flows"]],
           records(done)[0]["flows"])
        whole = read("here/clean-tcp.pcapng.case", EVALUATION)
        same("and the line is the record", json.loads(whole), records(done)[0])
        write("file", "in the way")
        done = analyze("--json", "-o", "file/x", CLEAN)
        same("where no case can be made there is a record all the same", (2, "failed"),
             (done.returncode, records(done)[0]["input"]["status"]))


def the_same_octets():
    inputs = [sample(name) for name in ("clean-tcp", "padding-tcp", "dns-tcp", "still-tcp")]
    runs = {
        "-j 1": (["-j", "1"], inputs, {}, "."),
        "-j 4": (["-j4"], inputs, {}, "."),
        "-j 4 again": (["-j", "4"], inputs, {}, "."),
        "another order": (["-j", "2"], inputs[::-1], {}, "."),
        "another locale and time zone": (
            ["-j", "4"], inputs, {"LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Kathmandu",
                                  "LANG": "tr_TR.UTF-8"}, "."),
        "another folder, --json, -o": (["--json", "-j", "3"], inputs, {}, SAMPLES),
    }
    with own_folder() as folder:
        made = {}
        for number, (what, (options, named, environment, where)) in enumerate(runs.items()):
            cases = os.path.join(folder, str(number))
            analyze("-o", cases, "--profile", PROFILE, *options,
                    *[os.path.relpath(name, where) for name in named], cwd=where,
                    env=dict(os.environ, **environment))
            made[what] = {path: read(cases, path) for path in tree(cases)
                          if path.endswith((EVALUATION, ".pcapng", ".ini"))}
        ok("the first run made what is compared",
           sum(path.endswith(EVALUATION) for path in made["-j 1"]) == 4
           and any("/evidence/F001.pcapng" in path for path in made["-j 1"]), list(made["-j 1"]))
        for what in list(runs)[1:]:
            same(f"the same record and evidence to the octet: {what}",
                 set(made["-j 1"]),
                 {path for path, octets in made[what].items() if octets == made["-j 1"].get(path)})


def folders():
    with own_folder():
        os.makedirs("site/east")
        shutil.copy(CLEAN, "site/east/a.pcapng")
        shutil.copy(PADDING, "site/b")
        write("site/notes.txt", "not a capture")
        write("site/east/empty", b"")
        os.symlink("..", "site/east/up")
        os.mkfifo("site/pipe")
        done = analyze("--profile", PROFILE, "-o", "cases", "site")
        same("a folder is walked, captures known by their first octets",
             ["b.case", "east/a.pcapng.case"],
             [path[:-len("/SHA256SUMS")] for path in tree("cases") if path.endswith("SHA256SUMS")])
        lines = said(done)
        ok("the others are counted and named", len(lines) == 1 and "4" in lines[0]
           and all(name in lines[0] for name in ("notes.txt", "east/empty", "east/up", "pipe")), lines)
        same("and cost nothing", 1, done.returncode)
        before = {path: read("cases", path) for path in tree("cases")}
        shutil.copy(CLEAN, "cases/new.pcapng")
        done = analyze("--profile", PROFILE, "-o", "cases", "cases")
        os.remove("cases/new.pcapng")
        same("cases in a walked folder are left alone", before,
             {path: read("cases", path) for path in tree("cases")
              if not path.startswith("new.pcapng.case")})
        many = [f"site/note-{number}" for number in range(30)]
        for name in many:
            write(name, "not a capture")
        line = "".join(said(analyze("--json", "site")))
        ok("all of them, however many", all(os.path.basename(name) in line for name in many), line)
        os.mkdir("hollow")
        complains("a folder without a capture", analyze("hollow"), 2, "no capture")


def closed_folders():
    """What may not be read in a walked folder may be a capture: it is an input that failed."""
    with own_folder() as folder:
        os.chmod(folder, 0o777)
        nobody = as_nobody()
        os.makedirs("site/locked")
        os.makedirs("site/listed")
        os.makedirs("bolted")
        for name in ("site/a", "site/locked/b", "site/listed/c", "site/d"):
            shutil.copy(CLEAN, name)
        for name, mode in (("site/locked", 0), ("site/listed", 0o444), ("site/d", 0), ("bolted", 0)):
            os.chmod(name, mode)
        done = analyze("--json", "--profile", PROFILE, "site", "bolted", **nobody)
        found = [(record["input"]["name"], record["input"]["status"],
                  "Permission denied" in (record["input"]["problem"] or "")) for record in records(done)]
        same("what cannot be read in a folder costs itself only",
             (3, [("a", "complete", False), ("d", "failed", True), ("c", "failed", True),
                  ("locked", "failed", True), ("bolted", "failed", True)]), (done.returncode, found))
        os.chmod("site/locked", 0o700)
        os.chmod("site/listed", 0o700)


def manifests():
    with own_folder():
        os.makedirs("lists/deep")
        shutil.copy(CLEAN, "clean.pcapng")
        shutil.copy(CLEAN, "lists/deep/other.pcapng")
        shutil.copy(PROFILE, "lists/camera.ini")
        write("lists/all.txt", "# comment\n\n../clean.pcapng\tprofile=camera.ini\n"
              "deep/other.pcapng\tdevice=192.0.2.1\r\n")
        done = analyze("-o", "cases", "@lists/all.txt")
        same("a manifest's paths are relative to it", ["clean.pcapng.case/SHA256SUMS",
                                                        "deep/other.pcapng.case/SHA256SUMS"],
             [path for path in tree("cases") if path.endswith("SHA256SUMS")])
        same("and its fields hold for their line",
             [["Simulated camera"], ["192.0.2.1"]],
             [[device["name"] if "profile.ini" in os.listdir(f"cases/{name}.case")
               else device["addresses"][0] for device in record["devices"]]
              for name, record in zip(("clean.pcapng", "deep/other.pcapng"),
                                      records(analyze("--json", "@lists/all.txt")))])
        same("two inputs evaluated", [], said(done))
        write("lists/odd.txt", "../clean.pcapng\tcolour=red\n")
        complains("an unknown field", analyze("@lists/odd.txt"), 2, "odd.txt", "line 1", "colour")
        for what, line, word in (
                ("a field without a value", "a\tprofile=", "profile="),
                ("a field that stands twice", "a\tset=x\tset=y", "set="),
                ("a device that is none", "a\tdevice=300.1.1.1", "device=300.1.1.1"),
                ("paths that zeros part", "../clean.pcapng\0other.pcapng\0", "zero")):
            write("lists/odd.txt", line + "\n")
            complains(what, analyze("@lists/odd.txt"), 2, "odd.txt", word)
        shutil.copy(CLEAN, "lists/ blank ")
        write("lists/kept.txt", "\ufeff blank \t\r\n  \n".encode())
        same("blanks belong to a path; a byte order mark does not", [" blank "],
             [record["input"]["name"] for record in records(analyze("--json", "@lists/kept.txt"))])
        complains("a manifest that is not there", analyze("@lists/none.txt"), 2, "none.txt")
        write("lists/gone.txt", "gone.pcapng\n../clean.pcapng\n")
        done = analyze("-o", "c2", "@lists/gone.txt")
        same("a missing file of a manifest costs itself only", (3, 2),
             (done.returncode, done.stdout.count(b"\n")))
        write("lists/profile.txt", "../clean.pcapng\tprofile=none.ini\n")
        done = analyze("-o", "c3", "@lists/profile.txt")
        ok("a missing profile is named", done.returncode == 2 and b"none.ini" in done.stdout,
           done.stdout)


def one_name():
    with own_folder():
        shutil.copy(CLEAN, "same.pcapng")
        os.mkdir("sub")
        shutil.copy(PADDING, "sub/same.pcapng")
        complains("two inputs of one case name", analyze("same.pcapng", "sub/same.pcapng"), 2,
                  "same.pcapng", "sub/same.pcapng")
        ok("are refused before any work", not os.path.exists("lenscap-cases"))
        complains("standard input twice", analyze("-", "-"), 2, "stdin")


def standard_input():
    with own_folder():
        for name, octets, kept in (("pcapng", read(CLEAN), "traffic.pcapng"),
                                   ("pcap", pcap(udp(b"hello")), "traffic.pcap")):
            done = analyze("-o", name, "--profile", PROFILE, "-", input=octets)
            ok(f"{name} on standard input is evaluated", done.returncode in (0, 1), done.stdout)
            same(f"{name}: its octets are kept", octets, read(name, "stdin.case", kept))
            ok(f"{name}: and sealed", is_sealed(f"{name}/stdin.case"))
        done = analyze("--json", "--profile", PROFILE, "-", input=read(CLEAN))
        ours, file = records(done)[0], records(analyze("--json", "--profile", PROFILE, CLEAN))[0]
        same("the record's file name is -", "-", ours["input"]["name"])
        ours["input"]["name"] = file["input"]["name"]
        same("all else is as of the file", file, ours)
        same("nothing at all on standard input", 2, analyze("--json", "-").returncode)


def odd_inputs():
    octets = read(CLEAN)
    with own_folder() as folder:
        os.chmod(folder, 0o777)
        nobody = as_nobody()
        os.mkdir("folder")
        os.mkfifo("pipe")
        write("nothing.pcap", b"")
        write("random.pcap", bytes(number * number % 251 for number in range(5000)))
        write("lying.pcap", pcap(udp(b"one"), udp(b"two"), captured=0xfffffff0))
        write("locked.pcap", octets)
        os.chmod("locked.pcap", 0)
        write("list.txt", "folder\n")
        for name, words in (("nothing.pcap", ""), ("random.pcap", ""), ("pipe", "pipe"),
                            ("missing.pcap", "No such file"), ("/dev/zero", "device"),
                            ("@list.txt", "folder"), ("locked.pcap", "Permission denied")):
            done = analyze("--json", name, **(nobody if name == "locked.pcap" else {}))
            lines = records(done)
            ok(f"{name}: fails, and its record says why",
               done.returncode == 2 and len(lines) == 1
               and lines[0]["input"]["status"] == "failed" and lines[0]["input"]["problem"]
               and words in lines[0]["input"]["problem"], f"{done.returncode} {done.stdout!r}")
        for name, cut in (("whole.pcapng", len(octets)), ("cut.pcapng", len(octets) * 2 // 3)):
            write(name, octets[:cut])
        whole, cut = records(analyze("--json", "--profile", PROFILE, "whole.pcapng", "cut.pcapng"))
        ok("a truncated capture is evaluated as far as it goes, and inconclusive",
           cut["input"]["status"] == "truncated" and cut["verdict"] == "inconclusive"
           and 0 < cut["input"]["packets"] < whole["input"]["packets"]
           and "offset" in cut["input"]["problem"]
           and cut["ledger"]["total_bytes"] == sum(row["bytes"] for row in cut["ledger"]["classes"]),
           cut["input"])
        write("leaks.pcapng", read(PADDING)[:150000])
        cut = records(analyze("--json", "--profile", PROFILE, "leaks.pcapng"))[0]
        same("what spoils a pass never hides a finding", "concealed", cut["verdict"])
        done = analyze("--json", "lying.pcap")
        ok("a length that lies costs what follows only", done.returncode in (2, 3)
           and records(done)[0]["verdict"] == "inconclusive", done.stdout)


def options():
    with own_folder():
        for what, arguments, words in (
                ("no input", [], ["name at least one"]),
                ("an unknown option", ["--nonsense"], ["--nonsense"]),
                ("a bad --only", ["--only", "rtp-padding,nonsense", CLEAN], ["nonsense"]),
                ("an empty --only", ["--only", "", CLEAN], ["--only"]),
                ("a bad --device", ["--device", "camera", CLEAN], ["--device", "all"]),
                ("a bad --fail-on", ["--fail-on", "bad", CLEAN], ["medium"]),
                ("a bad -j", ["-j", "0", CLEAN], ["-j"]),
                ("a -j that is no number", ["-j", "many", CLEAN], ["many"]),
                ("a bad --alpha", ["--alpha", "2", CLEAN], ["--alpha"]),
                ("a missing profile", ["--profile", "none.ini", CLEAN], ["none.ini"]),
                ("two drafts", ["--profile-out", "x", CLEAN, PADDING], ["--profile-out"])):
            complains(what, analyze(*arguments), 2, *words)
        good = read(PROFILE).decode()
        for what, text, words in (
                ("a group", good + "[nonsense]\nkey = 1\n", ["[nonsense]"]),
                ("a key", good.replace("kind =", "sort ="), ["[device]", "sort"]),
                ("a value", good.replace("proto = udp", "proto = carrier-pigeon"),
                 ["[service ntp]", "proto", "udp"])):
            write("bad.ini", text)
            complains(f"{what} of a profile that is not known",
                      analyze("--profile", "bad.ini", CLEAN), 2, "bad.ini", *words)
        same("nothing was made", ["bad.ini"], tree("."))
        record = records(analyze("--json", "--profile", PROFILE, "--only", "rtp-padding", STILL))[0]
        ok("--only runs what it names, and says so",
           not [finding for finding in record["findings"] if finding["analyzer"] != "rtp-padding"]
           and "partial" in record["reasons"] and record["tool"]["options"]["only"], record["reasons"])
        for device, addresses in (("192.0.2.1", {"192.0.2.1"}),
                                  ("44:19:b6:00:00:01", {"192.0.2.100"})):
            devices = records(analyze("--json", "--device", device, CLEAN))[0]["devices"]
            ok(f"--device {device}", len(devices) == 1 and addresses <= set(devices[0]["addresses"]),
               devices)
        ok("--device all takes every host",
           len(records(analyze("--json", "--device", "all", CLEAN))[0]["devices"]) > 1)


def drafts():
    with own_folder():
        done = analyze("--profile-out", "draft.ini", CLEAN)
        same("--profile-out says no more than usual", b"", done.stderr)
        done = analyze("--json", "--profile", "draft.ini", CLEAN)
        ok("a drafted profile loads", done.returncode == 0, done.stderr)
        ok("and the honest sample conforms with it",
           done.stdout and records(done)[0]["verdict"].startswith("conforms"), done.stdout[-300:])
        same("but what leaks does not", 1,
             analyze("--json", "--profile", "draft.ini", PADDING).returncode)
        done = analyze("--profile-out", "none/draft.ini", CLEAN)
        ok("a draft that cannot be written is an error", done.returncode == 3
           and b"none/draft.ini" in done.stderr and done.stderr.count(b"\n") == 1, done.stderr)


def mud_files():
    with own_folder():
        done = analyze("--mud-out", "draft.json", "--device", "192.0.2.100", CLEAN)
        same("--mud-out says no more than usual", b"", done.stderr)
        done = analyze("-o", "cases", "--mud", "draft.json", "--device", "192.0.2.100", CLEAN)
        case = "cases/clean-tcp.pcapng.case"
        record = json.loads(read(case, EVALUATION))
        same("the drafted MUD file permits all of the capture it was made of", ("conforms", 0, 0),
             (record["verdict"][:8], classes(record)["undeclared"], done.returncode))
        ok("and each permission says what it let pass",
           any(row["origin"] == "mud" and row["octets"] > 0 and row["room_bits"] == 8 * row["octets"]
               for row in record["declared"]["services"]), record["declared"]["services"])
        same("the case keeps it as it was given", read("draft.json"), read(case, "mud.json"))
        same("and is the same when it is verified", 0,
             lenscap("verify", case, "--input", CLEAN).returncode)
        found = records(analyze("--json", "--mud", "draft.json", "--device", "192.0.2.100",
                                STILL))[0]
        ok("what it does not permit is a finding",
           any(SEVERITIES.index(one) >= SEVERITIES.index("medium")
               for one in severity(found, "flow-undeclared-destination")), found["findings"])
        draft = json.loads(read("draft.json"))
        entries = draft["ietf-access-control-list:acls"]["acl"][0]["aces"]["ace"]
        entries[:] = [{"name": "any", "matches": {"ipv4": {"protocol": 17}},
                       "actions": {"forwarding": "accept"}},
                      {"name": "odd", "matches": {"sctp": {}}, "actions": {"forwarding": "accept"}}]
        write("any.json", json.dumps(draft).encode())
        os.mkdir("lists")
        write("lists/one.txt", f"{CLEAN}\tmud=../any.json\tdevice=192.0.2.100\n".encode())
        record = records(analyze("--json", "@lists/one.txt"))[0]
        same("a permission that permits anybody is shown, and not judged", {"info"},
             set(severity(record, "declaration-wildcard")))
        ok("an entry that cannot be followed is named",
           any("odd" in sentence for sentence in record["declared"]["unusable"]),
           record["declared"])
        write("bad.json", b"{}")
        done = analyze("--mud", "bad.json", CLEAN)
        ok("what is no MUD file is an error that says why", done.returncode == 2
           and b"ietf-mud:mud" in done.stdout, done.stdout)
        complains("a MUD file that is not there", analyze("--mud", "none.json", CLEAN), 2,
                  "none.json")
        done = analyze("--mud-out", "two.json", "--device", "all", CLEAN)
        ok("a draft is about one device", done.returncode == 3 and b"--device" in done.stderr
           and not os.path.exists("two.json"), done.stderr)


def own_lists():
    with own_folder():
        record = records(analyze("--json", "--device", "192.0.2.100", STILL))[0]
        there = [row["flow"]["dst"] for row in record["findings"]
                 if row["channel"] == "flow-undeclared-destination"][0]
        write("mine.tsv", "vendor\tnames\taddresses\trole\tsource\n"
              f"Acme\t-\t{there}\ta store of pictures\tus\n".encode())
        analyze("-o", "cases", "--endpoints", "mine.tsv", "--device", "192.0.2.100", STILL)
        case = "cases/still-tcp.pcapng.case"
        record = json.loads(read(case, EVALUATION))
        ok("an endpoint of the user's list is named", any(
            "Acme: a store of pictures" in (row["detail"] or "") for row in record["findings"]),
           record["findings"])
        ok("the record says which list", record["tool"]["endpoints_sha256"]
           and record["tool"]["resolvers_sha256"] is None, record["tool"])
        same("the case keeps it", read("mine.tsv"), read(case, "endpoints.tsv"))
        same("and is the same when it is verified", 0,
             lenscap("verify", case, "--input", STILL).returncode)
        write("bad.tsv", b"operator\taddresses\tnames\tsource\nAcme\tnowhere\t-\tus\n")
        done = analyze("--resolvers", "bad.tsv", STILL)
        ok("a list that is wrong is an error that names the line", done.returncode == 2
           and b"line 2" in done.stdout and b"nowhere" in done.stdout, done.stdout)


def classes(record):
    return {row["class"]: row["bytes"] for row in record["ledger"]["classes"]}


def severity(record, channel):
    return [row["severity"] for row in record["findings"] if row["channel"] == channel]


def main():
    if not os.path.isdir(SAMPLES):
        skip("all", "no samples")
    for part in (statuses, json_lines, the_same_octets, folders, closed_folders, manifests, one_name,
                 standard_input, odd_inputs, options, drafts, mud_files, own_lists):
        part()
    end()


if __name__ == "__main__":
    main()
