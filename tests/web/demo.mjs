// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { as, equal, facts, go, here, loginPassword, ok, open, run, settled, shot, stage, test } from "./harness.mjs";

/** With OPENMDF_SHOTS=docs: a picture for the documentation. */
async function picture(page, name, width = 1280, height = 720) {
  if (process.env.OPENMDF_SHOTS !== "docs") return;
  await page.setViewportSize({ width, height });
  await settled(page);
  await shot(page, `docs-${name}`);
  ok((await stage.picture({ file: join(facts.shots, `docs-${name}.png`), name })) <= 120_000, `${name}: at most 120 kB`);
}
const screen = async (page, path) => ok(await page.locator(`nav a[href="#/${path}"]`).count(), `there is a screen ${path}`);

test("1. alice: the overview shows what ends soon, what waits, the link that is down, the alarm", async () => {
  const page = await as("alice");
  await screen(page, "overview");
  await go(page, "overview");
  await page.locator("main").getByText("DEMO-A-2026-02").first().waitFor();
  await page.locator("main").getByText("lemf-b-spare").first().waitFor();
  await shot(page, "demo-overview");
  await picture(page, "overview");
});

test("2. the link that is down, and the one that carries the traffic", async () => {
  const page = await as("olga", { path: "links" });
  await screen(page, "links");
  await page.locator("main").getByText("lemf-b-spare").first().waitFor();
  await page.locator("main .state.bad").first().waitFor();
  await page.locator("main").getByText("lemf-a").first().waitFor();
  await shot(page, "demo-links");
  await picture(page, "links", 1920, 640);
});

test("3. the warrants, and the one that counts", async () => {
  const page = await as("alice", { path: "warrants" });
  for (const liid of ["DEMO-A-2026-01", "DEMO-A-2026-02", "DEMO-B-2026-02", "DEMO-B-2026-03"]) await page.locator("main").getByText(liid).first().waitFor();
  await page.locator("main a").filter({ hasText: "DEMO-A-2026-01" }).first().click();
  await page.locator("main h1").filter({ hasText: "DEMO-A-2026-01" }).waitFor();
  await settled(page);
  await shot(page, "demo-warrant");
  await picture(page, "warrant", 1440, 860);
});

test("4. bob: what waits for a second person is there", async () => {
  const page = await as("bob", { path: "approvals" });
  await screen(page, "approvals");
  await page.locator("main table a").first().click();
  await page.locator("main").getByText("DEMO-B-2026-02").first().waitFor();
  await page.locator("main").getByRole("button", { name: /^(Approve|Sign)/ }).first().waitFor();
  await shot(page, "demo-approvals");
});

test("5. ada: the audit log and the report", async () => {
  const page = await as("ada", { path: "audit" });
  await page.locator("main table tbody tr").nth(5).waitFor();
  await go(page, "reports");
  await page.locator("main").getByText(/R1/).first().waitFor();
});

test("olga by password and one-time password", async () => {
  const page = await open();
  await loginPassword(page, "olga", facts.password, await stage.oathtool({ file: facts.totp }));
  await here(page, "olga");
});

test("6. the agency's page with the certificate that was given out; nobody without it", async () => {
  const page = await open({ agency: "lia" });
  await here(page, "lia");
  await page.locator("main").getByText("DEMO-A-2026-01").first().waitFor();
  equal(await page.getByText("DEMO-B-").count(), 0, "warrants of the other agency");
  await shot(page, "demo-agency");
  const stranger = await open();
  stranger.offline = true;
  const refused = await stranger.goto(`${facts.agency}/`).then(() => "", (e) => e.message);
  ok(/net::ERR_/.test(refused), `without a certificate: ${refused}`);
  await stranger.close();
});

await run();
