// SPDX-License-Identifier: Apache-2.0
import { as, check, equal, go, here, ok, open, run, shot, stage, test, until } from "./harness.mjs";

const IDENTITY = "31687654321";
const ABSENT = "31600000077";
const XID = crypto.randomUUID();
const uuids = {};
const finder = (page) => page.getByRole("dialog", { name: /^(Find by|Nach )/ });
const asked = (page) => page.getByRole("dialog", { name: "A fresh factor, please" });
const found = (page) => finder(page).getByRole("region").getByRole("link").allInnerTexts();
async function ask(page, value, reason, lea) {
  const d = finder(page);
  if (lea) await d.locator("select[name=lea]").selectOption(lea);
  await d.locator("select[name=type]").selectOption("e164Number");
  await d.locator("input[name=value]").fill(value);
  await d.locator("input[name=reason]").fill(reason);
  await d.locator("button[type=submit]").click();
}
/** Where an identity may stand in a browser when its dialog is closed. */
const kept = (page) =>
  page.evaluate(() => JSON.stringify([document.documentElement.outerHTML, [...document.querySelectorAll("input")].map((x) => x.value), { ...localStorage }, { ...sessionStorage }, location.href, history.state, document.cookie, performance.getEntries().map((e) => e.name)]));
async function draft(liid, more) {
  const { uuid } = await stage.warrant({ liid, state: "draft", ...more });
  await stage.must({ person: "alice", op: "target.add", args: { warrant: uuid, type: "e164Number", value: IDENTITY } });
  uuids[liid] = uuid;
}

test("by an identity: one agency at a time, a reason, links; nothing of it is kept, closed or after a minute", async () => {
  await draft("F-1", { xid: XID });
  await draft("F-2");
  await draft("F-OTHER", { lea: "lea-b", xid: XID });
  const page = await as("alice", { path: "warrants", clock: true });
  const urls = [];
  page.on("request", (r) => urls.push(r.url()));
  await page.getByRole("button", { name: "Find by identity or XID" }).click();
  const d = finder(page);
  await d.locator("button[type=submit]").click();
  ok(await d.locator("select[name=lea]:invalid").count(), "an agency is needed");
  await ask(page, IDENTITY, "request AZ 12", "lea-a");
  await d.getByText("2 warrants found.").waitFor();
  equal((await found(page)).sort(), ["F-1", "F-2"], "found");
  const row = d.locator("tbody tr").filter({ hasText: "F-1" });
  const text = (await row.innerText()).replace(/\s+/g, " ");
  for (const word of ["lea-a", "draft", "***21", "01/01/2026", "01/01/2036", "e164Number"]) ok(text.includes(word), `${word}: ${text}`);
  ok(!(await d.innerText()).includes(IDENTITY), "the answer shows it masked");
  await shot(page, "find");
  await check(page, "found");
  await ask(page, ABSENT, "request AZ 13");
  await d.getByText("Nothing found: no warrant of lea-a has this identity (e164Number)").waitFor();
  equal(await found(page), [], "nothing found");
  equal(await d.locator("input[name=value]").inputValue(), ABSENT, "the field, so that it can be corrected");
  await page.clock.fastForward(61_000);
  await until("emptied", async () => (await d.locator("input[name=value]").inputValue()) === "");
  await ask(page, IDENTITY, "request AZ 12", "lea-b");
  await d.getByText("One warrant found.").waitFor();
  equal(await found(page), ["F-OTHER"], "of the other agency");
  await d.getByRole("link", { name: "F-OTHER" }).click();
  await page.getByRole("heading", { name: "Warrant F-OTHER" }).waitFor();
  equal(await page.getByRole("dialog").count(), 0, "dialogs");
  for (const v of [IDENTITY, ABSENT]) {
    ok(!(await kept(page)).includes(v), "the identity is kept in the browser");
    ok(!urls.some((u) => u.includes(v)), "the identity is in an address");
  }
  await page.goBack();
  await page.getByRole("button", { name: "Find by identity or XID" }).click();
  equal(await finder(page).locator("input[name=value]").inputValue(), "", "opened again");
  ok(!(await kept(page)).includes(IDENTITY), "kept for the next time");
});

test("the audit log has who, why, which agency and how many were found, each time, and not the identity; nor has any file of the daemon", async () => {
  const rows = await stage.audit({ op: "target.find", outcome: "ok" });
  const said = (r) => [r.actor, r.reason, r.detail.lea, r.detail.type, r.detail.found].join();
  equal(rows.map(said).sort(), ["alice,request AZ 12,lea-a,e164Number,2", "alice,request AZ 12,lea-b,e164Number,1", "alice,request AZ 13,lea-a,e164Number,0"], "rows");
  const log = await stage.log();
  ok(log.length > 100, "there is a log");
  for (const v of [IDENTITY, ABSENT]) {
    ok(!log.includes(v), "in the log of the daemon");
    equal(await stage.files_with({ text: v }), [], "in its files");
    ok(!JSON.stringify(rows).includes(v), "in the audit log");
  }
  ok((await stage.files_with({ text: "F-OTHER" })).length > 0, "files are looked through");
});

test("without a fresh factor nothing is found; with it the same question is answered once", async () => {
  const page = await as("alice", { path: "warrants" });
  const before = (await stage.audit({ op: "target.find", outcome: "ok" })).length;
  await page.getByRole("button", { name: "Find by identity or XID" }).click();
  await stage.stale();
  await ask(page, IDENTITY, "request AZ 14", "lea-a");
  await asked(page).getByRole("button", { name: "Cancel" }).click();
  await finder(page).getByText("STEP-UP", { exact: true }).waitFor();
  equal(await found(page), [], "found");
  equal((await stage.audit({ op: "target.find", outcome: "refused" })).map((r) => [r.actor, r.code]), [["alice", "STEP-UP"]], "the refusal in the audit log");
  equal((await stage.audit({ op: "target.find", outcome: "ok" })).length, before, "not done");
  await finder(page).locator("button[type=submit]").click();
  await asked(page).locator("button[type=submit]").click();
  await finder(page).getByText("2 warrants found.").waitFor();
  equal((await stage.audit({ op: "target.find", outcome: "ok" })).length, before + 1, "once");
  await page.keyboard.press("Escape");
  await until("closed", async () => (await page.getByRole("dialog").count()) === 0);
  equal(await page.evaluate(() => document.activeElement.textContent), "Find by identity or XID", "the focus is where it was");
});

test("by an XID: all warrants behind it, of whichever agency; an approver has this alone; an operator neither", async () => {
  const page = await as("bob", { path: "warrants" });
  await page.getByRole("button", { name: "Find by XID" }).click();
  const d = finder(page);
  equal(await d.locator("input[name=value]").count(), 0, "no identity for an approver");
  await d.locator("input[name=xid]").fill("not one");
  await d.locator("button[type=submit]").click();
  await d.getByRole("alert").getByText("USAGE", { exact: true }).waitFor();
  await d.locator("input[name=xid]").fill(XID);
  await page.keyboard.press("Enter");
  await d.getByText("2 warrants found.").waitFor();
  equal((await found(page)).sort(), ["F-1", "F-OTHER"], "found");
  await d.locator("input[name=xid]").fill(crypto.randomUUID());
  await page.keyboard.press("Enter");
  await d.getByText("Nothing found: no warrant that you may see has this XID").waitFor();
  await check(page, "no warrant of an XID");
  const alice = await as("alice", { path: "warrants" });
  await alice.getByRole("button", { name: "Find by identity or XID" }).click();
  await finder(alice).getByRole("radio", { name: "XID" }).check();
  await finder(alice).locator("input[name=xid]").fill(` ${XID} `);
  await finder(alice).locator("button[type=submit]").click();
  await finder(alice).getByText("2 warrants found.").waitFor();
  await finder(alice).getByRole("link", { name: "F-1" }).click();
  await alice.getByRole("heading", { name: "Warrant F-1" }).waitFor();
});

test("an agency finds its own and nothing of another; at its own address, where nobody gives a fresh factor, it is not offered", async () => {
  const page = await as("lia");
  await page.getByRole("button", { name: "Find by identity" }).click();
  const d = finder(page);
  equal(await d.locator("input[name=by], input[name=xid]").count(), 0, "no XID for an agency");
  await until("its own agency is chosen", async () => (await d.locator("select[name=lea]").inputValue()) === "lea-a");
  equal(await d.locator("select[name=lea] option").allInnerTexts(), ["Choose …", "lea-a"], "agencies");
  await ask(page, IDENTITY, "own question");
  await d.getByText("2 warrants found.").waitFor();
  equal((await found(page)).sort(), ["F-1", "F-2"], "found");
  const door = await open({ agency: "lia", path: "overview" });
  await here(door, "lia");
  await door.getByText("nobody logs in here").waitFor();
  await door.getByRole("region", { name: "Our interceptions" }).getByRole("link", { name: "F-1" }).waitFor();
  equal(await door.getByRole("button", { name: /^Find/ }).count(), 0, "offered");
});

test("a note on a notice: from the page of the link and from the warrant; the agency hears of the expected end and not of the note", async () => {
  const { uuid } = await stage.warrant({ liid: "F-NOTE" });
  const page = await as("olga", { path: "links/lemf-a" });
  const alice = await as("alice", { path: `warrants/${uuid}/delivery` });
  await stage.lemf_stop({ name: "lemf-a" });
  await page.getByRole("button", { name: "Note" }).first().click();
  const d = page.getByRole("dialog");
  ok(await d.getByRole("button", { name: "Save" }).isDisabled(), "nothing is changed yet");
  await d.locator("input[name=expected]").fill("2035-06-01T12:00");
  await d.locator("input[name=note]").fill("cable cut, ticket 4711");
  await shot(page, "notice-note");
  await check(page, "the note");
  await d.getByRole("button", { name: "Save" }).click();
  await page.getByText("cable cut, ticket 4711").waitFor();
  const [audit] = await stage.audit({ op: "notice.note", outcome: "ok" });
  equal(audit.actor, "olga", "audit row");
  const list = alice.getByRole("region", { name: "Fault notices" });
  await alice.reload();
  await list.getByText("cable cut, ticket 4711").waitFor();
  await list.getByRole("button", { name: /^Note/ }).first().click();
  equal(await alice.getByRole("dialog").locator("input[name=note]").inputValue(), "cable cut, ticket 4711", "what stands already");
  await alice.getByRole("dialog").locator("input[name=note]").fill("repaired by noon");
  await alice.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await list.getByText("repaired by noon").waitFor();
  const seen = (await stage.must({ person: "alice", op: "notice.list", args: { lea: "lea-a", open: true } })).find((n) => n.note === "repaired by noon");
  equal(seen?.expected, "2035-06-01T10:00:00Z", "the expected end stays as it is");
  const lia = await as("lia");
  await lia.getByRole("region", { name: "Fault notices" }).locator("time").first().waitFor();
  const text = await lia.locator("main").innerText();
  ok(!text.includes("repaired by noon") && text.includes("2035"), text);
  equal(await lia.getByRole("button", { name: /^Note/ }).count(), 0, "an agency writes no note");
  await stage.lemf_start({ name: "lemf-a" });
});

test("German, dark, 320 pixels, by keyboard", async () => {
  const page = await as("alice", { path: "warrants", lang: "de", dark: true, width: 320 });
  await page.getByRole("button", { name: "Nach Kennung oder XID suchen" }).focus();
  await page.keyboard.press("Enter");
  const d = finder(page);
  await d.locator("select[name=lea]").waitFor();
  await ask(page, IDENTITY, "Anfrage AZ 15", "lea-a");
  await d.getByText("2 Anordnungen gefunden.").waitFor();
  await shot(page, "find-de-320", { full: true });
  await check(page, "German");
  await d.getByRole("radio", { name: "Kennung" }).focus();
  await page.keyboard.press("ArrowDown");
  await d.locator("input[name=xid]").waitFor();
  equal(await d.locator("input[name=value]").count(), 0, "the identity went with its form");
  await page.keyboard.press("Escape");
  await until("closed", async () => (await page.getByRole("dialog").count()) === 0);
  await go(page, "overview");
});
await run();
