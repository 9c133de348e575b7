// SPDX-License-Identifier: Apache-2.0
import { as, equal, go, login, open, run, shot, stage, test, until } from "./harness.mjs";

const row = (page, name) => page.locator("main tbody tr").filter({ has: page.getByRole("link", { name, exact: true }) });
const state = (locator, word) => locator.locator(".state").filter({ hasText: new RegExp(`^\\S\\s${word}$`) }).first();
async function second(op) {
  const waits = await until(`${op} waits`, async () => {
    const all = (await stage.must({ person: "bob", op: "approval.list" })).filter((a) => a.op === op && a.state === "waiting");
    return all.length && all;
  });
  for (const a of waits) await stage.approve({ person: "bob", approval: a.approval });
}

test("a network element connects and sends: seen live, with its rate, its certificate and its tasks", async () => {
  const page = await as("alice", { path: "elements" });
  await state(row(page, "ne1"), "never seen").waitFor();
  await row(page, "ne1").getByText("1 / not asked").waitFor();
  await stage.traffic_start({ liid: "W-ELEMENTS", rate: 50 });
  await state(row(page, "ne1"), "connected").waitFor();
  await until("PDUs are counted", async () => Number((await row(page, "ne1").locator("[data-title=PDUs]").innerText()).replace(/\D/g, "")) > 100);
  await until("a rate is known", async () => parseFloat(await row(page, "ne1").locator("[data-title='PDU/s']").innerText()) > 1);
  await row(page, "ne1").locator("[data-title='Certificate ends'] time").waitFor();
  await shot(page, "elements");
  await row(page, "ne1").getByRole("link").first().click();
  await state(page.locator("main [role=status]"), "connected").waitFor();
  await page.locator("td").getByText("Element connected").first().waitFor();
  await shot(page, "element", { full: true });
  await stage.traffic_stop();
  await until("it is gone", async () => !(await state(page.locator("main [role=status]"), "connected").count()));
});

test("PDUs without an order are a finding: compared now, with what to do", async () => {
  await stage.stray();
  const page = await as("alice", { path: "elements" });
  await page.getByRole("button", { name: "Compare now" }).click();
  await page.locator("td").getByText("PDUs without an order").waitFor();
  await shot(page, "elements-drift", { full: true });
});

test("revoked at once with a reason, let in again by two persons", async () => {
  const page = await as("sam", { path: "elements/ne1" });
  await page.getByRole("button", { name: "Revoke" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("All connections of ne1 are closed at once").waitFor();
  await shot(page, "element-revoke");
  await dialog.getByLabel(/^Reason/).fill("stolen");
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await state(page.locator("main [role=status]"), "revoked").waitFor();
  equal((await stage.audit({ op: "ne.revoke" })).map((r) => r.reason), ["stolen"], "audit");
  await page.getByRole("button", { name: "Let in again" }).click();
  await dialog.getByRole("button", { name: "Let in again" }).click();
  await page.getByRole("button", { name: "Sign", exact: true }).click();
  await dialog.first().waitFor({ state: "detached" });
  await second("ne.enable");
  await page.getByRole("button", { name: "Revoke" }).waitFor();
});

test("a network element is added and changed by two persons", async () => {
  const page = await as("sam", { path: "elements" });
  await page.getByRole("button", { name: "Add a network element" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name (required)", { exact: true }).fill("ne9");
  await dialog.getByLabel(/^Name in the certificate/).fill("ne9.lab.example");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Sign", exact: true }).click();
  await dialog.first().waitFor({ state: "detached" });
  await second("ne.add");
  await row(page, "ne9").getByRole("link").first().click();
  await page.getByRole("button", { name: "Change", exact: true }).click();
  await dialog.getByLabel("Country (two letters)").fill("DE");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Sign", exact: true }).click();
  await dialog.first().waitFor({ state: "detached" });
  await second("ne.set");
  await page.locator("dd").getByText("DE", { exact: true }).waitFor();
});

test("an operator sees elements, offers nothing that is not allowed; German, dark, 320 px; 1 920 px", async () => {
  const page = await open({ lang: "de", dark: true, width: 320, path: "elements" });
  await login(page, "olga");
  await row(page, "ne1").waitFor();
  equal(await page.getByRole("button", { name: /anlegen/ }).count(), 0, "nothing to add");
  await shot(page, "elements-de-320", { full: true });
  await go(page, "elements/ne1");
  equal(await page.locator("main").getByRole("button", { name: /^(Ändern|Sperren)$/ }).count(), 0, "nothing to change");
  await shot(page, "element-de-320", { full: true });
  const wide = await as("alice", { path: "elements", width: 1920, height: 1080 });
  await row(wide, "ne1").waitFor();
  await shot(wide, "elements-1920");
});
await run();
