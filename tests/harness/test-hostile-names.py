#!/usr/bin/python3
"""Names that a stranger chose (in a profile, on the wire, of a file) reach page, text and
terminal as something to read, never as something that acts.

Usage: test-hostile-names.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import html.parser
import json
import os
import sys

sys.dont_write_bytecode = True
from command_tap import (PROFILE, analyze, end, lenscap, ok, own_folder, read, same, sample,  # noqa: E402
                         tree, write)

RTL, CSI, ESC = "\u202e", "\u009b", "\x1b"
NAME = f"<script>alert(1)</script>\"'&{RTL}gnp.exe"


class Elements(html.parser.HTMLParser):
    """Which elements and attributes a page really has."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


def acting(octets):
    """Characters that would act on who reads them; line ends and tabs are layout."""
    text = octets.decode("utf-8")
    return sorted({character for character in text
                   if (ord(character) < 32 and character not in "\n\t") or 0x7f <= ord(character) < 0xa0
                   or 0x200b <= ord(character) <= 0x200f or 0x202a <= ord(character) <= 0x202e
                   or 0x2066 <= ord(character) <= 0x2069 or character == "\ufeff"})


def check_pages(what, folder, honest):
    page = read(folder, "report.html").decode("utf-8")
    elements = Elements(page)
    same(f"{what}: the page has no element that an honest one has not", set(),
         elements.tags - honest.tags)
    ok(f"{what}: and no attribute that acts",
       not [name for name in elements.attributes if name.startswith("on")], elements.attributes)
    for name in "report.html", "report.txt":
        same(f"{what}: nothing acts in {name}", [], acting(read(folder, name)))


def check(what, case, done, honest):
    same(f"{what}: nothing acts on the terminal", [], acting(done.stdout) + acting(done.stderr))
    check_pages(what, case, honest)
    json.loads(read(case, "evaluation.json"))
    lenscap("report", "-o", "again", case)
    same(f"{what}: rendered again, the same", read(case, "report.html"), read("again", "report.html"))


def honest_page():
    analyze("-o", "honest", "--profile", PROFILE, sample("still-tcp"), sample("dns-tcp"))
    analyze("-o", "all", "--device", "all", sample("still-tcp"), sample("dns-tcp"))
    pages = [read(folder, name + ".pcapng.case", "report.html").decode("utf-8")
             for name in ("still-tcp", "dns-tcp") for folder in ("honest", "all")]
    return Elements("".join(pages))


def in_a_profile(honest):
    good = read(PROFILE).decode()
    write("hostile.ini", good.replace("name = Simulated camera", f"name = {NAME}")
          .replace("vendor = lenscap", f"vendor = {NAME}").replace("model = IPC-640", f"model = {NAME}")
          + f"\n[report]\nlaboratory = {NAME}\nevaluator = {NAME}\nreference = {NAME}\n")
    done = analyze("-o", "p", "--profile", "hostile.ini", sample("still-tcp"))
    case = "p/still-tcp.pcapng.case"
    ok("a profile of hostile names loads", done.returncode == 1, done.stderr)
    check("in a profile", case, done, honest)
    record = json.loads(read(case, "evaluation.json"))
    same("in a profile: the record has the name as it was declared", NAME,
         record["devices"][0]["name"])
    ok("in a profile: the page shows it to be read",
       "&lt;script&gt;" in read(case, "report.html").decode())
    write("acts.ini", good.replace("name = Simulated camera", f"name = x{CSI}31m"))
    done = analyze("--profile", "acts.ini", sample("still-tcp"))
    ok("in a profile: control characters are refused", done.returncode == 2
       and b"acts.ini: [device] name" in done.stderr and not acting(done.stderr), done.stderr)
    write("broken.ini", good.replace("kind = camera", f"{ESC}[2J{RTL} = x"))
    done = analyze("--profile", "broken.ini", sample("still-tcp"))
    ok("in a profile: nor acts an error about it", done.returncode == 2
       and not acting(done.stderr) and done.stderr.count(b"\n") == 1, done.stderr)


def on_the_wire(honest):
    for what, name, old, new in (
            ("as a name asked for", "dns-tcp", b"gufsobi", f"{ESC}<i{RTL}>".encode()),
            ("as a name asked for, not UTF-8", "dns-tcp", b"gufsobi", b"\xff\x9b\x00\n\r\"<"),
            ("as a host name", "clean-tcp", b"IPC-640", f"<b>{ESC}{RTL}".encode()),
            ("in a session", "clean-tcp", b"Session streamed",
             f"<img src=x> {ESC}{RTL}".encode()),
            ("as an address", "still-tcp", b"Content-Length", f"<svg>{ESC}[2J{RTL}xx".encode())):
        octets = read(sample(name))
        if old not in octets or len(old) != len(new):
            ok(f"{what}: the sample has room for it", False, (old, len(old), len(new)))
            continue
        write("wire.pcapng", octets.replace(old, new))
        for options in (["--profile", PROFILE], ["--device", "all"], ["--profile-out", "draft.ini"]):
            done = analyze("-o", "w", *options, "wire.pcapng")
            ok(f"{what}, {options[0]}: is evaluated", done.returncode in (0, 1, 3)
               and b"failed" not in done.stdout and not done.stderr, done.stdout + done.stderr)
            check(f"{what}, {options[0]}", "w/wire.pcapng.case", done, honest)
        done = analyze("--json", "--profile", "draft.ini", "wire.pcapng")
        ok(f"{what}: what is drafted loads", done.returncode in (0, 1), done.stderr)


def as_a_file(honest):
    for what, name in (("a file name that acts", f"{ESC}[31m<b>{RTL}x.pcapng".encode()),
                       ("a file name of two lines", b"one\ntwo: conforms.pcapng"),
                       ("a file name that is not UTF-8", b"\xff\xfe.pcapng"),
                       ("a file name like an option", b"./--json")):
        write(name, read(sample("still-tcp")))
        done = analyze("-o", "f", "--profile", PROFILE, name)
        same(f"{what}: one line", 1, done.stdout.count(b"\n"))
        check(what, os.fsdecode(b"f/" + os.path.basename(name) + b".case"), done, honest)
        done = analyze("--json", "--profile", PROFILE, name)
        same(f"{what}: one record", 1, len([json.loads(line) for line in done.stdout.splitlines()]))
        same(f"{what}: nor acts the record", [], acting(done.stdout))
    os.mkdir("walked")
    write(f"walked/{ESC}{RTL}note".encode(), "no capture")
    write("walked/x.pcapng", read(sample("clean-tcp")))
    done = analyze("--json", "walked")
    ok("a file that is passed over is named as something to read", not acting(done.stderr)
       and b"note" in done.stderr and done.stderr.count(b"\n") == 1, done.stderr)


def main():
    with own_folder():
        honest = honest_page()
        in_a_profile(honest)
        on_the_wire(honest)
        as_a_file(honest)
    end()


if __name__ == "__main__":
    main()
