#!/usr/bin/python3
"""A case for sharing: nobody is named in it, and whoever has the original can make it again.

Usage: test-redact.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import glob
import hashlib
import json
import os
import re
import shutil
import sys

sys.dont_write_bytecode = True
from command_tap import (PROFILE, SOURCE, analyze, complains, end, is_sealed, lenscap,  # noqa: E402
                         ok, own_folder, read, same, sample, skip, tree, write)

FILES = ["SHA256SUMS", "evaluation.json", "report.html", "report.txt", "run.json"]
SHARED = os.environ.get("LENSCAP_CAPTURES", os.path.join(SOURCE, "..", "shared", "captures"))

# Everything that a profile can say of people, places and things.
OWNER = """
vendor = Vendorville
model = Modelisto 9
firmware = 7.7.7-build42
serial = SN-20190311-AAWR
site = Hauptgebaeude West
owner = Ownerson
asset = INV-001-77
"""
REPORT = """
[report]
laboratory = Labium Probandi
evaluator = Evaluatrix
reference = REF-2026-0815
notes = Nota Bene
"""


def personal_profile():
    lines = read(PROFILE).decode()
    for line in ("vendor = lenscap\n", "model = IPC-640\n"):
        assert line in lines
        lines = lines.replace(line, "")
    lines = lines.replace("name = Simulated camera\n", "name = Torwaechter\n" + OWNER.lstrip())
    return lines.replace("[service update]", "[service updaterino]") + REPORT


def strings_of(value, path=""):
    """Each string of a record, with where it stands."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from strings_of(below, f"{path}.{key}")
    elif isinstance(value, list):
        for below in value:
            yield from strings_of(below, path)
    elif isinstance(value, str):
        yield path, value


# Where names and addresses stand.
NAMING = re.compile(
    r"\.(devices\.(name|mac|addresses|declared_identity\.\w+|identity\.value)"
    r"|declared\.streams\.(name|url)|declared\.services\.(name|to)|flows\.(src|dst|name)"
    r"|findings\.(device|flow\.src|flow\.dst)|input\.(name|sha256|interfaces\.name|files\.\w+)"
    r"|report\.\w+|tool\.\w+_sha256)")
PLAIN_WORD = re.compile(r"[a-z]+|Unknown|.{1,3}")  # "update": as good as any word of a sentence


def names_of(record):
    names = {value for path, value in strings_of(record) if NAMING.fullmatch(path)}
    for name in list(names):
        if re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", name):
            names |= {name.replace(":", "-"), name.replace(":", "")}
        if "://" in name:
            names.add(name.split("://", 1)[1].split("/", 1)[0].split(":")[0])
    return {name for name in names if name and not PLAIN_WORD.fullmatch(name)}


def found_in(text, names):
    """Those that stand there, whatever their letters' case, and not within a longer word or number."""
    text = text.lower()
    return [name for name in sorted(names)
            if name.lower() in text
            and re.search(r"(?<![0-9a-z.:])" + re.escape(name.lower()) + r"(?![0-9a-z:]|\.[0-9])", text)]


def nobody_is_named(what, case, copy):
    names = names_of(json.loads(read(case, "evaluation.json")))
    run = json.loads(read(case, "run.json"))
    names |= {run["host"], *run["paths"]} - {"-", "localhost"}
    names = {name for name in names if len(name) > 3}
    leaks = {name: found_in(read(copy, name).decode(), names) for name in FILES}
    same(f"{what}: nobody is named ({len(names)} names)", [],
         [f"{file}: {name}" for file, found in leaks.items() for name in found])


def redacted(what, case, copy):
    done = lenscap("report", "--redact", case, "-o", copy)
    ok(f"{what}: a copy is made", done.returncode == 0 and tree(copy) == FILES and is_sealed(copy),
       done.stderr)


def counted(record):
    """What is neither a name nor text: it must have stayed."""
    return {"verdict": record["verdict"], "ledger": record["ledger"]["classes"],
            "flows": [[row[key] for key in ("sport", "dport", "bytes_out", "bytes_in", "class")]
                      for row in record["flows"]],
            "findings": [[row[key] for key in ("channel", "severity", "frames", "octets", "filter",
                                               "used_bits")] for row in record["findings"]]}


def personal():
    with own_folder():
        write("mine.ini", personal_profile())
        shutil.copy(sample("padding-udp"), "geheim.pcapng")
        analyze("--profile", "mine.ini", "geheim.pcapng")
        case = "lenscap-cases/geheim.pcapng.case"
        redacted("a profile that says all", case, "copy")
        nobody_is_named("a profile that says all", case, "copy")
        text = "".join(read("copy", name).decode() for name in FILES)
        said = ["Torwaechter", "geheim", "updaterino", "Vendorville", "Modelisto", "7.7.7-build42",
                "SN-20190311-AAWR", "Hauptgebaeude", "Ownerson", "INV-001-77", "Labium",
                "Evaluatrix", "REF-2026-0815", "Nota Bene", "192.0.2.", "44:19:b6", "4419b6",
                "fe80::", "example.net", "Streaming/Channels"]
        same("no word of it is left", [], [word for word in said if word.lower() in text.lower()])

        whole, copy = (json.loads(read(folder, "evaluation.json")) for folder in (case, "copy"))
        same("what was counted and found is there", counted(whole), counted(copy))
        same("excerpts are left out", {""}, {row["excerpt"] for row in copy["findings"]})
        same("it names the hash of the original's hashes",
             hashlib.sha256(read(case, "SHA256SUMS")).hexdigest(),
             copy["redaction"]["original_sums_sha256"])
        device = copy["devices"][0]["name"]
        ok("one name has one pseudonym wherever it stands",
           {row["device"] for row in copy["findings"]} == {device}
           and copy["declared"]["streams"][0]["device"] == device
           and all(sentence.startswith(device) for sentence in copy["declared"]["never_seen"])
           and device in read("copy", "report.txt").decode(), device)
        ok("its pages say what it is", all(
            "copy for sharing" in read("copy", name).decode()
            and "evidence/" not in read("copy", name).decode() for name in ("report.txt", "report.html")))

        redacted("again", case, "again")
        same("it is the same again", [], [name for name in FILES
                                          if read("copy", name) != read("again", name)])
        shutil.copy("geheim.pcapng", "other.pcapng")
        analyze("--profile", "mine.ini", "other.pcapng")
        redacted("another case", "lenscap-cases/other.pcapng.case", "other")
        other = json.loads(read("other", "evaluation.json"))
        ok("another case has other pseudonyms", other["devices"][0]["name"] != device
           and other["devices"][0]["addresses"] != copy["devices"][0]["addresses"])


def verified(what, status, word, *arguments):
    done = lenscap("verify", *arguments)
    text = (done.stdout + done.stderr).decode()
    ok(what, done.returncode == status and word in text, f"{done.returncode} {text}")


def confirmed():
    with own_folder():
        analyze("--profile", PROFILE, sample("dns-tcp"), sample("padding-udp"))
        case, other = (f"lenscap-cases/{name}.pcapng.case" for name in ("dns-tcp", "padding-udp"))
        done = lenscap("report", "--redact", case)
        copy = case + ".redacted"
        ok("it lies beside the case", done.returncode == 0 and done.stdout.decode() == copy + "\n",
           done.stdout)
        verified("whoever has the original confirms it", 0, "the redacted copy of", copy, "--input",
                 case)
        verified("without the original nobody can", 3, "name the one case", copy)
        verified("another case is not its original", 1, "redaction.original_sums_sha256", copy,
                 "--input", other)
        verified("an original that is gone is missing", 3, "gone.case", copy, "--input", "gone.case")

        record = read(copy, "evaluation.json")
        write("changed/evaluation.json", record.replace(b'"verdict": "concealed"',
                                                        b'"verdict": "conforms"', 1))
        for name in FILES[2:]:
            write(f"changed/{name}", read(copy, name))
        write("changed/SHA256SUMS", "".join(
            f"{hashlib.sha256(read('changed', name)).hexdigest()}  {name}\n" for name in FILES[1:]))
        verified("a changed copy is told, by the first key", 1, "differs: verdict", "changed",
                 "--input", case)
        write(copy + "/more.txt", b"more")
        verified("a file more is told", 1, "more.txt was added", copy, "--input", case)
        os.unlink(copy + "/more.txt")

        write(case + "/report.txt", b"changed")
        verified("an original that was changed is told", 1, "report.txt was changed", copy, "--input",
                 case)
        complains("nothing is made of it either", lenscap("report", "--redact", case, "-o", "none"),
                  2, "report.txt was changed")
        complains("a copy of a copy is not made", lenscap("report", "--redact", copy, "-o", "none"),
                  2, "redacted already")
        complains("nothing is made inside a case",
                  lenscap("report", "--redact", other, "-o", other + "/copy"), 2, "sealed")
        complains("it goes with no format",
                  lenscap("report", "--redact", "--format", "text", other), 2, "--redact")


def of_everything():
    """Captures of every kind, and a set: no name of theirs is left."""
    captures = sorted(glob.glob(os.path.join(SHARED, "*.pcap*")))
    if not captures:
        skip("captures of others", "there are none here")
    with own_folder():
        for path in captures + [sample("still-udp"), sample("clean-tcp")]:
            name = os.path.basename(path)
            analyze("-o", "cases", "--device", "all", path)
            case = f"cases/{name}.case"
            if os.path.getsize(case + "/evaluation.json") < 4 << 20:
                redacted(name, case, "copies/" + name)
                nobody_is_named(name, case, "copies/" + name)


def main():
    personal()
    confirmed()
    of_everything()
    end()


if __name__ == "__main__":
    main()
