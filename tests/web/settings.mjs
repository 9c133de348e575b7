// SPDX-License-Identifier: Apache-2.0
import { as, check, equal, go, login, ok, open, run, settled, shot, stage, test, until } from "./harness.mjs";

const row = (page, text) => page.locator("main tbody tr").filter({ hasText: text });
async function second(op) {
  const waits = await until(`${op} waits`, async () => {
    const all = (await stage.must({ person: "bob", op: "approval.list" })).filter((a) => a.op === op && a.state === "waiting");
    return all.length && all;
  });
  for (const a of waits) await stage.approve({ person: "bob", approval: a.approval });
}
async function sign(page) {
  await page.getByRole("button", { name: "Sign", exact: true }).click();
  await page.getByRole("dialog").first().waitFor({ state: "detached" });
}

test("an agency and a setting are changed by two persons", async () => {
  const page = await as("sam", { path: "settings" });
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Add an agency" }).click();
  await dialog.getByLabel("Name (required)").fill("lea-n");
  await dialog.getByLabel("Country (two letters)").fill("BE");
  await dialog.getByRole("button", { name: "Save" }).click();
  await sign(page);
  await second("lea.add");
  await row(page, "lea-n").waitFor();
  await shot(page, "settings-agencies");
  await go(page, "settings/values");
  await row(page, "notice_after_s").getByRole("button").click();
  await dialog.getByLabel("New value").fill("45");
  await dialog.getByRole("button", { name: "Save" }).click();
  await sign(page);
  await second("setting.set");
  await row(page, "notice_after_s").getByText("45", { exact: true }).waitFor();
  await shot(page, "settings-values");
  equal((await stage.must({ person: "sam", op: "setting.show", args: { name: "notice_after_s" } })).value, 45, "at the server");
});

test("a profile is read from a file, shown field by field, signed by two, given to an agency", async () => {
  const page = await as("sam", { path: "settings/profiles" });
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Import a profile" }).click();
  await dialog.locator("input[type=file]").setInputFiles(await stage.profile({ name: "slow", time1_s: 300 }));
  await shot(page, "settings-import");
  await dialog.getByRole("button", { name: "Import" }).click();
  await sign(page);
  await second("profile.import");
  await row(page, "slow").getByRole("link").first().click();
  await row(page, "time1_s").locator("strong").getByText("300").waitFor();
  await shot(page, "settings-profile", { full: true });
});

test("a hold keeps the records of a warrant that is over", async () => {
  const page = await as("ada", { path: "settings/retention" });
  const dialog = page.getByRole("dialog");
  await row(page, "W-SETTINGS").getByRole("button", { name: /^Hold/ }).click();
  await dialog.locator("input[name=authority]").fill("court of appeal");
  await dialog.locator("input[name=reason]").fill("case 7");
  await dialog.getByRole("button", { name: "Save" }).click();
  await row(page, "court of appeal").waitFor();
  equal((await stage.must({ person: "ada", op: "hold.list" })).map((h) => h.authority), ["court of appeal"], "at the server");
  await shot(page, "settings-retention");
});

test("what the system is: processes, listeners, clock, self-check; vault and shared addresses", async () => {
  const page = await as("sam", { path: "settings/system" });
  await row(page, "reception (X2, X3)").locator(".state").getByText("runs").waitFor();
  await page.getByRole("button", { name: "Check now" }).click();
  await page.getByText("The database is whole.").waitFor();
  await shot(page, "settings-system", { full: true });
  await go(page, "settings/vault");
  await page.locator(".state").getByText("open").waitFor();
  await shot(page, "settings-vault");
  await go(page, "settings/pools");
  await row(page, "100.64.0.0/10").waitFor();
  await go(page, "settings/regimes/etsi");
  await page.getByText("Retention (days)").waitFor();
});

test("journal: what was not handed over, with its reason; filters", async () => {
  await stage.stray();
  const page = await as("olga", { path: "settings/journal" });
  await row(page, "XID-UNKNOWN").first().waitFor();
  await page.getByLabel("Kind").selectOption("REJECT");
  await page.getByLabel("Code").selectOption("XID-UNKNOWN");
  await page.getByText("No warrant has this XID").first().waitFor();
  await until("only rejects", async () => (await page.locator("main tbody tr").count()) === (await row(page, "XID-UNKNOWN").count()));
  await shot(page, "settings-journal");
  await page.getByLabel("Network element").fill("ne2");
  await page.getByText("Nothing in this period.").waitFor();
});

test("an operator sees health, and no LIID or warrant anywhere", async () => {
  await stage.pdus({ liid: "W-RUNS" });
  const page = await as("olga", { path: "links" });
  const places = ["links", "links/lemf-a", "elements", "elements/ne1", "alarms?show=all", "settings", "settings/profiles", "settings/values", "settings/system", "settings/journal", "overview"];
  for (const place of places) {
    await go(page, place);
    await page.locator("main table, main .card").first().waitFor();
    const text = await page.evaluate(() => document.body.innerText + document.body.innerHTML);
    ok(!/W-RUNS|W-SETTINGS/.test(text), `${place} shows a LIID`);
    await check(page, place);
  }
  const parts = await page.locator("nav.tabs a").allInnerTexts().catch(() => []);
  ok(!parts.includes("Vault") && !parts.includes("Retention and holds"), "what is not for an operator is not offered");
});

test("German, dark, 320 px; every part without a fault", async () => {
  const page = await open({ lang: "de", dark: true, width: 320, path: "settings" });
  await login(page, "sam");
  for (const part of ["agencies", "profiles", "regimes", "values", "retention", "pools", "vault", "system"]) {
    await go(page, `settings/${part}`);
    await page.locator(`nav.tabs a[aria-current]`).waitFor();
    await settled(page);
    await check(page, part);
    await shot(page, `settings-${part}-de-320`, { full: true });
  }
  const wide = await as("alice", { path: "settings/journal", width: 1920, height: 1080 });
  await row(wide, "XID-UNKNOWN").first().waitFor();
  await shot(wide, "settings-journal-1920");
});
await run();
