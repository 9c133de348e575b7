// SPDX-License-Identifier: Apache-2.0
// Completeness: received = delivered + waiting + everything that was left out, by reason, as a picture and as figures; sessions with their numbers; gaps by name.
import { useState } from "preact/hooks";
import { get } from "../lib/api";
import { num, octets, t } from "../lib/i18n";
import { useLive } from "../lib/live";
import { link, route, setQuery } from "../lib/router";
import { may } from "../lib/session";
import { Card, Facts, Hash, Loading, Notice, Page, State, Time } from "../ui/basic";
import { List, Table } from "../ui/table";
import { Bar, endName, ends, sum } from "./completeness-bar";
import { Sessions } from "./completeness-sessions";

export default function Completeness() {
  const id = route.value.path[1];
  return id ? <Account id={id} /> : <Accounts />;
}

function Accounts() {
  const q = route.value.query;
  const [find, setFind] = useState("");
  return (
    <Page title={t("nav.completeness")}>
      <p>{t("complete.text")}</p>
      <form class="filters" onSubmit={(e) => (e.preventDefault(), find && (location.hash = link(["completeness", find.trim()])))}>
        {may("completeness.show") && (
          <>
            <label>
              {t("complete.find")}
              <input type="search" value={find} onInput={(e) => setFind(e.currentTarget.value)} />
            </label>
            <button class="main">{t("complete.show")}</button>
          </>
        )}
        <label>
          {t("complete.day")}
          <input type="date" value={q.day ?? ""} onInput={(e) => setQuery({ ...q, day: e.currentTarget.value })} />
        </label>
      </form>
      {may("completeness.show") && <Current />}
      <h2>{t("complete.closed")}</h2>
      <List
        op="completeness.list"
        args={{ day: q.day, lea: q.lea } as any}
        caption={t("complete.closed")}
        empty={t("complete.none")}
        rowKey={(r: any) => `${r.day}${r.warrant}`}
        file="completeness.csv"
        columns={[
          { key: "day", title: t("complete.day") },
          { key: "lea", title: t("complete.lea") },
          { key: "warrant", title: t("complete.warrant"), cell: (r: any) => (may("completeness.show") ? <a href={link(["completeness", r.warrant], { day: r.day })}>{r.liid ?? r.warrant}</a> : r.warrant) },
          { key: "received", title: t("complete.received"), num: true, cell: (r: any) => num(r.received) },
          { key: "delivered", title: t("complete.delivered"), num: true, cell: (r: any) => num(r.delivered) },
          { key: "waiting", title: t("complete.waiting"), num: true, cell: (r: any) => num(r.waiting) },
          { key: "balanced", title: t("complete.balanced"), cell: (r: any) => <Balanced of={r.balanced} /> },
          { key: "audit_seq", title: t("complete.row"), num: true, cell: (r: any) => (r.audit_seq && may("audit.show") ? <a href={link(["audit", String(r.audit_seq)])}>{num(r.audit_seq)}</a> : num(r.audit_seq)) },
        ]}
      />
    </Page>
  );
}
const Balanced = ({ of }: { of: boolean }) => <State tone={of ? "good" : "bad"} text={t(of ? "complete.yes" : "complete.no")} />;

/** What the warrants in force have received since the data plane counts. */
function Current() {
  const got = useLive(async (signal) => (await get("status", {}, { signal })) as any, ["status", "change"]);
  return (
    <Loading of={got}>
      {() => {
        const rows: any[] = got.data.warrants ?? [];
        return (
          <>
            <h2>{t("complete.now")}</h2>
            <Table
              caption={t("complete.now")}
              rows={rows.slice(0, 200)}
              rowKey={(r) => r.uuid}
              onRow={(r) => (location.hash = link(["completeness", r.uuid]))}
              columns={[
                { key: "liid", title: "LIID", cell: (r) => <a href={link(["completeness", r.uuid])}>{r.liid}</a> },
                { key: "lea", title: t("complete.lea") },
                { key: "received", title: t("complete.received"), num: true, cell: (r) => num(r.received) },
                { key: "bar", title: t("complete.picture"), cell: (r) => <Bar of={r} small /> },
                { key: "waiting", title: t("complete.waiting"), num: true, cell: (r) => num(r.waiting) },
                { key: "lost", title: t("complete.lost"), num: true, cell: (r) => num((r.lost ?? 0) + sum(r.shed)) },
                { key: "ok", title: t("complete.balanced"), cell: (r) => <Balanced of={r.ok} /> },
              ]}
            />
          </>
        );
      }}
    </Loading>
  );
}

function Account({ id }: { id: string }) {
  const day = route.value.query.day;
  const got = useLive(
    async (signal) => {
      const account: any = await get("completeness.show", { warrant: id, ...(day ? { day } : {}) } as any, { signal });
      const sessions: any = await get("completeness.sessions", { warrant: id, limit: 200 } as any, { signal }).catch(() => null);
      const gone: any = may("journal.list") ? await get("journal.list", { warrant: id, before: 4294967295 } as any, { signal, limit: 100 }).catch(() => []) : [];
      return { account, sessions, gone };
    },
    ["status"],
    [id, day],
  );
  return (
    <Page title={t("complete.of")} actions={<><a href={link(["warrants", id])}>{t("complete.warrant")}</a> <button onClick={() => print()}>{t("report.print")}</button></>}>
      <Loading of={got}>
        {() => {
          const { account, sessions, gone } = got.data!;
          const days: any[] = account.days ?? [];
          const a = day ? (days.find((d) => d.day === day) ?? account.total) : account.total;
          const gaps = days.flatMap((d) => [...(d.source_gaps ?? []).map((g: any) => ({ ...g, side: "source", day: d.day })), ...(d.handover_gaps ?? []).map((g: any) => ({ ...g, side: "handover", day: d.day }))]);
          const list = ends(a);
          return (
            <>
              <p class="dim">
                {account.lea} · <Time at={a.from} /> – <Time at={a.to} />
              </p>
              {a.balanced ? (
                <Notice tone={sum(a.lost) + sum(a.shed) > 0 ? "warn" : "good"}>{t(sum(a.lost) + sum(a.shed) > 0 ? "complete.balanced.lost" : sum(a.waiting) > 0 ? "complete.balanced.waits" : "complete.balanced.all", { n: sum(a.received), delivered: sum(a.delivered), waiting: sum(a.waiting), lost: sum(a.lost) + sum(a.shed) })}</Notice>
              ) : (
                <Notice tone="bad">{t("complete.unbalanced")}</Notice>
              )}
              <Card title={t("complete.picture")}>
                <p class="flow">
                  <strong>{t("complete.received")}</strong> {num(sum(a.received) + sum(a.extra) + sum(a.waiting_before))} → {t("complete.where")}
                </p>
                <svg class="bar-picture small" viewBox="0 0 1000 60" preserveAspectRatio="none" aria-hidden="true">
                  <rect class="fill info" x="0" y="0" width="1000" height="60" />
                </svg>
                <Bar of={a} />
                <Table
                  caption={t("complete.where")}
                  rows={list}
                  rowKey={(r) => r[0]}
                  columns={[
                    { key: "end", title: t("complete.where"), cell: (r) => <State tone={r[2]} text={endName(r[0])} /> },
                    { key: "n", title: t("complete.pdus"), num: true, cell: (r) => num(r[1]) },
                    { key: "why", title: t("complete.meaning"), cell: (r) => t(`complete.why.${r[0].split(".")[0]}`) },
                  ]}
                />
                <Facts
                  rows={[
                    [t("complete.received"), num(sum(a.received))],
                    [t("complete.extra"), sum(a.extra) ? num(sum(a.extra)) : ""],
                    [t("complete.before"), sum(a.waiting_before) ? num(sum(a.waiting_before)) : ""],
                    [t("complete.octets"), octets(a.octets)],
                    [t("complete.delay"), a.max_delay_ms === undefined || a.max_delay_ms === null ? "" : `${num(a.max_delay_ms)} ms`],
                  ]}
                />
              </Card>
              {sessions && <Sessions of={sessions} id={id} />}
              <Card title={t("complete.gaps")}>
                {gaps.length === 0 ? (
                  <Notice tone="good">{t("complete.gaps.none")}</Notice>
                ) : (
                  <Table
                    caption={t("complete.gaps")}
                    rows={gaps.map((g, i) => ({ ...g, i }))}
                    rowKey={(g) => String(g.i)}
                    columns={[
                      { key: "side", title: t("complete.side"), cell: (g) => t(`complete.side.${g.side}`) },
                      { key: "time", title: t("field.time"), cell: (g) => <Time at={g.time ?? g.first_time} seconds /> },
                      { key: "what", title: t("complete.what"), cell: (g) => Object.entries(g).filter(([k, v]) => !["side", "time", "i", "day"].includes(k) && v !== null).map(([k, v]) => `${k} ${typeof v === "object" ? JSON.stringify(v) : v}`).join(", ") },
                    ]}
                  />
                )}
                {gone.length > 0 && (
                  <>
                    <h3>{t("complete.journal")}</h3>
                    <Table
                      caption={t("complete.journal")}
                      rows={gone as any[]}
                      rowKey={(r) => String(r.id)}
                      columns={[
                        { key: "time", title: t("field.time"), cell: (r) => <Time at={r.time} seconds /> },
                        { key: "kind", title: t("complete.kind"), cell: (r) => <code>{r.kind}</code> },
                        { key: "code", title: t("complete.code"), cell: (r) => <code>{r.code}</code> },
                        { key: "n", title: t("complete.pdus"), num: true, cell: (r) => num(r.n) },
                        { key: "range", title: t("complete.numbers") },
                        { key: "ne", title: t("complete.ne") },
                        { key: "note", title: t("complete.note") },
                      ]}
                    />
                  </>
                )}
              </Card>
              <Card title={t("complete.days")}>
                <Table
                  caption={t("complete.days")}
                  rows={days}
                  rowKey={(d) => d.day}
                  columns={[
                    { key: "day", title: t("complete.day"), cell: (d) => <a href={link(["completeness", id], { day: d.day })}>{d.day}</a> },
                    { key: "received", title: t("complete.received"), num: true, cell: (d) => num(d.received) },
                    { key: "bar", title: t("complete.picture"), cell: (d) => <Bar of={d} small /> },
                    { key: "balanced", title: t("complete.balanced"), cell: (d) => <Balanced of={d.balanced} /> },
                    { key: "sha256", title: "SHA-256", cell: (d) => (d.sha256 ? <Hash of={d.sha256} /> : t("complete.open")) },
                    { key: "audit_seq", title: t("complete.row"), cell: (d) => (d.audit_seq && may("audit.show") ? <a href={link(["audit", String(d.audit_seq)])}>{num(d.audit_seq)}</a> : num(d.audit_seq)) },
                  ]}
                />
              </Card>
            </>
          );
        }}
      </Loading>
    </Page>
  );
}
