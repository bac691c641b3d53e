#!/usr/bin/python3
"""Reads report.html as a browser would: check-html.py PRINT-SAMPLE.  Speaks TAP."""
import base64
import hashlib
import html.parser
import json
import re
import subprocess
import sys

VOID = {"meta", "br", "link", "img", "input", "hr"}
# Attributes that fetch or act, and elements that do.
ACTIVE = {"script", "iframe", "object", "embed", "form", "link", "base", "img", "audio", "video", "input"}
BIDI = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.problems, self.ids, self.hrefs = [], [], [], []
        self.text, self.style, self.policy, self.labels = "", "", "", []
        self.tables, self.headings = 0, []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag in ACTIVE:
            self.problems.append(f"<{tag}>")
        for name, value in attributes.items():
            if name.startswith("on") or name in ("src", "srcset", "style", "action", "xlink:href"):
                self.problems.append(f"{tag} {name}={value}")
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if "href" in attributes:
            self.hrefs.append(attributes["href"])
        if "aria-labelledby" in attributes:
            self.labels += attributes["aria-labelledby"].split()
        if attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]
        if tag == "th" and "scope" not in attributes:
            self.problems.append("th without scope")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.tables += 1
        if tag == "caption":
            self.tables -= 1
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text += data


program = sys.argv[1]
number, failed = 0, False


def tell(good, name, why=""):
    global number, failed
    number += 1
    failed |= not good
    print(f"{'ok' if good else 'not ok'} {number} - {name}")
    if not good:
        print("# " + ascii(why))


def run(sample, form):
    return subprocess.run([program, sample, form], check=True, capture_output=True).stdout


for sample in ["rich", "hostile", "extreme", "failed", "clean"]:
    octets = run(sample, "html")
    record = json.loads(run(sample, "json"))
    page = Page()
    page.feed(octets.decode("utf-8"))
    page.close()
    tell(not page.problems and not page.open, f"{sample}: balanced, nothing active",
         (page.problems[:3], page.open))
    tell(all(href.startswith("#") for href in page.hrefs)
         and all(href[1:] in page.ids for href in page.hrefs)
         and all(label in page.ids for label in page.labels),
         f"{sample}: every link stays in the page and arrives", page.hrefs)
    tell(len(page.ids) == len(set(page.ids)), f"{sample}: ids are unique")
    hashed = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    tell("default-src 'none'" in page.policy and f"'sha256-{hashed}'" in page.policy
         and "unsafe" not in page.policy, f"{sample}: the policy allows this style alone", page.policy)
    tell("http" not in page.style and "@import" not in page.style
         and not re.search(r"url\((?!#)", page.style), f"{sample}: the style fetches nothing")
    tell(not BIDI.search(page.text.replace("\n", " ")), f"{sample}: no character acts on the reader")
    tell(page.tables == 0, f"{sample}: every table has a caption")
    tell(page.headings[0] == 1 and page.headings.count(1) == 1
         and all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:])),
         f"{sample}: headings do not skip a level", page.headings)
    missing = [f["id"] for f in record["findings"] + record["leads"] if f["id"] not in page.text]
    missing += [f["filter"] for f in record["findings"] if f["filter"] and f["filter"] not in page.text]
    tell(not missing, f"{sample}: every finding is there, with its filter", missing)
    tell(record["verdict"] in page.text, f"{sample}: the verdict is there")
    names = [row["class"] for row in record["ledger"]["classes"]]
    tell(all(name in page.text for name in names), f"{sample}: every class is there")
    tell(len(octets) < 1_000_000, f"{sample}: below a megabyte", len(octets))

tell(b"<script" not in run("hostile", "html"), "a camera named <script> is only text")
tell(run("rich", "html") == run("rich", "html"), "the same record gives the same page")
print(f"1..{number}")
sys.exit(failed)
