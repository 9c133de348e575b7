// SPDX-License-Identifier: Apache-2.0
import { as, check, equal, go, ok, run, settled, shot, stage, test, until } from "./harness.mjs";
import { step, toPlan } from "./wizard_parts.mjs";

/** A key made in PAGE's browser, asked for, taken in by sam and bob. */
async function newKey(page, person) {
  await go(page, "me");
  await page.getByRole("button", { name: "Make a new key here" }).click();
  await page.getByRole("button", { name: "Make it and ask for it" }).click();
  await page.getByText("The security officer calls you").waitFor();
  const id = (await page.locator("dialog .big code").textContent()).replace(/\s/g, "");
  const row = (await stage.must({ person: "sam", op: "key.requests" })).find((r) => r.key === id && r.person === person);
  ok(row, "the request is there");
  await page.locator("dialog").getByRole("button", { name: "Close" }).last().click();
  await stage.two({ op: "key.submit", args: { add: { person: row.person, rights: row.rights, spki: row.spki }, reason: "compared" } });
  await page.getByText("in the key list").first().waitFor();
  await until("the new key is the key", async () => (await page.getByText("The next key, until it counts").count()) === 0);
  return id;
}

test("an order goes from the wizard over two persons to the agency, signed with a key that this browser made", async () => {
  const alice = await as("alice");
  const id = await newKey(alice, "alice");
  await toPlan(alice, { liid: "W-TWO", ne: "ne1", files: [{ name: "order.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 an order") }] });
  await alice.getByRole("heading", { name: "Network elements that get the tasks (1)" }).waitFor();
  ok((await alice.locator("main").innerText()).includes("ne1.lab.example"), "the element's certificate");
  equal(await alice.getByText("612345678").count(), 0, "the identity is masked");
  await check(alice, "plan");
  await shot(alice, "new-plan", { full: true });
  await alice.getByRole("button", { name: "Sign and submit" }).click();
  await alice.locator("dialog").getByText(id).waitFor();
  await check(alice, "signing");
  await alice.locator("dialog button[type=submit]").click();
  await alice.getByText("You asked for this, so you cannot approve it").waitFor();
  equal(await alice.getByRole("button", { name: "Approve and sign" }).count(), 0, "no approval of one's own");
  const [waits] = await stage.must({ person: "alice", op: "approval.list" });
  equal([waits.op, waits.creator], ["warrant.submit", "alice"], "what waits");
  const shown = await stage.must({ person: "bob", op: "approval.show", args: { approval: waits.approval } });
  equal(shown.key1, id, "signed with the key of the browser");

  const bob = await as("bob", { path: "approvals" });
  await settled(bob);
  await bob.getByText("waits for you").waitFor();
  await shot(bob, "approvals");
  await bob.getByRole("link", { name: "put a warrant into force" }).click();
  await bob.getByRole("heading", { name: "What changes" }).waitFor();
  const main = await bob.locator("main").innerText();
  for (const want of ["W-TWO", "ne1.lab.example", "lemf-a.lab.example", "AZ W-TWO", "Europe/Amsterdam"]) ok(main.includes(want), `the approver sees ${want}`);
  ok((await bob.locator("main").innerText()).includes("application/pdf"), "the order is there");
  await shot(bob, "approval", { full: true });
  await bob.getByRole("button", { name: "Approve and sign" }).click();
  await bob.locator("dialog button[type=submit]").click();
  await bob.locator("main .state", { hasText: "approved" }).first().waitFor();
  await until("it is active", async () => (await stage.must({ person: "alice", op: "warrant.show", args: { warrant: "W-TWO" } })).state === "active");
  const w = await stage.must({ person: "alice", op: "warrant.show", args: { warrant: "W-TWO" } });
  const before = await stage.lemf_pdus({ name: "lemf-a" });
  await stage.pdus({ xid: w.xids[0], calls: 2, rtp: 50 });
  await until("it is at the agency", async () => (await stage.lemf_pdus({ name: "lemf-a" })) >= before + 74, 40_000);
  equal(w.nes, ["ne1"], "only that element");
});

test("a server that plans something else than was asked for: nothing is signed, and the page says so", async () => {
  const page = await as("anton");
  await toPlan(page, { liid: "W-LIE" });
  let signed = 0;
  page.on("request", (r) => r.url().includes("/submit") && r.postData()?.includes("signature") && signed++);
  const lies = {
    "another destination in the plan": (j) => void (j.plan.change.hi2.addresses = ["192.0.2.66:443"]),
    "a statement of another period": (j) => {
      const doc = JSON.parse(j.doc);
      doc.task.until_ns = String(BigInt(doc.task.until_ns) + 86_400_000_000_000n);
      j.doc = JSON.stringify(doc);
    },
    "a statement about other tasks, with its right hash": async (j) => {
      const doc = JSON.parse(j.doc);
      doc.task.xids = ["11111111-2222-4333-8444-555555555555"];
      j.doc = JSON.stringify(doc);
      j.sha256 = Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(j.doc))).toString("hex");
    },
    "plan and statement about another authority, all hashes right": async (j) => {
      const doc = JSON.parse(j.doc);
      doc.order.authority = "Somebody else";
      j.doc = JSON.stringify(doc);
      j.sha256 = Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(j.doc))).toString("hex");
    },
  };
  for (const [what, lie] of Object.entries(lies)) {
    await page.route("**/api/v1/warrants/*/submit", async (route) => {
      const answer = await route.fetch();
      const json = await answer.json();
      await lie(json);
      await route.fulfill({ response: answer, json });
    });
    await page.getByRole("button", { name: "Sign and submit" }).click();
    await page.locator("dialog").getByText("Nothing was signed").waitFor();
    equal(await page.locator("dialog button[type=submit]").count(), 0, what);
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.unroute("**/api/v1/warrants/*/submit");
  }
  equal(signed, 0, "signatures sent");
  equal((await stage.must({ person: "alice", op: "warrant.show", args: { warrant: "W-LIE" } })).state, "draft", "state");
});

test("a double press on the signature submits once; a lost answer does not submit twice", async () => {
  const page = await as("anton");
  await toPlan(page, { liid: "W-DOUBLE" });
  const keys = [];
  page.on("request", (r) => r.url().includes("/submit") && r.postData()?.includes("signature") && keys.push(r.headers()["idempotency-key"]));
  await page.getByRole("button", { name: "Sign and submit" }).click();
  const sign = page.locator("dialog button[type=submit]");
  await sign.waitFor();
  // the first answer is lost on its way
  let lost = false;
  await page.route("**/api/v1/warrants/*/submit", async (route) => {
    if (lost || !route.request().postData()?.includes("signature")) return route.continue();
    lost = true;
    await route.fetch();
    await route.abort();
  });
  page.offline = true;
  await sign.dblclick();
  await page.locator("dialog .notice.bad").waitFor();
  equal(keys.length, 1, "requests of a double press");
  await sign.dblclick();
  await page.getByText("You asked for this").waitFor();
  equal([keys.length, new Set(keys).size], [2, 1], "the same act twice, under one key");
  equal((await stage.must({ person: "alice", op: "approval.list" })).filter((a) => a.op === "warrant.submit").length, 1, "approvals");
  page.offline = false;
});

test("all steps by the keyboard alone, on one page", async () => {
  const page = await as("anton");
  await go(page, "new?compact=1");
  await page.waitForFunction(() => document.activeElement?.getAttribute("name"));
  const to = async (name, text) => {
    for (let i = 0; i < 80; i++) {
      if (await page.evaluate((n) => document.activeElement?.getAttribute("name")?.startsWith(n), name)) {
        if (text) await page.keyboard.type(text);
        return;
      }
      await page.keyboard.press("Tab");
    }
    throw new Error(`Tab does not lead to ${name}`);
  };
  await to("reference", "AZ quick");
  await to("authority", "Court");
  await to("target:", "+31612345678");
  await to("lea", "lea-a");
  await page.waitForFunction(() => document.querySelector("[name=hi2]")?.value);
  await to("liid", "W-KEYS");
  await to("from");
  // the segments of the field: month, day, year, hour, minute
  await page.keyboard.type("01022030");
  await page.keyboard.press("Tab");
  await page.keyboard.type("0815AM");
  await to("until");
  await page.keyboard.type("01032030");
  await page.keyboard.press("Tab");
  await page.keyboard.type("0815AM");
  await page.keyboard.press("Control+Enter");
  await step(page, 5);
  await settled(page);
  await page.getByRole("button", { name: "Sign and submit" }).focus();
  await page.keyboard.press("Enter");
  await page.locator("dialog button[type=submit]").waitFor();
  await page.locator("dialog button[type=submit]").focus();
  await page.keyboard.press("Enter");
  await page.getByText("You asked for this").waitFor();
  equal((await stage.must({ person: "alice", op: "warrant.show", args: { warrant: "W-KEYS" } })).from, "2030-01-02T07:15:00Z", "begin");
});

await run();
