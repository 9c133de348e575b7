// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { as, check, equal, go, ok, run, settled, shot, stage, test, until } from "./harness.mjs";

const HOUR = 3_600_000;
const iso = (ms) => new Date(Date.now() + ms).toISOString().slice(0, 19) + "Z";
const dialog = (page) => page.getByRole("dialog").last();
const press = (page, name) => dialog(page).locator("form .buttons").getByRole("button", { name, exact: true }).click();
const reason = (page, text) => dialog(page).locator("input[name=reason], label:has-text('Reason') input").last().fill(text);
const state = (page, text) => until(`state ${text}`, async () => (await page.locator(".strip .state").first().innerText()).includes(text));
const show = (liid, person = "alice") => stage.must({ person, op: "warrant.show", args: { warrant: liid } });
const button = (page, name) => page.getByRole("button", { name, exact: true });
/** The fresh factor, when it is asked for. */
async function factor(page, done) {
  await until("done, or a factor is asked for", async () => {
    const ask = page.getByRole("dialog", { name: "A fresh factor, please" });
    if (await ask.count()) await ask.locator("button[type=submit]").click().catch(() => {});
    return done();
  });
}
/** What the first person asked for in its dialog is signed there. */
async function first(page) {
  await press(page, "Go on to signing");
  await dialog(page).getByRole("button", { name: "Sign", exact: true }).click();
  await page.getByRole("dialog").first().waitFor({ state: "detached" });
}
/** The second one finds it among what waits, reads it, signs it. */
async function second(page, op) {
  await go(page, "approvals");
  await page.getByRole("link", { name: op, exact: true }).first().click();
  await page.getByRole("heading", { name: "What changes" }).waitFor();
  await check(page, `approval of ${op}`);
  await page.getByRole("button", { name: "Approve and sign" }).click();
  await page.locator("dialog button[type=submit]").click();
  await factor(page, () => page.locator("main .state", { hasText: "approved" }).count());
}
const audited = async (op) => (await stage.audit({ op, outcome: "ok" })).at(-1);

test("a provisional order says until when; the paper comes, one confirms it, a second person approves, and it holds to its end", async () => {
  const { uuid } = await stage.warrant({ liid: "P-1", regime: "paper", from: iso(-60_000), provisional_until: iso(40 * HOUR), ne: ["ne1"], tenant: "csp-1" });
  const [alice, bob] = [await as("alice", { path: `warrants/${uuid}` }), await as("bob")];
  await state(alice, "active");
  await alice.locator(".notice.warn").getByText("Provisional").first().waitFor();
  await button(alice, "Confirm original").click();
  await dialog(alice).locator("input[name=reference]").fill("AZ 12/26 original");
  await reason(alice, "the original came by messenger");
  await shot(alice, "acts-confirm");
  await first(alice);
  await alice.getByRole("heading", { name: "Waits for a second person" }).waitFor();
  ok((await show("P-1")).provisional_until, "provisional until the second has signed");
  await second(bob, "confirm a provisional order");
  await until("the page says so by itself", async () => !(await alice.locator(".notice.warn").getByText("Provisional").count()));
  await alice.locator(".strip").getByText("AZ 12/26 original").waitFor();
  await alice.getByText("confirmed").first().waitFor();
  equal([(await show("P-1")).provisional_until, await button(alice, "Confirm original").count()], [null, 0], "no longer provisional");
  equal((await audited("warrant.confirm")).actor, "bob", "audit row of the second");
});

test("metadata only by one person, and content again; the agency's link gets no content in between", async () => {
  const { uuid } = await stage.warrant({ liid: "M-1" });
  const [alice, bob] = [await as("alice", { path: `warrants/${uuid}` }), await as("bob", { path: `warrants/${uuid}` })];
  await state(bob, "active");
  equal(await button(bob, "Metadata only").count(), 0, "not an approver's");
  await button(alice, "Metadata only").click();
  await dialog(alice).getByText("only headers go to lea-a").waitFor();
  await reason(alice, "the link is too slow");
  await press(alice, "Metadata only");
  for (const page of [alice, bob]) await page.locator(".notice.warn").first().waitFor();
  equal((await show("M-1")).metadata, true, "at the server");
  await go(alice, `warrants/${uuid}/records`);
  await alice.getByText("the link is too slow").first().waitFor();
  await button(alice, "Content again").click();
  await reason(alice, "fast enough");
  await press(alice, "Content again");
  await button(alice, "Metadata only").waitFor();
  await until("the other page as well", async () => !(await bob.locator(".notice.warn").count()));
  equal((await show("M-1")).metadata, false, "at the server");
});

test("a regime that wants a person: approved by two it waits, and one activates it before its window", async () => {
  const { uuid } = await stage.warrant({ liid: "ACT-1", regime: "human", from: iso(24 * HOUR) });
  const [alice, bob] = [await as("alice", { path: `warrants/${uuid}` }), await as("bob", { path: `warrants/${uuid}` })];
  await state(bob, "approved");
  await button(alice, "Activate now").click();
  await reason(alice, "the element is ready");
  await press(alice, "Activate now");
  for (const page of [alice, bob]) {
    await state(page, "active");
    await page.getByText("The window has not begun").or(page.locator(".notice", { has: page.locator("time") })).first().waitFor();
  }
  equal([(await show("ACT-1")).state, (await show("ACT-1")).window, await button(alice, "Activate now").count()], ["active", "pending", 0], "at the server");
  equal((await audited("warrant.activate")).reason, "the element is ready", "audit row");
});

test("stopped, closed, held, released by two, shredded by two: identities are gone, hashes and the certificate stay", async () => {
  const { uuid } = await stage.warrant({ liid: "S-1", state: "draft" });
  await stage.must({ person: "alice", op: "target.add", args: { warrant: uuid, type: "imsi", value: "262011234567890" } });
  await stage.must({ person: "alice", op: "document.add", args: { warrant: uuid, role: "order", title: "order", media: "text/plain", file: "b3JkZXI=" } });
  await stage.two({ op: "warrant.submit", args: { warrant: uuid }, first: "alice" });
  const [alice, bob] = [await as("alice", { path: `warrants/${uuid}` }), await as("bob", { path: `warrants/${uuid}` })];
  await state(bob, "active");
  equal(await button(alice, "Close").count(), 0, "what is in force is not closed");
  await button(alice, "Stop now").click();
  await reason(alice, "order withdrawn");
  await press(alice, "Stop now");
  await factor(alice, async () => (await alice.locator(".strip").innerText()).includes("revoked"));
  await button(alice, "Close").click();
  await dialog(alice).getByText("its books are closed").waitFor();
  await reason(alice, "all is with the agency");
  await press(alice, "Close");
  for (const page of [alice, bob]) await state(page, "closed");
  await go(alice, `warrants/${uuid}/records`);
  await button(alice, "Add hold").click();
  await dialog(alice).locator("input[name=authority]").fill("court of appeal");
  await dialog(alice).locator("input[name=reason]").fill("appeal");
  await press(alice, "Add hold");
  await alice.getByText("court of appeal").waitFor();
  const shred = async () => {
    await button(alice, "Shred").click();
    await dialog(alice).getByText("can never be read again").waitFor();
    await dialog(alice).locator("input[name=reason]").fill("order of the court");
    await dialog(alice).locator("input[name=order]").fill("AZ 9/26");
    await press(alice, "Go on to signing");
  };
  await shred();
  await dialog(alice).locator(".notice.bad").waitFor();
  ok(/hold/.test(await dialog(alice).locator(".notice.bad").innerText()), "a hold keeps it");
  await press(alice, "Cancel");
  await button(alice, "Release").click();
  await dialog(alice).locator("input[name=reason]").fill("appeal is over");
  await first(alice);
  await second(bob, "release a hold");
  await alice.getByText("released").first().waitFor();
  await shred();
  await shot(alice, "acts-shred");
  await dialog(alice).getByRole("button", { name: "Sign", exact: true }).click();
  await alice.getByRole("dialog").first().waitFor({ state: "detached" });
  equal((await show("S-1")).state, "closed", "until the second has signed");
  await second(bob, "shred a warrant");
  await state(alice, "shredded");
  const download = alice.waitForEvent("download");
  await button(alice, "Certificate of destruction").click();
  const certificate = readFileSync(await (await download).path(), "utf8");
  ok(certificate.includes("openmdf.destruction.v1") && certificate.includes(uuid) && certificate.includes("AZ 9/26") && !certificate.includes("262011234567890"), certificate);
  await go(alice, `warrants/${uuid}/targets`);
  await settled(alice);
  ok(!(await alice.content()).includes("7890"), "nothing of the identity is left");
  equal(await stage.call({ person: "bob", op: "target.reveal", args: { warrant: uuid, reason: "x" } }).then((a) => a.ok), false, "nobody can reveal it");
  await shot(alice, "acts-shredded", { full: true });
});

test("an identity is disclosed to the second auditor for a minute, with a reason; the log has both, and never the identity", async () => {
  const { uuid } = await stage.warrant({ liid: "D-1", state: "draft" });
  await stage.must({ person: "alice", op: "target.add", args: { warrant: uuid, type: "imsi", value: "262019876543210" } });
  await stage.two({ op: "warrant.submit", args: { warrant: uuid }, first: "alice" });
  const [ada, carl] = [await as("ada", { path: `warrants/${uuid}/targets` }), await as("carl")];
  await ada.getByText("***10").waitFor();
  await button(ada, "Ask for disclosure").click();
  await reason(ada, "sample of the review");
  await press(ada, "Go on to signing");
  await dialog(ada).getByRole("button", { name: "Sign", exact: true }).click();
  await ada.getByRole("dialog").first().waitFor({ state: "detached" });
  const [waits] = (await stage.must({ person: "carl", op: "approval.list" })).filter((a) => a.op === "target.disclose");
  const bob = await as("bob", { path: `approvals/${waits.approval}` });
  await settled(bob);
  equal(await bob.getByRole("button", { name: "Approve and sign" }).count(), 0, "not an approver's");
  await second(carl, "disclose an identity");
  await carl.getByText("The identities that were disclosed").waitFor();
  equal(await carl.locator(".secret").innerText(), "262019876543210", "disclosed");
  await check(carl, "disclosed");
  await shot(carl, "acts-disclosed");
  await button(carl, "Hide now").click();
  await until("hidden", async () => !(await carl.content()).includes("262019876543210"));
  for (const page of [ada, carl]) ok(!(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, location.href]))).includes("9876543210"), "in the storage of the browser");
  ok(!(await ada.content()).includes("262019876543210"), "the first one sees nothing");
  await go(ada, `audit?object=${encodeURIComponent(`warrant ${uuid}`)}`);
  await ada.getByText("target.disclose").first().waitFor();
  await ada.getByText("sample of the review").first().waitFor();
  const rows = (await stage.audit({ op: "target.disclose", outcome: "ok" })).filter((r) => r.object.includes(uuid));
  ok(rows.some((r) => r.actor === "ada") && rows.some((r) => r.actor === "carl") && !JSON.stringify(rows).includes("9876543210"), JSON.stringify(rows));
});

test("a person of a tenant has its own warrants, elements, links and rows of the log; a foreign address is as one that nobody has", async () => {
  const own = await stage.warrant({ liid: "T-OWN", tenant: "csp-1", ne: ["ne1"] });
  const other = await stage.warrant({ liid: "T-FOREIGN", tenant: "csp-2", ne: ["ne2"], lea: "lea-b" });
  const waits = await stage.warrant({ liid: "T-WAITS", tenant: "csp-2", ne: ["ne2"], lea: "lea-b", state: "submitted" });
  const words = ["T-FOREIGN", "T-WAITS", "csp-2", "ne2", "lemf-b", "lea-b", other.uuid, waits.uuid, waits.approval];
  const nothing = "99999999-9999-4999-8999-999999999999";
  for (const who of ["tina", "tom", "theo"]) {
    const page = await as(who, { path: "warrants" });
    const seen = [];
    page.on("response", async (r) => r.url().includes("/api/v1/") && !r.url().endsWith("/events") && seen.push(await r.text().catch(() => "")));
    await page.reload();
    await page.getByRole("link", { name: "T-OWN", exact: true }).waitFor();
    for (const screen of (await page.locator("nav a").evaluateAll((l) => l.map((a) => a.getAttribute("href").slice(2))))) {
      await go(page, screen);
      if (screen === "elements") await page.getByText("ne1").first().waitFor();
      seen.push(await page.locator("body").innerText());
    }
    await go(page, `warrants/${own.uuid}`);
    await state(page, "active");
    for (const word of words) ok(!seen.join().includes(word), `${who} sees ${word}: ${seen.find((x) => x.includes(word))?.slice(0, 600)}`);
    await page.context().close();
  }
  for (const who of ["tina", "tom", "theo"]) {
    const page = await as(who);
    // typed by hand: the same page as for what does not exist
    const pages = { warrants: [other.uuid, nothing], approvals: [waits.approval, nothing], completeness: [other.uuid, nothing], elements: ["ne2", "ne9"], links: ["lemf-b", "lemf-z"] };
    for (const [screen, [foreign, none]] of Object.entries(pages)) {
      const texts = [];
      for (const id of [foreign, none]) {
        await go(page, "me");
        await go(page, `${screen}/${id}`);
        await until("it is read", async () => (await page.locator("main .notice.bad, main .empty, main p").count()) > 0);
        texts.push((await page.locator("main").innerText()).replaceAll(id, "ID"));
      }
      equal(texts[0], texts[1], `${who}: ${screen} of another tenant`);
      ok(!/csp-2|T-FOREIGN|T-WAITS|lea-b/.test(texts[0]), texts[0]);
    }
    await go(page, `warrants/${other.uuid}`);
    await page.getByText("NOT-FOUND").first().waitFor();
    await check(page, `${who}, a foreign warrant`);
  }
});
await run();
