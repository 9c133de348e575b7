# SPDX-License-Identifier: Apache-2.0
"""testssl.sh on each port that listens with TLS: X2/X3, the cloud interface, REST.  (Towards an LEMF mdfd is the client.)

testssl.sh 3.0 shows no client certificate; the checks work without one, since the server's part of the handshake comes first, and what needs a certificate
(protocols, ciphers, refusals with one) is in tests/flow/test_tls.py.  Minutes for each port, so that there is no short form."""

import json
import os
import shutil
import subprocess
import sys

import campaign
import tap

LONG = len(sys.argv) > 1
CHECKS = ["-p", "-s", "-f", "-P", "-S", "-U"]
# what is above LOW and stays, and why
EXPLAINED = {
    "cert_chain_of_trust": "the certificate is of a throwaway CA",
    "cert_revocation": "the CRL is a file, no address in the certificate",
    "cert_expirationStatus": "certificates of the laboratory are good for 30 days",
    "cert_notAfter": "as above",
}


class Testssl(campaign.Campaign):
    name = "testssl"
    title = "testssl.sh on each listener"
    cycles, short, batch = 1, 1, 1

    def begin(self, dice):
        if not LONG:
            raise tap.Skip("takes minutes: make faults FAULTS=testssl")
        if shutil.which("testssl") is None:
            raise tap.Skip("there is no testssl (Debian package testssl.sh)")
        self.lab = lab = tap.Lab(tap.BUILD)
        lab.make_pki(lemfs=())
        p = lab.pki.path
        self.ports = {"x2x3": lab.port, "cloud": tap.free_port(), "rest": tap.free_port()}
        lab.configure(listeners=[{"name": "x"}, {"name": "cloud", "port": self.ports["cloud"], "protocol": "clif"}], top__lab=True, rest__address="127.0.0.1",
                      rest__port=self.ports["rest"], rest__cert=p("x", "mdf.crt"), rest__key=p("x", "mdf.key"), limits__handshake_s=3)
        lab.start()

    def cycle(self, number, dice):
        runs = {}
        for name, port in self.ports.items():
            runs[name] = self.lab.spawn(["testssl", "--warnings", "off", "--color", "0", "--quiet", "--openssl-timeout", "5", "--connect-timeout", "5",
                                         "-oj", os.path.join(self.lab.dir, f"{name}.json"), *CHECKS, f"127.0.0.1:{port}"], f"testssl-{name}.out")
        figures, bad = {}, []
        for name, proc in runs.items():
            try:
                proc.wait(1800)
            except subprocess.TimeoutExpired as e:
                raise RuntimeError(f"testssl.sh of {name} does not end") from e
            with open(os.path.join(self.lab.dir, f"{name}.json")) as f:
                rows = json.load(f)
            assert any(r["id"] == "TLS1_3" and r["severity"] == "OK" for r in rows), f"{name}: it did not see TLS 1.3: {rows[:5]}"
            figures[f"{name}_findings"] = len(rows)
            for r in rows:
                if r["severity"] in ("MEDIUM", "HIGH", "CRITICAL") and r["id"].split(" ")[0] not in EXPLAINED:
                    bad.append(f"{name}: {r['severity']} {r['id']}: {r['finding']}")
                elif r["severity"] not in ("OK", "INFO"):
                    tap.note(f"{name}: {r['severity']} {r['id']}: {r['finding'][:100]}")
        assert not bad, "\n".join(bad)
        return figures

    def end(self):
        tap.equal(self.lab.stop(), 0, "exit code of mdfd")
        tap.equal(self.lab.findings(), [], "findings")
        return {}

    def close(self, failed):
        if hasattr(self, "lab"):
            self.lab.keep = failed
            self.lab.quiet = not failed
            self.lab.close()


campaign.main(Testssl)
