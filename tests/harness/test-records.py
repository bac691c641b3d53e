#!/usr/bin/python3
"""The record of every capture at hand: it fits the schema, adds up, counts the frames that
tshark counts, and its filters select what it says.

The captures are the samples and those of LENSCAP_CAPTURES or ../shared/captures, when there.
Usage: test-records.py PATH-OF-LENSCAP SOURCE-ROOT
"""
import concurrent.futures
import glob
import json
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
from command_tap import SAMPLES, SOURCE, analyze, end, ok, own_folder, read, records, same  # noqa: E402

try:
    import jsonschema
except ImportError:
    jsonschema = None


def close(schema):
    """The schema without room for keys it does not name."""
    if isinstance(schema, dict):
        closed = {key: close(value) for key, value in schema.items()}
        if schema.get("type") == "object" and "properties" in schema:
            closed["additionalProperties"] = False
        return closed
    return [close(value) for value in schema] if isinstance(schema, list) else schema


def validator():
    if jsonschema is None:
        return None
    schema = json.loads(read(SOURCE, "report", "evaluation.schema.json"))
    return jsonschema.Draft202012Validator(close(schema))


def tshark(path, *arguments):
    """A row for each frame, and whether tshark read the capture to its end."""
    done = subprocess.run(["tshark", "-n", "-r", path, "-T", "fields", "-e", "frame.number", "-e",
                           "frame.cap_len", "-e", "frame.encap_type", *arguments],
                          capture_output=True, text=True, check=False, timeout=120)
    return [line.split("\t") for line in done.stdout.splitlines()], done.returncode == 0


def look(path, record):
    """All that tshark is asked of one capture: its frames, and those of the longest filter."""
    if not shutil.which("tshark") or record["input"]["status"] != "complete":
        return None
    filters = [finding["filter"] for finding in record["findings"] + record["leads"]
               if finding["filter"]]
    longest = max(filters, key=len, default=None)
    return tshark(path), longest, tshark(path, "-Y", longest) if longest else None


def check_counts(name, record, rows):
    # Custom blocks have a frame number and no link type.
    packets = [row for row in rows if row[2]]
    same(f"{name}: packets and octets are tshark's",
         (len(packets), sum(int(row[1]) for row in packets)),
         (record["input"]["packets"], record["ledger"]["total_bytes"]))


def wrong_frames(record):
    """The first finding whose filter does not say its ranges, or these not its count."""
    for finding in record["findings"] + record["leads"]:
        ranges = finding["frames"]["ranges"]
        numbers = ", ".join(str(first) if first == last else f"{first}..{last}"
                            for first, last in ranges)
        wanted = f"frame.number in {{{numbers}}}" if len(ranges) < 1000 else None
        flat = [number for pair in ranges for number in pair]
        if (finding["filter"] or "").replace(",", ", ").replace(",  ", ", ") != (wanted or "") \
                or flat != sorted(flat) or flat and flat[0] < 1 or wanted and \
                sum(last - first + 1 for first, last in ranges) != finding["frames"]["count"]:
            return finding
    return None


MOST_PLACES = 100


def numbers_that_differ(record):
    """The first finding whose places, used bits and words do not fit together."""
    for finding in record["findings"] + record["leads"]:
        places, used = finding["octets"], finding["used_bits"]
        octets = sum(place["length"] for place in places)
        frames = {place["frame"] for place in places}
        said = finding["detail"] or ""
        some = re.search(r"bits used, of which the places of \d+ octets? are known", said)
        explained = some or re.search(r"\b%d bits? used in %d octets?\b" % (used, octets), said)
        if finding["room_bits"] < used or used and not places \
                or len(frames) > finding["frames"]["count"] \
                or places and not some \
                and len(frames) < min(finding["frames"]["count"], MOST_PLACES) \
                or used and len(places) < MOST_PLACES and used != 8 * octets and not explained:
            return finding
    return None


def check_filter(name, record, text, rows):
    finding = next(finding for finding in record["findings"] + record["leads"]
                   if finding["filter"] == text)
    same(f"{name}: tshark selects {finding['id']}'s frames with its filter",
         [number for first, last in finding["frames"]["ranges"]
          for number in range(first, last + 1)], [int(row[0]) for row in rows])


def main():
    folder = os.environ.get("LENSCAP_CAPTURES", os.path.join(SOURCE, "..", "shared", "captures"))
    paths = sorted(glob.glob(os.path.join(SAMPLES, "*.pcapng"))) + sorted(
        path for path in glob.glob(os.path.join(folder, "*"))
        if not path.endswith((".md", ".tsv")))
    schema = validator()
    with own_folder():
        done = analyze("--json", *paths)
    lines = records(done)
    same("a record for every capture", [os.path.basename(path) for path in paths],
         [record["input"]["name"] for record in lines])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        seen = list(pool.map(look, paths, lines))
    for path, record, looked in zip(paths, lines, seen):
        name = os.path.basename(path)
        if schema is not None:
            errors = [error.message for error in schema.iter_errors(record)]
            ok(f"{name}: fits the schema", not errors, "\n".join(errors[:3]))
        same(f"{name}: the classes add up", record["ledger"]["total_bytes"],
             sum(row["bytes"] for row in record["ledger"]["classes"]))
        same(f"{name}: each filter says the finding's frames", None, wrong_frames(record))
        same(f"{name}: the numbers of each finding agree, or say what they count", None,
             numbers_that_differ(record))
        if looked is not None and looked[0][1]:
            check_counts(name, record, looked[0][0])
            if looked[1]:
                check_filter(name, record, looked[1], looked[2][0])
    end()


if __name__ == "__main__":
    main()
