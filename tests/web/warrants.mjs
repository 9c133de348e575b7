// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { as, equal, go, ok, run, settled, shot, stage, tab, test, until } from "./harness.mjs";

const rows = (page) => page.locator("tbody a.row").allInnerTexts();
const soon = (hours) => new Date(Date.now() + hours * 3600_000).toISOString().slice(0, 19) + "Z";
const become = async (page, what, f) => until(what, async () => f(await rows(page)));

test("100 000 rows: a page at a time, forward and back, a search finds one of them, no page holds more than 100", async () => {
  const page = await as("alice", { path: "warrants" });
  await become(page, "the first page", (r) => r.length === 100 && r[0] === "MANY-000000");
  await page.getByText("Rows 1 to 100").waitFor();
  for (let i = 1; i < 4; i++) {
    await page.getByRole("button", { name: "Next page" }).click();
    await become(page, `page ${i + 1}`, (r) => r[0] === `MANY-000${i}00`);
  }
  await page.getByText("Rows 301 to 400").waitFor();
  // back from a warrant comes to the same page
  await page.getByRole("link", { name: "MANY-000342" }).click();
  await page.getByRole("heading", { name: "Warrant MANY-000342" }).waitFor();
  await page.goBack();
  await become(page, "the same page again", (r) => r[0] === "MANY-000300");
  await page.reload();
  await settled(page);
  await become(page, "the same page after a reload", (r) => r[0] === "MANY-000300");
  await page.getByRole("button", { name: "Previous page" }).click();
  await become(page, "one page back", (r) => r[0] === "MANY-000200");
  await page.keyboard.press("Escape");
  await page.locator("h1").click();
  await page.keyboard.press("/");
  await page.keyboard.type("many-0777");
  await become(page, "found", (r) => r.length === 100 && r.every((x) => x.startsWith("MANY-0777")));
  ok(page.url().includes("text=many-0777"), page.url());
  await page.keyboard.type("42");
  await become(page, "the one", (r) => r.length === 1 && r[0] === "MANY-077742");
});

test("filters are in the address: state, agency, end, order; back, reload and another tab show the same", async () => {
  await stage.warrant({ liid: "LATE-1", until: soon(100) });
  await stage.warrant({ liid: "SOON-1", until: soon(3), reference: "AZ 77/26" });
  await stage.warrant({ liid: "OTHER-1", lea: "lea-b", until: soon(5) });
  const page = await as("alice", { path: "warrants?state=active&sort=until" });
  await become(page, "those that are active, by their end", (r) => JSON.stringify(r) === '["SOON-1","OTHER-1","LATE-1"]');
  await page.locator("select[name=lea]").selectOption("lea-b");
  await become(page, "of one agency", (r) => JSON.stringify(r) === '["OTHER-1"]');
  await page.locator("select[name=lea]").selectOption("");
  await page.locator("select[name=ends]").selectOption("24");
  await become(page, "within a day", (r) => JSON.stringify(r) === '["SOON-1","OTHER-1"]');
  await shot(page, "warrants-filter");
  await page.reload();
  await settled(page);
  await become(page, "after a reload", (r) => JSON.stringify(r) === '["SOON-1","OTHER-1"]');
  const other = await tab(page, page.url().split("#/")[1]);
  await become(other, "in another tab", (r) => JSON.stringify(r) === '["SOON-1","OTHER-1"]');
  equal(await other.locator("select[name=ends]").inputValue(), "24", "the field");
  await page.getByRole("link", { name: "SOON-1" }).click();
  await page.getByRole("heading", { name: "Warrant SOON-1" }).waitFor();
  await page.goBack();
  await become(page, "back", (r) => JSON.stringify(r) === '["SOON-1","OTHER-1"]');
  equal(await page.locator("select[name=state]").inputValue(), "active", "state");
  await page.locator("input[name=text]").fill("77/26");
  await become(page, "by its reference", (r) => JSON.stringify(r) === '["SOON-1"]');
  await page.getByRole("button", { name: "All warrants" }).click();
  await become(page, "all, by their end", (r) => r.length === 100 && r[0] === "SOON-1");
  await page.locator("input[name=text]").fill("no such thing");
  await page.getByText("No warrant fits this filter.").waitFor();
});

test("rows by keyboard: j, k and Enter; the focus is seen", async () => {
  const page = await as("alice", { path: "warrants?state=active&sort=until" });
  await become(page, "rows", (r) => r.length === 3);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  equal(await page.evaluate(() => document.activeElement.textContent), "OTHER-1", "second row");
  await page.keyboard.press("k");
  equal(await page.evaluate(() => document.activeElement.textContent), "SOON-1", "first row");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Warrant OTHER-1" }).waitFor();
});

test("saved filters: kept at the server, private to the person, chosen and removed", async () => {
  const page = await as("alice", { path: "warrants?state=active&ends=24" });
  await page.getByRole("button", { name: "Save this filter" }).click();
  await page.getByLabel("Name of the filter").fill("today");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  const chip = page.getByRole("link", { name: "today", exact: true });
  await chip.waitFor();
  await go(page, "warrants");
  await become(page, "all", (r) => r.length === 100);
  await chip.click();
  await become(page, "the filter", (r) => r.length === 2);
  equal(await page.locator("select[name=ends]").inputValue(), "24", "ends");
  const again = await as("alice", { path: "warrants" });
  await again.getByRole("link", { name: "today", exact: true }).waitFor();
  const bob = await as("bob", { path: "warrants" });
  await become(bob, "rows", (r) => r.length === 100);
  equal(await bob.getByRole("link", { name: "today", exact: true }).count(), 0, "somebody else's filter");
  await again.getByRole("button", { name: "Remove saved filter today" }).click();
  await until("gone", async () => !(await again.getByRole("link", { name: "today", exact: true }).count()));
});

test("what comes and what waits is counted in the row while it happens; the list is not read into the audit log again and again", async () => {
  const page = await as("alice", { path: "warrants?text=SOON-1" });
  const cell = (title) => page.locator(`td[data-title="${title}"]`);
  await until("nothing came", async () => (await cell("Last IRI").innerText()) === "–");
  const reads = (await stage.audit({ op: "warrant.list", actor: "alice" })).length;
  await stage.pdus({ liid: "SOON-1" });
  await until("IRI came", async () => /\d/.test(await cell("Last IRI").innerText()));
  await until("CC came", async () => /\d/.test(await cell("Last CC").innerText()));
  await stage.lemf_stop({ name: "lemf-a" });
  await stage.pdus({ liid: "SOON-1" });
  await until("it waits", async () => Number((await cell("Backlog").innerText()).replace(/\D/g, "")) > 0);
  await shot(page, "warrants-backlog");
  await stage.lemf_start({ name: "lemf-a" });
  await until("nothing waits", async () => (await cell("Backlog").innerText()).trim() === "0");
  equal((await stage.audit({ op: "warrant.list", actor: "alice" })).length, reads, "rows of the audit log about reading the list");
});

test("all rows of a filter as CSV, and no cell that a spreadsheet takes for a formula", async () => {
  await stage.warrant({ liid: "CSV-1", reference: "=1+1", state: "draft" });
  const page = await as("alice", { path: "warrants?text=-1" });
  await become(page, "rows", (r) => r.includes("CSV-1"));
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as CSV" }).click()]);
  const text = readFileSync(await file.path(), "utf8");
  ok(text.includes('"CSV-1"') && text.includes("\"'=1+1\""), text.split("\r\n").filter((l) => l.includes("CSV-1")).join());
});

test("who has no right to warrants has no list; an auditor reads and does nothing", async () => {
  const olga = await as("olga", { path: "warrants" });
  await olga.getByText("There is nothing at this address").waitFor();
  const ada = await as("ada", { path: "warrants?text=SOON" });
  await become(ada, "rows", (r) => r.length === 1);
  equal(await ada.getByRole("link", { name: "New warrant" }).count(), 0, "new");
});

test("German, dark, 320 and 1 920 pixels", async () => {
  const small = await as("alice", { path: "warrants?state=active", lang: "de", dark: true, width: 320 });
  await become(small, "rows", (r) => r.length === 3);
  await shot(small, "warrants-de-320", { full: true });
  const wide = await as("alice", { path: "warrants?sort=until", width: 1920, height: 1080 });
  await become(wide, "rows", (r) => r.length === 100);
  await shot(wide, "warrants-1920");
});
await run();
