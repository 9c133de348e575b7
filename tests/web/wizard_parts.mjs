// SPDX-License-Identifier: Apache-2.0
// What tests of the wizard share: filling it as a person does.
import { go, settled } from "./harness.mjs";

const at = (ms) => new Date(ms);
/** As <input type="datetime-local"> has it, in the zone of the browser of the tests. */
export function wall(ms, zone = "Europe/Amsterdam") {
  const p = Object.fromEntries(new Intl.DateTimeFormat("en", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }).formatToParts(at(ms)).map((x) => [x.type, x.value]));
  return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`;
}
export const field = (page, name) => page.locator(`form [name="${name}"]`);
export async function fill(page, values) {
  for (const [k, v] of Object.entries(values)) {
    const f = field(page, k);
    if (await f.evaluate((e) => e.tagName === "SELECT")) await f.selectOption(v);
    else await f.fill(v);
  }
}
export const next = (page) => page.locator("form button[type=submit]").click();
export const step = (page, n) => page.locator(`ol.steps li:nth-child(${n}) button[aria-current=step]`).waitFor();
export const HOUR = 3_600_000;

/** From the first step to the plan.  O: liid, order (more fields of the first step), target, from, until (ms), files. */
export async function toPlan(page, o) {
  await go(page, "new");
  await step(page, 1);
  await fill(page, { reference: `AZ ${o.liid}`, authority: "District court", ...o.order });
  if (o.files) await field(page, "files").setInputFiles(o.files);
  await next(page);
  await step(page, 2);
  if (o.target !== null) {
    await page.getByLabel(/As it is written/).fill(o.target ?? "+31 6 1234 5678");
    await page.getByText("is read as").waitFor();
  } else await page.getByRole("button", { name: "Remove Identity 1" }).click();
  await next(page);
  await step(page, 3);
  await fill(page, { lea: o.lea ?? "lea-a", liid: o.liid });
  await page.waitForFunction(() => document.querySelector("[name=hi2]")?.value && document.querySelector("[name=hi3]")?.value);
  if (o.ne) await page.getByRole("checkbox", { name: o.ne }).check();
  await next(page);
  await step(page, 4);
  await fill(page, { from: wall(o.from ?? Date.now() - HOUR), until: wall(o.until ?? Date.now() + 48 * HOUR) });
  await next(page);
  await step(page, 5);
  await settled(page);
}
