// SPDX-License-Identifier: Apache-2.0
// The account of each session of a warrant: what was issued, whether it is delivered, and every loss by name with its journal entries.
import { useEffect, useState } from "preact/hooks";
import { get } from "../lib/api";
import { num, t } from "../lib/i18n";
import { may } from "../lib/session";
import { Card, Notice, State, Time, type Tone } from "../ui/basic";
import { Table } from "../ui/table";
import { Bar, ends, endName } from "./completeness-bar";

interface Loss {
  kind: string;
  code: string | null;
  class?: string;
  n: number;
  entries: number;
  first_time: string;
  last_time: string;
  ranges?: { first: number; last: number; n: number }[];
}

/** What the sessions and their losses are, in the words of an account: ends() makes a bar of it. */
export function parts(s: any): any {
  const issued = (s.iri ?? 0) + (s.cc ?? 0);
  const open = ["iri", "cc"].map((k) => s.sides?.[k]).filter(Boolean);
  const most = (state: string) => open.filter((x) => x.delivered === state).reduce((n, x) => n + x.waiting_most, 0);
  const unknown = most("unknown") || (s.delivered === "unknown" ? issued - most("waiting") : 0);
  return { delivered: Math.max(0, issued - most("waiting") - unknown), waiting: most("waiting"), unknown, ...lost(s.losses ?? []) };
}
function lost(losses: Loss[]): any {
  const n = (kind: string, code?: string) => losses.filter((l) => l.kind === kind && (!code || l.code === code)).reduce((sum, l) => sum + l.n, 0);
  const by = (kind: string, key: (l: Loss) => string) => losses.filter((l) => l.kind === kind).reduce((o: any, l) => ({ ...o, [key(l)]: (o[key(l)] ?? 0) + l.n }), {});
  return {
    missing: Math.max(0, n("NUMBERS", "MISSING") - n("NUMBERS", "LATE")), duplicate: n("DUPLICATE"), copies: n("COPY"),
    rejected: by("REJECT", (l) => l.code ?? ""), shed: by("SHED", (l) => l.class ?? ""),
  };
}
const TONES: Record<string, Tone> = { "NUMBERS.MISSING": "bad", "NUMBERS.LATE": "info", "NUMBERS.USED": "info", SHED: "bad", REJECT: "warn" };
const tone = (l: Loss): Tone => TONES[`${l.kind}.${l.code}`] ?? TONES[l.kind] ?? "off";
function lossName(l: Loss) {
  if (l.kind === "NUMBERS") return t(`complete.numbers.${l.code}`);
  if (l.kind === "SHED") return `${endName(`shed.${l.class}`)}${l.code ? ` (${l.code})` : ""}`;
  return l.kind === "REJECT" ? endName(`rejected.${l.code}`) : t(l.kind === "COPY" ? "complete.copies" : "complete.duplicate");
}

export function Sessions({ of, id }: { of: any; id: string }) {
  const rows: any[] = of.sessions ?? [];
  const named: { cin: number; loss: Loss }[] = [...rows.flatMap((s) => s.losses.map((loss: Loss) => ({ cin: s.cin, loss }))), ...of.no_session.map((loss: Loss) => ({ cin: 0, loss }))];
  const gone: number = lost(of.total).missing;
  return (
    <>
      <Card title={t("complete.sessions")} wide>
        <p class="dim">{t("complete.sessions.text")}</p>
        <Table
          caption={t("complete.sessions")}
          rows={rows}
          rowKey={(s) => String(s.cin)}
          empty={t("complete.sessions.none")}
          columns={[
            { key: "cin", title: "CIN", cell: (s) => (
              <code class="nowrap">
                {s.cin}
                {s.joined > 0 && ` → ${s.joined}`}
              </code>
            ) },
            { key: "state", title: t("complete.state"), cell: (s) => <State group="session" of={s.state || (s.open ? "open" : "ended")} tone={s.open && s.state !== "ended" ? "good" : "off"} /> },
            { key: "formats", title: t("complete.formats"), cell: (s) => s.formats?.join(", ") },
            { key: "first", title: t("complete.first"), cell: (s) => <Time at={s.first} seconds /> },
            { key: "iri", title: t("complete.iri"), cell: (s) => numbers(s.iri) },
            { key: "cc", title: t("complete.cc"), cell: (s) => numbers(s.cc) },
            { key: "delivered", title: t("complete.handed"), cell: (s) => <Handed of={s} /> },
            { key: "bar", title: t("complete.picture"), cell: (s) => <Picture of={parts(s)} /> },
          ]}
        />
        {gone > 0 && <Notice tone="warn">{t("complete.missing.note", { n: gone })}</Notice>}
        {of.more && <Notice tone="info">{t("complete.sessions.more", { n: of.limit })}</Notice>}
      </Card>
      <Card title={t("complete.losses")} wide>
        <p class="dim">{t("complete.losses.text")}</p>
        <Table
          caption={t("complete.losses")}
          rows={named}
          rowKey={(r) => `${r.cin}.${r.loss.kind}.${r.loss.code}.${r.loss.class}`}
          empty={t("complete.losses.none")}
          columns={[
            { key: "cin", title: t("complete.session"), cell: (r) => (r.cin ? <code class="nowrap">{r.cin}</code> : t("complete.nosession")) },
            { key: "what", title: t("complete.what"), cell: (r) => <State tone={tone(r.loss)} text={lossName(r.loss)} /> },
            { key: "n", title: t("complete.pdus"), num: true, cell: (r) => num(r.loss.n) },
            { key: "ranges", title: t("complete.ranges"), cell: (r) => <Ranges of={r.loss} /> },
            { key: "from", title: t("complete.from"), cell: (r) => <Time at={r.loss.first_time} seconds /> },
            { key: "to", title: t("complete.to"), cell: (r) => <Time at={r.loss.last_time} seconds /> },
            ...(may("journal.list") ? [{ key: "entries", title: t("complete.entries"), cell: (r: { cin: number; loss: Loss }) => <Entries id={id} cin={r.cin} of={r.loss} /> }] : []),
          ]}
        />
        {of.no_session.length > 0 && <p>{t("complete.nosession.text")}</p>}
      </Card>
    </>
  );
}

/** The bar, and the same in words. */
function Picture({ of }: { of: any }) {
  return (
    <div>
      <Bar of={of} small />
      {ends(of).map(([k, n, x]) => (
        <div key={k}>
          <State tone={x} text={`${endName(k)} ${num(n)}`} />
        </div>
      ))}
    </div>
  );
}

function Handed({ of }: { of: any }) {
  const x: string = of.delivered;
  const since = (["iri", "cc"] as const).map((k) => of.sides[k].since).filter(Boolean).sort()[0];
  return (
    <div>
      <State tone={x === "all" ? "good" : x === "waiting" ? "info" : "off"} text={t(`complete.handed.${x}`)} />
      {since && (
        <div class="dim">
          {t("complete.since")} <Time at={since} seconds />
        </div>
      )}
    </div>
  );
}

const range = (r: { first: number; last: number; n: number }) => (r.n >= r.last - r.first + 1 ? (r.first === r.last ? String(r.first) : `${r.first}–${r.last}`) : t("complete.within", { n: r.n, from: r.first, to: r.last }));
function Ranges({ of }: { of: Loss }) {
  if (!of.ranges?.length) return <span>–</span>;
  return (
    <div>
      {of.ranges.map(range).join(", ")}
      {of.entries > of.ranges.length && ` … (${t("complete.ranges.more", { n: of.entries - of.ranges.length })})`}
    </div>
  );
}

/** The journal's entries of one loss, read when they are wanted. */
function Entries({ id, cin, of }: { id: string; cin: number; of: Loss }) {
  const [open, setOpen] = useState(false);
  const [rows, set] = useState<any[]>();
  useEffect(() => {
    if (!open) return;
    const stop = new AbortController();
    const args = { warrant: id, cin, kind: of.kind.toLowerCase(), before: 4294967295, ...(of.kind === "REJECT" || of.kind === "SHED" ? { code: of.code } : {}) };
    get("journal.list", args as any, { signal: stop.signal, limit: 20 }).then((r) => set(r as any[]), () => set([]));
    return () => stop.abort();
  }, [open, of.n]);
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{num(of.entries)}</summary>
      {rows && rows.length === 0 && t("complete.entries.gone")}
      {(rows ?? [])
        .filter((r) => of.kind !== "NUMBERS" || r.code === of.code)
        .map((r) => (
          <div key={r.id}>
            <Time at={r.time} seconds /> · {r.ne ?? "–"} · {num(r.n)}
            {r.range && ` · ${r.range}`}
            {r.note && ` · ${r.note}`}
          </div>
        ))}
    </details>
  );
}
const numbers = (n: number) => (n > 0 ? t("complete.range", { to: n - 1, count: n }) : "–");
