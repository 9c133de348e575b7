// SPDX-License-Identifier: Apache-2.0
import { as, equal, facts, go, login, ok, open, run, settled, shot, stage, test, until } from "./harness.mjs";
import { join } from "node:path";

const make = async (page, kind, more = async () => {}) => {
  await page.getByRole("button", { name: "Make a report" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("select[name=kind]").selectOption(kind);
  await more(dialog);
  await dialog.getByRole("button", { name: "Make a report" }).click();
  await dialog.waitFor({ state: "detached" });
};

test("a report is made, opened, checked in the browser, proved; its master is good for mdfctl too", async () => {
  const page = await as("alice", { path: "reports" });
  await make(page, "R6");
  await page.getByRole("link", { name: "Open R6" }).click();
  await page.getByText("were checked in this browser: they fit").waitFor();
  await page.getByText("W-REPORT").first().waitFor();
  await page.emulateMedia({ media: "print" });
  await shot(page, "report-print");
  await page.emulateMedia({ media: "screen" });
  await shot(page, "report");
  const wait = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the signed master (JSON)" }).click();
  const file = join(facts.dir, "r6.json");
  await (await wait).saveAs(file);
  const r = await stage.report_verify({ file });
  equal(r.code, 0, r.out);
});

test("an auditor proves that the log made it", async () => {
  const page = await as("ada", { path: "reports" });
  await page.locator("main tbody tr a").first().click();
  await page.getByRole("button", { name: "Prove that the system made it" }).click();
  await page.getByText("it is under a signed head").waitFor();
});

test("a master that was changed on the way is told", async () => {
  const page = await as("alice", { path: "reports" });
  await page.route("**/content*", async (route) => {
    const r = await route.fetch();
    await route.fulfill({ response: r, body: (await r.text()).replace("W-REPORT", "W-RAPPORT") });
  });
  await page.locator("main tbody tr a").first().click();
  await page.locator(".notice.bad").getByText("NOT the report").waitFor();
});

test("only the kinds of the own role are offered", async () => {
  const kinds = async (person) => {
    const page = await as(person, { path: "reports" });
    await page.getByRole("button", { name: "Make a report" }).click();
    const got = await page.locator("dialog select[name=kind] option").evaluateAll((o) => o.map((x) => x.value).filter(Boolean));
    await page.keyboard.press("Escape");
    return got;
  };
  ok(!(await kinds("alice")).includes("R9"), "an LI admin is offered R9");
  const auditor = await kinds("ada");
  ok(auditor.includes("R9") && auditor.includes("R3"), `an auditor is offered ${auditor}`);
});

test("a report that needs a warrant says so, and what is wrong with it", async () => {
  const page = await as("alice", { path: "reports" });
  await page.getByRole("button", { name: "Make a report" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("select[name=kind]").selectOption("R1");
  await dialog.locator("input[name=warrant]").fill("NOBODY");
  await dialog.getByRole("button", { name: "Make a report" }).click();
  await until("it is refused, here or in the list of long work", async () => (await page.locator(".notice.bad").count()) > 0);
  if (await dialog.count()) await page.keyboard.press("Escape");
});

test("a schedule is added and removed with a reason; a sample is drawn and compared", async () => {
  const page = await as("ada", { path: "reports" });
  await page.getByRole("button", { name: "Add a schedule" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("select[name=kind]").selectOption("R7");
  await dialog.locator("select[name=every]").selectOption("monthly");
  await dialog.locator("input[name=at]").fill("06:00");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  const row = page.locator("section", { has: page.getByRole("heading", { name: "Schedules" }) }).locator("tbody tr").first();
  await row.getByText("monthly").waitFor();
  await shot(page, "reports", { reference: true });
  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").locator("input").fill("not needed any more");
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await until("it is gone", async () => !(await page.getByText("monthly").count()));
});

test("a report that was under way when the server ended: said so, in English and German, and it can be begun again", async () => {
  const before = await as("ada", { path: "reports" });
  await make(before, "R9");
  const first = before.locator(".works li").first();
  await first.getByText("finished").waitFor();
  await before.close(); // its stream of events would end with the server
  ok((await stage.report_underway()) === 1, "the work is not in the database");
  const page = await open({ path: "reports" });
  await login(page, "ada");
  const work = page.locator(".works li").first();
  await work.getByText("interrupted").waitFor();
  ok((await work.innerText()).includes("Start it again."), await work.innerText());
  const german = await open({ lang: "de", path: "reports" });
  await login(german, "ada");
  const arbeit = german.locator(".works li").first();
  await arbeit.getByText("unterbrochen").waitFor();
  ok((await arbeit.innerText()).includes("Bitte neu beginnen."), await arbeit.innerText());
});

test("German, dark, 320 px", async () => {
  const page = await open({ lang: "de", dark: true, width: 320, path: "reports" });
  await login(page, "ada");
  await settled(page);
  await shot(page, "reports-de-320");
});
await run();
