// SPDX-License-Identifier: Apache-2.0
import { equal, facts, go, here, ok, open, run, shot, stage, test, until } from "./harness.mjs";

const enter = async (handle, path = "overview", o = {}) => {
  const page = await open({ agency: handle, path, ...o });
  await here(page, handle);
  return page;
};
const region = (page, name) => page.getByRole("region", { name, exact: true });

test("an agency has its own interceptions, links and receipts, and nothing of another", async () => {
  if (!facts.agency) throw new Error("there is no door for agencies");
  const xid = crypto.randomUUID();
  const { uuid } = await stage.warrant({ liid: "A-1", lea: "lea-a", xid });
  const other = await stage.warrant({ liid: "B-SECRET", lea: "lea-b", xid });
  await stage.pdus({ xid });
  const lia = await enter("lia");
  await lia.getByRole("heading", { name: "Our interceptions", level: 1 }).waitFor();
  await region(lia, "Our interceptions").getByRole("link", { name: "A-1" }).waitFor();
  await until("confirmed", async () => (await region(lia, "Receipts and gaps").locator('td[data-title="Confirmed by you"]').innerText().catch(() => "")) === "32");
  await lia.getByText("Your link is up and nothing waits").waitFor();
  const seen = [];
  lia.on("response", async (r) => r.url().includes("/api/v1/") && !r.url().endsWith("/events") && seen.push(await r.text().catch(() => "")));
  await lia.reload();
  await here(lia, "lia");
  await region(lia, "Our interceptions").getByRole("link", { name: "A-1" }).waitFor();
  const text = (await lia.locator("body").innerText()) + seen.join();
  for (const word of ["B-SECRET", "lea-b", "lemf-b", other.uuid]) ok(!text.includes(word), `${word} is seen by the other agency`);
  await shot(lia, "agency", { full: true });
  await go(lia, `warrants/${other.uuid}`);
  await lia.getByText("NOT-FOUND").waitFor();
  await go(lia, `warrants/${uuid}`);
  await lia.getByText("It adds up").waitFor();
  const names = await lia.locator("main .actions button").allInnerTexts();
  ok(!names.includes("Suspend") && !names.includes("Extend") && names.includes("Stop now"), names.join());
});

test("an outage of its facility: told at once, with what waits; a TestPDU on its own link", async () => {
  await stage.warrant({ liid: "A-2", lea: "lea-a" });
  const lia = await enter("lia");
  await lia.getByRole("button", { name: "Send a TestPDU to lemf-a" }).click();
  await lia.getByText("A TestPDU to lemf-a was asked for").waitFor();
  await stage.lemf_stop({ name: "lemf-a" });
  await lia.getByText("Not connected: lemf-a").waitFor();
  await stage.pdus({ liid: "A-2" });
  await lia.getByText("32 PDUs wait in your buffer").waitFor();
  await shot(lia, "agency-down", { full: true });
  await stage.lemf_start({ name: "lemf-a" });
  await lia.getByText("Your link is up and nothing waits").waitFor();
});

test("German, dark, 320 pixels", async () => {
  const small = await enter("lia", "overview", { lang: "de", dark: true, width: 320 });
  await small.getByRole("heading", { name: "Unsere Überwachungen", level: 1 }).waitFor();
  await shot(small, "agency-de-320", { full: true });
});
await run();
