#!/usr/bin/python3
"""Validates the written samples against the schema: check-schema.py PRINT-SAMPLE SCHEMA.

Speaks TAP.  The schema lets records grow; here every key must be described, so a key that is
written and not in the schema fails too.
"""
import json
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed")
    sys.exit(0)


def close(schema):
    """The same schema, with no room for keys it does not name."""
    if isinstance(schema, dict):
        closed = {key: close(value) for key, value in schema.items()}
        if schema.get("type") == "object" and "properties" in schema:
            closed["additionalProperties"] = False
        return closed
    if isinstance(schema, list):
        return [close(value) for value in schema]
    return schema


program, path = sys.argv[1:3]
with open(path, encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(close(schema))

number = 0
failed = False


def tell(good, name, why=""):
    global number, failed
    number += 1
    failed |= not good
    print(f"{'ok' if good else 'not ok'} {number} - {name}")
    if not good and why:
        print("# " + ascii(why))


for sample in ["rich", "hostile", "failed", "clean"]:
    for layout in ["json", "line"]:
        octets = subprocess.run([program, sample, layout], check=True, capture_output=True).stdout
        errors = list(validator.iter_errors(json.loads(octets)))
        tell(not errors, f"the {sample} record fits the schema as {layout}", errors[:1])

record = json.loads(subprocess.run([program, "rich", "json"], check=True, capture_output=True).stdout)
classes = record["ledger"]["classes"]
tell(sum(row["bytes"] for row in classes) == record["ledger"]["total_bytes"],
     "the classes add up in the record")
record["ledger"]["classes"][0]["class"] = "unheard-of"
tell(not validator.is_valid(record), "an unknown class does not fit the schema")
print(f"1..{number}")
sys.exit(failed)
