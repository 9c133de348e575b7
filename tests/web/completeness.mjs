// SPDX-License-Identifier: Apache-2.0
import { as, go, login, open, run, settled, shot, stage, test } from "./harness.mjs";

test("all that came was handed over: the picture, the sentence, the sessions with their numbers", async () => {
  await stage.product({ liid: "W-COMPLETE", count: 100 });
  const page = await as("alice", { path: "completeness" });
  await page.getByRole("link", { name: "W-COMPLETE" }).click();
  await page.getByText("all of 110 PDUs have their place").waitFor();
  await page.getByText("0 to 99 (100)").waitFor();
  await page.getByText("No gap on either side.").waitFor();
  await shot(page, "completeness", { full: true, reference: true });
});

test("an outage of the facility is seen live, and that everything comes later", async () => {
  const page = await as("alice", { path: "completeness/W-COMPLETE" });
  await settled(page);
  await stage.lemf_stop({ name: "lemf-a" });
  await stage.product({ liid: "W-COMPLETE", count: 40 });
  await page.getByText(/are on their way\.$/).waitFor();
  await shot(page, "completeness-outage");
  await stage.lemf_start({ name: "lemf-a" });
  await page.getByText("all of 160 PDUs have their place").waitFor();
});

test("what was not handed over is named with its reason", async () => {
  await stage.stray({ liid: "W-COMPLETE" });
  const page = await as("alice", { path: "completeness/W-COMPLETE" });
  await page.locator("td").getByText("NE-NOT-ALLOWED").first().waitFor();
  await shot(page, "completeness-rejected", { full: true });
});

test("each session has its account: what is missing, sent twice or refused, with the journal's entries; and what no session is known of", async () => {
  await stage.faults({ liid: "W-COMPLETE" });
  const page = await as("alice", { path: "completeness/W-COMPLETE" });
  const losses = page.getByRole("table", { name: "What was not handed over, by session" });
  await losses.getByText("missing from the network element").waitFor();
  await losses.getByText("came late after all").waitFor();
  await losses.getByText("1–4", { exact: true }).waitFor();
  const refused = losses.getByRole("row").filter({ hasText: "PAYLOAD" });
  await refused.nth(1).waitFor();
  if ((await refused.filter({ hasText: "no session known" }).count()) !== 1) throw new Error("one refused PDU is of no session");
  await page.getByText("No session known: it came before").waitFor();
  await page.getByText("3 numbers of network elements are missing").waitFor();
  const sessions = page.getByRole("table", { name: "Sessions and their numbers" });
  const one = sessions.getByRole("row").filter({ hasText: "0 to 3 (4)" });
  for (const text of ["handed over 4", "missing from the network element 3", "duplicates 1", "rejected: PAYLOAD 1"]) await one.getByText(text).waitFor();
  await one.getByRole("img", { name: /handed over 4.*missing from the network element 3/ }).waitFor();
  const missing = losses.getByRole("row").filter({ hasText: "missing from the network element" });
  await missing.locator("summary").click();
  await missing.getByText(/ne1 · 4 · 1-4/).waitFor();
  await shot(page, "completeness-sessions", { full: true });
});

test("an auditor sees the same, an operator sees no warrant", async () => {
  const page = await as("ada", { path: "completeness" });
  await page.getByRole("link", { name: "W-COMPLETE" }).waitFor();
  const other = await as("olga", { path: "completeness" });
  await settled(other);
  if (await other.getByText("W-COMPLETE").count()) throw new Error("an operator reads a LIID");
});

test("German, dark, 320 px", async () => {
  const page = await open({ lang: "de", dark: true, width: 320, path: "completeness/W-COMPLETE" });
  await login(page, "alice");
  await go(page, "completeness/W-COMPLETE");
  await page.getByText("Es geht auf").first().waitFor();
  await shot(page, "completeness-de-320", { full: true });
});
await run();
