// SPDX-License-Identifier: Apache-2.0
import { as, check, equal, go, ok, run, settled, shot, stage, test, until } from "./harness.mjs";
import { field, fill, HOUR, next, step, toPlan, wall } from "./wizard_parts.mjs";

const errorOf = (page, name) => page.locator(`[id="w-${name}-e"]`);
const stored = (page) => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.cookie]));

test("what is wrong stands beside its field, which gets the focus; identities are read as they are typed", async () => {
  const page = await as("alice", { path: "new" });
  await step(page, 1);
  await next(page);
  await step(page, 2);
  const value = page.getByLabel(/As it is written/);
  await value.fill("abc");
  await page.getByText("e164Number is a number of 1 to 15 digits").waitFor();
  await next(page);
  await step(page, 2);
  equal(await value.getAttribute("aria-invalid"), "true", "marked");
  await check(page, "a wrong identity");
  for (const [type, written, read] of [["e164Number", "+49 (171) 555-1234", "491715551234"], ["imsi", "262 01 1234567890", "262011234567890"], ["sipUri", "sip:Anna@Example.ORG", "sip:"], ["supiimsi", "26201123456789", "26201123456789"], ["ipv6Address", "2001:DB8:0:0::1", "2001:db8::1"]]) {
    await page.locator("[name=type]").selectOption(type);
    await value.fill(written);
    await page.locator(".target small code", { hasText: read }).waitFor();
  }
  await page.locator("[name=type]").selectOption("e164Number");
  await value.fill("+49 171 5551234");
  await page.getByText("is read as").waitFor();
  await shot(page, "new-targets", { reference: true });
  await next(page);
  await step(page, 3);
  await field(page, "liid").fill("ü");
  await next(page);
  for (const [k, text] of [["lea", "This is needed"], ["liid", "1 to 25 printable"], ["hi2", "This is needed"]]) ok((await errorOf(page, k).textContent()).includes(text), k);
  await until("the first wrong field has the focus", () => page.evaluate(() => document.activeElement?.getAttribute("name") === "lea"));
  equal(await field(page, "hi2").locator("option").allTextContents(), ["Choose …"], "no destination before the agency");
  await fill(page, { lea: "lea-b", liid: "W-1" });
  await until("the agency's only destination", async () => (await field(page, "hi2").inputValue()) === "lemf-b");
  equal(await field(page, "hi3").locator("option").evaluateAll((l) => l.map((o) => o.value)), ["", "lemf-b"], "destinations of that agency only");
  await field(page, "lea").selectOption("lea-a");
  await until("the other agency's", async () => (await field(page, "hi3").inputValue()) === "lemf-a");
  ok(/^[0-9a-f-]{36}$/.test(await field(page, "xid").inputValue()), "an XID of the browser");
  await check(page, "delivery");
  await shot(page, "new-delivery", { full: true });
  await next(page);
  await step(page, 4);
  await fill(page, { from: wall(Date.now() + HOUR), until: wall(Date.now()) });
  await next(page);
  ok((await errorOf(page, "until").textContent()).includes("ends before it begins"), "order of the times");
  await fill(page, { zone: "Mars/Base", until: wall(Date.now() + 3 * HOUR) });
  await next(page);
  ok((await errorOf(page, "zone").textContent()).includes("not known"), "zone");
  await check(page, "period");
});

test("back and forth loses nothing, nothing is in the storage of the browser, leaving asks", async () => {
  const page = await as("alice", { path: "new" });
  await step(page, 1);
  await fill(page, { reference: "AZ 77", authority: "Court" });
  await next(page);
  await page.getByLabel(/As it is written/).fill("+31 6 9876 5432");
  await page.getByText("is read as").waitFor();
  await next(page);
  await step(page, 3);
  await field(page, "liid").fill("W-BACK");
  const xid = await field(page, "xid").inputValue();
  await page.goBack();
  await step(page, 2);
  equal(await page.getByLabel(/As it is written/).inputValue(), "+31 6 9876 5432", "after going back");
  await page.getByRole("button", { name: "Back" }).click();
  await step(page, 1);
  equal(await field(page, "reference").inputValue(), "AZ 77", "reference");
  await page.keyboard.press("Alt+3");
  await step(page, 3);
  equal([await field(page, "liid").inputValue(), await field(page, "xid").inputValue()], ["W-BACK", xid], "delivery");
  await page.getByRole("link", { name: "Warrants" }).click();
  await page.locator("dialog").getByText("Leave without saving").first().waitFor();
  await check(page, "leaving");
  await page.getByRole("button", { name: "Stay here" }).click();
  await step(page, 3);
  await page.getByRole("link", { name: "Warrants" }).click();
  await page.getByRole("button", { name: "Leave, keep it in this tab" }).click();
  await page.waitForFunction(() => location.hash.startsWith("#/warrants"));
  await settled(page);
  const kept = await stored(page);
  for (const secret of ["9876", "W-BACK", "AZ 77", "Court"]) ok(!kept.includes(secret), `${secret} is kept: ${kept}`);
  await go(page, "new");
  equal(await field(page, "reference").inputValue(), "AZ 77", "after leaving");
  let asked = 0;
  page.on("dialog", (d) => (asked++, void d.dismiss()));
  await field(page, "reference").press("End"); // a touch: without one the browser does not ask
  await page.evaluate(() => location.reload()).catch(() => {});
  await until("the browser asks before it reloads", async () => asked > 0);
  equal(await field(page, "reference").inputValue(), "AZ 77", "still there");
  await page.getByRole("link", { name: "Approvals" }).click();
  await page.getByRole("button", { name: "Leave and drop it" }).click();
  await page.waitForFunction(() => location.hash.startsWith("#/approvals"));
  await go(page, "new");
  equal(await field(page, "reference").inputValue(), "", "dropped");
  await fill(page, { reference: "AZ 78" });
  await page.getByRole("button", { name: "Log out" }).click();
  await page.locator("main.login").waitFor();
});

test("a draft is found again and continued in another browser, its identities masked; a change of it in between is told", async () => {
  const one = await as("alice");
  await toPlan(one, { liid: "W-LATER", lea: "lea-b", files: [{ name: "order.txt", mimeType: "text/plain", buffer: Buffer.from("order") }] });
  await one.close();
  const page = await as("anton", { path: "new" });
  await page.getByText("Continue a draft").click();
  await page.getByRole("link", { name: "W-LATER" }).click();
  await page.getByRole("heading", { name: "Draft W-LATER" }).waitFor();
  await step(page, 1);
  equal(await field(page, "reference").inputValue(), "AZ W-LATER", "reference");
  await page.getByText("at the server, sealed").waitFor();
  await page.keyboard.press("Alt+2");
  await page.getByText("***78").waitFor();
  await page.keyboard.press("Alt+3");
  await until("the destination", async () => (await field(page, "hi3").inputValue()) === "lemf-b");
  equal(await field(page, "liid").inputValue(), "W-LATER", "LIID");
  equal(await page.getByText("There are changes that are not saved").count(), 0, "nothing is changed by looking");
  await page.keyboard.press("Alt+1");
  await fill(page, { authority: "Higher court" });
  await page.getByText("There are changes that are not saved").waitFor();
  await stage.must({ person: "alice", op: "warrant.set", args: { warrant: "W-LATER", reference: "AZ other" } });
  await page.getByRole("button", { name: "Save the draft" }).click();
  await page.getByText("Somebody changed this meanwhile").waitFor();
  equal((await stage.must({ person: "alice", op: "warrant.show", args: { warrant: "W-LATER" } })).authority, "District court", "nothing was overwritten");
});

test("what was saved can be emptied again; what a draft cannot be without stays", async () => {
  const page = await as("alice");
  await toPlan(page, { liid: "W-EMPTY", order: { officer: "J. Smith, badge 7", signer_name: "Judge A" } });
  const saved = () => stage.must({ person: "alice", op: "warrant.show", args: { warrant: "W-EMPTY" } });
  equal([(await saved()).officer, (await saved()).signer_name], ["J. Smith, badge 7", "Judge A"], "saved");
  await page.keyboard.press("Alt+1");
  await fill(page, { officer: "" });
  await page.keyboard.press("Alt+3");
  await fill(page, { operator_id: "" });
  await page.getByRole("button", { name: "Save the draft" }).click();
  await page.getByText("The draft is saved").waitFor();
  await until("the server has it", async () => (await saved()).officer === null);
  equal((await saved()).signer_name, "Judge A", "the field beside it");
  const row = (await stage.audit({ op: "warrant.set", outcome: "ok" })).at(-1);
  equal(row.detail, { emptied: ["officer"] }, "the audit row");
  await page.keyboard.press("Alt+1");
  await step(page, 1);
  equal(await field(page, "officer").inputValue(), "", "in the wizard");
  await page.keyboard.press("Alt+4");
  await fill(page, { until: "" });
  await next(page);
  await errorOf(page, "until").waitFor();
  ok((await saved()).until, "the end stays");
  await fill(page, { until: wall(Date.now() + 48 * HOUR) });
});

test("odd hours: a time that does not exist, one that comes twice, a change of summer time in between", async () => {
  const page = await as("alice", { path: "new?step=period" });
  await step(page, 4);
  await fill(page, { zone: "Europe/Berlin", from: "2027-03-28T02:30", until: "2027-10-31T02:30" });
  await page.getByText("2027-03-28 02:30 does not exist in Europe/Berlin").waitFor();
  await page.getByText("2027-10-31 02:30 comes twice in Europe/Berlin").waitFor();
  await page.getByText("2027-10-31 00:30:00 UTC").waitFor();
  await fill(page, { from: "2027-03-20T00:00", until: "2027-04-20T00:00" });
  await page.getByText("changes by 60 minutes. The true length is 30 d 23 h").waitFor();
  await page.getByText("2027-03-19 23:00:00 UTC").waitFor();
  await page.getByText("2027-04-19 22:00:00 UTC").waitFor();
  await fill(page, { zone: "America/New_York" });
  await page.getByText("2027-03-20 04:00:00 UTC").waitFor();
  await check(page, "odd hours");
  await shot(page, "new-period", { reference: true });
});

test("what blocks: a revoked element, a disabled destination; what warns: an XID of another warrant", async () => {
  const other = await stage.warrant({ liid: "W-OTHER" });
  const page = await as("alice");
  await toPlan(page, { liid: "W-CONFLICT", ne: "ne2" });
  await stage.must({ person: "sam", op: "ne.revoke", args: { ne: "ne2", reason: "test" } });
  await page.getByText("NE-REVOKED").waitFor();
  const sign = page.getByRole("button", { name: "Sign and submit" });
  ok(await sign.isDisabled(), "nothing to sign");
  await check(page, "blocked");
  await shot(page, "new-blocked");
  await stage.two({ op: "ne.enable", args: { ne: "ne2" } });
  await until("free again", async () => !(await sign.isDisabled()));
  await page.keyboard.press("Alt+3");
  await field(page, "xid").fill(other.xid);
  await page.getByRole("button", { name: "Save the draft" }).click();
  await page.getByText("The draft is saved").waitFor();
  await page.keyboard.press("Alt+5");
  await page.getByText("XID-SHARED").waitFor();
  await until("a warning does not block", async () => !(await sign.isDisabled()));
});

test("the regime says what is needed, which kinds of order there are, and how long a provisional one holds", async () => {
  await stage.two({ op: "regime.import", args: { file: { name: "strict", version: "3", required: ["reference", "authority", "legal_type", "review"], legal_types: ["wire", "test"], provisional_hours: 48 } } });
  const page = await as("alice", { path: "new" });
  await field(page, "regime").selectOption("strict");
  await page.getByText("regime strict (3)").waitFor();
  await next(page);
  for (const k of ["reference", "authority", "legal_type", "review"]) await errorOf(page, k).waitFor();
  equal(await field(page, "legal_type").locator("option").evaluateAll((l) => l.map((o) => o.value)), ["", "wire", "test"], "kinds of order");
  await check(page, "what is missing");
  await fill(page, { reference: "1", authority: "2", legal_type: "wire", review: "read it" });
  await next(page);
  await page.getByLabel(/As it is written/).fill("+31 6 1111 2222");
  await next(page);
  await fill(page, { lea: "lea-a", liid: "W-STRICT" });
  await page.waitForFunction(() => document.querySelector("[name=hi3]")?.value);
  await next(page);
  await step(page, 4);
  await fill(page, { from: wall(Date.now()), until: wall(Date.now() + 100 * HOUR), provisional_until: wall(Date.now() + 60 * HOUR) });
  await next(page);
  ok((await errorOf(page, "provisional_until").textContent()).includes("At most 48 hours"), "provisional");
  await fill(page, { provisional_until: wall(Date.now() + 40 * HOUR) });
  await next(page);
  await step(page, 5);
  await page.getByText("The paper is still to come").waitFor();
});

test("how it looks: German, dark, narrow, wide", async () => {
  for (const [name, o] of Object.entries({ de: { lang: "de" }, dark: { dark: true }, narrow: { width: 320, height: 800 }, wide: { width: 1920, height: 1080 } })) {
    const page = await as("anton", { ...o, path: "new" });
    for (const [i, s] of ["order", "targets", "delivery", "period"].entries()) {
      await go(page, `new?step=${s}`);
      await page.locator(`ol.steps li:nth-child(${i + 1}) button[aria-current=step]`).waitFor();
      await check(page, `${name} ${s}`);
      await shot(page, `new-${s}-${name}`, { full: true });
    }
    for (const s of ["approvals", "people", "me"]) {
      await go(page, s);
      await check(page, `${name} ${s}`);
      await shot(page, `${s}-${name}`, { full: true });
    }
    await page.context().close();
  }
});
await run();
