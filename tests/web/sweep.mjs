// SPDX-License-Identifier: Apache-2.0
// Reads the navigation, so that a screen that is added is covered.
import { as, axe, check, equal, go, ok, run, settled, test, until } from "./harness.mjs";

const ROLES = { admin: "alice", approver: "bob", operator: "olga", auditor: "ada", security: "sam", liaison: "lia" };
// Every pair of width, light or dark, and language; the last says where axe looks.  OPENMDF_WEB_SWEEP=all: all of them.
const all = process.env.OPENMDF_WEB_SWEEP === "all";
const COMBINATIONS = all
  ? [320, 768, 1920].flatMap((w) => [false, true].flatMap((d) => ["en", "de"].map((l) => [w, d, l, true])))
  : [[320, false, "en", true], [768, false, "en", false], [1920, true, "en", true], [320, true, "de", false], [768, true, "de", true], [1920, false, "de", false]];

const screens = (page) => page.locator("nav a").evaluateAll((a) => a.map((x) => x.getAttribute("href").slice(2))).then((l) => [...l, "me"]);
/** Addresses of one thing behind each list: the first link of each kind that leads on from where the page stands. */
const behind = (page) => page.locator("main a[href^='#/']").evaluateAll((links) => {
  const kinds = {};
  for (const a of links) {
    const path = a.getAttribute("href").slice(2).split("?")[0].split("/");
    if (path.length > 1) kinds[path[0]] ??= a.getAttribute("href").slice(2);
  }
  return Object.values(kinds);
});
async function language(page, to) {
  if ((await page.locator("html").getAttribute("lang")) === to) return;
  await page.locator("#lang").selectOption(to);
  await until(`the language ${to}`, async () => (await page.locator("html").getAttribute("lang")) === to);
  await settled(page);
}
/** Texts that stand on the page: nodes and the attributes that are read out. */
const texts = (page) => page.evaluate(() => {
  const out = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  // what the server says, and what people wrote, is in cells, code and values; what is marked as another language may be one
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest("code, td, dd, option, pre, script, [lang]:not(html)")) out.add(walk.currentNode.data.trim());
  for (const e of document.querySelectorAll("[aria-label], [title], [placeholder]"))
    for (const a of ["aria-label", "title", "placeholder"]) if (e.hasAttribute(a) && !e.closest("[lang]:not(html)")) out.add(e.getAttribute(a).trim());
  out.delete("");
  return [...out];
});
let catalogues;
async function catalogue(page) {
  catalogues ??= await page.evaluate(async () => {
    const all = {};
    for (const url of performance.getEntriesByType("resource").map((r) => r.name).filter((u) => /\/assets\/(en|de|spec)\.[^/]*json$/.test(u)))
      all[url.match(/assets\/(\w+)\./)[1]] = await (await fetch(url)).json();
    return all;
  });
  return catalogues;
}
/** No key of the catalogue instead of its text; in German nothing that is English. */
async function words(page, lang) {
  const c = await catalogue(page);
  const groups = new Set(Object.keys(c.en).map((k) => k.split(".")[0]));
  const german = new Set(Object.values(c.de));
  const english = new Set(Object.entries(c.en).filter(([k, v]) => v !== c.de[k] && !german.has(v) && /^[A-Z].*[a-z]{3}/.test(v) && !/[{]/.test(v)).map(([, v]) => v));
  const wrong = [];
  for (const text of await texts(page)) {
    const key = /^([a-z]+)\.[\w.-]+$/.exec(text);
    if (c.en[text] !== undefined && text.includes(".")) wrong.push(`the key ${text}`);
    else if (key && groups.has(key[1]) && !c.spec[text]) wrong.push(`the key ${text}, which has no text`);
    else if (/\{\w+\}/.test(text)) wrong.push(`not filled in: ${text}`);
    else if (lang === "de" && english.has(text)) wrong.push(`English: ${text}`);
  }
  return wrong;
}

for (const [role, person] of Object.entries(ROLES))
  test(`${role}: every screen, narrow and wide, light and dark, English and German`, async () => {
    const page = await as(person);
    await language(page, "de");
    await language(page, "en");
    const places = await screens(page);
    ok(places.length > 1, "there is a navigation");
    const found = new Set(places);
    for (const place of places) {
      await go(page, place);
      for (const more of await behind(page)) found.add(more);
    }
    const wrong = [];
    let n = 0;
    for (const place of found)
      for (const [width, dark, lang, look] of COMBINATIONS) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
        await language(page, lang);
        if (n === 0 || !page.url().endsWith(`#/${place}`)) await go(page, place);
        const where = `${role} ${place} ${width} ${dark ? "dark" : "light"} ${lang}`;
        n++;
        await check(page, where, { axe: all || look }).catch((e) => wrong.push(e.message));
        wrong.push(...(await words(page, lang)).map((w) => `${role} ${place} ${lang}: ${w}`));
      }
    ok(n === found.size * COMBINATIONS.length, "all were looked at");
    ok(wrong.length === 0, `${wrong.length} faults in ${n} pages:\n${[...new Set(wrong)].slice(0, 40).join("\n")}`);
  });

test("by keyboard alone: over the navigation to the content, through all screens, the menu of a narrow window", async () => {
  const page = await as("alice");
  await page.reload();
  await settled(page);
  const top = () => page.evaluate(() => (document.body.tabIndex = -1, document.body.focus(), document.body.removeAttribute("tabindex")));
  await top();
  await page.keyboard.press("Tab");
  equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop");
  await page.keyboard.press("Enter");
  equal(await page.evaluate(() => document.activeElement.id), "main", "after skipping");
  for (const place of (await screens(page)).filter((p) => p !== "me")) {
    await top();
    await until(`Tab reaches ${place}`, async () => {
      await page.keyboard.press("Tab");
      return page.evaluate((h) => document.activeElement.getAttribute("href") === h, `#/${place}`);
    });
    const seen = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    equal(seen, "solid", `the focus on ${place} is seen`);
    await page.keyboard.press("Enter");
    // the heading, or the first field of a form that goes on from there
    await until(`the heading of ${place} has the focus`, () => page.evaluate((h) => location.hash === h && !!document.activeElement.closest("main h1, main form"), `#/${place}`));
    await settled(page);
  }
  await page.setViewportSize({ width: 320, height: 700 });
  const menu = page.locator("button.menu");
  await menu.focus();
  equal(await menu.getAttribute("aria-expanded"), "false", "closed");
  await page.keyboard.press("Enter");
  equal(await menu.getAttribute("aria-expanded"), "true", "open");
  await page.locator("nav a").first().waitFor();
});

for (const person of ["alice", "sam"])
  test(`dialogs of ${person}: the focus goes in, stays in, Escape closes, and it goes back`, async () => {
    const page = await as(person);
    let dialogs = 0;
    const places = new Set(await screens(page));
    for (const place of places) {
      await go(page, place);
      for (const more of place.includes("/") ? [] : await behind(page)) places.add(more);
      const buttons = await page.locator("main .actions button:enabled").count();
      for (let i = 0; i < buttons; i++) {
        const button = page.locator("main .actions button:enabled").nth(i);
        const name = (await button.textContent()).trim();
        await button.focus();
        await page.keyboard.press("Enter");
        const dialog = page.locator("dialog[open]");
        // a button that opens none has done its work by then
        if (!(await until("a dialog, or another place", async () => (await dialog.count()) > 0 || !page.url().endsWith(`#/${place}`), 6000).then(() => dialog.count(), () => 0))) {
          if (!page.url().endsWith(`#/${place}`)) await go(page, place);
          continue;
        }
        dialogs++;
        const inside = () => page.evaluate(() => document.activeElement === document.body || !!document.activeElement.closest("dialog"));
        ok(await inside(), `${place}, ${name}: the focus is not in the dialog`);
        for (let k = 0; k < 25; k++) {
          await page.keyboard.press("Tab");
          ok(await inside(), `${place}, ${name}: Tab leaves the dialog`);
        }
        equal(await axe(page), [], `${place}, ${name}`);
        await page.keyboard.press("Escape");
        await dialog.waitFor({ state: "detached" });
        await until(`${place}, ${name}: the focus goes back`, () => button.evaluate((b) => document.activeElement === b), 5000);
      }
    }
    ok(dialogs > 3, `${dialogs} dialogs`);
  });

test("on paper: no navigation, no buttons, black on white even from a dark screen, nothing cut off", async () => {
  const page = await as("alice", { dark: true });
  for (const place of await screens(page)) {
    await go(page, place);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const paper = await page.evaluate(() => ({
      shown: [...document.querySelectorAll("header.bar, nav, main button, .toasts")].filter((e) => e.checkVisibility()).map((e) => e.outerHTML.slice(0, 80)),
      color: getComputedStyle(document.querySelector("main h1")).color,
      back: getComputedStyle(document.documentElement).backgroundColor,
      cut: [...document.querySelectorAll("main .table, main .tree")].filter((e) => e.scrollHeight > e.clientHeight + 2).length,
    }));
    equal(paper, { shown: [], color: "rgb(0, 0, 0)", back: "rgb(255, 255, 255)", cut: 0 }, place);
    equal((await axe(page)).filter((x) => x.startsWith("color-contrast")), [], place);
    await page.emulateMedia({ media: "screen", colorScheme: "dark" });
  }
});

await run();
