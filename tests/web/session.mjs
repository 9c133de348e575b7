// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { as, base, equal, facts, go, here, live, login, loginPassword, ok, open, run, settled, shot, stage, tab, test, until } from "./harness.mjs";

const loginScreen = (page) => page.locator("main.login input[name=person]").waitFor();
const count = (page, method, re) => {
  const seen = [];
  page.on("request", (r) => r.method() === method && re.test(new URL(r.url()).pathname) && seen.push(r));
  return seen;
};

test("the log-in screen in two languages, wide and narrow, light and dark", async () => {
  const page = await open({ lang: "de", dark: true, width: 320 });
  await loginScreen(page);
  equal(await page.locator("html").getAttribute("lang"), "de", "language of the browser");
  await page.getByText("Person (Kürzel)").waitFor();
  await shot(page, "login-de-320", { reference: true });
  const wide = await open({ width: 1920 });
  await loginScreen(wide);
  await wide.locator("main.login select").selectOption("de");
  await wide.getByText("Person (Kürzel)").waitFor();
  await wide.reload();
  await wide.getByText("Person (Kürzel)").waitFor();
});

test("by key file: a cookie that no script sees, a key that nobody can export, nothing else is kept in the browser", async () => {
  const page = await as("alice");
  const cookies = await page.context().cookies();
  equal(cookies.map((c) => [c.name, c.httpOnly, c.secure, c.sameSite, c.path, c.expires]), [["__Host-openmdf", true, true, "Strict", "/", -1]], "cookies");
  const kept = await page.evaluate(async () => {
    const dbs = await indexedDB.databases();
    const db = await new Promise((done) => (indexedDB.open("openmdf").onsuccess = (e) => done(e.target.result)));
    const rows = await new Promise((done) => (db.transaction("keys").objectStore("keys").getAll().onsuccess = (e) => done(e.target.result)));
    const key = rows[0].private;
    const taken = await Promise.all(["pkcs8", "jwk", "raw"].map((f) => crypto.subtle.exportKey(f, key).then(() => true, () => false)));
    return {
      document: document.cookie, local: Object.keys(localStorage), session: sessionStorage.length, dbs: dbs.map((d) => d.name), stores: [...db.objectStoreNames], rows: rows.length,
      fields: Object.keys(rows[0]).sort(), kind: [key.type, key.extractable, key.usages.join()], taken, caches: (await caches.keys()).length, workers: (await navigator.serviceWorker.getRegistrations()).length,
    };
  });
  equal(kept, { document: "", local: [], session: 0, dbs: ["openmdf"], stores: ["keys"], rows: 1, fields: ["id", "kind", "made", "person", "private", "spki"],
    kind: ["private", false, "sign"], taken: [false, false, false], caches: 0, workers: 0 }, "kept in the browser");
  await go(page, "me");
  await shot(page, "me");
});

test("the key once read is enough the next time; Ed25519 and P-256 both", async () => {
  for (const person of ["alice", "bob"]) {
    const page = await as(person);
    await page.getByRole("banner").getByRole("button", { name: "Log out" }).click();
    await loginScreen(page);
    await page.reload();
    await until("the handle is there", async () => (await page.locator("input[name=person]").inputValue()) === person);
    equal(await page.locator("input[name=key]").count(), 0, "file fields");
    await page.locator("main.login button[type=submit]").click();
    await here(page, person);
  }
});

test("what is no key, and the key of another person, are refused in words and not kept", async () => {
  const page = await open();
  const form = page.locator("main.login");
  await form.locator("input[name=person]").fill("alice");
  await form.locator("button[type=submit]").click();
  await form.getByRole("alert").getByText("NO-KEY").waitFor();
  await form.locator("input[name=key]").setInputFiles({ name: "x.key", mimeType: "text/plain", buffer: Buffer.from("-----BEGIN PRIVATE KEY-----\nbm8ga2V5\n-----END PRIVATE KEY-----\n") });
  await form.locator("button[type=submit]").click();
  await form.getByRole("alert").getByText("KEY-FILE").waitFor();
  await form.locator("input[name=key]").setInputFiles(facts.keys.bob);
  await form.locator("button[type=submit]").click();
  await form.getByRole("alert").locator("code").getByText("LOGIN").waitFor();
  await shot(page, "login-refused");
  await page.reload();
  await loginScreen(page);
  equal(await page.evaluate(async () => (await indexedDB.databases()).length && new Promise((done) => (indexedDB.open("openmdf").onsuccess = (e) =>
    (e.target.result.transaction("keys").objectStore("keys").count().onsuccess = (f) => done(f.target.result))))), 0, "keys kept");
  await login(page, "alice");
});

test("by password and one-time password; neither alone", async () => {
  const { password } = await stage.password({ person: "olga" });
  const page = await open();
  await loginPassword(page, "olga", password, "000000");
  await page.getByRole("alert").locator("code").getByText("LOGIN").waitFor();
  // a failed log-in makes the next one wait
  await until("a log-in", async () => {
    await page.locator("input[name=totp]").fill(await stage.totp({ person: "olga" }));
    const answer = page.waitForResponse((r) => r.url().endsWith("/api/v1/session") && r.request().method() === "POST");
    await page.locator("main.login button[type=submit]").click();
    return (await answer).status() === 200;
  }, 120_000);
  await here(page, "olga");
  equal(await page.evaluate(() => [Object.keys(localStorage).length, sessionStorage.length]), [0, 0], "storage");
});

test("two fast clicks are one log-in", async () => {
  const page = await open();
  const posts = count(page, "POST", /\/session$/);
  await page.locator("input[name=person]").fill("anton");
  await page.locator("input[name=key]").setInputFiles(facts.keys.anton);
  await page.locator("main.login button[type=submit]").evaluate((b) => (b.click(), b.click(), b.form.requestSubmit()));
  await here(page, "anton");
  equal(posts.length, 1, "POST /session");
});

test("ten minutes without a touch lock the screen: nothing is shown, nothing comes in; the key opens it at the same place", async () => {
  const page = await as("alice", { clock: true, path: "me" });
  await live(page);
  await page.clock.fastForward("09:00");
  await page.keyboard.press("Shift");
  await page.clock.fastForward("09:00");
  equal(await page.locator("header.bar").count(), 1, "touched in between");
  await page.clock.fastForward("02:00");
  await page.getByRole("heading", { name: "Locked" }).waitFor();
  equal([await page.locator("header.bar").count(), await page.locator("nav").count()], [0, 0], "frame behind the lock");
  await shot(page, "lock");
  await page.reload();
  const other = await tab(page, "me");
  for (const p of [page, other]) {
    await p.getByRole("heading", { name: "Locked" }).waitFor();
    await p.evaluate(() => void (location.hash = "#/"));
    await p.evaluate(() => void (location.hash = "#/me"));
    equal(await p.locator("header.bar").count(), 0, "frame behind the lock after a reload, in a new tab, at another address");
  }
  await page.getByRole("button", { name: "Sign with the key" }).click();
  await here(page, "alice");
  ok(page.url().endsWith("#/me"), page.url());
  await here(other, "alice");
  equal(await page.evaluate(() => Object.keys(localStorage)), [], "storage");
});

test("a touch in one tab keeps the other one open", async () => {
  const page = await as("alice", { clock: true, path: "me" });
  const other = await tab(page, "me");
  await here(other, "alice");
  await page.clock.fastForward("09:30");
  await other.keyboard.press("Shift");
  await page.clock.fastForward("09:00");
  equal(await page.locator("header.bar").count(), 1, "frame");
  await page.clock.fastForward("02:00");
  await page.getByRole("heading", { name: "Locked" }).waitFor();
  await other.getByRole("heading", { name: "Locked" }).waitFor();
});

test("locked by hand; log out from there", async () => {
  const page = await as("alice");
  await page.getByRole("banner").getByRole("button", { name: "Lock" }).click();
  await page.getByRole("heading", { name: "Locked" }).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await loginScreen(page);
  await page.getByText("You are logged out.").waitFor();
});

test("a session that ends at the server: back to the log-in by itself, with the reason, and then to the same page", async () => {
  const page = await as("anton", { path: "me?from=here" });
  await live(page);
  await stage.must({ person: "sam", op: "person.lock", args: { handle: "anton", reason: "lost card" } });
  await until("the log-in screen", () => page.locator("main.login").count(), 40_000);
  await page.getByText("The session is over").waitFor();
  await page.locator("main.login button[type=submit]").click();
  await page.getByRole("alert").locator("code").getByText("LOGIN").waitFor();
  await stage.two({ op: "person.unlock", args: { handle: "anton" } });
  await until("anton is let in again", async () => {
    const answer = page.waitForResponse((r) => r.url().endsWith("/api/v1/session") && r.request().method() === "POST");
    await page.locator("main.login button[type=submit]").click();
    return (await answer).status() === 200;
  }, 60_000);
  await here(page, "anton");
  ok(page.url().endsWith("#/me?from=here"), page.url());
});

test("mdfd goes and comes back: the page says so, asks for the log-in, and goes on where it was", async () => {
  const page = await as("alice", { path: "me" });
  page.offline = true;
  await live(page);
  await stage.mdfd_stop();
  await page.getByText("not connected").waitFor();
  await stage.mdfd_start();
  await until("the page is connected again, or asks for the log-in", async () => (await page.locator("header.bar .state.good").count()) || (await page.locator("main.login").count()));
  if (await page.locator("main.login").count()) await login(page, "alice");
  await live(page);
  ok(page.url().endsWith("#/me"), page.url());
});

test("logged out: the cookie is gone and worth nothing, the other tab knows it, and back shows nothing", async () => {
  const page = await as("alice", { path: "me" });
  await go(page, "nowhere");
  await go(page, "me");
  const [cookie] = await page.context().cookies();
  const other = await tab(page, "me");
  await here(other, "alice");
  await live(other);
  await page.getByRole("banner").getByRole("button", { name: "Log out" }).click();
  await loginScreen(page);
  await page.getByText("You are logged out.").waitFor();
  equal(await page.context().cookies(), [], "cookies");
  const thief = await open();
  await thief.context().addCookies([cookie]);
  await thief.reload();
  await loginScreen(thief);
  await loginScreen(other);
  await page.goBack();
  await page.reload();
  await loginScreen(page);
  equal(await page.locator("header.bar").count(), 0, "frame");
});

test("two tabs are one session; back and forward go through the screens; an unknown address says so", async () => {
  const page = await as("ada");
  const other = await tab(page, "me");
  await here(other, "ada");
  await go(page, "nowhere");
  await page.getByRole("heading", { name: "There is nothing at this address" }).waitFor();
  await go(page, "me");
  await page.getByRole("heading", { name: "My account and keys" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "There is nothing at this address" }).waitFor();
  await page.goForward();
  await page.getByRole("heading", { name: "My account and keys" }).waitFor();
  await page.reload();
  await here(page, "ada");
  await page.getByRole("heading", { name: "My account and keys" }).waitFor();
  equal(await page.context().cookies().then((c) => c.length), 1, "cookies");
});

test("times are local or, when chosen, UTC: in rows, in what stands beside them, and as what a field means", async () => {
  const page = await as("ada", { path: "audit" });
  const time = page.locator("main td time").first();
  await time.waitFor();
  const utc = await time.getAttribute("data-utc"); // 2026-11-22 05:06:07 UTC
  const [, date, clock] = utc.match(/^(\S+) (\S+) UTC$/);
  const [y, m, d] = date.split("-");
  const shown = await time.innerText();
  ok(!shown.includes("UTC") && !shown.includes(clock) && (await time.getAttribute("title")) === utc, `local: ${shown}, ${utc}`);
  ok((await page.locator("footer").innerText()).includes("Europe/Amsterdam"), "the zone is named");
  await page.getByRole("button", { name: "Show UTC" }).click();
  const row = page.locator(`main td time[data-utc="${utc}"]`).first();
  equal(await row.innerText(), `${d}/${m}/${y}, ${clock} UTC`);
  equal(await row.getAttribute("title"), shown);
  await page.reload();
  await settled(page);
  await page.locator("footer", { hasText: "UTC" }).getByRole("button", { name: "Show local time" }).waitFor();
  const asked = page.waitForRequest((r) => r.url().includes("since="));
  await page.getByRole("textbox", { name: "From", exact: true }).fill(`${date}T${clock.slice(0, 5)}`);
  await page.getByRole("button", { name: "Search" }).click();
  equal(new URL((await asked).url()).searchParams.get("since"), `${date}T${clock.slice(0, 5)}:00Z`);
  await page.getByRole("button", { name: "Show local time" }).click();
  await until("local again", async () => !(await page.locator("main td time").first().innerText()).includes("UTC"));
});

test("a page of another origin in the same browser changes nothing and sees nothing", async () => {
  const pki = join(facts.dir, "pki", "rest");
  const evil = createServer({ cert: readFileSync(join(pki, "mdf.crt")), key: readFileSync(join(pki, "mdf.key")) }, (_, r) => r.setHeader("Content-Type", "text/html").end("<h1>evil</h1>"));
  await new Promise((done) => evil.listen(0, "127.0.0.1", done));
  const { uuid } = await stage.warrant({ liid: "CSRF-1" });
  const page = await as("alice", { path: "me" });
  const done = async () => (await stage.audit({ outcome: "ok", interface: "rest" })).map((r) => `${r.op} ${r.actor}`).filter((r) => r !== "session.who alice");
  const before = await done();
  // another port is another origin of the same site, which gets the cookie; another name is another site
  for (const host of ["127.0.0.1", "localhost"]) {
    const bad = await page.context().newPage();
    await bad.goto(`https://${host}:${evil.address().port}/`);
    const seen = await bad.evaluate(async ([to, warrant]) => {
      const tries = {};
      const go = (name, path, o) => fetch(`${to}/api/v1${path}`, { credentials: "include", ...o }).then((r) => r.text(), () => "refused").then((t) => (tries[name] = t));
      const json = { "Content-Type": "application/json" };
      await go("read", "/warrants", {});
      await go("simple", `/warrants/${warrant}/stop`, { method: "POST", mode: "no-cors", body: "{}", headers: { "Content-Type": "text/plain" } });
      await go("blind", `/warrants/${warrant}/stop`, { method: "POST", mode: "no-cors", body: '{"reason":"x"}' });
      await go("header", `/warrants/${warrant}/stop`, { method: "POST", body: '{"reason":"x"}', headers: { ...json, "X-OpenMDF": "1" } });
      await go("logout", "/session", { method: "DELETE" });
      await go("events", "/events", {});
      return tries;
    }, [base, uuid]);
    equal(Object.entries(seen).filter(([, t]) => t !== "refused" && t !== ""), [], `${host}: answers that it could read`);
    // a form of its own, sent by the browser as a navigation
    await bad.evaluate(([to, warrant]) => {
      const f = Object.assign(document.createElement("form"), { method: "POST", action: `${to}/api/v1/warrants/${warrant}/stop`, enctype: "text/plain" });
      f.append(Object.assign(document.createElement("input"), { name: '{"reason":"x","y":"', value: '"}' }));
      document.body.append(f);
    }, [base, uuid]);
    await Promise.all([bad.waitForURL(/\/stop$/), bad.evaluate(() => document.forms[0].submit())]);
    await bad.close();
    // in a frame there is nothing to see
    const frame = await page.context().newPage();
    await frame.goto(`https://${host}:${evil.address().port}/`);
    await frame.evaluate((to) => new Promise((done) => {
      const f = Object.assign(document.createElement("iframe"), { src: to, onload: done });
      document.body.append(f);
    }), `${base}/`);
    equal(await frame.frames()[1].locator("#app").count().catch(() => 0), 0, "the UI in a frame");
    await frame.close();
  }
  await new Promise((done) => evil.close(done));
  equal((await stage.must({ person: "alice", op: "warrant.show", args: { warrant: "CSRF-1" } })).state, "active", "the warrant");
  await page.reload();
  await here(page, "alice");
  equal(await done(), before, "what happened over REST");
});

test("the documents: policy, no framing, no sniffing, nothing of others; files with a hash in their name for ever", async () => {
  const page = await open();
  await loginScreen(page);
  const seen = await page.evaluate(async () => {
    const h = async (u) => Object.fromEntries((await fetch(u)).headers);
    return { doc: await h("/"), asset: await h(performance.getEntriesByType("resource").find((r) => /\/assets\/.*\.js$/.test(r.name)).name) };
  });
  equal(seen.doc["content-security-policy"], "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'none'; form-action 'self'; base-uri 'none'; " +
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'", "policy");
  for (const [k, v] of [["x-content-type-options", "nosniff"], ["referrer-policy", "no-referrer"], ["cross-origin-opener-policy", "same-origin"], ["cross-origin-resource-policy", "same-origin"], ["cache-control", "no-store"]])
    equal(seen.doc[k], v, k);
  equal(seen.asset["cache-control"], "public, max-age=31536000, immutable", "cache of assets");
});

test("the door of the agencies: who has the certificate is in, without log-in, lock or cookie; another certificate sees nothing", async () => {
  const page = await open({ agency: "lia", clock: true });
  await here(page, "lia");
  await live(page);
  equal(await page.locator("header.bar button:not(.menu)").count(), 0, "nothing to lock or leave");
  equal(await page.context().cookies(), [], "cookies");
  await page.clock.fastForward("30:00");
  await page.reload();
  await here(page, "lia");
  const stranger = await open({ agency: "stranger" });
  await loginScreen(stranger);
  await stranger.locator("input[name=person]").fill("alice");
  await stranger.locator("input[name=key]").setInputFiles(facts.keys.alice);
  await stranger.locator("main.login button[type=submit]").click();
  await stranger.getByRole("alert").getByText("AGENCY-DOOR").waitFor();
});

await run();
