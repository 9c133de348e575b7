// SPDX-License-Identifier: Apache-2.0
// A warrant as a row of a list, and the keys that go over such rows.
import { useEffect } from "preact/hooks";
import { get } from "../lib/api";
import { num, t } from "../lib/i18n";
import { link } from "../lib/router";
import { may } from "../lib/session";
import { Countdown, State, Time } from "../ui/basic";
import type { Column } from "../ui/table";

export const LIVE = ["approved", "active", "suspended"];

/** State of a warrant, and whether its window has begun. */
export const WarrantState = ({ w }: { w: any }) => (
  <>
    <State of={w.state} />
    {LIVE.includes(w.state) && w.window === "pending" && <small class="hint">{t("warrants.pending")}</small>}
    {w.metadata && <small class="hint">{t("warrants.metadata")}</small>}
  </>
);
/** To find warrants by what they concern, for who may; not at an address where nobody can give the fresh factor. */
export function FindButton() {
  const ways = [may("target.find") && "identity", may("xid.list") && "xid"].filter(Boolean);
  return ways.length > 0 && <button onClick={() => void import("./find").then((m) => m.find())}>{t(`find.${ways.join("-")}`)}</button>;
}
/** When it ends, or ended; a provisional one may end before. */
export function End({ w }: { w: any }) {
  const early = w.provisional_until && Date.parse(w.provisional_until) < Date.parse(w.until);
  if (w.ended) return <Time at={w.ended} />;
  return (
    <>
      {LIVE.includes(w.state) ? <Countdown at={early ? w.provisional_until : w.until} /> : <Time at={w.until} />}
      {w.provisional_until && <small class="hint">{t("warrants.provisional")}</small>}
    </>
  );
}
export const warrantColumns = (scoped: boolean): Column<any>[] => [
  { key: "state", title: t("field.state"), cell: (w) => <WarrantState w={w} /> },
  { key: "liid", title: "LIID", cell: (w) => <a class="row" href={link(["warrants", w.uuid])}>{w.liid}</a> },
  { key: "reference", title: t("field.reference"), cell: (w) => w.reference ?? <span class="dim">–</span> },
  ...(scoped ? [] : [{ key: "lea", title: t("field.lea") }]),
  { key: "until", title: t("warrants.until"), cell: (w) => <End w={w} />, text: (w) => w.until },
  ...(scoped
    ? []
    : [{
        key: "nes", title: t("warrants.nes"), num: true, text: (w: any) => (w.nes_ok === undefined ? "" : `${w.nes_ok}/${w.nes?.length || "*"}`),
        cell: (w: any) => (w.nes_ok === undefined || !LIVE.includes(w.state) ? <span class="dim">–</span> : <State tone={w.nes_ok === 0 || w.nes_ok < w.nes.length ? "warn" : "good"} text={w.nes.length ? `${num(w.nes_ok)} / ${num(w.nes.length)}` : t("warrants.nes.any", { n: w.nes_ok })} />),
      }]),
  { key: "last_iri", title: t("warrants.iri"), cell: (w) => <Time at={w.last_iri} seconds /> },
  { key: "last_cc", title: t("warrants.cc"), cell: (w) => <Time at={w.last_cc} seconds /> },
  { key: "waiting", title: t("warrants.waiting"), num: true, cell: (w) => (w.waiting ? <State tone="warn" text={num(w.waiting)} /> : num(w.waiting)) },
];
/** The rows with their counters of now; unlike reading the list this leaves no rows in the audit log. */
export async function counters(rows: any[]) {
  const by = new Map((await get("warrant.live", { warrants: rows.map((w) => w.uuid) })).map((x: any) => [x.uuid, x]));
  return rows.map((w) => ({ ...w, ...by.get(w.uuid) }));
}
/** The keys j, k and the arrows go over the rows; Enter opens, as on any link. */
export function useRows() {
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      const at = e.target as Element;
      const step = e.key === "j" || e.key === "ArrowDown" ? 1 : e.key === "k" || e.key === "ArrowUp" ? -1 : 0;
      if (!step || e.ctrlKey || e.altKey || e.metaKey || at.closest("input,select,textarea,dialog,nav")) return;
      if (e.key.startsWith("Arrow") && !at.closest(".table")) return;
      const rows = [...document.querySelectorAll<HTMLElement>("a.row")];
      const next = rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(at as HTMLElement) + (rows.includes(at as HTMLElement) || step > 0 ? step : 0)))];
      if (!next) return;
      e.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
}
