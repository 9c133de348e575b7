# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document: every operation with a path is in it, its arguments and no others, every reference leads somewhere; a public validator agrees.

TAP.  The validator is the npm package @seriousme/openapi-schema-validator (MIT), fetched into the build folder when node and the registry are there; its
one test is skipped when they are not, all others need nothing but Python.
"""

import json
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import tapline  # noqa: E402

SRC = os.environ.get("top_srcdir", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BUILD = os.environ.get("top_builddir", "build")
VALIDATOR = "@seriousme/openapi-schema-validator@2.11.0"
MDFCTL = os.path.join(BUILD, "admin", "mdfctl")
doc = json.loads(subprocess.run([MDFCTL, "--openapi"], capture_output=True, text=True, check=True).stdout)


def read(*path):
    with open(os.path.join(SRC, *path), encoding="utf-8") as f:
        return f.read()


def operations():
    for path, item in doc["paths"].items():
        for method, op in item.items():
            if method not in ("servers", "parameters"):
                yield path, method, op


def table():
    """(name, method, path) of each row of the table, read from its source."""
    text = read("admin", "ops_table.c")
    for part in re.findall(r'#include "admin/(table_\w+\.h)"', text):
        text += read("admin", part)
    return re.findall(r'^\t\{ "([a-z.-]+)", "([A-Z]+)", "([^"]+)"', text, re.M)


def every_operation_is_there():
    rows = table()
    assert len(rows) > 50, len(rows)
    for name, method, path in rows:
        op = doc["paths"].get(path, {}).get(method.lower())
        assert op is not None, f"{name}: {method} {path} is missing"
        assert op["operationId"] == name, f"{method} {path} belongs to {op['operationId']} and {name}: one of them cannot be called"
    ids = [op["operationId"] for _, _, op in operations()]
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)


def references_lead_somewhere():
    def walk(node):
        if isinstance(node, dict):
            if "$ref" in node:
                at = doc
                for part in node["$ref"].lstrip("#/").split("/"):
                    assert part in at, node["$ref"]
                    at = at[part]
            for v in node.values():
                walk(v)
        elif isinstance(node, list):
            for v in node:
                walk(v)
    walk(doc)


def parameters_are_those_of_the_path():
    for path, method, op in operations():
        params = [p for p in op.get("parameters", []) if p.get("in") == "path"]
        assert sorted(p["name"] for p in params) == sorted(re.findall(r"\{([^}]+)\}", path)), f"{method} {path}"
        assert all(p["required"] for p in params), path


def bodies_are_strict():
    for path, method, op in operations():
        body = op.get("requestBody")
        assert (body is not None) == (method in ("post", "put", "patch")), f"{method} {path}"
        if body:
            schema = next(iter(body["content"].values()))["schema"]
            assert schema["additionalProperties"] is False, path
            assert set(schema.get("required", [])) <= set(schema["properties"]), path
            assert not set(schema["properties"]) & set(re.findall(r"\{([^}]+)\}", path)), f"{path}: in path and body"


def secrets_are_never_in_a_url():
    for path, method, op in operations():
        for p in op.get("parameters", []):
            assert p.get("schema", {}).get("format") != "password", f"{method} {path}: {p['name']}"


# a part of an object that is shown with the whole: the last change holds
WITHOUT_VERSION = {"/warrants/{warrant}/retention"}


def changes_need_their_version():
    for path, method, op in operations():
        refs = [p.get("$ref", "") for p in op.get("parameters", [])]
        if method in ("patch", "put"):
            assert "get" in doc["paths"][path] or path in WITHOUT_VERSION, f"{path}: what is changed cannot be read"
            assert any(r.endswith("/IfMatch") for r in refs) == ("get" in doc["paths"][path]), f"{method} {path}"


def codes_are_documented():
    rows = re.findall(r'\{"([A-Z-]+)", (\d+), "', re.search(r"rest_codes\[\] = \{(.*?)\n\};", read("admin", "rest_args.c"), re.S)[1])
    part = read("docs", "errors.md").split("## Answers of REST")[1].split("\n## ")[0]
    assert re.findall(r"^\| `([A-Z-]+)` \| (\d+) \|", part, re.M) == rows and len(rows) > 15, rows
    for code in re.findall(r'case FAULT_\w+:\s*return "([A-Z-]+)"', read("db", "fault.c")):
        assert code == "OK" or code in dict(rows), f"{code} has no status"


def public_validator():
    if not shutil.which("npm") or not shutil.which("node"):
        raise tapline.Skip("no node and npm")
    folder = os.path.join(BUILD, "tests", "npm")
    os.makedirs(folder, exist_ok=True)
    tool = os.path.join(folder, "node_modules", "@seriousme", "openapi-schema-validator", "bin", "validate-api-cli.js")
    if not os.path.exists(tool):
        try:
            p = subprocess.run(["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", VALIDATOR], capture_output=True, text=True,
                               timeout=90)
        except subprocess.TimeoutExpired:
            raise tapline.Skip("the npm registry does not answer") from None
        if p.returncode != 0:
            raise tapline.Skip("npm: " + (p.stderr.strip().splitlines() or ["no reason"])[-1])
    path = os.path.join(folder, "openapi.json")

    def valid(document):
        with open(path, "w", encoding="utf-8") as f:
            json.dump(document, f)
        p = subprocess.run(["node", tool, path], capture_output=True, text=True, timeout=60)
        return p.returncode == 0 and json.loads(p.stdout)["valid"] is True, p.stdout + p.stderr
    good, text = valid(doc)
    assert good, text[:2000]
    bad = json.loads(json.dumps(doc))
    next(iter(bad["paths"].values()))["get"]["responses"] = "nonsense"
    assert not valid(bad)[0], "the validator takes anything"


TESTS = (every_operation_is_there, references_lead_somewhere, parameters_are_those_of_the_path, bodies_are_strict, secrets_are_never_in_a_url,
         changes_need_their_version, codes_are_documented, public_validator)

if __name__ == "__main__":
    sys.exit(tapline.run(TESTS))
