# SPDX-License-Identifier: Apache-2.0
"""Power loss: the daemon runs in User-Mode Linux on an ext4 disk of its own, whose kernel is killed at random moments under load, so that all that
was only in its page cache is gone.  The ledgers of the element and of the LEMFs are written through to the host before anything depends on them: they
stand outside.  At the end, as a control, the same with an ingest whose fdatasync does nothing: the oracle must then find losses.

Needed: /usr/bin/linux (Debian package user-mode-linux), mkfs.ext4 (e2fsprogs).  No root.
"""

import json
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time

import campaign
import oracle
import shim
import tap

LOAD = ("format=sip,rate=60,sessions=3,duration=36000", "format=rtp,rate=120,sessions=4,duration=36000",
        "format=ipv4,size=1400,rate=120,sessions=2,duration=36000", "format=xiri,rate=10,duration=36000")
STATE = "/mnt/state"  # on the disk of the virtual machine; everything else is the host's file system
HEAD = r"""#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t tmpfs tmpfs /run; mount -t devtmpfs dev /dev 2>/dev/null
off() { sync; echo o > /proc/sysrq-trigger; sleep 20; }
fail() { echo "$*" > $OUT/failed; off; }
ip link set lo up
mount -t ext4 /dev/ubda /mnt || fail "the disk cannot be mounted"
cd $OUT
"""
ANSWERS = "for i in $(seq 400); do $CTL status >/dev/null 2>&1 && break; sleep 0.05; done\n"


class Power(campaign.Campaign):
    name = "power"
    title = "power losses in User-Mode Linux under load"
    cycles, short, batch = 200, 1, 50

    def begin(self, dice):
        for need in ("linux", "mkfs.ext4", "ip"):
            if not shutil.which(need):
                raise campaign.Skip(f"{need} is not installed (Debian packages user-mode-linux, e2fsprogs, iproute2)")
        self.lab = lab = tap.Lab(tap.BUILD)
        self.boots, self.lives, self.vm = 0, [], None
        self.shim = shim.Shim(lab.dir)
        if self.shim.sanitized():
            raise campaign.Skip("a build with sanitizers does not fit into the small machine")
        self.memory = tempfile.mkdtemp(prefix="openmdf-uml-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.disk = os.path.join(self.memory, "disk")
        with open(self.disk, "wb") as f:
            f.truncate(256 << 20)
        subprocess.run(["mkfs.ext4", "-q", self.disk], check=True)
        lab.make_pki()
        lab.configure(session__snapshot_s=1, top__state_dir=STATE, top__run_dir="/run/openmdf", top__control_socket="/run/openmdf/ctl")
        for n in ("lemf-a", "lemf-b"):
            lab.lemfs[n] = {"port": tap.free_port(), "dir": os.path.join(lab.dir, n)}
        xids = [tap.new_xid() for _ in range(2)]
        self.xids = xids
        self.warrants = [{"liid": "BOTH-A", "lemf": "lemf-a", "xids": {xids[0]}, "delivery": "both"},
                         {"liid": "BOTH-B", "lemf": "lemf-b", "xids": {xids[0]}, "delivery": "both"},
                         {"liid": "IRI-B", "lemf": "lemf-b", "xids": {xids[1]}, "delivery": "iri"}]
        self.provisioned = False

    # -- scripts
    def file(self, name):
        return os.path.join(self.lab.dir, name)

    def lemf(self, name):
        p, li = self.lab.pki.path, self.lab.lemfs[name]
        return shlex.join([self.lab.exe("mdf-lemf"), "receive", "--listen", f"127.0.0.1:{li['port']}", "--dir", li["dir"], "--fsync",
                           "--cert", p("hi", f"{name}.crt"), "--key", p("hi", f"{name}.key"), "--ca", p("hi", "ca.crt")]) + f" >>{name}.log 2>&1 &\n"

    def mdfd(self):
        env = " ".join(f"{k}={shlex.quote(v)}" for k, v in self.shim.env().items())
        return f"env {env} {shlex.join([self.lab.exe('mdfd'), '--config', self.lab.conf])} >>mdfd.log 2>&1 &\nMDFD=$!\n"

    def provision(self):
        """The usual commands of tap, as lines."""
        lines, real = [], self.lab.ctl
        self.lab.ctl = lambda *args, **_: lines.append(f"$CTL {shlex.join(map(str, args))} >>ctl.log 2>&1 || fail mdfctl {args[0]} {args[1]}\n")
        try:
            tap.provision(self.lab)
            for w in self.warrants:
                tap.add_warrant(self.lab, w["liid"], w["lemf"].replace("lemf", "lea"), sorted(w["xids"]), delivery=w["delivery"])
        finally:
            self.lab.ctl = real
        return "".join(lines)

    def element(self):
        """A new life of the element, with a ledger of its own."""
        path = self.file(f"ne1-{len(self.lives)}.jsonl")
        self.lives.append(oracle.Ledger(path))
        return shlex.join(self.lab.ne_args("ne1", seed=self.seed % (1 << 30) + len(self.lives), xid=self.xids, connections=3, keepalive=0.1,
                                           backoff=0.1, ack_timeout=20, retry=60, generate=list(LOAD), ledger=path, ledger_sync=True)) + " >>ne.log 2>&1 &\n"

    def boot(self, script):
        assert self.vm is None or self.vm.poll() is not None
        self.boots += 1
        path = self.file("boot.sh")
        with open(path, "w") as f:
            ctl = self.lab.exe("mdfctl") + " --socket /run/openmdf/ctl"
            f.write(script.replace("#!/bin/sh\n", f"#!/bin/sh\nOUT={shlex.quote(self.lab.dir)}\nCTL={shlex.quote(ctl)}\n", 1))
        os.chmod(path, 0o755)
        with open(self.file("uml.log"), "ab") as log:
            args = ["linux", "mem=192M", f"ubda={self.disk}", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "rw", f"init={path}",
                    "con=null", "con0=null,fd:1", f"uml_dir={self.memory}"]
            self.vm = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                       env={**os.environ, "TMPDIR": self.memory})

    def until(self, what, test, timeout=60):
        def look():
            if os.path.exists(self.file("failed")):
                with open(self.file("failed")) as f:
                    raise RuntimeError(f.read().strip())
            return test()
        return tap.wait_for(what, look, timeout, 0.01)

    def cut(self):
        """The power goes."""
        try:
            os.killpg(self.vm.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.vm.wait()

    # -- cycles
    def loss(self, dice, lemfs):
        began = time.monotonic()
        first = "" if self.provisioned else ANSWERS + self.provision()
        self.provisioned = True
        self.boot(HEAD + "".join(map(self.lemf, lemfs)) + self.mdfd() + first + self.element() + "wait\n")
        life = self.lives[-1]
        self.until("the element is acknowledged", lambda: life.read().acked_n > 0 or self.vm.poll() is not None)
        assert self.vm.poll() is None, "the machine ended by itself"
        served = time.monotonic() - began
        time.sleep(dice.uniform(0, 1.2))
        self.cut()
        return {"boot_to_acknowledged_s": [served], "acknowledged": life.read().acked_n}

    def cycle(self, number, dice):
        """Mostly one of the LEMFs is away, so that much of what was acknowledged is on the disk alone."""
        lemfs = dice.choice([["lemf-a"], ["lemf-b"], [], ["lemf-a", "lemf-b"]]) if self.provisioned else ["lemf-a", "lemf-b"]
        return {"cycles": 1, **self.loss(dice, lemfs)}

    def settle(self, honest=True):
        """A last boot without load: everything is delivered (all that is left, when the disk was not HONEST); what the daemon says then."""
        save = "{ $CTL --json status > status.new && sync status.new && mv status.new status.json; } 2>/dev/null"
        self.boot(HEAD + self.lemf("lemf-a") + self.lemf("lemf-b") + self.mdfd() + ANSWERS + f"while [ ! -e enough ]; do {save}; sleep 0.1; done\n"
                  "for k in shed reject duplicate; do $CTL --json journal list --kind $k --limit 100000 > journal.$k; done\n"
                  "$CTL audit export --file audit.export >>ctl.log 2>&1\n"
                  f"kill $MDFD; wait $MDFD; echo $? > code; cp {STATE}/openmdf.db* {STATE}/log.vkey . ; umount /mnt; echo ok > settled; off\n")
        for name in ("status.json", "enough", "settled", "code"):
            if os.path.exists(self.file(name)):
                os.unlink(self.file(name))
        status = self.until("everything spooled is delivered", self.drained if honest else self.quiet, 90)
        with open(self.file("enough"), "w"):
            pass
        self.until("the machine ends", lambda: self.vm.poll() is not None, 60)
        assert os.path.exists(self.file("settled"))
        return status

    def up(self):
        """The status, when every role and link is up."""
        try:
            with open(self.file("status.json")) as f:
                status = json.load(f)
        except (OSError, ValueError):
            return None
        ready = all(r["ready"] for r in status["roles"]) and len(status["roles"]) == 4
        links = [d["state"] for lea in status["leas"] for d in lea["destinations"]] == ["up", "up"]
        return status if ready and links and len(status["warrants"]) == 3 and all("detail" in w for w in status["warrants"]) else None

    def drained(self):
        status = self.up()
        return status if status and all(w["waiting"] == 0 for w in status["warrants"]) else None

    def quiet(self):
        """What the LEMFs hold has not grown for two seconds."""
        status = self.up()
        size = [os.path.getsize(os.path.join(li["dir"], "ledger.jsonl")) for li in self.lab.lemfs.values()]
        if not status or size != getattr(self, "size", None):
            self.size, self.since = size, time.monotonic()
        return status if status and time.monotonic() - self.since > 2 else None

    def faults(self, status):
        lab, journal = self.lab, []
        for k in ("shed", "reject", "duplicate"):
            with open(self.file(f"journal.{k}")) as f:
                journal += json.load(f)
        rows = [r for t in self.lives for r in t.read().rows]
        lemfs = {n: oracle.read_lemf(lab.exe("mdf-lemf"), lab.lemfs[n]["dir"]) for n in lab.lemfs}
        faults = oracle.check(rows, lemfs, self.warrants, status, journal)
        faults += [f for n in lab.lemfs for f in oracle.check_form(lab.exe("mdf-lemf"), lab.lemfs[n]["dir"])]
        faults += oracle.check_audit(lambda *_: None, lab.exe("mdf-verify"), self.file("log.vkey"), self.file("audit.export"))
        return faults + oracle.check_database(self.file("openmdf.db")), len(rows), sum(len(r) for r in lemfs.values())

    def end(self):
        faults, offered, delivered = self.faults(self.settle())
        assert not faults, "\n".join(faults)
        tap.equal(open(self.file("code")).read().strip(), "0", "exit code of mdfd")
        tap.equal(self.lab.findings(), [], "findings")
        # the control: an ingest that only says that it has flushed
        dice = campaign.random.Random(f"{self.seed}/control")
        self.shim.rules({"role": "ingest", "call": "fdatasync+syncrange", "do": "skip", "n": "all"})
        for _ in range(1 if self.short_form else 3):
            self.loss(dice, [])
        self.shim.rules()
        lost = [f for f in self.faults(self.settle(honest=False))[0] if f.startswith("lost:")]
        assert lost, "the control without fdatasync lost nothing: this test proves nothing"
        return {"offered": offered, "delivered": delivered, "lost_in_control": sum(int(f.split(":")[2]) for f in lost)}

    def close(self, failed):
        if getattr(self, "vm", None) and self.vm.poll() is None:
            self.cut()
        if hasattr(self, "memory"):
            if failed:
                shutil.copy(self.disk, self.file("disk"))
            shutil.rmtree(self.memory, ignore_errors=True)
        if hasattr(self, "lab"):
            self.lab.keep, self.lab.quiet = self.lab.keep or failed, not failed
            self.lab.close()


if __name__ == "__main__":
    campaign.main(Power)
