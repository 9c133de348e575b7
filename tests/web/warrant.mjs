// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { as, equal, go, ok, run, settled, shot, stage, test, until } from "./harness.mjs";

const dialog = (page) => page.getByRole("dialog").last();
const press = (page, name) => dialog(page).getByRole("button", { name, exact: true }).click();
const reason = (page, text) => dialog(page).locator("input[name=reason], label:has-text('Reason') input").last().fill(text);
const fact = (page, name) => page.locator(".facts > div").filter({ has: page.locator("dt", { hasText: name }) }).locator("dd").first();
const number = async (locator) => Number((await locator.innerText()).replace(/\D/g, ""));
const state = (page, text) => until(`state ${text}`, async () => (await page.locator(".strip .state").first().innerText()).includes(text));
/** The fresh factor, when it is asked for. */
async function factor(page, done) {
  await until("done, or a factor is asked for", async () => {
    const ask = page.getByRole("dialog", { name: "A fresh factor, please" });
    if (await ask.count()) await ask.locator("button[type=submit]").click().catch(() => {});
    return done();
  });
}
const IDENTITY = "31612345678";

test("the books before and after traffic, through an outage and back, without a reload", async () => {
  const { uuid } = await stage.warrant({ liid: "W-1", ne: ["ne1"] });
  const page = await as("alice", { path: `warrants/${uuid}` });
  await state(page, "active");
  await page.getByText("Nothing was received for it yet.").waitFor();
  await stage.pdus({ liid: "W-1" });
  await page.getByText("It adds up").waitFor();
  const got = await number(fact(page, "Received"));
  equal(got, 32, "received");
  await until("all delivered", async () => (await number(fact(page, "Delivered"))) === 32);
  await page.getByText("first IRI").waitFor();
  await shot(page, "warrant", { full: true });
  const links = await as("bob", { path: `warrants/${uuid}/delivery` });
  await links.locator("td .state.good").first().waitFor();
  await stage.lemf_stop({ name: "lemf-a" });
  await links.locator("td .state.bad", { hasText: "down" }).waitFor();
  await stage.pdus({ liid: "W-1" });
  await until("it waits", async () => (await number(fact(page, "Waiting"))) === 32);
  await page.getByText("64 received = 32 delivered + 32 waiting + 0 not handed over.").waitFor();
  await page.getByText("It adds up").waitFor();
  await until("the link shows its backlog", async () => (await links.locator('td[data-title="Backlog"] .state.warn').count()) === 1);
  await shot(links, "warrant-delivery-down", { full: true });
  await shot(page, "warrant-outage", { full: true });
  await stage.lemf_start({ name: "lemf-a" });
  await until("drained", async () => (await number(fact(page, "Waiting"))) === 0 && (await number(fact(page, "Delivered"))) === 64);
  await until("the link is up and empty", async () => (await links.locator('td[data-title="Backlog"]').first().innerText()).trim() === "0");
  for (const p of [page, links]) equal(await p.evaluate(() => performance.getEntriesByType("navigation").length), 1, "no reload");
});

test("stop now: one click and a reason, its consequence named; a second browser says so by itself; nothing comes after", async () => {
  const { uuid } = await stage.warrant({ liid: "W-STOP" });
  await stage.pdus({ liid: "W-STOP" });
  const page = await as("alice", { path: `warrants/${uuid}` });
  const other = await as("bob", { path: `warrants/${uuid}` });
  await state(other, "active");
  await page.getByRole("button", { name: "Stop now" }).click();
  await dialog(page).getByText("ends at once and for good").waitFor();
  await dialog(page).getByText("W-STOP for lea-a").waitFor();
  await shot(page, "warrant-stop");
  await press(page, "Stop now");
  ok(await dialog(page).locator("input:invalid").count(), "a reason is needed");
  await reason(page, "order of the court AZ 5");
  await press(page, "Stop now");
  await factor(page, async () => (await page.locator(".strip").innerText()).includes("revoked"));
  await state(other, "revoked");
  equal(await page.getByRole("button", { name: "Stop now" }).count(), 0, "nothing to stop");
  equal((await stage.must({ person: "alice", op: "warrant.show", args: { warrant: "W-STOP" } })).state, "revoked", "at the server");
  const row = (await stage.audit({ op: "warrant.stop", outcome: "ok" }))[0];
  equal([row.actor, row.reason], ["alice", "order of the court AZ 5"], "audit row");
  await stage.pdus({ liid: "W-STOP" });
  await page.getByText("Refused: while suspended or stopped").or(page.getByText("Refused: after the end")).first().waitFor();
  await page.getByText("It adds up").waitFor();
});

test("suspend by one, resume by two: signed here, waits, approved by the other, active again; withdraw", async () => {
  const { uuid } = await stage.warrant({ liid: "W-SUSP" });
  const page = await as("alice", { path: `warrants/${uuid}` });
  await page.getByRole("button", { name: "Suspend" }).click();
  await reason(page, "fault at the element");
  await press(page, "Suspend");
  await state(page, "suspended");
  await page.getByRole("button", { name: "Resume" }).click();
  await reason(page, "repaired");
  await press(page, "Go on to signing");
  await dialog(page).getByRole("button", { name: "Sign", exact: true }).click();
  await page.getByRole("heading", { name: "Waits for a second person" }).waitFor();
  await state(page, "suspended");
  await page.getByRole("button", { name: "Withdraw" }).click();
  await reason(page, "not yet");
  await press(page, "Withdraw");
  await until("nothing waits", async () => !(await page.getByRole("heading", { name: "Waits for a second person" }).count()));
  await page.getByRole("button", { name: "Resume" }).click();
  await reason(page, "repaired now");
  await press(page, "Go on to signing");
  await dialog(page).getByRole("button", { name: "Sign", exact: true }).click();
  await page.getByRole("heading", { name: "Waits for a second person" }).waitFor();
  const [{ approval }] = await stage.must({ person: "bob", op: "approval.list", args: { warrant: "W-SUSP" } });
  await stage.approve({ person: "bob", approval });
  await state(page, "active");
  await page.getByText("resumed").waitFor();
});

test("a new end needs two; the old one holds until then", async () => {
  const { uuid } = await stage.warrant({ liid: "W-EXT", until: "2035-01-01T00:00:00Z" });
  const page = await as("alice", { path: `warrants/${uuid}` });
  await page.getByRole("button", { name: "Extend" }).click();
  await dialog(page).locator("input[name=until]").fill("2036-02-03T12:30");
  await dialog(page).getByText("2036-02-03 11:30:00 UTC").waitFor();
  await reason(page, "new order");
  await press(page, "Go on to signing");
  await dialog(page).getByRole("button", { name: "Sign", exact: true }).waitFor();
  await shot(page, "warrant-extend");
  await dialog(page).getByRole("button", { name: "Sign", exact: true }).click();
  await page.getByRole("heading", { name: "Waits for a second person" }).waitFor();
  equal((await stage.must({ person: "alice", op: "warrant.show", args: { warrant: "W-EXT" } })).until, "2035-01-01T00:00:00Z", "the old end");
  const [{ approval }] = await stage.must({ person: "bob", op: "approval.list", args: { warrant: "W-EXT" } });
  await stage.approve({ person: "bob", approval });
  await page.getByText("extended").waitFor();
  equal((await stage.must({ person: "alice", op: "warrant.show", args: { warrant: "W-EXT" } })).until, "2036-02-03T11:30:00Z", "the new end");
});

test("sessions with what was numbered; numbers that an element left out are named", async () => {
  const { uuid } = await stage.warrant({ liid: "W-GAP" });
  const page = await as("alice", { path: `warrants/${uuid}/sessions` });
  await page.getByText("No gap").waitFor();
  await stage.gap({ liid: "W-GAP" });
  await page.locator("td code").first().waitFor();
  await page.getByText("1 gaps at network elements").or(page.getByText("One gap at a network element")).waitFor();
  const gap = page.getByRole("region", { name: "Numbers that a network element left out" });
  await gap.getByText("missing").waitFor();
  ok(/\d+ – \d+/.test(await gap.locator('td[data-title="Numbers"]').innerText()), "which numbers");
  ok((await gap.locator('td[data-title="Element"]').innerText()) === "ne1", "which element");
  const iri = page.getByRole("region", { name: "Sessions", exact: true }).locator('td[data-title="IRI"]');
  await until("IRI of the session", async () => (await iri.evaluateAll((l) => l.reduce((n, e) => n + Number(e.textContent), 0))) >= 6);
  await shot(page, "warrant-sessions", { full: true });
  await page.getByRole("link", { name: "Records" }).click();
  await page.getByRole("heading", { name: "History" }).waitFor();
  ok(page.url().endsWith("/records"), page.url());
  await page.goBack();
  await page.getByRole("heading", { name: "Gaps" }).waitFor();
  await page.reload();
  await settled(page);
  await page.getByRole("heading", { name: "Gaps" }).waitFor();
});

test("a draft: edit, a target checked as it is typed, masked, revealed with a reason for a minute, submitted", async () => {
  const { uuid } = await stage.warrant({ liid: "W-DRAFT", state: "draft" });
  const page = await as("alice", { path: `warrants/${uuid}/targets` });
  await page.getByText("No target entered.").waitFor();
  await page.getByRole("button", { name: "Add target" }).click();
  await dialog(page).locator("select[name=type]").selectOption("e164Number");
  await dialog(page).locator("input[name=value]").fill("not a number");
  await dialog(page).getByText("is a number of 1 to 15 digits").waitFor();
  await dialog(page).locator("input[name=value]").fill(IDENTITY);
  await dialog(page).getByText("fits its type").waitFor();
  await press(page, "Add target");
  await page.getByText("***78").waitFor();
  ok(!(await page.content()).includes(IDENTITY), "the identity stands somewhere before it is revealed");
  await page.getByRole("button", { name: "Reveal" }).click();
  await dialog(page).getByText("audit log").first().waitFor();
  await reason(page, "compare with the order");
  await press(page, "Reveal");
  await factor(page, () => page.locator(".secret").count());
  equal((await page.locator(".secret").innerText()).replace(/^\+/, ""), IDENTITY, "revealed");
  await page.getByText("more seconds").waitFor();
  await page.getByRole("button", { name: "Hide now" }).click();
  await until("masked again", async () => !(await page.content()).includes(IDENTITY));
  equal((await stage.audit({ op: "target.reveal", outcome: "ok" }))[0].actor, "alice", "audit row");
  ok(!(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, location.href]))).includes(IDENTITY), "in the storage of the browser");
  await page.getByRole("button", { name: "Edit" }).click();
  await dialog(page).locator("input[name=reference]").fill("AZ 99/26");
  await press(page, "Save");
  await page.locator(".strip").getByText("AZ 99/26").waitFor();
  await page.getByRole("button", { name: "Submit" }).click();
  await press(page, "Go on to signing");
  await dialog(page).getByRole("button", { name: "Sign", exact: true }).click();
  await state(page, "submitted");
  await stage.must({ person: "alice", op: "warrant.show", args: { warrant: "W-DRAFT" } }).then((w) => equal([w.state, w.reference], ["submitted", "AZ 99/26"], "at the server"));
});

test("a document in parts: its hash before and after; given out with a reason, octet for octet", async () => {
  const { uuid } = await stage.warrant({ liid: "W-DOC" });
  const path = await stage.file({ name: "order.pdf", size: 900_000 });
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  const page = await as("alice", { path: `warrants/${uuid}/documents` });
  await page.getByText("No document.").waitFor();
  await page.getByRole("button", { name: "Add document" }).click();
  await dialog(page).locator("input[type=file]").setInputFiles(path);
  await dialog(page).getByText(sha256).waitFor();
  await press(page, "Add document");
  await page.locator("td").getByText(sha256).waitFor();
  await shot(page, "warrant-documents", { full: true });
  await page.getByRole("button", { name: "Give out: order" }).click();
  await reason(page, "for the court");
  const download = page.waitForEvent("download");
  await press(page, "Give out");
  let file;
  void download.then((f) => (file = f));
  await factor(page, () => file);
  equal(createHash("sha256").update(readFileSync(await file.path())).digest("hex"), sha256, "what came");
});

test("records: approvals, history, a hold; an auditor sees all of it and can do nothing", async () => {
  const { uuid } = await stage.warrant({ liid: "W-REC" });
  const page = await as("alice", { path: `warrants/${uuid}/records` });
  await page.getByText("put a warrant into force").first().waitFor();
  await page.getByRole("button", { name: "Add hold" }).click();
  await dialog(page).locator("input[name=authority]").fill("regional court");
  await dialog(page).locator("input[name=reason]").fill("appeal");
  await press(page, "Save").catch(() => press(page, "Add hold"));
  await page.getByText("regional court").waitFor();
  await shot(page, "warrant-records", { full: true });
  const ada = await as("ada", { path: `warrants/${uuid}/records` });
  await ada.getByText("regional court").waitFor();
  await ada.getByRole("link", { name: "Rows of the audit log about this warrant, with proofs" }).click();
  await ada.getByText("warrant.submit").first().waitFor();
  await go(ada, "overview");
  for (const tab of ["", "/sessions", "/delivery", "/targets", "/documents", "/records"]) {
    await go(ada, `warrants/${uuid}${tab}`);
    const names = await ada.locator("main button").allInnerTexts();
    equal(names.filter((n) => !/^(Previous page|Next page|Save as CSV|Ask for disclosure|Add hold)$/.test(n)), [], `buttons for an auditor at ${tab}`);
  }
});

test("somebody else's change meanwhile is not overwritten", async () => {
  const { uuid } = await stage.warrant({ liid: "W-RACE", state: "draft" });
  const page = await as("alice", { path: `warrants/${uuid}` });
  await page.getByRole("button", { name: "Edit" }).click();
  await dialog(page).locator("input[name=reference]").fill("mine");
  await stage.must({ person: "anton", op: "warrant.set", args: { warrant: "W-RACE", reference: "theirs" } });
  await page.locator(".strip").getByText("theirs").waitFor();
  equal(await dialog(page).locator("input[name=reference]").inputValue(), "mine", "input is kept");
  await press(page, "Save");
  await dialog(page).getByText("CHANGED", { exact: true }).waitFor();
  equal((await stage.must({ person: "alice", op: "warrant.show", args: { warrant: "W-RACE" } })).reference, "theirs", "at the server");
});

test("German, dark, 320 and 1 920 pixels", async () => {
  const w = await stage.warrant({ liid: "W-WIDE", until: new Date(Date.now() + 7_000_000).toISOString().slice(0, 19) + "Z", reference: "AZ 1/26", authority: "AG Musterstadt" });
  await stage.pdus({ liid: "W-WIDE" });
  const small = await as("alice", { path: `warrants/${w.uuid}`, lang: "de", dark: true, width: 320 });
  await small.getByText("Die Bilanz geht auf").waitFor();
  await shot(small, "warrant-de-320", { full: true });
  await go(small, `warrants/${w.uuid}/delivery`);
  await shot(small, "warrant-delivery-de-320", { full: true });
  const wide = await as("alice", { path: `warrants/${w.uuid}`, width: 1920, height: 1080 });
  await wide.getByText("It adds up").waitFor();
  await shot(wide, "warrant-1920");
});
await run();
