// SPDX-License-Identifier: Apache-2.0
// Network elements: what is connected and what comes, what they should have, and where practice differs from what is approved.
import { call, type Options } from "../lib/api";
import { num, t, word } from "../lib/i18n";
import { useLive, useTick } from "../lib/live";
import { go, link, route } from "../lib/router";
import { may } from "../lib/session";
import { Card, Countdown, Facts, Loading, Notice, Page, State, Time, type Tone } from "../ui/basic";
import { Act, askReason, toast } from "../ui/dialog";
import { ago, Filters, Tick } from "../ui/filter";
import { formDialog } from "../ui/acts";
import { List } from "../ui/table";

export interface Element {
  name: string;
  san: string;
  interfaces: string;
  tls12: boolean;
  enabled: boolean;
  time_p2_s: number;
  group: boolean;
  opaque: boolean;
  unwrap: boolean;
  country: string | null;
  created: string;
  exclude: string[];
  pins: string[];
  state?: string;
  connections?: number | null;
  pdus?: number | null;
  rate_pdus?: number | null;
  last?: string | null;
  tasks_expected?: number;
  tasks_found?: number | null;
  drift?: number | null;
  certificate_until?: string | null;
}
const anyCall = call as (op: string, args?: object, o?: Options) => Promise<any>;
const TONE: Record<string, Tone> = { connected: "good", revoked: "off", "never seen": "off", disconnected: "warn", lost: "bad", "no answer": "bad" };
const NeState = ({ of }: { of: Element }) => {
  const s = of.state ?? (of.enabled ? "never seen" : "revoked");
  return <State of={s} group="ne" tone={TONE[s] ?? "info"} />;
};
const none = <span class="dim">–</span>;
const number = (n: number | null | undefined, digits = 0) => (n === null || n === undefined ? none : num(n, digits));
const tasks = (r: Element) => (
  <>
    {number(r.tasks_expected)} / {r.tasks_found === null || r.tasks_found === undefined ? t("elements.notasked") : num(r.tasks_found)}
  </>
);
const FIELDS = ["san", "interfaces", "pins", "country", "time_p2_s", "tls12", "group", "opaque", "unwrap", "exclude"];

export default function Elements() {
  const name = route.value.path[1];
  return name ? <One name={name} /> : <All />;
}

function All() {
  return (
    <Page
      title={t("nav.elements")}
      actions={
        may("ne.add") && (
          <button class="main" onClick={() => void formDialog("ne.add", { title: t("elements.add"), fields: ["ne", ...FIELDS], text: <p>{t("elements.add.text")}</p> })}>
            {t("elements.add")}
          </button>
        )
      }
    >
      <List
        op="ne.list"
        args={{ live: true } as never}
        live={["status", "alarm", "change", "approval"]}
        caption={t("nav.elements")}
        empty={t("elements.empty")}
        file="elements.csv"
        rowKey={(r) => r.name!}
        onRow={(r) => go(["elements", r.name!])}
        columns={(
          [
            { key: "name", title: t("elements.name"), cell: (r: Element) => <a href={link(["elements", r.name])}>{r.name}</a> },
            { key: "state", title: t("elements.state"), cell: (r: Element) => <NeState of={r} /> },
            { key: "interfaces", title: t("elements.interfaces"), cell: (r: Element) => word("choice.interfaces", r.interfaces) },
            { key: "connections", title: t("elements.connections"), num: true, cell: (r: Element) => number(r.connections) },
            { key: "rate_pdus", title: t("elements.rate"), num: true, cell: (r: Element) => number(r.rate_pdus, 1) },
            { key: "pdus", title: t("elements.pdus"), num: true, cell: (r: Element) => number(r.pdus) },
            { key: "last", title: t("elements.last"), cell: (r: Element) => <Time at={r.last} seconds /> },
            { key: "tasks", title: t("elements.tasks"), num: true, text: (r: Element) => `${r.tasks_expected ?? ""}/${r.tasks_found ?? ""}`, cell: tasks },
            { key: "certificate_until", title: t("elements.certificate"), cell: (r: Element) => <Countdown at={r.certificate_until} warn={30 * 86400} /> },
            { key: "country", title: t("elements.country"), cell: (r: Element) => r.country ?? none },
          ] as const
        ).map((c) => c as any)}
      />
      {may("reconcile.list") && <Drift />}
    </Page>
  );
}

/** The findings of the reconciliation: what stands that nobody approved, what is approved and does not stand. */
function Drift() {
  const all = !!route.value.query.all;
  return (
    <Card title={t("elements.drift")} wide>
      <p>{t("elements.drift.text")}</p>
      <Filters>
        <Tick name="all" title={t("elements.drift.all")} />
      </Filters>
      {may("reconcile.run") && (
        <Act
          label={t("elements.drift.run")}
          run={async (key) => {
            const a = await call("reconcile.run", {}, { key });
            const n = Array.isArray(a.data) ? a.data.filter((x: any) => !x.cleared).length : 0;
            toast(t("elements.drift.ran", { n }), n ? "warn" : "good");
          }}
        />
      )}
      <List
        op="reconcile.list"
        args={{ all }}
        live={["alarm", "change", "approval"]}
        caption={t("elements.drift")}
        empty={t("elements.drift.none")}
        file="reconciliation.csv"
        rowKey={(r) => String((r as any).id)}
        columns={[
          { key: "code", title: t("elements.finding"), cell: (r) => <><State tone={r.cleared ? "off" : "bad"} text={word("finding", r.code)} /><div class="dim"><code>{r.code}</code></div></> },
          { key: "object", title: t("elements.object") },
          { key: "text", title: t("elements.text") },
          { key: "found", title: t("elements.found"), cell: (r) => <Time at={r.found} seconds /> },
          { key: "cleared", title: t("elements.gone"), cell: (r) => <Time at={r.cleared} seconds /> },
        ]}
      />
    </Card>
  );
}

async function elementOf(name: string, signal?: AbortSignal): Promise<{ row: Element; etag: string | null }> {
  const shown = await call("ne.show", { ne: name }, { signal });
  let cursor: string | null = null;
  do {
    const a: { data: Element[]; next: string | null } = await anyCall("ne.list", { live: true }, { limit: 500, cursor, signal });
    const found = a.data.find((r) => r.name === name);
    if (found) return { row: { ...(shown.data as Element), ...found }, etag: shown.etag };
    cursor = a.next;
  } while (cursor);
  return { row: shown.data as Element, etag: shown.etag };
}

function One({ name }: { name: string }) {
  const got = useLive((signal) => elementOf(name, signal), ["status", "alarm", "change", "approval"], name);
  const r = got.data?.row;
  const etag = got.data?.etag;
  return (
    <Page title={t("elements.one", { name })} actions={r && <Acts of={r} etag={etag} />}>
      <p>
        <a href={link(["elements"])}>{t("elements.back")}</a>
      </p>
      <Loading of={got}>
        {() => (
          <>
            <p role="status">
              <NeState of={r!} />
            </p>
            {r!.state === "never seen" && <Notice>{t("elements.never")}</Notice>}
            {r!.state === "lost" && <Notice tone="bad">{t("elements.lost")}</Notice>}
            <div class="charts">
              <Card title={t("elements.now")}>
                <Facts
                  rows={[
                    [t("elements.connections"), number(r!.connections)],
                    [t("elements.rate"), number(r!.rate_pdus, 1)],
                    [t("elements.pdus"), number(r!.pdus)],
                    [t("elements.last"), <Time at={r!.last} seconds />],
                    [t("elements.tasks"), tasks(r!)],
                    [t("elements.certificate"), <Countdown at={r!.certificate_until} warn={30 * 86400} />],
                  ]}
                />
                <p class="dim">{t("elements.tasks.text")}</p>
              </Card>
              <Card title={t("elements.settings")}>
                <Facts
                  rows={[
                    [t("field.san"), r!.san],
                    [t("field.interfaces"), word("choice.interfaces", r!.interfaces)],
                    [t("field.pins"), r!.pins?.length ? r!.pins.map((p) => <div key={p}><code>{p}</code></div>) : t("links.nopins")],
                    [t("elements.country"), r!.country],
                    [t("field.time_p2_s"), `${r!.time_p2_s} s`],
                    [t("field.exclude"), r!.exclude?.join(", ")],
                    [t("elements.flags"), (["tls12", "group", "opaque", "unwrap"] as const).filter((k) => r![k]).map((k) => <div key={k}>{t(`field.${k}`)}</div>)],
                    [t("links.created"), <Time at={r!.created} />],
                  ]}
                />
              </Card>
            </div>
            {may("journal.list") && <Journal name={name} />}
          </>
        )}
      </Loading>
    </Page>
  );
}
function Journal({ name }: { name: string }) {
  useTick(5);
  return (
    <Card title={t("elements.journal")} wide>
      <List
        op="journal.list"
        args={{ ne: name, since: ago(86400), before: 4294967295 } as never}
        live={["status", "alarm"]}
        caption={t("elements.journal")}
        empty={t("elements.journal.none")}
        rowKey={(r) => String((r as any).id)}
        columns={[
          { key: "time", title: t("field.time"), cell: (r) => <Time at={r.time} seconds /> },
          { key: "kind", title: t("journal.kind"), cell: (r) => word("kind", r.kind) },
          { key: "code", title: t("journal.code"), cell: (r) => r.code && <code>{r.code}</code> },
          { key: "n", title: t("journal.n"), num: true, cell: (r) => num(r.n) },
          { key: "note", title: t("journal.note") },
        ]}
      />
    </Card>
  );
}

function Acts({ of: r, etag }: { of: Element; etag?: string | null }) {
  const fixed = { ne: r.name };
  return (
    <>
      {may("ne.set") && (
        <button
          onClick={() =>
            void formDialog("ne.set", {
              title: t("elements.change", { name: r.name }), fields: FIELDS, fixed, match: etag, changed: true,
              start: Object.fromEntries(FIELDS.map((k) => [k, (r as any)[k] ?? undefined])), text: <p>{t("elements.change.text")}</p>,
            })
          }
        >
          {t("links.edit")}
        </button>
      )}
      {r.enabled && may("ne.revoke") && (
        <button
          onClick={() =>
            void askReason({
              title: t("elements.revoke.title", { name: r.name }), label: t("elements.revoke"), danger: true, text: <p>{t("elements.revoke.text", { name: r.name })}</p>,
              run: async (reason, key) => {
                await call("ne.revoke", { ne: r.name, reason }, { key });
                toast(t("done"));
              },
            })
          }
        >
          {t("elements.revoke")}
        </button>
      )}
      {!r.enabled && may("ne.enable") && (
        <button
          onClick={() =>
            void formDialog("ne.enable", { title: t("elements.enable.title", { name: r.name }), fields: ["reason"], fixed, label: t("elements.enable"), text: <p>{t("elements.enable.text")}</p> })
          }
        >
          {t("elements.enable")}
        </button>
      )}
    </>
  );
}
