// SPDX-License-Identifier: Apache-2.0
import { as, check, equal, go, ok, run, shot, stage, test, until } from "./harness.mjs";

const row = (page) => page.locator("main tbody tr").filter({ has: page.getByRole("link", { name: "lemf-a", exact: true }) });
const quota = (page) => row(page).locator('td[data-title^="Buffer"], td').filter({ hasText: "%" }).first();
const percent = async (page) => Number((await quota(page).innerText()).match(/([\d.]+) %/)[1]);
const link = async () => (await stage.must({ person: "alice", op: "link.list", args: { lea: "lea-a" } }))[0];

test("a buffer that fills: its share and the time until it is full, as link.list says; both go when the facility is back", async () => {
  const page = await as("alice", { path: "links" });
  await row(page).locator(".state", { hasText: "up" }).first().waitFor();
  const before = await percent(page);
  ok(before < 20, `at the beginning: ${before} %`);
  equal(await row(page).getByText("full in").count(), 0, "nothing fills");
  await stage.lemf_stop({ name: "lemf-a" });
  await row(page).locator(".state", { hasText: "down" }).first().waitFor();
  await stage.traffic_start({ liid: "W-BUFFER", rate: 250 });
  await until("it fills, and when it is full", async () => (await percent(page)) > before + 5 && (await row(page).getByText("full in").count()) === 1, 90_000);
  await until("as link.list says", async () => {
    const l = await link();
    return l.time_to_full_s > 0 && l.quota_percent > before && Math.abs((await percent(page)) - l.quota_percent) < 25;
  }, 60_000);
  await check(page, "it fills");
  await shot(page, "buffer-fills");
  const one = await as("bob", { path: "links/lemf-a" });
  await one.getByText("full in").waitFor();
  await check(one, "one link");
  await go(page, "overview");
  await until("more than half", async () => (await link()).quota_percent > 50, 120_000);
  await page.getByText("lea-a").first().waitFor();
  await shot(page, "buffer-overview", { full: true });
  await go(page, "links");
  await until("the share warns", async () => (await quota(page).locator(".state.warn, .state.bad").count()) === 1, 60_000);
  await stage.traffic_stop();
  await stage.lemf_start({ name: "lemf-a" });
  await row(page).locator(".state", { hasText: "up" }).first().waitFor();
  await until("drained", async () => (await link()).waiting === 0, 60_000);
  for (const p of [page, one]) await until("no time to full any more", async () => !(await p.getByText("full in").count()), 60_000);
  await until("the share is small again", async () => (await percent(page)) <= 50 && (await quota(page).locator(".state.good").count()) === 1, 60_000);
  for (const p of [page, one]) equal(await p.evaluate(() => performance.getEntriesByType("navigation").length), 1, "no reload");
});
await run();
