// SPDX-License-Identifier: Apache-2.0
// Where a warrant comes from and where it goes: network elements, links, notices to the agency.
import { call, get } from "../lib/api";
import { num, octets, duration, t, word } from "../lib/i18n";
import { useLive } from "../lib/live";
import { link } from "../lib/router";
import { may, scoped } from "../lib/session";
import { Card, Loading, Notice, State, Time } from "../ui/basic";
import { toast } from "../ui/dialog";
import { Table } from "../ui/table";
import type { Props } from "./warrant";

export const links = (lea?: string) => get("link.list", (lea ? { lea } : {}) as any, { limit: 500 }) as Promise<any[]>;

/** What cannot be done at this address, and what to do instead. */
export const NoFactor = () => <Notice>{t("agency.factor")}</Notice>;

export function Delivery({ w }: Props) {
  return (
    <>
      <Card title={t("delivery.links")} wide>
        <p class="hint">{t("delivery.shared", { lea: w.lea })}</p>
        <Links lea={w.lea} only={[w.hi2, w.hi3]} />
      </Card>
      {may("ne.list") && <Elements w={w} />}
      {may("notice.list") && (
        <Card title={t("delivery.notices")} wide>
          <Notices lea={w.lea} liid={w.liid} />
        </Card>
      )}
    </>
  );
}

/** Links of an agency; ONLY: destinations. */
export function Links({ lea, only }: { lea?: string; only?: (string | null)[] }) {
  const got = useLive(() => links(lea), ["status", "change"], lea ?? "");
  const test = async (d: any) => {
    try {
      await call("destination.test", { destination: d.destination } as any);
      toast(t("delivery.test.done", { destination: d.destination }));
    } catch (e: any) {
      toast(e.detail ?? String(e), "bad");
    }
  };
  return (
    <Loading of={got}>
      {() => (
        <Table
          caption={t("delivery.links")}
          rows={got.data!.filter((d) => !only || only.includes(d.destination))}
          rowKey={(d) => d.destination}
          columns={[
            { key: "destination", title: t("delivery.destination"), cell: (d: any) => <>{scoped.value ? d.destination : <a href={link(["links", d.destination])}>{d.destination}</a>} <span class="dim">{word("choice.kind", d.kind)}</span></> },
            { key: "state", title: t("field.state"), cell: (d: any) => <><State of={d.state} group="link" tone={d.state === "up" ? "good" : d.state === "disabled" ? "off" : "bad"} /> {d.since && <small class="hint">{t("delivery.since")} <Time at={d.since} /></small>}{d.fault && <small class="hint">{d.fault.text} <code>{d.fault.code}</code></small>}</> },
            { key: "level", title: t("delivery.level"), cell: (d: any) => (d.level ? <span title={t(`delivery.level.${d.level}`)}>{d.level.toUpperCase()}: {t(`delivery.level.${d.level}`)}</span> : "–") },
            { key: "waiting", title: t("warrants.waiting"), num: true, cell: (d: any) => <>{d.waiting ? <State tone="warn" text={num(d.waiting)} /> : num(d.waiting)}{d.waiting > 0 && <small class="hint">{octets(d.octets)}, {t("delivery.oldest", { time: duration(d.oldest_s ?? 0) })}</small>}</> },
            { key: "acked", title: t("delivery.confirmed"), num: true, cell: (d: any) => (d.sent === null ? "–" : `${num(d.acked ?? 0)} / ${num(d.sent)}`) },
            { key: "quota", title: t("delivery.buffer"), num: true, cell: (d: any) => <>{d.quota_percent === null || d.quota_percent === undefined ? "–" : `${num(d.quota_percent, 1)} %`}{d.time_to_full_s !== null && d.time_to_full_s !== undefined && <small class="hint">{t("delivery.full", { time: duration(d.time_to_full_s) })}</small>}</> },
            { key: "rtt", title: "RTT", num: true, cell: (d: any) => (d.rtt_ms ? `${num(d.rtt_ms, 1)} ms` : "–") },
            { key: "act", title: t("field.act"), cell: (d: any) => <button onClick={() => void test(d)} aria-label={t("delivery.test.of", { destination: d.destination })}>{t("delivery.test")}</button> },
          ].filter((c) => c.key !== "act" || may("destination.test"))}
        />
      )}
    </Loading>
  );
}

function Elements({ w }: { w: any }) {
  const got = useLive(() => get("ne.list", { live: true } as any, { limit: 500 }) as Promise<any[]>, ["status", "change"], w.uuid);
  return (
    <Card title={t("field.nes")} wide>
      <Loading of={got}>
        {() => (
          <Table
            caption={t("field.nes")}
            rows={got.data!.filter((n) => !w.nes?.length || w.nes.includes(n.name))}
            rowKey={(n) => n.name}
            columns={[
              { key: "name", title: t("field.ne"), cell: (n) => <a href={link(["elements", n.name])}>{n.name}</a> },
              { key: "state", title: t("field.state"), cell: (n) => <State tone={!n.enabled ? "off" : n.connections > 0 ? "good" : n.connections === 0 ? "warn" : "off"} text={t(!n.enabled ? "delivery.ne.revoked" : n.connections > 0 ? "delivery.ne.up" : n.connections === 0 ? "delivery.ne.down" : "delivery.ne.unknown")} /> },
              { key: "connections", title: t("delivery.ne.connections"), num: true, cell: (n) => num(n.connections) },
              { key: "pdus", title: "PDU", num: true, cell: (n) => num(n.pdus) },
              { key: "rate", title: "PDU/s", num: true, cell: (n) => num(n.rate_pdus, 1) },
              { key: "last", title: t("delivery.ne.last"), cell: (n) => <Time at={n.last} seconds /> },
            ]}
          />
        )}
      </Loading>
    </Card>
  );
}

/** A note on a notice, for who may. */
export const NoteButton = ({ n, done }: { n: any; done: () => void }) =>
  may("notice.note") && (
    <button onClick={() => void import("./notice_note").then((m) => m.note(n, done))}>
      {t("notices.note")}
      <span class="hidden">: {word("cause", n.cause)} {n.object}</span>
    </button>
  );
/** Fault notices to an agency; LIID: those that concern it. */
export function Notices({ lea, liid }: { lea?: string; liid?: string }) {
  const got = useLive(() => get("notice.list", (lea ? { lea } : {}) as any, { limit: 100 }) as Promise<any[]>, ["alarm", "change", "status"], lea ?? "");
  const direct = async (n: any) => {
    try {
      await call("notice.ack", { notice: n.uuid } as any);
      toast(t("notices.acked"));
      got.reload();
    } catch (e: any) {
      toast(e.detail ?? String(e), "bad");
    }
  };
  return (
    <Loading of={got}>
      {() => (
        <Table
          caption={t("delivery.notices")}
          empty={t("notices.none")}
          rows={got.data!.filter((n) => !liid || n.liids?.includes(liid)).slice().reverse()}
          rowKey={(n) => n.uuid}
          columns={[
            { key: "cause", title: t("notices.cause"), cell: (n) => <><State tone={n.restored ? "off" : "bad"} text={word("cause", n.cause)} /> {n.object && <small class="hint">{n.object}</small>}</> },
            { key: "effect", title: t("notices.effect"), cell: (n) => n.effect ?? "" },
            { key: "begin", title: t("notices.begin"), cell: (n) => <Time at={n.begin} seconds /> },
            { key: "expected", title: t("notices.expected"), cell: (n) => <><Time at={n.expected} /> {n.note && <small class="hint">{n.note}</small>} <NoteButton n={n} done={got.reload} /></> },
            { key: "restored", title: t("notices.restored"), cell: (n) => <Time at={n.restored} seconds /> },
            { key: "liids", title: "LIID", cell: (n) => (n.liids ?? []).join(", ") },
            { key: "acked", title: t("notices.acked.by"), cell: (n) => (n.acked ? <><Time at={n.acked} /> {n.acked_by && <span class="dim">{n.acked_by}</span>}</> : may("notice.ack") ? <button onClick={() => void direct(n)}>{t("notices.ack")}</button> : t("notices.open")) },
          ]}
        />
      )}
    </Loading>
  );
}
