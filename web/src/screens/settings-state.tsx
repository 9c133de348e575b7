// SPDX-License-Identifier: Apache-2.0
// Administration: how the system is (processes, listeners, clock, database), and the journal of what was not handed over.
import { useState } from "preact/hooks";
import { call, get } from "../lib/api";
import { duration, has, num, t, word } from "../lib/i18n";
import { useLive, useTick } from "../lib/live";
import { link, route } from "../lib/router";
import { may } from "../lib/session";
import { Card, Countdown, Facts, Hash, Loading, Notice, State, Time } from "../ui/basic";
import { Act, askReason, toast } from "../ui/dialog";
import { ago, Filters, Pick, Search } from "../ui/filter";
import { List, Table } from "../ui/table";

export function System() {
  const got = useLive((signal) => get("status", {}, { signal }) as Promise<any>, ["status", "alarm"]);
  const over = useLive((signal) => (get as any)("overview", {}, { signal }) as Promise<any>, ["status", "alarm"]);
  return (
    <Loading of={got}>
      {() => {
        const s = got.data;
        const ready = Object.entries(over.data?.ready ?? {}) as [string, boolean][];
        return (
          <>
            <div class="cards">
              {ready.length > 0 && (
                <Card title={t("system.ready")}>
                  <Facts rows={ready.map(([k, v]) => [word("ready", k), <State tone={v ? "good" : "bad"} text={t(v ? "system.ok" : "system.not")} />])} />
                </Card>
              )}
              <Card title={t("system.tasks")}>
                <p>
                  {s.tasks && <State tone={s.tasks.version === s.tasks.in_force ? "good" : "warn"} text={t(s.tasks.version === s.tasks.in_force ? "system.tasks.same" : "system.tasks.other", { version: s.tasks.version, in_force: s.tasks.in_force })} />}
                </p>
                <Facts rows={[[t("system.journal"), num(s.journal?.backlog)], [t("links.backlog"), s.backlog && t("links.pdus", { n: s.backlog.records })]]} />
                <p class="dim">{t("system.tasks.text")}</p>
              </Card>
              {may("clock.show") && <Clock />}
              {may("check") && <Check />}
            </div>
            {s.roles && (
              <>
                <h2>{t("system.roles")}</h2>
                <Table
                  caption={t("system.roles")}
                  rowKey={(r: any) => `${r.role} ${r.name}`}
                  rows={s.roles}
                  columns={[
                    { key: "role", title: t("system.role"), cell: (r: any) => `${word("process", r.role)}${r.name ? `: ${r.name}` : ""}` },
                    { key: "ready", title: t("settings.state"), cell: (r: any) => <State tone={r.ready && r.answer ? "good" : "bad"} text={t(r.ready ? (r.answer ? "system.runs" : "system.mute") : "system.stopped")} /> },
                    { key: "since", title: t("settings.since"), cell: (r: any) => <Time at={r.since} seconds /> },
                    { key: "restarts", title: t("system.restarts"), num: true, cell: (r: any) => num(r.restarts) },
                  ]}
                />
              </>
            )}
            {s.listeners && (
              <>
                <h2>{t("system.listeners")}</h2>
                <Table
                  caption={t("system.listeners")}
                  rowKey={(r: any) => r.name}
                  rows={s.listeners}
                  columns={[
                    { key: "name", title: t("settings.name") },
                    { key: "address", title: t("system.address"), cell: (r: any) => <code>{`${r.address}:${r.port}`}</code> },
                    { key: "protocol", title: t("elements.interfaces"), cell: (r: any) => [r.x2 && "X2", r.x3 && "X3"].filter(Boolean).join(", ") },
                    { key: "tls12", title: "TLS", cell: (r: any) => (r.tls12 ? t("system.tls12") : "1.3") },
                    { key: "cert_until", title: t("links.certificate"), cell: (r: any) => <Countdown at={r.cert_until} warn={30 * 86400} /> },
                    { key: "connections", title: t("elements.connections"), num: true, cell: (r: any) => num(r.connections) },
                    { key: "refused", title: t("system.refused"), num: true, cell: (r: any) => num(r.refused) },
                  ]}
                />
                <p class="dim">{t("system.conf")}</p>
              </>
            )}
          </>
        );
      }}
    </Loading>
  );
}
function Clock() {
  const got = useLive((signal) => get("clock.show", {}, { signal }) as Promise<any>, ["alarm", "change", "approval"]);
  return (
    <Card title={t("system.clock")}>
      <Loading of={got}>
        {() => (
          <>
            <p>
              <State tone={got.data.synchronised ? "good" : "warn"} text={t(got.data.synchronised ? "system.clock.good" : "system.clock.bad")} />
            </p>
            <Facts
              rows={[
                [t("system.clock.quality"), word("clock", got.data.quality)],
                [t("system.clock.error"), got.data.known ? `${num(got.data.error_s * 1000, 1)} ms` : t("system.unknown")],
                [t("system.clock.offset"), got.data.known ? `${num(got.data.offset_s * 1000, 1)} ms` : t("system.unknown")],
              ]}
            />
            {may("clock.confirm") && (
              <button
                onClick={() =>
                  void askReason({
                    title: t("system.clock.confirm"), label: t("system.clock.confirm"), danger: true, text: <p>{t("system.clock.confirm.text")}</p>,
                    run: async (reason, key) => {
                      await call("clock.confirm", { reason }, { key });
                      toast(t("done"));
                      got.reload();
                    },
                  })
                }
              >
                {t("system.clock.confirm")}
              </button>
            )}
          </>
        )}
      </Loading>
    </Card>
  );
}
function Check() {
  const [result, set] = useState<Record<string, string>>();
  return (
    <Card title={t("system.check")}>
      <p class="dim">{t("system.check.text")}</p>
      <Act label={t("system.check.run")} run={async (key) => set((await call("check", {}, { key })).data as any)} />
      <div role="status">
        {result && (
          <>
            <Notice tone="good">{t("system.check.ok")}</Notice>
            <Facts rows={Object.entries(result).map(([k, v]) => [k, v])} />
          </>
        )}
      </div>
    </Card>
  );
}

const KINDS = ["REJECT", "GAP", "GAP-FILLED", "DUPLICATE", "REUSE", "RESTART", "NE-UP", "NE-LOST", "SHED", "SESSION", "COPY", "TRIGGER", "METADATA"];
const CODES = [
  "XID-UNKNOWN", "NOT-YET-VALID", "EXPIRED", "SUSPENDED", "NE-NOT-ALLOWED", "FORMAT-NOT-MAPPED", "FORMAT-UNKNOWN", "FORMAT-TYPE", "TYPE-UNKNOWN", "DIRECTION", "ATTRIBUTE", "PAYLOAD", "OUT-OF-SCOPE", "FRAMING", "VERSION", "INTERFACE",
  "TOO-LARGE", "QUOTA", "NO-DESTINATION", "PEER-UNKNOWN", "PEER-PIN", "PEER-CERT", "PEER-REVOKED", "PEER-TLS", "IDLE", "SERVICE", "EXCLUDED", "NOT-TARGET", "COUNTRY", "UNSIGNED", "OUTAGE",
];
const PERIODS: [string, number][] = [["", 86400], ["3600", 3600], ["604800", 604800], ["2592000", 2592000]];
export function Journal() {
  const q = route.value.query;
  useTick(5);
  const seconds = q.since === "all" ? undefined : Number(q.since || 86400);
  return (
    <>
      <p class="dim">{t("journal.text")}</p>
      <Filters>
        <Pick name="kind" title={t("journal.kind")} options={[["", t("alarms.any")], ...KINDS.map((k) => [k, t(`kind.${k}`)] as [string, string])]} />
        <Pick name="code" title={t("journal.code")} options={[["", t("alarms.any")], ...CODES.map((k) => [k, k] as [string, string])]} />
        <Search name="ne" title={t("journal.ne")} />
        <Pick name="since" title={t("alarms.since")} options={[...PERIODS.map(([v, s]) => [v, t("alarms.last", { time: duration(s) })] as [string, string]), ["all", t("journal.all")]]} />
      </Filters>
      {q.code && has(`journalcode.${q.code}`) && (
        <Notice>
          <code>{q.code}</code>: {t(`journalcode.${q.code}`)}
        </Notice>
      )}
      {q.kind && (
        <Notice>
          <strong>{t(`kind.${q.kind}`)}</strong>: {word("kindtext", q.kind)}
        </Notice>
      )}
      <List
        op="journal.list"
        args={{ kind: q.kind || undefined, code: q.code || undefined, ne: q.ne || undefined, since: ago(seconds), before: 4294967295 } as never}
        live={["status", "alarm"]}
        caption={t("settings.journal")}
        empty={t("journal.none")}
        file="journal.csv"
        rowKey={(r) => String((r as any).id)}
        columns={[
          { key: "time", title: t("field.time"), cell: (r) => <Time at={r.time} seconds /> },
          { key: "kind", title: t("journal.kind"), cell: (r) => word("kind", r.kind) },
          {
            key: "code", title: t("journal.code"),
            cell: (r) =>
              r.code && (
                <div class="left">
                  <code>{r.code}</code>
                  {has(`journalcode.${r.code}`) && (
                    <details>
                      <summary>{t("alarms.todo")}</summary>
                      {t(`journalcode.${r.code}`)}
                    </details>
                  )}
                </div>
              ),
          },
          { key: "ne", title: t("journal.ne"), cell: (r) => r.ne && (may("ne.show") ? <a href={link(["elements", r.ne])}>{r.ne}</a> : r.ne) },
          { key: "n", title: t("journal.n"), num: true, cell: (r) => num(r.n) },
          { key: "range", title: t("journal.range") },
          { key: "warrant", title: t("settings.warrant"), cell: (r) => r.warrant && (may("warrant.show") ? <a href={link(["warrants", r.warrant])}><code>{r.warrant.slice(0, 8)}…</code></a> : <code>{r.warrant.slice(0, 8)}…</code>) },
          { key: "digest", title: "SHA-256", cell: (r) => <Hash of={(r as any).digest} /> },
          { key: "note", title: t("journal.note") },
        ]}
      />
    </>
  );
}
