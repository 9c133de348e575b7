// SPDX-License-Identifier: Apache-2.0
// What browser tests have: pages that watch themselves, log-in, checks, screenshots, the stage.  See stage.py for the other side.
//
//   import { test, as, open, login, check, shot, until, stage, facts, run } from "./harness.mjs";
//   test("what must hold", async () => {
//     const page = await as("alice", { path: "warrants" });      // a context of its own, logged in with alice's key file
//     await stage.warrant({ liid: "W-1" });                      // something happens at the server
//     await page.getByText("W-1").waitFor();                     // waiting is for a condition, never for a time
//     await shot(page, "warrants");
//   });
//   await run();
//
// At the end of each test check() runs on every page that is still open: axe (WCAG 2.0 to 2.2 A and AA, best practices) finds nothing, no error or warning
// on the console, no exception, no violation of the content security policy, no request to another origin, no sideways scrolling.
// What a test provokes is allowed by page.allow(/text/) (console) and page.offline = true (the server is away).  The browser's own note that the server
// answered 4xx is no fault.
import { createRequire } from "node:module";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const facts = JSON.parse(process.env.STAGE);
const require = createRequire(join(facts.npm, "package.json"));
const { chromium } = require("playwright-core");
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
export const { base } = facts;
const log = (text) => process.stdout.write(text.split("\n").map((l) => `# ${l}\n`).join(""));

// ---- the stage
const asked = new Map();
let number = 0;
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const { id, answer, error } = JSON.parse(line);
  const [ok, no] = asked.get(id);
  asked.delete(id);
  if (error === undefined) ok(answer);
  else no(new Error(`stage: ${error}`));
});
export const stage = new Proxy({}, {
  get: (_, name) => (args = {}) =>
    new Promise((ok, no) => {
      asked.set(++number, [ok, no]);
      process.stdout.write(`@${JSON.stringify({ id: number, do: name, args })}\n`);
    }),
});

// ---- pages
let browser;
let pages = [];
let contexts = [];
const certificate = (c) => (c.pfx ? { pfxPath: c.pfx, passphrase: c.passphrase } : { certPath: c.cert, keyPath: c.key });
/** A page in a context of its own.  O: path, lang ("en", "de"), dark, width, height, agency (handle: through the agency door with that certificate),
 *  clock: true (page.clock.fastForward() moves it), and everything of newContext. */
export async function open(o = {}) {
  const { path, lang = "en", dark = false, width = 1280, height = 900, agency, clock, ...more } = o;
  const origin = agency ? facts.agency : base;
  const context = await browser.newContext({
    ignoreHTTPSErrors: true, viewport: { width, height }, locale: lang, colorScheme: dark ? "dark" : "light", timezoneId: "Europe/Amsterdam", reducedMotion: "reduce",
    ...(agency ? { clientCertificates: [{ origin, ...certificate(facts.certs[agency]) }] } : {}), ...more,
  });
  context.setDefaultTimeout(20_000);
  contexts.push(context);
  const violations = [];
  await context.exposeBinding("__violation", (_, text) => void violations.push(text));
  await context.addInitScript(() => addEventListener("securitypolicyviolation", (e) => window.__violation(`${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile ?? ""}`)));
  context.on("page", (page) => watch(page, violations, new URL(origin).origin));
  const page = await context.newPage();
  page.origin = origin;
  if (clock) await page.clock.install();
  await page.goto(`${origin}/#/${path ?? ""}`);
  return page;
}
function watch(page, violations, origin) {
  if (page.faults) return;
  Object.assign(page, { faults: [], violations, allowed: [], offline: false, allow: (re) => page.allowed.push(re), origin });
  pages.push(page);
  page.on("pageerror", (e) => page.faults.push(`exception: ${e.message}`));
  page.on("console", (m) => {
    if (!["error", "warning"].includes(m.type())) return;
    const text = m.text();
    if (/^Failed to load resource: the server responded with a status of 4\d\d/.test(text) && m.location().url.startsWith(`${origin}/api/v1/`)) return;
    if (page.offline && /net::ERR_|Failed to load resource/.test(text)) return;
    if (page.allowed.some((re) => re.test(text))) return;
    page.faults.push(`console ${m.type()}: ${text} (${m.location().url}:${m.location().lineNumber})`);
  });
  page.on("request", (r) => {
    const url = r.url();
    if (!url.startsWith(`${origin}/`) && !/^(blob:|about:)/.test(url)) page.faults.push(`request to another place: ${url}`);
  });
}
/** Another page (tab) in the context of PAGE: same cookies, same keys. */
export async function tab(page, path = "") {
  const other = await page.context().newPage();
  await other.goto(`${page.origin}/#/${path}`);
  return other;
}
/** Log in on the real screen with the key file of PERSON (once read, the browser has the key). */
export async function login(page, person) {
  const form = page.locator("main.login");
  await form.locator("input[name=person]").fill(person);
  const file = form.locator("input[name=key]");
  if (await file.count()) await file.setInputFiles(facts.keys[person]);
  await form.locator("button[type=submit]").click();
  await here(page, person);
}
export async function loginPassword(page, person, password, totp) {
  const form = page.locator("main.login");
  await form.getByRole("button", { name: /^(Password|Passwort|Kennwort)$/ }).click();
  await form.locator("input[name=person]").fill(person);
  await form.locator("input[name=password]").fill(password);
  await form.locator("input[name=totp]").fill(totp);
  await form.locator("button[type=submit]").click();
}
/** PERSON is logged in and a screen stands. */
export async function here(page, person) {
  await page.locator("header.bar").getByText(person).first().waitFor();
  await settled(page);
}
/** The screen is loaded: it has its heading and nothing says that it is loading. */
export async function settled(page) {
  await page.locator("main h1").first().waitFor();
  await until("nothing is loading", async () => !(await page.locator("main [role=status]").filter({ hasText: /^(Loading|Lädt|Wird geladen)/ }).count()));
}
/** Events come in. */
export const live = (page) => page.locator("header.bar .state.good").first().waitFor();
/** A new page with PERSON logged in. */
export async function as(person, o = {}) {
  const page = await open(o);
  await login(page, person);
  return page;
}
/** Go to a screen by its address, and wait for it. */
export async function go(page, path) {
  await page.evaluate((h) => {
    const place = (x) => x.split("?")[0].split("/").slice(0, 3).join("/"); // what comes behind is a tab of the same page
    const same = place(location.hash) === place(h);
    if (!same) for (const e of document.querySelectorAll("main h1")) e.dataset.old = "1";
    location.hash = h;
  }, `#/${path}`);
  await page.locator("main h1:not([data-old])").first().waitFor();
  await settled(page);
}
/** Poll F until it gives something true; that is returned. */
export async function until(what, f, timeout = 20_000) {
  const end = Date.now() + timeout;
  for (;;) {
    const r = await f();
    if (r) return r;
    if (Date.now() > end) throw new Error(`not within ${timeout / 1000} s: ${what}`);
    await new Promise((ok) => setTimeout(ok, 50));
  }
}
export function equal(got, want, what = "") {
  const [a, b] = [JSON.stringify(got), JSON.stringify(want)];
  if (a !== b) throw new Error(`${what}: got ${a}, want ${b}`);
}
export function ok(value, what) {
  if (!value) throw new Error(what);
}

// ---- checks
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** What axe finds.  It runs in a world of its own, which the page's policy does not reach and where it changes nothing. */
export async function axe(page) {
  const cdp = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await cdp.send("Page.getFrameTree");
    const { executionContextId } = await cdp.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
    const run = async (expression) => {
      const r = await cdp.send("Runtime.evaluate", { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
      if (r.exceptionDetails) throw new Error(`axe: ${r.exceptionDetails.exception?.description ?? r.exceptionDetails.text}`);
      return r.result.value;
    };
    await run(`${axeSource};0`);
    const options = { runOnly: { type: "tag", values: TAGS }, rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] };
    const { found, passes } = JSON.parse(await run(`axe.run(document, ${JSON.stringify(options)}).then((r) => JSON.stringify({ passes: r.passes.length, found: r.violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.map((n) => n.target.join(" ") + ": " + (n.failureSummary ?? "").split("\\n").slice(1).join(";") + " " + n.html.slice(0, 120)) })) }))`));
    ok(passes > 5, `axe found next to nothing to look at (${passes} rules)`);
    return found.flatMap((v) => v.nodes.slice(0, 3).map((n) => `${v.id}: ${v.help}: ${n}`));
  } finally {
    await cdp.detach();
  }
}
/** Everything that a good page has; throws with all that is wrong.  O: axe: false leaves axe out. */
export async function check(page, where = "", o = {}) {
  const wrong = [...page.faults, ...page.violations.map((v) => `content security policy: ${v}`)];
  page.faults.length = page.violations.length = 0;
  const wide = await page.evaluate(() => {
    const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (over <= 0) return null;
    const all = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
    return `${over} px too wide at ${innerWidth}: ${all.slice(0, 4).map((e) => `${e.tagName.toLowerCase()}.${e.className}`).join(", ")}`;
  });
  if (wide) wrong.push(wide);
  if (o.axe !== false) wrong.push(...(await axe(page)));
  if (wrong.length) throw new Error(`${where || page.url()}:\n  ${wrong.join("\n  ")}`);
}

// ---- screenshots
const compareIn = async (a, b) => {
  const grey = async (data, w, h) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const c = Object.assign(document.createElement("canvas"), { width: w || 160, height: h || Math.round((160 * image.height) / image.width) });
    const x = c.getContext("2d");
    x.imageSmoothingQuality = "high";
    x.filter = "grayscale(1) blur(1px)";
    x.drawImage(image, 0, 0, c.width, c.height);
    return { c, d: x.getImageData(0, 0, c.width, c.height).data };
  };
  const now = await grey(a);
  const small = now.c.toDataURL("image/png").split(",")[1];
  if (!b) return { small };
  const was = await grey(b, now.c.width, now.c.height);
  let sum = 0;
  for (let i = 0; i < now.d.length; i += 4) sum += Math.abs(now.d[i] - was.d[i]);
  return { small, off: sum / (now.d.length / 4) };
};
/** A screenshot into tests/web/shots of the build folder.  Where tests/web/shots/NAME.png is in the source tree, a small grey one, they must be alike
 *  (OPENMDF_SHOTS=renew writes those of O.reference).  Times, ids and O.mask are painted over for that. */
export async function shot(page, name, o = {}) {
  mkdirSync(facts.shots, { recursive: true });
  writeFileSync(join(facts.shots, `${name}.png`), await page.screenshot({ fullPage: o.full ?? false, animations: "disabled", caret: "hide" }));
  const reference = join(facts.references, `${name}.png`);
  const renew = process.env.OPENMDF_SHOTS === "renew" && o.reference;
  if (!renew && !existsSync(reference)) return;
  const masked = (await page.screenshot({ animations: "disabled", caret: "hide", mask: [page.locator("time, code, .hash, canvas, progress"), ...(o.mask ?? [])], maskColor: "#888" })).toString("base64");
  const blank = await (await browser.newContext()).newPage();
  try {
    const r = await blank.evaluate(([f, a, b]) => new Function(`return (${f})`)()(a, b), [compareIn.toString(), masked, renew ? null : readFileSync(reference).toString("base64")]);
    if (renew) {
      mkdirSync(facts.references, { recursive: true });
      writeFileSync(reference, Buffer.from(r.small, "base64"));
    } else {
      log(`${name}: mean difference of grey from its reference ${r.off.toFixed(1)}`);
      ok(r.off < (o.tolerance ?? 6), `${name} looks other than its reference: mean difference of grey ${r.off.toFixed(1)} of 255; see ${facts.shots}/${name}.png`);
    }
  } finally {
    await blank.context().close();
  }
}

// ---- tests
const tests = [];
export const test = (name, f) => void tests.push({ name, f });
export async function run() {
  browser = await chromium.launch({ executablePath: facts.chromium, args: ["--disable-dev-shm-usage", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])] });
  let failed = 0;
  let n = 0;
  for (const { name, f } of tests.filter((t) => t.name.includes(process.env.TEST_ONLY ?? ""))) {
    const began = Date.now();
    n++;
    try {
      await f();
      for (const page of pages) if (!page.isClosed()) await check(page, `${name}, at the end, ${page.url()}`);
      process.stdout.write(`ok ${n} - ${name}\n`);
    } catch (e) {
      failed++;
      process.stdout.write(`not ok ${n} - ${name}\n`);
      log(String(e.stack ?? e));
      await evidence(n);
    }
    log(`${((Date.now() - began) / 1000).toFixed(2)} s`);
    for (const c of contexts) await c.close().catch(() => {});
    pages = [];
    contexts = [];
  }
  await browser.close();
  lines.close();
  process.exitCode = failed ? 1 : 0;
}
async function evidence(n) {
  mkdirSync(facts.shots, { recursive: true });
  for (const [i, page] of pages.entries()) {
    if (page.isClosed()) continue;
    const file = join(facts.shots, `failed-${process.argv[1].split("/").pop().replace(".mjs", "")}-${n}-${i}.png`);
    await page.screenshot({ path: file }).then(() => log(`${page.url()}: ${file}`), () => {});
    for (const fault of page.faults) log(fault);
  }
}
