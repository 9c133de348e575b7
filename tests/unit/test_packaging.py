# SPDX-License-Identifier: Apache-2.0
"""The samples for the administrator: the configuration is accepted and tells the true defaults, systemd takes the unit, manuals are well formed."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import tapline  # noqa: E402

SRC, BUILD = os.environ["top_srcdir"], os.environ["top_builddir"]
MDFD = os.path.join(BUILD, "mf", "mdfd")
SAMPLE = os.path.join(BUILD, "packaging", "mdfd.conf")


def run(*args, **options):
    return subprocess.run(args, capture_output=True, text=True, **options)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def dump(text):
    """What mdfd makes of a configuration."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as f:
        f.write(text)
        f.flush()
        p = run(MDFD, "--config", f.name, "--dump-config")
    assert p.returncode == 0, p.stderr
    return p.stdout


def uncomment(text):
    """Options that are commented out become options; other comments stay."""
    return re.sub(r"^(\s*)# (\w+ = .*)$", r"\1\2", text, flags=re.M)


def sample_accepted():
    p = run(MDFD, "--config", SAMPLE, "--check-config")
    assert p.returncode == 0, p.stderr


def sample_tells_defaults():
    """Only options that have no default may differ between the sample and the sample with every option written out."""
    no_default = {"user", "crl", "dir", "handover_keys", "key", "pin_file", "second", "syslog", "syslog_name", "syslog_cert", "syslog_key", "syslog_ca",
                  "address", "cert", "ca", "agency_address", "agency_cert", "agency_key", "agency_ca", "agency_crl", "web"}
    full = uncomment(read(SAMPLE))
    before, after = (dump(t).splitlines() for t in (read(SAMPLE), full))
    more = [line for line in after if line.split("=")[0].strip() not in no_default]
    before = [line for line in before if line.split("=")[0].strip() not in no_default]
    assert more == before, "\n".join(sorted(set(more) ^ set(before)))


def sample_is_complete():
    man = run(MDFD, "--man-conf").stdout
    known = set(re.findall(r"^\.B (\w+)$", man, re.M)) - {"lab", "unsigned"}
    missing = [n for n in sorted(known) if not re.search(rf"^\s*{n} = ", uncomment(read(SAMPLE)), re.M)]
    assert len(known) > 20 and not missing, f"not in the sample: {missing}"


def unit_is_valid():
    if not shutil.which("systemd-analyze"):
        raise tapline.Skip("no systemd-analyze")
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "openmdf.service")
        with open(path, "w", encoding="utf-8") as f:
            f.write(re.sub(r"/\S*/sbin/mdfd", MDFD, read(os.path.join(BUILD, "packaging", "openmdf.service"))))
        p = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", path)
    said = [line for line in p.stderr.splitlines() if "openmdf" in line]
    assert p.returncode == 0 and not said, p.stderr


def sysusers_is_valid():
    if not shutil.which("systemd-sysusers"):
        raise tapline.Skip("no systemd-sysusers")
    with tempfile.TemporaryDirectory() as root:
        p = run("systemd-sysusers", f"--root={root}", "--dry-run", os.path.join(SRC, "packaging", "openmdf.sysusers"))
    if "unrecognized option" in p.stderr:
        raise tapline.Skip("this systemd-sysusers has no --dry-run")
    assert p.returncode == 0, p.stderr


def tmpfiles_is_valid():
    if not shutil.which("systemd-tmpfiles"):
        raise tapline.Skip("no systemd-tmpfiles")
    if os.geteuid() != 0:
        raise tapline.Skip("making folders for another user needs root")
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(os.path.join(root, "etc"))
        for name in ("passwd", "group"):
            with open(os.path.join(root, "etc", name), "w", encoding="utf-8") as f:
                f.write("root:x:0:0::/:/bin/sh\nopenmdf:x:990:990::/:/bin/false\n" if name == "passwd" else "root:x:0:\nopenmdf:x:990:\n")
        p = run("systemd-tmpfiles", f"--root={root}", "--create", os.path.join(SRC, "packaging", "openmdf.tmpfiles"))
        assert p.returncode == 0, p.stderr
        st = os.stat(os.path.join(root, "var/lib/openmdf"))
        assert (st.st_mode & 0o777, st.st_uid) == (0o700, 990), oct(st.st_mode)


def manuals_are_well_formed():
    for path in ("man/mdfd.8", "man/mdfd.conf.5", "man/mdfctl.1", "tools/mdf-ne.1", "tools/mdf-lemf.1"):
        text = read(os.path.join(BUILD, path))
        assert text.lstrip().startswith((".TH", ".\\\"")) and ".SH NAME" in text, path
        if shutil.which("groff"):
            p = run("groff", "-man", "-Tutf8", "-ww", "-Wbreak", "-z", os.path.join(BUILD, path))
            assert p.returncode == 0 and not p.stderr, f"{path}: {p.stderr}"


def completion_completes():
    if not shutil.which("bash"):
        raise tapline.Skip("no bash")
    for name, typed, wanted in (("mdfd", "--check", "--check-config"), ("mdf-ne", "--pca", "--pcap"), ("mdf-lemf", "verif", "verify"),
                                ("mdf-lemf", "--port-f", "--port-file")):
        function = "_" + name.replace("-", "_")
        script = f'. "$1"; COMP_WORDS=({name} {typed}); COMP_CWORD=1; {function}; echo "${{COMPREPLY[@]}}"'
        p = run("bash", "-c", script, "bash", os.path.join(BUILD, "completion", name))
        assert p.stdout.split() == [wanted], f"{name} {typed}: {p.stdout}{p.stderr}"


TESTS = (sample_accepted, sample_tells_defaults, sample_is_complete, unit_is_valid, sysusers_is_valid, tmpfiles_is_valid, manuals_are_well_formed,
         completion_completes)

if __name__ == "__main__":
    sys.exit(tapline.run(TESTS))
