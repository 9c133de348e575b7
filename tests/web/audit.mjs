// SPDX-License-Identifier: Apache-2.0
import { as, equal, facts, go, login, ok, open, run, settled, shot, stage, test, until } from "./harness.mjs";
import { join } from "node:path";

const rows = (page) => page.locator("main .table tbody tr");
const save = async (page, act, name) => {
  const wait = page.waitForEvent("download");
  await act();
  const file = join(facts.dir, name);
  await (await wait).saveAs(file);
  return file;
};

test("the newest rows come first; words, operation and outcome narrow them; the address holds the filter, back undoes it", async () => {
  const page = await as("ada", { path: "audit" });
  await rows(page).first().waitFor();
  const seq = await rows(page).locator("td:first-child").allTextContents();
  const n = seq.map((x) => Number(x.replace(/\D/g, "")));
  ok(n.length > 20 && n.every((x, i) => i === 0 || x < n[i - 1]), `not from the newest on: ${seq.slice(0, 5)}`);
  await page.keyboard.press("/");
  await page.keyboard.type("warrant.submit");
  await page.keyboard.press("Enter");
  await until("only rows of warrant.submit", async () => {
    const ops = await rows(page).locator("td:nth-child(4)").allTextContents();
    return ops.length > 0 && ops.every((o) => o.includes("warrant.submit"));
  });
  ok(page.url().includes("text=warrant.submit"), page.url());
  await page.reload();
  await settled(page);
  await until("still filtered", async () => (await rows(page).count()) < n.length);
  await page.getByRole("button", { name: "Show all" }).click();
  await until("all again", async () => (await rows(page).count()) >= n.length);
  await shot(page, "audit");
});

test("a row is proved in the browser: hash, path, signature of the head; mdf-verify takes the same file", async () => {
  const page = await as("ada", { path: "audit?op=warrant.submit" });
  await rows(page).locator("a").first().click();
  await page.getByRole("heading", { level: 1, name: /Audit log, row/ }).waitFor();
  await settled(page);
  await page.getByRole("button", { name: "Prove this row" }).click();
  await page.getByText("checked in this browser.").waitFor();
  await shot(page, "audit-row");
  const proof = await save(page, () => page.getByRole("button", { name: "Save the proof" }).click(), "row.proof");
  const r = await stage.mdf_verify({ file: proof, vkey: join(facts.dir, "state", "log.vkey") });
  equal(r.code, 0, r.out);
});

test("a proof that does not fit is told: another row, another path", async () => {
  const page = await as("ada");
  for (const change of [(p) => ((p.path[0] = "0".repeat(64)), p), (p) => ({ ...p, text: p.text.replace(/\n— (\S+) (.)/, (_, n, c) => `\n— ${n} ${c === "A" ? "B" : "A"}`) })]) {
    await page.route("**/api/v1/audit/3/proof", async (route) => {
      const r = await route.fetch();
      await route.fulfill({ response: r, json: change(await r.json()) });
    });
    await go(page, "audit/2");
    await go(page, "audit/3");
    await page.getByRole("button", { name: "Prove this row" }).click();
    await page.locator(".notice.bad").waitFor();
    await page.unroute("**/api/v1/audit/3/proof");
  }
});

test("a range is verified at the server, can be left and found again; the signed head is checked here; the export is good for mdf-verify", async () => {
  const page = await as("ada", { path: "audit" });
  await page.getByText("checked in this browser: good").waitFor();
  await page.getByRole("button", { name: "Verify this range" }).click();
  await go(page, "me");
  await go(page, "audit");
  await page.getByText(/^Rows 1 to .* hold/).waitFor();
  await shot(page, "audit-verified");
  const file = await save(page, () => page.getByRole("button", { name: "Save these rows for mdf-verify" }).click(), "audit.log");
  const r = await stage.mdf_verify({ file, vkey: join(facts.dir, "state", "log.vkey") });
  equal(r.code, 0, r.out);
});

test("a liaison of neither role sees own rows only, without proofs and without verifying", async () => {
  const page = await as("alice", { path: "audit" });
  await rows(page).first().waitFor();
  const actors = new Set(await rows(page).locator("td:nth-child(3)").allTextContents());
  equal([...actors], ["alice"], "actors");
  equal(await page.getByRole("button", { name: "Verify this range" }).count(), 0, "verify");
});

test("a row that somebody changed in the database is named", async () => {
  await stage.damage({ seq: 7 });
  const page = await as("ada", { path: "audit" });
  await page.getByRole("button", { name: "Verify this range" }).click();
  await page.getByText(/^Row 7 does NOT hold/).waitFor();
  await go(page, "audit/7");
  await page.getByRole("button", { name: "Prove this row" }).click();
  await page.locator(".notice.bad").waitFor();
});

test("German, dark, 320 px", async () => {
  const page = await open({ lang: "de", dark: true, width: 320, path: "audit" });
  await login(page, "ada");
  await settled(page);
  await rows(page).first().waitFor();
  await shot(page, "audit-de-320");
});
await run();
