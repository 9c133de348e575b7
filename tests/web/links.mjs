// SPDX-License-Identifier: Apache-2.0
import { as, equal, go, login, ok, open, run, settled, shot, stage, test, until } from "./harness.mjs";

const row = (page, name) => page.locator("main tbody tr").filter({ has: page.getByRole("link", { name, exact: true }) });
/** The state WORD in what LOCATOR finds. */
const state = (locator, word) => locator.locator(".state").filter({ hasText: new RegExp(`^\\S\\s${word}$`) }).first();
/** What waits for a second person is signed by bob. */
async function second(op) {
  const waits = await until(`${op} waits`, async () => {
    const all = (await stage.must({ person: "bob", op: "approval.list" })).filter((a) => a.op === op && a.state === "waiting");
    return all.length && all;
  });
  for (const a of waits) await stage.approve({ person: "bob", approval: a.approval });
}

test("an outage of the facility is seen live, what waits is counted, and drains when it is back", async () => {
  const page = await as("alice", { path: "links" });
  await state(row(page, "lemf-a"), "up").waitFor();
  await page.getByText("2 links in use, none is down.").waitFor();
  await shot(page, "links", { reference: true });
  await stage.lemf_stop({ name: "lemf-a" });
  await state(row(page, "lemf-a"), "down").waitFor();
  await page.getByText("1 of 2 links is down.").waitFor();
  await row(page, "lemf-a").getByText(/CLOSED|TCP-REFUSED/).first().waitFor();
  equal(await state(row(page, "lemf-b"), "up").count(), 1, "the other one");
  await stage.pdus({ liid: "W-LINKS", rtp: 50 });
  await row(page, "lemf-a").getByText(/^(5|6)\d PDUs/).waitFor();
  await page.locator("nav .count").waitFor();
  await shot(page, "links-down");
  await go(page, "links/lemf-a");
  await page.locator(".notice.bad").getByText(/CLOSED|TCP-REFUSED/).first().waitFor();
  await shot(page, "link-down", { full: true });
  await stage.lemf_start({ name: "lemf-a" });
  await state(page.locator("main [role=status]"), "up").waitFor();
  await page.locator(".big").getByText("0 PDUs").waitFor();
  await go(page, "links");
  await page.getByText("2 links in use, none is down.").waitFor();
});

test("chart and table of a link say what link.history says, and go on by themselves", async () => {
  const page = await as("alice", { path: "links/lemf-a" });
  await page.locator("figure .plot canvas").first().waitFor();
  const chart = page.locator("figure").filter({ hasText: "PDUs that it confirmed" });
  await chart.getByRole("button", { name: /^As a table/ }).click();
  const shown = () => chart.locator("tbody tr").evaluateAll((rows) => Object.fromEntries(rows.map((r) => [Date.parse(r.querySelector("time").dateTime) / 1000, r.querySelector("data")?.value ?? ""])));
  let newest = 0;
  const agree = async (sum) => {
    const h = await stage.must({ person: "alice", op: "link.history", args: { destination: "lemf-a" } });
    const from = Date.parse(h.from) / 1000, table = await shown();
    // the newest steps are still being filled
    const known = h.pdus.map((n, i) => [from + i * h.step_s, n]).filter(([x, n], i) => n !== null && i < h.pdus.length - 4 && table[x] !== undefined);
    newest = Math.max(0, ...known.map(([x]) => x));
    return known.length >= 3 && known.reduce((n, [, v]) => n + v, 0) >= sum && known.every(([x, n]) => table[x] === String(n));
  };
  await until("the table agrees with link.history", () => agree(50), 60_000);
  const before = newest;
  await until("new steps come by themselves", async () => (await agree(50)) && newest > before, 60_000);
  await chart.getByRole("button", { name: /^As a table/ }).click();
  await until("a line is drawn", () => chart.locator("canvas").evaluate((c) => {
    const ink = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
    let n = 0;
    for (let i = 3; i < ink.length; i += 4) n += ink[i] > 0;
    return c.width > 100 && n > 200;
  }));
  await shot(page, "link", { full: true });
});

test("a TestPDU arrives at the facility, and its result is seen", async () => {
  const page = await as("olga", { path: "links/lemf-a" });
  const before = await stage.tests({ name: "lemf-a" });
  await page.getByRole("button", { name: "Send a TestPDU" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Send a TestPDU" }).click();
  await dialog.getByText("Sent. The facility must have it").waitFor();
  await until("it is in the books of the facility", async () => (await stage.tests({ name: "lemf-a" })) === before + 1);
  await shot(page, "link-test");
  equal(await page.getByRole("button", { name: /^(Change|Switch off|Remove)$/ }).count(), 0, "an operator changes nothing");
});

test("a change needs a second person; switched off and on again", async () => {
  const page = await as("sam", { path: "links/lemf-b" });
  await page.getByRole("button", { name: "Change", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Keep-alive after (s)").fill("90");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Sign", exact: true }).waitFor();
  await shot(page, "link-sign");
  await page.getByRole("button", { name: "Sign", exact: true }).click();
  await page.getByText("It waits for a second person").waitFor();
  await second("destination.set");
  await page.getByText("90 s / 30 s / 60 s").waitFor();
  await page.getByRole("button", { name: "Switch off" }).click();
  await page.getByRole("dialog").getByText("nothing is delivered to lea-b over lemf-b any more").waitFor();
  await page.getByRole("dialog").getByLabel(/^Reason/).fill("wrong peer");
  await shot(page, "link-off");
  await page.getByRole("dialog").getByRole("button", { name: "Switch off" }).click();
  await state(page.locator("main [role=status]"), "disabled").waitFor();
  ok((await stage.audit({ op: "destination.set" })).some((r) => r.reason === "wrong peer"), "the reason is in the audit log");
  await page.getByRole("button", { name: "Switch on" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Switch on" }).click();
  await page.getByRole("button", { name: "Sign", exact: true }).click();
  await page.getByRole("dialog").first().waitFor({ state: "detached" });
  await second("destination.set");
  await state(page.locator("main [role=status]"), "up").waitFor();
});

test("a link is added by two persons, and removed by one with a reason", async () => {
  const page = await as("sam", { path: "links" });
  await page.getByRole("button", { name: "Add a link" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name (required)").fill("lemf-c");
  await dialog.getByLabel("Agency").selectOption("lea-b");
  await dialog.getByLabel("Addresses").fill("127.0.0.1:1");
  await dialog.getByLabel("Name in the certificate").fill("lemf-c.lab.example");
  await shot(page, "link-add");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Sign", exact: true }).click();
  await dialog.first().waitFor({ state: "detached" });
  await second("destination.add");
  await state(row(page, "lemf-c"), "down").waitFor();
  await row(page, "lemf-c").getByRole("link").first().click();
  await page.getByRole("button", { name: "Remove" }).click();
  await dialog.getByText("Link lemf-c of lea-b is removed at once.").waitFor();
  await dialog.getByLabel("Reason").fill("entered by mistake");
  await shot(page, "link-remove");
  await dialog.getByRole("button", { name: "Remove" }).click();
  await page.locator("h1").getByText("Delivery links").waitFor();
  await until("it is gone", async () => (await row(page, "lemf-c").count()) === 0);
  const audit = await stage.audit({ op: "destination.remove" });
  equal([audit.length, audit[0].reason], [1, "entered by mistake"], "audit");
});

test("an agency sees its own link only", async () => {
  const page = await open({ path: "links", agency: "lia" });
  await page.locator("header.bar").waitFor();
  await settled(page);
  await row(page, "lemf-a").waitFor();
  equal(await page.getByText("lemf-b").count(), 0, "the link of another agency");
  await shot(page, "links-agency");
});

test("German, dark, 320 px; 1 920 px", async () => {
  const page = await open({ lang: "de", dark: true, width: 320, path: "links" });
  await login(page, "alice");
  await state(row(page, "lemf-a"), "verbunden").waitFor();
  await shot(page, "links-de-320", { full: true });
  await go(page, "links/lemf-a");
  await page.locator("figure .plot canvas").first().waitFor();
  await shot(page, "link-de-320", { full: true });
  const wide = await as("alice", { path: "links", width: 1920, height: 1080 });
  await row(wide, "lemf-a").waitFor();
  await shot(wide, "links-1920");
  await go(wide, "links/lemf-a");
  await wide.locator("figure .plot canvas").first().waitFor();
  await shot(wide, "link-1920");
});
await run();
