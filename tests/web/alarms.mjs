// SPDX-License-Identifier: Apache-2.0
import { as, equal, go, login, ok, open, run, shot, stage, test, until } from "./harness.mjs";

const row = (page, code, object) => page.locator("main tbody tr").filter({ hasText: code }).filter({ hasText: object });
const count = async (page) => Number((await page.locator("nav .count span[aria-hidden]").allInnerTexts())[0]?.replace(/\D/g, "") ?? 0);

test("an alarm comes and goes by itself, on every screen as a number that is told", async () => {
  const page = await as("olga", { path: "alarms" });
  const elsewhere = await as("alice", { path: "completeness" });
  await until("the number is there or there is none", async () => (await page.locator("nav [role=status]").count()) === 1);
  const before = await until("it agrees with the server", async () => {
    const n = (await stage.must({ person: "olga", op: "alarm.list" })).length;
    return (await count(page)) === n && (await count(elsewhere)) === n && n + 1;
  });
  await stage.lemf_stop({ name: "lemf-a" });
  await row(page, "LINK-DOWN", "lea-a/lemf-a").waitFor();
  await until("both count it", async () => (await count(page)) === before && (await count(elsewhere)) === before);
  equal(await page.locator("nav [role=status][aria-live=polite]").count(), 1, "it is told to screen readers");
  await row(page, "LINK-DOWN", "lea-a/lemf-a").getByText("What it means and what to do").click();
  await row(page, "LINK-DOWN", "lea-a/lemf-a").getByText("No connection to a facility").waitFor();
  await shot(page, "alarms");
  await row(page, "LINK-DOWN", "lea-a/lemf-a").getByRole("link").click();
  await page.locator("h1").getByText("Link lemf-a").waitFor();
});

test("it is acknowledged with a note, which others see at once; it stays until its cause is gone", async () => {
  const page = await as("olga", { path: "alarms" });
  const other = await as("bob", { path: "alarms" });
  await row(other, "LINK-DOWN", "lea-a/lemf-a").getByText("not yet").waitFor();
  equal(await row(other, "LINK-DOWN", "lea-a/lemf-a").getByRole("button").count(), 0, "an approver acknowledges nothing");
  await row(page, "LINK-DOWN", "lea-a/lemf-a").getByRole("button", { name: /^Acknowledge/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Note/).fill("called the facility");
  await shot(page, "alarm-ack");
  await dialog.getByRole("button", { name: "Acknowledge" }).click();
  await row(other, "LINK-DOWN", "lea-a/lemf-a").getByText("called the facility").waitFor();
  const audit = await stage.audit({ op: "alarm.ack", outcome: "ok" });
  equal([audit.length, audit[0]?.actor], [1, "olga"], "audit");
  await stage.lemf_start({ name: "lemf-a" });
  await until("it is over", async () => (await row(page, "LINK-DOWN", "lea-a/lemf-a").count()) === 0);
  await page.getByLabel("Show").selectOption("all");
  await row(page, "LINK-DOWN", "lea-a/lemf-a").getByText("over", { exact: true }).waitFor();
  await row(page, "LINK-DOWN", "lea-a/lemf-a").getByText("called the facility").waitFor();
  await shot(page, "alarms-history");
});

test("filters are in the address, survive a reload, and the server filters", async () => {
  const page = await as("ada", { path: "alarms?show=all" });
  await row(page, "LINK-DOWN", "lea-a/lemf-a").waitFor();
  await page.getByLabel("Text in code, object or text").fill("link-down lea-a");
  await until("only that one is left", async () => (await page.locator("main tbody tr").count()) === 1 && (await row(page, "LINK-DOWN", "lea-a/lemf-a").count()) === 1);
  ok(page.url().includes("text=link-down+lea-a"), page.url());
  await page.getByLabel("Severity").selectOption("minor");
  await page.getByText("No alarm fits.").waitFor();
  await page.reload();
  await page.getByText("No alarm fits.").waitFor();
  equal(await page.getByLabel("Text in code, object or text").inputValue(), "link-down lea-a", "the filter is there");
});

test("every alarm of docs/errors.md is explained in every language", async () => {
  const codes = await stage.codes();
  ok(codes.length > 40, "codes");
  for (const lang of ["en", "de"]) {
    const page = await open({ lang });
    await page.locator("main.login").waitFor();
    const texts = await page.evaluate(async () => {
      const of = performance.getEntriesByType("resource").map((r) => r.name).find((n) => /\/(en|de)\.[^/]*json$/.test(n));
      return (await fetch(of)).json();
    });
    equal(codes.filter((c) => !texts[`alarm.${c}`]), [], `not explained (${lang})`);
  }
});

test("German, dark, 320 px; 1 920 px", async () => {
  const page = await open({ lang: "de", dark: true, width: 320, path: "alarms?show=all" });
  await login(page, "olga");
  await row(page, "LINK-DOWN", "lea-a/lemf-a").waitFor();
  await shot(page, "alarms-de-320", { full: true });
  const wide = await as("olga", { path: "alarms?show=all", width: 1920, height: 1080 });
  await row(wide, "LINK-DOWN", "lea-a/lemf-a").waitFor();
  await shot(wide, "alarms-1920");
  await go(wide, "alarms");
});
await run();
