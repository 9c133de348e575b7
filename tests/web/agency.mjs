// SPDX-License-Identifier: Apache-2.0
import { check, equal, facts, go, here, ok, open, run, shot, stage, test, until } from "./harness.mjs";

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
  ok(!names.includes("Suspend") && !names.includes("Extend"), names.join());
});

test("what wants a fresh factor is not offered at this address, whose page says what to do instead; all that is offered works", async () => {
  const { uuid } = await stage.warrant({ liid: "A-FACTOR", lea: "lea-a", state: "draft" });
  await stage.must({ person: "alice", op: "target.add", args: { warrant: uuid, type: "imsi", value: "262011234567890" } });
  await stage.must({ person: "alice", op: "document.add", args: { warrant: uuid, role: "order", title: "order", media: "text/plain", file: "b3JkZXI=" } });
  const lia = await enter("lia");
  await lia.getByText("nobody logs in here").waitFor();
  const spec = await lia.evaluate(async () => (await (await fetch("/api/v1/openapi.json")).json()).paths);
  const wants = Object.entries(spec).flatMap(([path, m]) => Object.entries(m).filter(([, o]) => o["x-openmdf-step-up"] && o["x-openmdf-roles"].includes("liaison")).map(([method, o]) => ({ path, method, op: o.operationId })));
  ok(wants.length >= 6 && wants.some((w) => w.op === "warrant.stop"), JSON.stringify(wants));
  const bodies = { "target.reveal": { reason: "r" }, "target.find": { type: "imsi", value: "262011234567890", reason: "r" }, "document.export": { reason: "r" }, "binding.confirm": { reason: "r" }, "warrant.stop": { reason: "r" }, "person.password": { password: "kolibri 8 wohnt hinter Saturn" }, "token.add": { name: "x" } };
  const [document] = await stage.must({ person: "alice", op: "document.list", args: { warrant: uuid } });
  for (const { path, method, op } of wants) {
    const at = path.replace("{warrant}", uuid).replace("{document}", document.id);
    const got = await lia.evaluate(async ([a, m, b]) => {
      const r = await fetch(`/api/v1${a}`, { method: m.toUpperCase(), headers: { "Content-Type": "application/json", "X-OpenMDF": "1" }, body: JSON.stringify(b ?? {}) });
      return [r.status, await r.json()];
    }, [at, method, bodies[op]]);
    equal([got[0], got[1].code], [403, "STEP-UP"], op);
    ok(got[1].detail.includes("certificate alone"), got[1].detail);
  }
  const offered = [];
  for (const at of [`warrants/${uuid}`, `warrants/${uuid}/targets`, `warrants/${uuid}/documents`, `warrants/${uuid}/records`, "me"]) {
    await go(lia, at);
    if (at.startsWith("warrants")) await lia.getByText("nobody logs in here").waitFor();
    if (at.endsWith("targets")) await lia.getByText("***90").waitFor();
    if (at.endsWith("documents")) await lia.locator("td code, td .hash").first().waitFor();
    offered.push(...(await lia.locator("main button").allInnerTexts()));
    await check(lia, at);
  }
  for (const name of ["Stop now", "Discard", "Reveal", "Give out", "Confirmation with values", "Change the password …", "New secret for one-time passwords …", "Make a token …"]) ok(!offered.includes(name), `${name} is offered: ${offered.join()}`);
  equal((await stage.must({ person: "alice", op: "warrant.show", args: { warrant: uuid } })).state, "draft", "nothing was stopped");
  await go(lia, `warrants/${uuid}`);
  await lia.getByRole("button", { name: "Edit" }).click();
  await lia.getByRole("dialog").locator("input[name=reference]").fill("AZ 7 of the agency");
  await lia.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await lia.locator(".strip").getByText("AZ 7 of the agency").waitFor();
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
