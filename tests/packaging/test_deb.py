# SPDX-License-Identifier: Apache-2.0
"""The Debian packages: made from the tarball, their contents, what lintian says, and the unpacked programs.  Run by make check-deb."""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
SRC, BUILD = os.path.abspath(os.environ["top_srcdir"]), os.path.abspath(os.environ["top_builddir"])
sys.path.insert(0, os.path.join(SRC, "tests", "unit"))
import tapline  # noqa: E402

DEB = os.path.join(BUILD, "deb")
# What each package must have (all of it; documents and samples by folder) and where nothing but that may lie.
WANTED = {
    "openmdf": {
        "usr/sbin/mdfd", "lib/systemd/system/openmdf.service", "usr/lib/sysusers.d/openmdf.conf", "usr/lib/tmpfiles.d/openmdf.conf",
        "usr/share/bash-completion/completions/mdfd", "usr/share/man/man5/mdfd.conf.5.gz", "usr/share/man/man8/mdfd.8.gz",
        "usr/share/doc/openmdf/examples/mdfd.conf"},
    "openmdf-tools": {
        "usr/bin/mdfctl", "usr/bin/mdf-verify", "usr/share/bash-completion/completions/mdfctl", "usr/share/man/man1/mdfctl.1.gz",
        "usr/share/man/man1/mdf-verify.1.gz", *(f"usr/share/openmdf/{os.path.relpath(p, os.path.join(SRC, 'packaging'))}"
                                                for kind in ("profiles", "regimes") for p in glob.glob(os.path.join(SRC, "packaging", kind, "*.json")))},
    "openmdf-sim": {
        "usr/bin/mdf-ne", "usr/bin/mdf-lemf", "usr/share/bash-completion/completions/mdf-ne", "usr/share/bash-completion/completions/mdf-lemf",
        "usr/share/man/man1/mdf-ne.1.gz", "usr/share/man/man1/mdf-lemf.1.gz"},
}
root = None


def run(*args, **options):
    return subprocess.run(args, capture_output=True, text=True, **options)


def need(*programs):
    missing = [p for p in programs if not shutil.which(p)]
    if missing:
        raise tapline.Skip("not installed: " + ", ".join(missing))


def debs():
    found = {os.path.basename(p).split("_")[0]: p for p in glob.glob(os.path.join(DEB, "*.deb"))}
    if not found:
        raise tapline.Skip("no packages were made")
    return {n: p for n, p in found.items() if not n.endswith("-dbgsym")}


def files(deb):
    """Path without the leading "./": (mode and type, owner) of each entry."""
    p = run("dpkg-deb", "-c", deb)
    assert p.returncode == 0, p.stderr
    rows = (line.split(None, 5) for line in p.stdout.splitlines())
    return {r[5].split(" -> ")[0][2:]: (r[0], r[1]) for r in rows}


def has_web():
    return bool(glob.glob(os.path.join(DEB, "openmdf-*", "web", "dist", "index.html")))


def packages_are_made():
    need("dpkg-buildpackage", "dh", "fakeroot")
    shutil.rmtree(DEB, ignore_errors=True)
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "top_srcdir", "top_builddir")}
    env.update(DEB_BUILD_OPTIONS="nocheck noautodbgsym", DEB_CFLAGS_STRIP="-g")  # the debug information would only be thrown away
    p = run("make", "-C", BUILD, "deb", env=env)
    assert p.returncode == 0, (p.stdout + p.stderr)[-4000:]
    want = set(WANTED) | ({"openmdf-web"} if has_web() else set())
    assert set(debs()) == want, sorted(debs())


def contents_are_whole():
    for name, want in WANTED.items():
        have = {p for p, (mode, _) in files(debs()[name]).items() if not mode.startswith("d")}
        rest = {p for p in have - want if not p.startswith("usr/share/doc/")}
        assert want <= have and not rest, f"{name}: missing {sorted(want - have)}, too much {sorted(rest)}"


def web_is_what_was_built():
    if not has_web():
        raise tapline.Skip("the tarball has no built web interface")
    dist = glob.glob(os.path.join(DEB, "openmdf-*", "web", "dist"))[0]
    built = {os.path.relpath(os.path.join(d, f), dist) for d, _, names in os.walk(dist) for f in names}
    top = "usr/share/openmdf/web/"
    have = {p[len(top):] for p, (mode, _) in files(debs()["openmdf-web"]).items() if p.startswith(top) and not mode.startswith("d")}
    assert "index.html" in have and have <= built, sorted(have - built)
    lost = [f for f in built - have if f == "index.html" or f.startswith("assets/")]
    assert not lost, f"built, not in the package: {lost}"
    depends = run("dpkg-deb", "-f", debs()["openmdf-web"], "Depends").stdout.strip()
    assert depends == "", depends


def nothing_but_root_owns_and_none_is_setuid():
    for name, deb in debs().items():
        for path, (mode, owner) in files(deb).items():
            assert owner == "root/root" and not re.search("[sStT]", mode[1:]) and not path.startswith(("etc/", "var/", "run/")), f"{name}: {mode} {owner} {path}"


def lintian_finds_no_error():
    need("lintian")
    p = run("lintian", "--fail-on", "error", "--no-tag-display-limit", "--allow-root", *sorted(debs().values()))
    assert p.returncode == 0 and "E:" not in p.stdout, p.stdout + p.stderr


def unpack():
    global root
    root = root or tempfile.mkdtemp(prefix="openmdf-deb-")
    for deb in debs().values():
        p = run("dpkg-deb", "-x", deb, root)
        assert p.returncode == 0, p.stderr


def unpacked_programs_run():
    unpack()
    version = re.search(r"_([0-9.]+)-", debs()["openmdf"]).group(1)
    for path, option, said in (("usr/sbin/mdfd", "--version", version), ("usr/bin/mdfctl", "--version", version), ("usr/bin/mdf-verify", "--help", "mdf-verify"),
                               ("usr/bin/mdf-ne", "--help", "mdf-ne"), ("usr/bin/mdf-lemf", "--help", "mdf-lemf")):
        p = run(os.path.join(root, path), option)
        assert p.returncode == 0 and said in p.stdout, f"{path} {option}: {p.returncode} {p.stdout}{p.stderr}"


def sample_is_accepted():
    unpack()
    p = run(os.path.join(root, "usr/sbin/mdfd"), "--config", os.path.join(root, "usr/share/doc/openmdf/examples/mdfd.conf"), "--check-config")
    assert p.returncode == 0, p.stdout + p.stderr


def fresh_root(d):
    for path in ("var/lib/dpkg/updates", "var/lib/dpkg/info", "etc"):
        os.makedirs(os.path.join(d, path))
    for path, text in (("var/lib/dpkg/status", ""), ("etc/passwd", "root:x:0:0::/root:/bin/sh\n"), ("etc/group", "root:x:0:\n")):
        with open(os.path.join(d, path), "w", encoding="utf-8") as f:
            f.write(text)


def dpkg(d, *args):
    """The maintainer scripts run here with DPKG_ROOT: nothing of this machine is touched."""
    p = run("dpkg", f"--root={d}", "--force-script-chrootless", "--force-depends", "--force-not-root", *args)
    assert p.returncode == 0, p.stdout + p.stderr


def installed_with_user_and_folders_and_nothing_enabled():
    need("dpkg", "systemd-sysusers", "systemd-tmpfiles", "deb-systemd-helper")
    if os.geteuid() != 0:
        raise tapline.Skip("making folders for another user needs root")
    with tempfile.TemporaryDirectory(prefix="openmdf-deb-") as d:
        fresh_root(d)
        dpkg(d, "--install", *sorted(debs().values()))
        for name in debs():
            p = run("dpkg-query", f"--admindir={d}/var/lib/dpkg", "-W", "-f", "${db:Status-Status}", name)
            assert p.stdout == "installed", f"{name}: {p.stdout}"
        with open(os.path.join(d, "etc/passwd"), encoding="utf-8") as f:
            users = {row[0]: row for row in (line.strip().split(":") for line in f)}
        assert users["openmdf"][5:] == ["/var/lib/openmdf", "/usr/sbin/nologin"], users
        uid = int(users["openmdf"][2])
        for path, want in (("var/lib/openmdf", (0o700, uid)), ("etc/openmdf", (0o750, 0)), ("etc/openmdf/hi", (0o750, 0))):
            st = os.stat(os.path.join(d, path))
            assert (st.st_mode & 0o7777, st.st_uid) == want, f"{path}: {st.st_mode:o} {st.st_uid}"
        assert not os.listdir(os.path.join(d, "etc/openmdf/hi"))
        enabled = [os.path.join(at, n) for at, dirs, names in os.walk(os.path.join(d, "etc/systemd")) for n in dirs + names if "openmdf" in n]
        assert not enabled, enabled
        product = os.path.join(d, "var/lib/openmdf/evidence")
        open(product, "w", encoding="utf-8").close()
        dpkg(d, "--purge", *debs())
        assert not os.path.exists(os.path.join(d, "usr/sbin/mdfd")) and os.path.exists(product), "programs go, what was intercepted stays"


def no_script_starts_anything():
    for name, deb in debs().items():
        with tempfile.TemporaryDirectory() as d:
            assert run("dpkg-deb", "-e", deb, d).returncode == 0
            for script in ("preinst", "postinst"):
                path = os.path.join(d, script)
                if not os.path.exists(path):
                    continue
                with open(path, encoding="utf-8") as f:
                    text = f.read()
                assert not re.search(r"deb-systemd-invoke|systemctl.* (start|restart|enable)|invoke-rc\.d|update-rc\.d", text), f"{name} {script}: {text}"


TESTS = (packages_are_made, contents_are_whole, web_is_what_was_built, nothing_but_root_owns_and_none_is_setuid, no_script_starts_anything,
         installed_with_user_and_folders_and_nothing_enabled, lintian_finds_no_error, unpacked_programs_run, sample_is_accepted)

if __name__ == "__main__":
    try:
        sys.exit(tapline.run(TESTS))
    finally:
        if root:
            shutil.rmtree(root, ignore_errors=True)
