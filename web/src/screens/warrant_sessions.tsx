// SPDX-License-Identifier: Apache-2.0
// Sessions of a warrant with what was numbered for IRI and CC, and every gap by name.
import { get } from "../lib/api";
import { num, t, word } from "../lib/i18n";
import { useEvery, useLive } from "../lib/live";
import { link } from "../lib/router";
import { may } from "../lib/session";
import { Card, Loading, Notice, State, Time } from "../ui/basic";
import { Table } from "../ui/table";
import { useBooks, type Props } from "./warrant";

interface Row {
  s: any;
  depth: number;
  merged: boolean;
}
const SHOWN = 500;
const flat = (list: any[], depth = 0, merged = false): Row[] => list.flatMap((s) => [{ s, depth, merged }, ...flat(s.children ?? [], depth + 1), ...flat(s.merged ?? [], depth + 1, true)]);

export function Sessions({ w }: Props) {
  return (
    <>
      {may("session.tree") && <Tree w={w} />}
      <Gaps w={w} />
    </>
  );
}

function Tree({ w }: { w: any }) {
  const got = useLive(() => get("session.tree", { warrant: w.uuid, limit: SHOWN } as any) as Promise<any>, ["status"], w.uuid);
  useEvery(4000, got.reload);
  return (
    <Card title={t("sessions.title")} wide>
      <p class="hint">{t("sessions.text")}</p>
      <Loading of={got}>
        {() => (
          <Table
            caption={t("sessions.title")}
            empty={t("sessions.none")}
            rows={flat(got.data.sessions)}
            rowKey={(r) => String(r.s.cin)}
            columns={[
              { key: "cin", title: "CIN", cell: (r) => <span class={`depth${Math.min(r.depth, 4)}`}>{r.depth > 0 && <span class="dim">{t(r.merged ? "sessions.joined" : "sessions.below")} </span>}<code>{r.s.cin}</code></span> },
              { key: "state", title: t("field.state"), cell: (r) => <State tone={r.s.state === "ended" ? "off" : r.s.open ? "info" : "off"} text={r.s.state ? word("dialog", r.s.state) : t(r.s.open ? "sessions.open" : "sessions.closed")} /> },
              { key: "first", title: t("sessions.first"), cell: (r) => <Time at={r.s.first} seconds /> },
              { key: "last", title: t("sessions.last"), cell: (r) => <Time at={r.s.last} seconds /> },
              { key: "iri", title: "IRI", num: true, cell: (r) => num(r.s.iri) },
              { key: "cc", title: "CC", num: true, cell: (r) => num(r.s.cc) },
              { key: "formats", title: t("sessions.what"), cell: (r) => <>{(r.s.formats ?? []).join(", ")}{r.s.no_content && <div><State tone="warn" text={t("sessions.nocontent")} /></div>}</> },
              { key: "nes", title: t("field.nes"), cell: (r) => (r.s.nes ?? []).join(", ") },
            ]}
          />
        )}
      </Loading>
    </Card>
  );
}

/** Numbers that a network element left out, and what could not be kept for the agency. */
export function Gaps({ w }: { w: any }) {
  const got = useBooks(w);
  return (
    <Card title={t("gaps.title")} wide>
      <Loading of={got}>
        {() => {
          const days: any[] = got.data.days ?? [];
          const source = days.flatMap((d) => d.source_gaps ?? []), shed = days.flatMap((d) => d.handover_gaps ?? []);
          const missing = source.filter((g) => g.kind === "missing"), filled = source.length - missing.length;
          const counted = Object.values<number>(got.data.shed ?? {}).reduce((a, b) => a + b, 0);
          if (got.data.days === undefined) return <Notice tone={counted || got.data.lost ? "bad" : "good"}>{counted || got.data.lost ? t("gaps.counted", { shed: counted, lost: got.data.lost ?? 0 }) : t("gaps.none.out")}</Notice>;
          return (
            <>
              <Notice tone={missing.length || shed.length ? "bad" : "good"}>{missing.length || shed.length ? t("gaps.some", { n: missing.length, shed: shed.length }) : t("gaps.none")}</Notice>
              {source.length > 0 && (
                <Table
                  caption={t("gaps.source")}
                  rows={source}
                  rowKey={(g) => `${g.time}${g.xid}${g.first}${g.kind}${g.ne}`}
                  columns={[
                    { key: "time", title: t("field.time"), cell: (g) => <Time at={g.time} seconds /> },
                    { key: "kind", title: t("field.state"), cell: (g) => <State tone={g.kind === "missing" ? "bad" : "info"} text={t(`gaps.${g.kind}`)} /> },
                    { key: "ne", title: t("gaps.where") },
                    { key: "xid", title: "XID", cell: (g) => <code>{g.xid}</code> },
                    { key: "first", title: t("gaps.numbers"), num: true, cell: (g) => (g.first === g.last ? num(g.first) : `${num(g.first)} – ${num(g.last)}`) },
                    { key: "n", title: "PDU", num: true, cell: (g) => num(g.n) },
                  ]}
                />
              )}
              {shed.length > 0 && (
                <Table
                  caption={t("gaps.shed")}
                  rows={shed}
                  rowKey={(g) => `${g.time}${g.class}${g.n}`}
                  columns={[
                    { key: "time", title: t("field.time"), cell: (g) => <Time at={g.time} seconds /> },
                    { key: "class", title: t("gaps.class"), cell: (g) => word("class", g.class) },
                    { key: "n", title: "PDU", num: true, cell: (g) => num(g.n) },
                    { key: "why", title: t("gaps.why"), cell: () => t("gaps.shed.why") },
                  ]}
                />
              )}
              {filled > 0 && <p class="hint">{t("gaps.filled.text")}</p>}
              <a href={link(["completeness", w.uuid])}>{t("books.days")}</a>
            </>
          );
        }}
      </Loading>
    </Card>
  );
}
