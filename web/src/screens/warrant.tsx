// SPDX-License-Identifier: Apache-2.0
// One warrant: what it is, whether its books add up, what can be done with it.  What stands behind the tabs is in warrant_*.tsx.
import type { ComponentChildren } from "preact";
import { call, get } from "../lib/api";
import { num, octets, t, word } from "../lib/i18n";
import { useEvery, useLive } from "../lib/live";
import { link, route } from "../lib/router";
import { may, scoped, who } from "../lib/session";
import { Card, Countdown, Facts, Loading, Notice, Page, State, Time } from "../ui/basic";
import { Table } from "../ui/table";
import { Acts, withdraw } from "./warrant_acts";
import { Delivery, NoFactor } from "./warrant_delivery";
import { Documents, Records } from "./warrant_records";
import { Sessions } from "./warrant_sessions";
import { Targets } from "./warrant_targets";
import { LIVE, WarrantState } from "./warrants_row";

export interface Props {
  w: any;
  reload: () => void;
}
const TABS: [string, (p: Props) => ComponentChildren, () => boolean][] = [
  ["summary", (p) => <Summary {...p} />, () => true],
  ["sessions", (p) => <Sessions {...p} />, () => may("session.tree") || may("completeness.show")],
  ["delivery", (p) => <Delivery {...p} />, () => true],
  ["targets", (p) => <Targets {...p} />, () => may("target.list")],
  ["documents", (p) => <Documents {...p} />, () => may("document.list")],
  ["records", (p) => <Records {...p} />, () => true],
];

export default function Warrant({ uuid }: { uuid: string }) {
  const got = useLive(() => call("warrant.show", { warrant: uuid, timeline: true } as any), ["change", "approval"], uuid, (d, type) => type === "approval" || JSON.stringify(d).includes(uuid));
  const w: any = got.data?.data;
  const tabs = TABS.filter(([, , f]) => f());
  const at = tabs.find(([n]) => n === route.value.path[2]) ?? tabs[0]!;
  const props = { w, reload: got.reload };
  return (
    <Page title={w ? t("warrant.title", { liid: w.liid }) : t("nav.warrants")} actions={w && <Acts {...props} />}>
      <Loading of={got}>
        {() => (
          <>
            <Head w={w} />
            {!who.value!.log_in && <NoFactor />}
            <nav class="tabs pagetabs" aria-label={t("warrant.tabs")}>
              {tabs.map(([n]) => (
                <a key={n} href={link(["warrants", uuid, ...(n === "summary" ? [] : [n])])} aria-current={n === at[0] ? "page" : undefined}>
                  {t(`warrant.tab.${n}`)}
                </a>
              ))}
            </nav>
            <div key={at[0]}>{at[1](props)}</div>
          </>
        )}
      </Loading>
    </Page>
  );
}

function Head({ w }: { w: any }) {
  const over = !!w.ended;
  return (
    <>
      <div class="strip" aria-live="polite">
        <span>
          <WarrantState w={w} />
        </span>
        <span>
          {t(over ? "warrant.ended" : LIVE.includes(w.state) ? "warrant.ends" : "warrant.until")} {over ? <Time at={w.ended} /> : LIVE.includes(w.state) ? <Countdown at={w.until} /> : <Time at={w.until} />}
        </span>
        <span>
          {t("field.lea")}: <strong>{w.lea}</strong>
        </span>
        {w.reference && (
          <span>
            {t("field.reference")}: <strong>{w.reference}</strong>
          </span>
        )}
        <span>{word("choice.delivery", w.delivery)}</span>
      </div>
      {w.provisional_until && LIVE.includes(w.state) && (
        <Notice tone="warn">
          {t("warrant.provisional")} <Countdown at={w.provisional_until} />
        </Notice>
      )}
      {w.state === "suspended" && <Notice tone="warn">{t("warrant.suspended")}</Notice>}
      {w.metadata && <Notice tone="warn">{t("warrant.metadata")}</Notice>}
      {LIVE.includes(w.state) && w.window === "pending" && (
        <Notice>
          {t("warrant.pending")} <Countdown at={w.from} />
        </Notice>
      )}
    </>
  );
}

/** Counters of the warrant since its begin: from its account, or for an agency from the status. */
export function useBooks(w: any) {
  const got = useLive(
    async (): Promise<any> => {
      if (may("completeness.show")) {
        const a: any = await get("completeness.show", { warrant: w.uuid } as any);
        return { ...a.total, days: a.days, first: null };
      }
      const s: any = await get("status");
      const x = s.warrants.find((r: any) => r.uuid === w.uuid);
      return x ? { ...x, rejected: x.detail?.rejected ?? {}, shed: x.detail?.shed_by_class ?? {}, balanced: x.ok, octets: x.detail?.octets } : {};
    },
    ["status", "change"],
    w.uuid,
    (d, type) => type === "status" || JSON.stringify(d).includes(w.uuid),
  );
  useEvery(4000, got.reload);
  return got;
}
const sum = (o: Record<string, number> | undefined) => Object.values(o ?? {}).reduce((a, b) => a + b, 0);

function Books({ w }: { w: any }) {
  const got = useBooks(w);
  return (
    <Card title={t("books.title")}>
      <Loading of={got}>
        {() => {
          const b = got.data;
          if (b.received === undefined) return <p class="dim">{t("books.none")}</p>;
          const out: [string, number, string?][] = [
            ["delivered", b.delivered], ["waiting", b.waiting],
            ...Object.entries<number>(b.rejected ?? {}).map(([k, n]): [string, number, string] => ["rejected", n, k]),
            ...Object.entries<number>(b.shed ?? {}).map(([k, n]): [string, number, string] => ["shed", n, k]),
            ["out_of_scope", b.out_of_scope], ["duplicate", b.duplicate], ["copies", b.copies], ["summed", b.summed], ["lost", b.lost],
          ];
          const dropped = b.out_of_scope + b.duplicate + b.copies + b.summed + b.lost + sum(b.rejected) + sum(b.shed);
          const adds = b.received + b.extra === b.delivered + b.waiting + dropped && b.balanced !== false;
          return (
            <>
              <div data-adds={adds ? "yes" : "no"}>
                <Notice tone={adds ? "good" : "bad"}>
                  {t(b.extra ? "books.line.extra" : "books.line", { received: b.received, extra: b.extra, delivered: b.delivered, waiting: b.waiting, dropped })} {t(adds ? "books.adds" : "books.not")}
                </Notice>
              </div>
              <Facts
                rows={[
                  [t("books.received"), <strong>{num(b.received)}</strong>],
                  ...(b.extra ? [[t("books.extra"), num(b.extra)] as [string, ComponentChildren]] : []),
                  ...out
                    .filter(([k, n]) => n > 0 || k === "delivered" || k === "waiting")
                    .map(([k, n, why]): [string, ComponentChildren] => [why ? `${t(`books.${k}`)}: ${k === "shed" ? word("class", why) : word("reject", why)}` : t(`books.${k}`), k === "waiting" && n ? <State tone="warn" text={num(n)} /> : ["lost", "rejected", "shed"].includes(k) ? <State tone="bad" text={num(n)} /> : num(n)]),
                  [t("books.octets"), b.octets ? octets(b.octets) : null],
                  [t("books.delay"), b.max_delay_ms ? `${num(b.max_delay_ms)} ms` : null],
                ]}
              />
              {b.waiting > 0 && <p class="hint">{t("books.waiting.why")}</p>}
              {may("completeness.show") && <a href={link(["completeness", w.uuid])}>{t("books.days")}</a>}
            </>
          );
        }}
      </Loading>
    </Card>
  );
}

function Timeline({ w }: { w: any }) {
  const tree = useLive(() => (may("session.tree") ? get("session.tree", { warrant: w.uuid, limit: 1000 } as any) : Promise.resolve(null)) as Promise<any>, ["status"], w.uuid);
  useEvery(8000, tree.reload);
  const flat = (l: any[]): any[] => l.flatMap((s) => [s, ...flat(s.children), ...flat(s.merged)]);
  const all = flat(tree.data?.sessions ?? []);
  const least = (k: string) => all.filter((s) => s[k] > 0 && s.first).map((s) => s.first).sort()[0];
  type Step = { at: string; text: string; by?: string; sort: number };
  const steps: Step[] = [];
  const add = (at: string | null | undefined, text: string, by?: string) => at && !isNaN(Date.parse(at)) && steps.push({ at, text, by, sort: steps.length });
  add(w.received, t("timeline.received"));
  if (w.timeline) for (const s of w.timeline) add(s.time, word("timeline", s.step), s.by);
  else {
    add(w.created, t("timeline.entered"));
    add(w.activated, t("timeline.active"));
    if (w.ended) add(w.ended, t("timeline.ended"));
  }
  if (w.state !== "draft") add(w.from, t("timeline.from"));
  add(least("iri"), t("timeline.iri"));
  add(least("cc"), t("timeline.cc"));
  if (!w.ended) {
    add(w.provisional_until, t("timeline.provisional"));
    add(w.until, t("timeline.until"));
  }
  steps.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.sort - b.sort);
  return (
    <Card title={t("timeline.title")}>
      <ol class="line">
        {steps.map((s) => (
          <li key={`${s.at}${s.text}`} class={Date.parse(s.at) > Date.now() ? "dim" : ""}>
            <Time at={s.at} seconds /> <strong>{s.text}</strong> {s.by && <span class="dim">({s.by})</span>}
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Waiting({ w, reload }: Props) {
  const got = useLive(() => (may("approval.list") ? get("approval.list", { warrant: w.uuid } as any) : Promise.resolve([])) as Promise<any[]>, ["approval", "change"], w.uuid);
  if (!got.data?.length) return null;
  return (
    <Card title={t("warrant.waiting")} wide>
      <Table
        caption={t("warrant.waiting")}
        rows={got.data}
        rowKey={(a) => a.approval}
        columns={[
          { key: "op", title: t("field.op"), cell: (a: any) => <a href={link(["approvals", a.approval])}>{word("op", a.op)}</a> },
          { key: "creator", title: t("field.creator") },
          { key: "submitted", title: t("field.submitted"), cell: (a: any) => <Time at={a.submitted} /> },
          { key: "until", title: t("field.expires"), cell: (a: any) => <Countdown at={a.until} warn={3600} /> },
          { key: "act", title: t("field.act"), cell: (a: any) => <button onClick={() => withdraw(a, w, () => (got.reload(), reload()))}>{t("warrant.withdraw")}</button> },
        ].filter((c) => c.key !== "act" || may("approval.withdraw"))}
      />
    </Card>
  );
}

const OUTAGE = (v: string | null) => (v?.startsWith("buffer:") ? t("warrant.outage.buffer", { n: Number(v.slice(7)) }) : word("warrant.outage", v));
function Summary(p: Props) {
  const { w } = p;
  const list = (l?: string[] | null) => (l?.length ? l.join(", ") : null);
  return (
    <div class="cards">
      <Waiting {...p} />
      <Books w={w} />
      <Timeline w={w} />
      <Card title={t("warrant.order")}>
        <Facts
          rows={[
            ["LIID", w.liid], [t("field.lea"), w.lea], [t("field.reference"), w.reference],
            [t("field.period"), <><Time at={w.from} /> – <Time at={w.until} />{w.zone && <> <span class="dim">({w.from_written} – {w.until_written}, {w.zone})</span></>}</>],
            [t("field.delivery"), word("choice.delivery", w.delivery)], [t("field.content"), word("choice.content", w.content)],
            [t("field.services"), list(w.services)], [t("field.countries"), list(w.countries)], [t("field.exclude"), list(w.exclude)], [t("field.trigger"), w.trigger ? t("yes") : null],
            [t("field.authority"), [w.authority, w.jurisdiction].filter(Boolean).join(", ")], [t("field.signer"), [w.signer_name, w.signer_title].filter(Boolean).join(", ")], [t("field.officer"), w.officer],
            [t("field.legal"), [w.legal_basis, w.legal_type, w.case_type].filter(Boolean).join(", ")], [t("field.received"), w.received && <><Time at={w.received} /> {w.received_via}</>], [t("field.served"), w.served && <Time at={w.served} />],
            [t("field.review"), w.review && `${w.review}${w.reviewer ? ` (${w.reviewer})` : ""}`], [t("field.responsible"), w.responsible], [t("field.priority"), w.priority === "urgent" ? <State tone="warn" text={word("choice.priority", w.priority)} /> : null],
            [t("field.regime"), w.regime], [t("field.revision"), num(w.revision)],
          ]}
        />
      </Card>
      <Card title={t("warrant.where")}>
        <Facts
          rows={[
            ["HI2", w.hi2], ["HI3", w.hi3], [t("field.profile"), w.lea_profile],
            ...(scoped.value ? [] : ([[t("field.nes"), w.nes?.length ? w.nes.join(", ") : t("warrant.nes.any")], ["XID", w.xids?.map((x: string) => <div key={x}><code>{x}</code></div>)]] as [string, ComponentChildren][])),
            [t("field.iri_outage"), OUTAGE(w.iri_outage)], [t("field.cc_outage"), OUTAGE(w.cc_outage)], [t("field.countries2"), `${w.auth_cc ?? "–"} / ${w.delivery_cc ?? "–"}`], [t("field.operator"), [w.operator_id, w.ne_id].filter(Boolean).join(" / ")],
          ]}
        />
      </Card>
    </div>
  );
}
