// SPDX-License-Identifier: Apache-2.0
// Texts by key, in the language of the browser or the one chosen; numbers, times, durations.
import { signal } from "@preact/signals";
import deUrl from "../gen/de.json?url";
import enUrl from "../gen/en.json?url";

export const LANGUAGES: Record<string, string> = { en: "English", de: "Deutsch" };
const urls: Record<string, string> = { en: enUrl, de: deUrl };
export const lang = signal("en");
let texts: Record<string, string> = {};

export async function setLanguage(l?: string) {
  const saved = l ?? localStorage.getItem("openmdf.lang") ?? navigator.language.slice(0, 2);
  const next = urls[saved] ? saved : "en";
  texts = await (await fetch(urls[next]!)).json();
  if (l) localStorage.setItem("openmdf.lang", next);
  document.documentElement.lang = next;
  lang.value = next;
}
export const has = (key: string) => texts[key] !== undefined;
/** The text of KEY with {name} replaced; for a number N there may be KEY.one. */
export function t(key: string, values: Record<string, unknown> = {}): string {
  void lang.value;
  const k = values.n === 1 && has(`${key}.one`) ? `${key}.one` : key;
  return (texts[k] ?? key).replace(/\{(\w+)\}/g, (_, n) => (typeof values[n] === "number" ? num(values[n] as number) : String(values[n] ?? "")));
}
/** A word of the server (state, role, kind) in the language, or as it is. */
export const word = (group: string, w: string | null | undefined) => (w ? (has(`${group}.${w}`) ? t(`${group}.${w}`) : w) : "");

/** English with the day before the month and 24 hours. */
export const locale = () => (lang.value === "en" ? "en-GB" : lang.value);
export const num = (n: number | null | undefined, digits = 0) =>
  n === null || n === undefined ? "" : new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(n);
export function octets(n: number | null | undefined) {
  if (n === null || n === undefined) return "";
  const i = n < 1 ? 0 : Math.min(4, Math.floor(Math.log2(n) / 10));
  return `${num(n / 2 ** (10 * i), i ? 1 : 0)} ${["B", "KiB", "MiB", "GiB", "TiB"][i]}`;
}
/** The zone of this browser. */
export const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
/** Times are shown, and meant in fields, in UTC; else in the zone of this browser. */
export const inUtc = signal(localStorage.getItem("openmdf.time") === "utc");
export function setUtc(on: boolean) {
  if (on) localStorage.setItem("openmdf.time", "utc");
  else localStorage.removeItem("openmdf.time");
  inUtc.value = on;
}
const here = (iso: string, seconds: boolean, timeZone?: string) => new Intl.DateTimeFormat(locale(), { dateStyle: "short", timeStyle: seconds ? "medium" : "short", timeZone }).format(new Date(iso));
export const local = (iso: string, seconds = false) => (inUtc.value ? `${here(iso, seconds, "UTC")} UTC` : here(iso, seconds));
/** The other one of both. */
export const other = (iso: string) => (inUtc.value ? here(iso, true) : utc(iso));
/** The instant of <input type="datetime-local">, and back. */
export const fromField = (v: string) => new Date(inUtc.value ? `${v}Z` : v).toISOString().replace(".000", "");
export const toField = (iso: string) => new Date(Date.parse(iso) - (inUtc.value ? 0 : new Date(iso).getTimezoneOffset() * 60_000)).toISOString().slice(0, 16);
export const utc = (iso: string) => `${new Date(iso).toISOString().slice(0, 19).replace("T", " ")} UTC`;
/** Seconds in one or two units: "3 d 4 h". */
export function duration(s: number) {
  const a = Math.abs(Math.round(s));
  const parts: [number, string][] = [[Math.floor(a / 86400), "d"], [Math.floor(a / 3600) % 24, "h"], [Math.floor(a / 60) % 60, "min"], [a % 60, "s"]];
  const i = parts.findIndex(([n]) => n > 0);
  return (i < 0 ? [parts[3]!] : parts.slice(i, i + 2).filter(([n], j) => j === 0 || n > 0)).map(([n, u]) => `${num(n)} ${u}`).join(" ");
}
