#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Acts on warrants by two persons in two browsers: provisional and confirmed, metadata only, activated by hand, stopped, closed, held, shredded,
disclosed to auditors; and what the persons of a tenant see."""

import stage
import people as lab_people

TENANTS = {"tina": ("admin", ["create"], "ed25519"), "tom": ("approver", ["approve"], "p256"), "theo": ("auditor", [], "ed25519")}


def furnish(s):
    for t in ("csp-1", "csp-2"):
        s.two("sam", "bob", "tenant.add", {"tenant": t})
    for n, t in (("ne1", "csp-1"), ("ne2", "csp-2")):
        s.two("sam", "bob", "ne.add", {"ne": n, "san": f"{n}.lab.example", "tenant": t})
    s.provision(nes=())
    for h, (role, _, _) in TENANTS.items():
        s.two("sam", "bob", "person.add", {"handle": h, "roles": [role], "tenant": "csp-1"})
    for r in ({"name": "paper", "version": "1", "provisional_hours": 96}, {"name": "human", "version": "1", "affirmative": True}):
        s.two("alice", "bob", "regime.import", {"file": r})


# liaisons are entered by provision(), persons of tenants when there are tenants
class Stage(stage.Stage):
    def two(self, first, second, op, args):
        if op == "person.add" and args["handle"] in TENANTS and "tenant" not in args:
            return None
        return super().two(first, second, op, args)


stage.Stage = Stage
stage.main("acts", furnish, later={**lab_people.LATER, **TENANTS})
