// SPDX-License-Identifier: Apache-2.0
import { as, equal, go, ok, run, settled, shot, stage, test, until } from "./harness.mjs";

const matter = (page, id) => page.locator(`[data-matter=${id}]`);
const count = async (page, id) => (await matter(page, id).locator(".big").evaluateAll((l) => l.map((e) => Number(e.textContent.replace(/\D/g, "")))))[0] ?? 0;
const is = (page, id, n) => until(`${id} is ${n}`, async () => (await count(page, id)) === n);
const soon = (hours) => new Date(Date.now() + hours * 3600_000).toISOString().slice(0, 19) + "Z";

test("before anything happens nothing is urgent, and it says what is in order", async () => {
  const page = await as("alice", { path: "overview" });
  await page.getByText("All links are up").waitFor();
  for (const id of ["down", "provisional", "day", "week", "drift", "mine", "waiting"]) await is(page, id, 0);
  // a browser that does not know the CA of the laboratory raises REST-TLS: the number is that of the list, whatever it is
  await until("as many alarms as in the list", async () => (await count(page, "alarms")) === (await stage.must({ person: "alice", op: "alarm.list", args: {} })).filter((a) => ["critical", "major"].includes(a.severity)).length);
  // the clock of this machine may be unsynchronised: then that is the only matter
  const others = (await page.locator("[data-matter]").evaluateAll((l) => l.map((e) => e.dataset.matter))).filter((x) => !["clock", "warnings", "alarms"].includes(x));
  equal(others, [], "matters");
  if (!(await page.locator("[data-matter]").count())) await page.getByText("All is quiet").waitFor();
  await page.getByText("There are no warrants yet.").waitFor();
});

test("what runs out, what is provisional, what waits: counted as it happens, each number leads to its rows", async () => {
  const alice = await as("alice", { path: "overview" });
  const bob = await as("bob", { path: "overview" });
  await stage.warrant({ liid: "OV-DAY", until: soon(2) });
  await is(alice, "day", 1);
  await stage.warrant({ liid: "OV-WEEK", until: soon(72) });
  await is(alice, "week", 1);
  await stage.warrant({ liid: "OV-PROV", lea: "lea-b", provisional_until: soon(30), from: soon(-1), regime: "paper", legal_type: "fax", reference: "AZ 1" });
  await is(alice, "provisional", 1);
  const { approval } = await stage.warrant({ liid: "OV-WAIT", state: "submitted" });
  await is(bob, "mine", 1);
  await is(alice, "waiting", 1);
  equal(await count(alice, "mine"), 0, "her own does not wait for her");
  await until("countdown in hours", async () => /in 1 h/.test(await matter(alice, "day").innerText()));
  await shot(alice, "overview", { full: true });
  await shot(bob, "overview-approver", { full: true });
  await matter(alice, "day").locator("a").first().click();
  await settled(alice);
  await alice.locator("tbody tr").first().waitFor();
  equal(await alice.locator("tbody a.row").allInnerTexts(), ["OV-DAY"], "rows behind the number");
  await alice.goBack();
  await matter(alice, "provisional").locator("a").first().click();
  await alice.getByRole("link", { name: "OV-PROV" }).waitFor();
  equal(await alice.locator("tbody a.row").count(), 1, "only the provisional one");
  await go(alice, "overview");
  await alice.getByRole("link", { name: "3 warrants in state active" }).click();
  await until("three rows", async () => (await alice.locator("tbody a.row").count()) === 3);
  await stage.approve({ person: "bob", approval });
  await is(bob, "mine", 0);
  // one that is over is no longer about to end
  await go(alice, "overview");
  await stage.must({ person: "alice", op: "warrant.suspend", args: { warrant: "OV-DAY", reason: "test" } });
  await until("suspended is counted", async () => await alice.getByRole("link", { name: "1 warrant in state suspended" }).count());
});

test("a facility that goes away is seen at once, and that it is back", async () => {
  const page = await as("alice", { path: "overview" });
  await stage.warrant({ liid: "OV-LINK", lea: "lea-b" });
  await page.getByText("2 of 2 up").waitFor();
  await stage.lemf_stop({ name: "lemf-b" });
  await is(page, "down", 1);
  await matter(page, "down").getByText("lemf-b").waitFor();
  await page.getByText("1 of 2 up").waitFor();
  await shot(page, "overview-down", { full: true });
  equal(await page.evaluate(() => performance.getEntriesByType("navigation").length), 1, "no reload");
  await stage.lemf_start({ name: "lemf-b" });
  await is(page, "down", 0);
  await page.getByText("2 of 2 up").waitFor();
});

test("each role sees what is its own: no approvals for an operator, the audit log for auditor and security officer, no LIID where warrants may not be read", async () => {
  const olga = await as("olga", { path: "overview" });
  equal(await matter(olga, "waiting").count(), 0, "approvals");
  ok(!(await olga.locator("main").innerText()).includes("OV-"), "a LIID for the operator");
  equal(await olga.getByText("Newest signed head").count(), 0, "audit log");
  const ada = await as("ada", { path: "overview" });
  await ada.getByText("Newest signed head").waitFor();
  const rows = ada.locator("dd a", { hasText: "rows" });
  ok(Number((await rows.innerText()).replace(/\D/g, "")) > 10, "size of the log");
  await ada.getByText("not since the start: verify now").waitFor();
  await stage.must({ person: "ada", op: "audit.verify", args: {} });
  await ada.getByText("holds").waitFor();
  await shot(ada, "overview-auditor", { full: true });
});

test("German, dark, 320 pixels wide; and 1 920 pixels", async () => {
  const small = await as("alice", { path: "overview", lang: "de", dark: true, width: 320 });
  await small.getByText("Ende binnen 7 Tagen").first().waitFor();
  await shot(small, "overview-de-320", { full: true });
  const wide = await as("alice", { path: "overview", width: 1920, height: 1080 });
  await wide.getByText("In order").waitFor();
  await shot(wide, "overview-1920");
});
await run();
