// SPDX-License-Identifier: Apache-2.0
// Wall clocks of time zones: what a person writes on an order, as an instant and back.
export const zones = () => Intl.supportedValuesOf("timeZone");
export function zoneKnown(zone: string) {
  try {
    return !!zone && !!new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    return false;
  }
}
/** Minutes that the clock of ZONE is before UTC at MS. */
export function offset(ms: number, zone: string) {
  const p = Object.fromEntries(
    new Intl.DateTimeFormat("en", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(ms).map((x) => [x.type, Number(x.value)]),
  );
  return Math.round((Date.UTC(p.year!, p.month! - 1, p.day!, p.hour!, p.minute!, p.second!) - Math.floor(ms / 1000) * 1000) / 60_000);
}
const two = (n: number) => String(Math.abs(n)).padStart(2, "0");
/** RFC 3339 with the offset of ZONE then. */
export function rfc3339(ms: number, zone: string) {
  const o = offset(ms, zone);
  return `${new Date(ms + o * 60_000).toISOString().slice(0, 19)}${o < 0 ? "-" : "+"}${two(Math.trunc(o / 60))}:${two(o % 60)}`;
}
/** As <input type="datetime-local"> has it. */
export function wall(ms: number, zone: string) {
  const text = new Date(ms + offset(ms, zone) * 60_000).toISOString();
  return text.slice(0, text.slice(17, 19) === "00" ? 16 : 19);
}
export interface Instant {
  ms: number;
  /** "gap": the clocks skip this time; "twice": it comes twice */
  odd: "" | "gap" | "twice";
}
/** The instant of WALL in ZONE.  LAST: of one that comes twice the second, else the first. */
export function instant(text: string, zone: string, last: boolean): Instant | null {
  const guess = Date.parse(`${text.length === 16 ? `${text}:00` : text}Z`);
  if (!/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(guess)) return null;
  const ways = [...new Set([offset(guess - 86_400_000, zone), offset(guess + 86_400_000, zone)])].map((o) => guess - o * 60_000);
  const good = ways.filter((ms) => wall(ms, zone) === wall(guess, "UTC")).sort((a, b) => a - b);
  if (good.length === 0) return { ms: Math.max(...ways), odd: "gap" };
  return { ms: good[last ? good.length - 1 : 0]!, odd: good.length > 1 ? "twice" : "" };
}
