// SPDX-License-Identifier: Apache-2.0
import { createHmac } from "node:crypto";
import { as, check, equal, go, here, loginPassword, ok, open, run, settled, shot, stage, test, until } from "./harness.mjs";
import { toPlan } from "./wizard_parts.mjs";

function totp(secret) {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const h = createHmac("sha1", key).update(step).digest();
  return String((h.readUInt32BE(h[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
const sign = async (page) => {
  await page.locator("dialog button[type=submit]").filter({ hasText: /^Sign$/ }).click();
};
const closed = (page) => until("the dialogs are closed", async () => (await page.locator("dialog").count()) === 0);
/** PERSON approves what waits, in a browser. */
async function approves(page, op) {
  await go(page, "approvals");
  await page.getByRole("link", { name: op }).first().click();
  await page.getByRole("button", { name: "Approve and sign" }).click();
  await sign(page);
  await page.locator("main .state", { hasText: "approved" }).first().waitFor();
}

test("a new person: entered by two, invited, makes a key, two put it into force, logs in with it and signs", async () => {
  const sam = await as("sam", { path: "people" });
  await sam.getByRole("button", { name: "Add a person" }).click();
  const form = sam.locator("dialog");
  await form.locator("[name=handle]").fill("nina");
  await form.locator("[name=name]").fill("Nina Nova");
  await form.getByRole("checkbox", { name: "LI admin" }).check();
  await check(sam, "add a person");
  await form.getByRole("button", { name: "Continue to the signature" }).click();
  await sam.locator("dialog").last().getByText("nina").first().waitFor();
  await shot(sam, "people-sign");
  await sign(sam);
  await closed(sam);
  equal((await stage.must({ person: "sam", op: "person.list" })).filter((p) => p.handle === "nina").length, 0, "one person alone enters nobody");
  await go(sam, "approvals");
  await sam.getByText("yours: waits for another person").waitFor();

  const bob = await as("bob");
  await approves(bob, "new person");
  ok((await bob.locator("main").innerText()).includes("Nina Nova"), "the approver saw who");

  await go(sam, "people");
  const row = sam.locator("tr", { hasText: "nina" });
  await row.getByText("Act", { exact: true }).click();
  await row.getByRole("button", { name: "Invite" }).click();
  await sam.locator("dialog button[type=submit]").click();
  const code = await sam.locator("dialog code.big").textContent();
  await sam.getByRole("button", { name: "Copy" }).click();
  await sam.getByText("Copied. Clear").waitFor();
  await check(sam, "invitation");
  await shot(sam, "people-invite");
  await sam.locator("dialog").getByRole("button", { name: "Close" }).last().click();
  equal(await sam.getByText(code).count(), 0, "shown once");

  const nina = await open();
  await nina.getByRole("button", { name: "I was invited" }).click();
  const password = "een merel zingt om 4 uur 12";
  for (const [k, v] of Object.entries({ person: "nina", code, password })) await nina.locator(`[name=${k}]`).fill(v);
  await nina.getByRole("button", { name: "Accept the invitation" }).click();
  const secret = await until("the secret", async () => /secret=([A-Z2-7]+)/.exec(await nina.locator("main").innerText())?.[1]);
  await nina.getByRole("button", { name: "Password" }).last().click();
  await loginPassword(nina, "nina", password, totp(secret));
  await here(nina, "nina");
  await go(nina, "me");
  await nina.getByText("This browser has no key of yours").waitFor();
  await nina.getByRole("button", { name: "Make a new key here" }).click();
  await check(nina, "ask for a key");
  await nina.getByRole("button", { name: "Make it and ask for it" }).click();
  const id = (await nina.locator("dialog .big code").textContent()).replace(/\s/g, "");
  ok(/^[0-9a-f]{64}$/.test(id), "the id");
  await nina.locator("dialog").getByRole("button", { name: "Close" }).last().click();
  await nina.getByText("It waits for a security officer").waitFor();
  await shot(nina, "me-asked", { full: true });
  ok(await nina.evaluate(async () => {
    const db = await new Promise((ok) => { const r = indexedDB.open("openmdf"); r.onsuccess = () => ok(r.result); });
    const all = await new Promise((ok) => { const r = db.transaction("keys").objectStore("keys").getAll(); r.onsuccess = () => ok(r.result); });
    db.close();
    for (const k of all) if (k.private.extractable || (await crypto.subtle.exportKey("pkcs8", k.private).then(() => true, () => false))) return false;
    return all.length === 1;
  }), "the key cannot be taken out");

  await go(sam, "people?tab=requests");
  await sam.getByRole("button", { name: "Compare and take in" }).click();
  await sam.locator("dialog [name=last]").fill("0123abcd");
  await sam.getByText("That is another key").waitFor();
  const on = sam.locator("dialog button[type=submit]");
  await sam.locator("dialog [type=checkbox]").check();
  ok(await on.isDisabled(), "another id is not taken in");
  await sam.locator("dialog [name=last]").fill(id.slice(-8));
  await check(sam, "take a key in");
  await shot(sam, "people-take");
  await on.click();
  await sam.locator("dialog").last().getByText("Key list number 2").waitFor();
  await sign(sam);
  await closed(sam);
  await approves(bob, "next key list");
  await nina.getByText("It logs you in and signs").waitFor();
  await shot(nina, "me", { full: true });

  await nina.getByRole("button", { name: "Log out" }).first().click();
  await nina.locator("main.login").waitFor();
  await nina.getByRole("button", { name: "With a key" }).click();
  await nina.locator("[name=person]").fill("nina");
  await nina.locator("button[type=submit]").click();
  await here(nina, "nina");
  await toPlan(nina, { liid: "W-NINA" });
  await nina.getByRole("button", { name: "Sign and submit" }).click();
  await sign(nina);
  await nina.getByText("You asked for this").waitFor();
  const waits = (await stage.must({ person: "alice", op: "approval.list" }))[0];
  equal([waits.creator, (await stage.must({ person: "bob", op: "approval.show", args: { approval: waits.approval } })).key1], ["nina", id], "signed with that key");
});

test("an officer refuses a key; the person sees it, and takes back another; a key is forgotten", async () => {
  const anton = await as("anton", { path: "me" });
  const ask = async () => {
    await anton.getByRole("button", { name: "Make a new key here" }).click();
    await anton.getByRole("button", { name: "Make it and ask for it" }).click();
    await anton.locator("dialog .big code").waitFor();
    await anton.locator("dialog").getByRole("button", { name: "Close" }).last().click();
    await anton.getByText("It waits for a security officer").waitFor();
  };
  await ask();
  await anton.getByText("It logs you in and signs").waitFor(); // the former one stays what it was
  const sam = await as("sam", { path: "people?tab=requests" });
  await sam.getByRole("button", { name: "Refuse" }).click();
  await sam.locator("dialog input").fill("nobody answers at that number");
  await sam.locator("dialog button[type=submit]").click();
  await sam.getByText("No key was asked for").waitFor();
  await anton.getByText("It is not in the key list").waitFor();
  equal((await stage.audit({ op: "key.refuse", actor: "sam" })).length, 1, "in the audit log");
  await anton.getByRole("button", { name: "Ask for it" }).click();
  await anton.locator("dialog button[type=submit]").click();
  await anton.locator("dialog").getByRole("button", { name: "Close" }).last().click();
  await anton.getByRole("button", { name: "Take the request back" }).click();
  await anton.locator("dialog input").fill("another computer");
  await anton.locator("dialog button[type=submit]").click();
  await anton.getByText("It is not in the key list").waitFor();
  await anton.getByRole("button", { name: "Forget this key" }).last().click();
  await anton.locator("dialog button[type=submit]").click();
  await until("it is gone", async () => (await anton.getByRole("heading", { name: "The next key" }).count()) === 0);
  await anton.getByText("It logs you in and signs").waitFor();
});

test("a person is locked at once, with the reason; unlocking and a revoked key take two", async () => {
  const carl = await as("carl");
  const sam = await as("sam", { path: "people" });
  const row = sam.locator("tr", { hasText: "carl" });
  await row.getByText("Act", { exact: true }).click();
  await row.getByRole("button", { name: "Lock at once" }).click();
  await sam.locator("dialog").getByText("All rights of carl end now").waitFor();
  await sam.locator("dialog input").fill("lost the badge");
  await sam.locator("dialog button[type=submit]").click();
  await row.getByText("locked").waitFor();
  await carl.locator("main.login").waitFor();
  await row.getByRole("button", { name: "Unlock" }).click();
  await sam.locator("dialog input").fill("found it");
  await sam.locator("dialog button[type=submit]").click();
  await sign(sam);
  await closed(sam);
  equal((await stage.must({ person: "sam", op: "person.show", args: { handle: "carl" } })).state, "locked", "until a second person signs");
  await go(sam, "people?tab=keys");
  const key = sam.locator("tr", { hasText: "carl" });
  await key.getByText("Act", { exact: true }).click();
  await key.getByRole("button", { name: "Revoke" }).click();
  await sam.locator("dialog input").fill("copied");
  await sam.locator("dialog button[type=submit]").click();
  await sam.locator("dialog").last().getByText("revoked").first().waitFor();
  await check(sam, "revoke");
  await sign(sam);
  await closed(sam);
  const bob = await as("bob");
  await approves(bob, "next key list");
  await key.getByText("revoked").waitFor();
});

test("account: password, one-time password, a token shown once, colours, keyboard", async () => {
  const page = await as("olga", { path: "me" });
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.locator("[name=new]").fill("vijftien tekens of meer");
  await page.locator("[name=again]").fill("vijftien tekens of minder");
  await page.getByText("The two differ").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Make a token" }).click();
  await page.locator("dialog [name=name]").fill("for the dashboard");
  await page.locator("dialog [name=ops]").fill("status, alarm.list");
  await page.locator("dialog button[type=submit]").click();
  const token = await page.locator("dialog code.hash").textContent();
  await check(page, "token");
  await page.locator("dialog").getByRole("button", { name: "Close" }).last().click();
  await page.getByRole("cell", { name: "for the dashboard", exact: true }).waitFor();
  equal(await page.getByText(token).count(), 0, "shown once");
  await page.getByRole("button", { name: "Remove the token" }).click();
  await page.locator("dialog button[type=submit]").click();
  await page.getByText("You have no tokens").waitFor();
  await page.locator("[name=theme]").selectOption("dark");
  equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark", "theme");
  await check(page, "dark");
  await page.reload();
  await settled(page);
  equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark", "theme after a reload");
  equal(await page.evaluate(() => Object.keys(localStorage).filter((k) => !/^openmdf\.(theme|lang)$/.test(k)).concat(Object.keys(sessionStorage))), [], "nothing else in the storage");
});
await run();
