# SPDX-License-Identifier: Apache-2.0
"""docs/errors.md names every code that the programs print, and no others; the README's mdfctl commands exist.

TAP.  With --write the tables that come from the code are put into docs/errors.md anew.
"""

import glob
import json
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import tapline  # noqa: E402

SRC = os.environ.get("top_srcdir", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BUILD = os.environ.get("top_builddir", "build")
ERRORS = os.path.join(SRC, "docs", "errors.md")
MAPPING = os.path.join(SRC, "docs", "mapping.md")
SCHEMA = os.path.join(SRC, "packaging", "profiles", "profile.schema.json")
MDFCTL = os.path.join(BUILD, "admin", "mdfctl")
CODE = r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+"
NOT_CODES = {"GTP-U", "PS-PDU"}  # names of payload formats


def read(*path):
    with open(os.path.join(SRC, *path), encoding="utf-8") as f:
        return f.read()


def literal(text):
    """The value of adjacent C string literals."""
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text)).replace('\\"', '"')


def rejects():
    """(code, what it means and what to do) of the registry."""
    table = re.search(r"reasons\[REJECT_CODE_N\] = \{(.*?)\n\};", read("mf", "spool", "journal.c"), re.S)[1]
    rows = re.findall(r'\[REJECT_\w+\] = \{\s*"([A-Z-]+)",(.*?)\}', table, re.S)
    enum = re.search(r"enum reject_code \{(.*?)\};", read("mf", "spool", "journal.h"), re.S)[1]
    n = len(re.findall(r"^\s*REJECT_\w+ = \d+", enum, re.M))
    assert len(rows) == n > 20, f"{len(rows)} rows, {n} codes"
    return [(code, literal(hint)) for code, hint in rows if code != "NONE"]


def journal_kinds():
    body = read("mf", "spool", "journal.c").split("journal_kind_name(enum journal_kind k)")[1]
    kinds = re.findall(r'case JOURNAL_\w+:\s*return "([A-Z-]+)"', body)
    assert len(kinds) == len(re.findall(r"^\s*JOURNAL_\w+ = \d+", read("mf", "spool", "journal.h"), re.M)) > 5
    return kinds


def fault_codes():
    return [c for c in re.findall(r'case FAULT_\w+:\s*return "([A-Z-]+)"', read("db", "fault.c")) if c != "OK"]


def rest_codes():
    """Codes of problems; their table in docs/errors.md is compared in test_openapi.py."""
    return set(re.findall(r'\{"([A-Z-]+)", \d+, "', re.search(r"rest_codes\[\] = \{(.*?)\n\};", read("admin", "rest_args.c"), re.S)[1]))


def exit_codes():
    """(number, text) of mdfctl."""
    numbers = dict(re.findall(r"^\s*(MDFCTL_\w+) = (\d+)", read("admin", "mdfctl.h"), re.M))
    table = re.search(r"mdfctl_codes\[\] = \{(.*?)\n\};", read("admin", "mdfctl_help.c"), re.S)[1]
    rows = [(numbers[name], literal(text)) for name, text in re.findall(r"\{(MDFCTL_\w+),(.*?)\}", table, re.S)]
    assert len(rows) == len(numbers) > 3
    return rows


def log_codes():
    """Codes of log lines, alarms and closed links: literals that look like one, and first arguments of the log functions."""
    found = set()
    for folder in ("mf", "db", "admin"):
        for path in glob.glob(os.path.join(SRC, folder, "**", "*.[ch]"), recursive=True):
            if os.path.relpath(path, SRC) == os.path.join("mf", "spool", "journal.c"):
                continue
            with open(path, encoding="utf-8") as f:
                text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
            found.update(re.findall(rf'"({CODE})"', text))
            found.update(re.findall(r'log_(?:err|warn|notice|info|debug|fatal)\(\s*"([A-Z0-9-]+)"', text))
    assert len(found) > 80
    return found - NOT_CODES - {c for c, _ in rejects()} - set(fault_codes()) - rest_codes()


def section(name):
    """First cells of the table under a heading of errors.md."""
    m = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", read("docs", "errors.md"), re.M | re.S)
    assert m, f"no heading '{name}'"
    return set(re.findall(r"^\| `([^`]+)` \|", m[1], re.M))


def same(code, docs, what):
    missing, stale = sorted(set(code) - docs), sorted(docs - set(code))
    assert not missing, f"{what} not in docs/errors.md: {', '.join(missing)}"
    assert not stale, f"{what} in docs/errors.md, but not in the code: {', '.join(stale)}"


def generated():
    """The rows that come from the code, by the heading above them."""
    return {
        "Reject codes": "".join(f"| `{c}` | {h} |\n" for c, h in rejects()),
        "Exit codes of mdfctl": "".join(f"| `{n}` | {t} |\n" for n, t in exit_codes()),
    }


def mdfctl(*args):
    """What mdfctl prints without a daemon."""
    return subprocess.run([MDFCTL, *args], capture_output=True, text=True, check=True).stdout


def mapping():
    """docs/mapping.md: the table of the code."""
    rows = json.loads(mdfctl("mapping", "--json"))
    assert len(rows) > 30, len(rows)
    text = """# What becomes of each payload format

Made from the mapping table of the code (`mdfctl mapping`) by `tests/unit/test_docs.py --write`; do not edit. Sources are second-hand unless
`docs/standards.md` says otherwise. What a warrant narrows and what the profile of an agency wants instead (GTP-U, Ethernet, packets in TS 33.128 form, opaque
octets) comes behind this table.

| Format | Payload | On | Handed over as | Source | Condition | Note |
|--|--|--|--|--|--|--|
"""
    for r in rows:
        cells = (r["format"], r["format_name"], r["type"], r["container"] if r["permitted"] else "refused: `FORMAT-TYPE`", r["clause"], r["condition"], r["note"])
        text += "".join(f"| {str(c).replace('|', chr(92) + '|')} " if c != "" else "| " for c in cells) + "|\n"
    return text


def write():
    with open(MAPPING, "w", encoding="utf-8") as f:
        f.write(mapping())
    with open(SCHEMA, "w", encoding="utf-8") as f:
        f.write(mdfctl("profile", "schema"))
    text = read("docs", "errors.md")
    for name, rows in generated().items():
        text = re.sub(rf"(^## {name}\n.*?^\|--\|--\|\n)(?:\|[^\n]*\n)*", lambda m, rows=rows: m[1] + rows, text, count=1, flags=re.M | re.S)
    with open(ERRORS, "w", encoding="utf-8") as f:
        f.write(text)


def tables_are_those_of_the_code():
    text = read("docs", "errors.md")
    for name, rows in generated().items():
        for row in rows.splitlines():
            assert row in text, f"{name}: run test_docs.py --write; missing row: {row}"


def reject_codes():
    same([c for c, _ in rejects()], section("Reject codes"), "reject codes")


def kinds():
    same(journal_kinds(), section("Journal entries"), "journal kinds")


def faults():
    same(fault_codes(), section("Answers of mdfctl"), "fault codes")


def exits():
    same([n for n, _ in exit_codes()], section("Exit codes of mdfctl"), "exit codes")


def logs():
    same(log_codes(), section("Alarms") | section("Why a link failed") | section("Log lines") | {c for c in section("Conflicts of a plan") if "-" in c} | section("Cloud interface"), "log and alarm codes")


def severities():
    """Each alarm of errors.md with the severity of admin/alarm_severity.c, whose table is sorted."""
    table = re.findall(r'\{"([A-Z0-9-]+)", "(\w+)"\}', read("admin", "alarm_severity.c"))
    docs = re.findall(r"^\| `([A-Z0-9-]+)` \| (critical|major|minor|warning) \|", read("docs", "errors.md"), re.M)
    assert len(table) > 50 and table == sorted(table), "not sorted"
    assert sorted(docs) == table, set(docs) ^ set(table)
    texts = [json.loads(read("web", "src", "i18n", lang, "alarms.json")) for lang in ("en", "de")]
    missing = [c for c, _ in table if any(f"alarm.{c}" not in t for t in texts)]
    assert not missing, f"no text in the web UI: {missing}"


def mapping_is_that_of_the_code():
    assert read("docs", "mapping.md") == mapping(), "run test_docs.py --write"


def schema_is_that_of_the_code():
    assert read("packaging", "profiles", "profile.schema.json") == mdfctl("profile", "schema"), "run test_docs.py --write"


def profiles_are_valid():
    """Each sample passes mdfctl's check and the schema, has its file's name, and says where it comes from."""
    schema = json.loads(read("packaging", "profiles", "profile.schema.json"))
    fields = {f["field"] for f in json.loads(mdfctl("profile", "fields", "--json"))}
    assert fields <= set(schema["properties"]) and len(fields) > 20
    files = sorted(set(glob.glob(os.path.join(SRC, "packaging", "profiles", "*.json"))) - {SCHEMA})
    assert len(files) >= 4, files
    for path in files:
        with open(path, encoding="utf-8") as f:
            p = json.load(f)
        full = json.loads(mdfctl("profile", "check", path, "--json"))
        assert p["name"] + ".json" == os.path.basename(path) and p["about"], path
        for key, value in p.items():
            s = schema["properties"][key]
            assert "enum" not in s or value in s["enum"], f"{path}: {key}"
            assert key in ("$schema",) or full[key] == value, f"{path}: {key}"
    etsi = json.loads(read("packaging", "profiles", "etsi.json"))
    assert {k: v for k, v in etsi.items() if k in fields} == {f["field"]: f["default"] for f in json.loads(mdfctl("profile", "fields", "--json"))}


def bad_profiles_are_refused():
    for bad in ('{"name": "a"}', '{"name": "a", "version": "1", "colour": 1}', '{"name": "a", "version": "1", "hash_n": 0}',
                '{"name": "../a", "version": "1"}', '{"name": "a", "version": "1", "integrity": "sign"}', '[]', '{"name": "a", "name": "b", "version": "1"}'):
        p = subprocess.run([MDFCTL, "profile", "check", "-"], capture_output=True, text=True, input=bad)
        assert p.returncode == 2, f"{bad}: {p.returncode} {p.stdout}{p.stderr}"


def readme_commands():
    """Each mdfctl command in README.md is an operation with these arguments."""
    mdfctl = os.path.join(BUILD, "admin", "mdfctl")
    text = read("README.md").replace("\\\n", " ")
    lines = re.findall(r"^ *mdfctl ([a-z]+(?: [a-z]+)?)(.*)$", text, re.M)
    assert len(lines) >= 8, lines
    for words, rest in lines:
        p = subprocess.run([mdfctl, "help", *words.split()], capture_output=True, text=True)
        assert p.returncode == 0, f"mdfctl {words}: {p.stderr}"
        for arg in re.findall(r"--([a-z0-9-]+)", rest):
            assert re.search(rf"^  --{arg} ", p.stdout, re.M) or arg in ("json", "name"), f"mdfctl {words}: no --{arg}"


def there(path):
    """A file of the tree, or a program made of one."""
    return any(os.path.exists(os.path.join(SRC, path + end)) for end in ("", ".c"))


def readme_paths():
    """What README.md and docs/ call a file of the tree is there."""
    for name in ("README.md", *(os.path.relpath(p, SRC) for p in glob.glob(os.path.join(SRC, "docs", "*.md")))):
        text = read(name)
        for path in re.findall(r"`((?:mf|admin|db|asn1|tools|tests|packaging|docs)/[\w./-]*)`", text):
            assert there(path), f"{name}: {path}"
        for path in re.findall(r"`((?:flow|faults|unit|fuzz)/[\w./-]*)`", text):
            assert there(os.path.join("tests", path)), f"{name}: {path}"


TESTS = (tables_are_those_of_the_code, reject_codes, kinds, faults, exits, logs, severities, mapping_is_that_of_the_code, schema_is_that_of_the_code,
         profiles_are_valid, bad_profiles_are_refused, readme_commands, readme_paths)

if __name__ == "__main__":
    sys.exit(write() if "--write" in sys.argv else tapline.run(TESTS))
