// SPDX-License-Identifier: Apache-2.0
// What would change, for people who sign it: element by element, destination by destination, the window in every reading; other objects before and after.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { get } from "../lib/api";
import { duration, has, HERE, locale, t, utc, word } from "../lib/i18n";
import { Card, Facts, Hash, Notice, State, Time } from "./basic";
import { canonical } from "./compare";
import { Table } from "./table";
import { Tree } from "./tree";

const none = (v: unknown) => v === null || v === undefined || v === "" || (Array.isArray(v) && v.length === 0);
const say = (v: unknown): string =>
  none(v)
    ? t("plan.none")
    : Array.isArray(v)
      ? v.map((x) => (x && typeof x === "object" ? canonical(x) : String(x))).join(", ")
      : typeof v === "boolean"
        ? t(v ? "plan.yes" : "plan.no")
        : typeof v === "object"
          ? canonical(v)
          : String(v);
const isTime = (v: unknown) => typeof v === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(v);
const name = (k: string) => (has(`field.${k}`) ? t(`field.${k}`) : k);

/** Before and after, one line each; what stays is left out. */
export function Changes({ rows, caption }: { rows: [string, unknown, unknown][]; caption?: string }) {
  const some = rows.filter(([, a, b]) => canonical(a ?? null) !== canonical(b ?? null));
  const cell = (v: unknown) => (isTime(v) ? <Time at={v as string} seconds /> : <span>{say(v)}</span>);
  return (
    <Table
      caption={caption ?? t("plan.changes")}
      rows={some}
      rowKey={(r) => r[0]}
      empty={t("plan.same")}
      columns={[
        { key: "k", title: t("plan.what"), cell: ([k]) => name(k) },
        { key: "a", title: t("plan.before"), cell: ([, a]) => (none(a) ? <span class="dim">{say(a)}</span> : <del class="diff">{cell(a)}</del>) },
        { key: "b", title: t("plan.after"), cell: ([, , b]) => (none(b) ? <span class="dim">{say(b)}</span> : <ins class="diff">{cell(b)}</ins>) },
      ]}
    />
  );
}
const flat = (o: any, path = ""): [string, unknown][] =>
  Object.entries(o ?? {}).flatMap(([k, v]) => (v && typeof v === "object" && !Array.isArray(v) ? flat(v, `${path}${k}.`) : [[path + k, v] as [string, unknown]]));
const HIDDEN = ["id", "created", "window", "statement", "did", "row"];
function ObjectChange({ plan, doc }: { plan: any; doc: any }) {
  const a = new Map(flat(plan?.before)), b = new Map(flat(plan?.after));
  const keys = [...new Set([...a.keys(), ...b.keys()])].filter((k) => !HIDDEN.includes(k));
  const args = Object.entries(doc.args ?? {}).filter(([k]) => !b.has(k));
  return (
    <>
      {plan?.before && !plan?.after && <Notice tone="warn">{t("plan.goes")}</Notice>}
      {(plan?.before || plan?.after) && <Changes rows={keys.map((k) => [k, a.get(k), plan?.after ? b.get(k) : a.get(k)])} />}
      {args.length > 0 && <Facts rows={args.map(([k, v]) => [name(k), <span>{say(v)}</span>])} />}
    </>
  );
}

function Keys({ plan, doc }: { plan: any; doc: any }) {
  const [before, set] = useState<any[]>();
  useEffect(() => void get("key.list", {}, { limit: 500 }).then((k) => set(k as any[]), () => set([])), []);
  const rows = (doc.keys as any[]).map((k) => ({ ...k, was: before?.find((x) => x.id === k.id) })).filter((k) => !k.was || k.was.state !== k.state);
  return (
    <>
      <p>{t("plan.keys.list", { n: Number(doc.version) })}</p>
      {before && (
        <Table
          caption={t("plan.keys")}
          rows={rows}
          rowKey={(k) => k.id}
          columns={[
            { key: "person", title: t("field.person") },
            { key: "id", title: t("field.key"), cell: (k) => <Grouped id={k.id} /> },
            { key: "rights", title: t("field.rights"), cell: (k) => k.rights.map((r: string) => word("right", r)).join(", ") || t("plan.none") },
            { key: "was", title: t("plan.before"), cell: (k) => (k.was ? <State of={k.was.state} group="key" /> : <span class="dim">{t("plan.none")}</span>) },
            { key: "state", title: t("plan.after"), cell: (k) => <State of={k.state} group="key" /> },
          ]}
        />
      )}
      {before && <p class="dim">{t("plan.keys.rest", { n: doc.keys.length - rows.length })}</p>}
      {plan?.voids?.length > 0 && (
        <>
          <Notice tone="bad">{t("plan.keys.voids", { n: plan.voids.length })}</Notice>
          <Tree of={plan.voids} title={t("plan.keys.voids.list")} open />
        </>
      )}
    </>
  );
}
/** An id in groups of four, for reading it aloud. */
export const Grouped = ({ id }: { id: string }) => (
  <code class="hash" title={id}>
    {id.replace(/(.{4})(?=.)/g, "$1 ")}
  </code>
);

/** The local time of the order's ZONE, as written in ISO. */
export function inZone(iso: string, zone?: string | null) {
  try {
    return new Intl.DateTimeFormat(locale(), { weekday: "short", year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", ...(Date.parse(iso) % 60_000 ? { second: "2-digit" } : {}), timeZoneName: "short", timeZone: zone || "UTC" }).format(new Date(iso));
  } catch {
    return iso;
  }
}
export function Window({ time }: { time: any }) {
  const row = (k: string, iso: string): [string, ComponentChildren] => [
    t(`plan.${k}`),
    <>
      <div>{inZone(iso, time.zone)} <span class="dim">({time.zone ?? "UTC"})</span></div>
      {time.zone !== HERE && (
        <div>
          {inZone(iso, HERE)} <span class="dim">({t("plan.here")})</span>
        </div>
      )}
      <div>{utc(iso)}</div>
    </>,
  ];
  return (
    <>
      <Facts
        rows={[
          row("from", time.from),
          row("until", time.until),
          ...(time.provisional_until ? [row("provisional", time.provisional_until)] : []),
          [t("plan.length"), duration(time.seconds)],
        ]}
      />
      {time.provisional_until && <Notice tone="warn">{t("plan.provisional.text")}</Notice>}
      {time.warnings?.map((w: string) => (
        <Notice key={w} tone="warn">
          {w}
        </Notice>
      ))}
    </>
  );
}
/** Conflicts that block, what the regime misses, and what only warns. */
export function Conflicts({ change }: { change: any }) {
  const list = (change.conflicts ?? []) as any[];
  const line = (c: any) => (
    <Notice key={c.code + c.object} tone={c.blocks ? "bad" : "warn"}>
      <strong>{t(c.blocks ? "plan.blocks" : "plan.warns")}</strong> {c.object && `${c.object}: `}
      {has(`conflict.${c.code}`) ? t(`conflict.${c.code}`) : c.text} <code>{c.code}</code>
      {has(`conflict.${c.code}`) && c.code === "REGIME" && ` ${c.text}`}
    </Notice>
  );
  return (
    <>
      {list.filter((c) => c.blocks).map(line)}
      {change.missing?.length > 0 && <Notice tone="bad">{t("plan.missing", { regime: change.regime?.name, list: change.missing.map(name).join(", ") })}</Notice>}
      {list.filter((c) => !c.blocks).map(line)}
    </>
  );
}
export const blocked = (change: any) => change.missing?.length > 0 || change.conflicts?.some((c: any) => c.blocks);

function Warrant({ plan, doc, before, record }: { plan: any; doc?: any; before?: any; record?: any }) {
  const c = plan.change, task = doc?.task ?? record, order = doc?.order ?? record;
  const nes = ((c.tasks?.nes ?? []) as any[]).filter((n) => n.enabled || n.named);
  const services = task?.services?.length ? task.services : null;
  const was = before && before.state !== "draft" && before.state !== "submitted" ? before : null;
  const dest = [c.hi2 && { ...c.hi2, kind: "HI2" }, c.hi3 && { ...c.hi3, kind: "HI3" }].filter(Boolean);
  const links = new Map((plan.now?.links ?? []).map((l: any) => [l.destination, l.state]));
  return (
    <>
      <Conflicts change={c} />
      <div class="cards fit">
        <Card title={t("plan.order")}>
          <Facts
            rows={[
              [t("field.liid"), <code>{c.liid}</code>],
              [t("field.lea"), c.lea],
              [t("field.reference"), order?.reference],
              [t("field.authority"), order?.authority],
              [t("field.legal_basis"), order?.legal_basis],
              [t("field.regime"), `${c.regime?.name ?? ""} (${c.regime?.version ?? ""})`],
              [t("plan.human"), c.regime?.affirmative ? t("plan.human.yes") : undefined],
              [t("field.delivery"), task && word("delivery", task.delivery)],
              [t("field.content"), task && word("content", task.content)],
              [t("field.services"), services ? services.join(", ") : t("plan.all")],
              [t("field.countries"), task?.countries?.length ? task.countries.join(", ") : undefined],
            ]}
          />
        </Card>
        <Card title={t("plan.window")}>
          {was && canonical([was.from_written, was.until_written]) !== canonical([c.time.from, c.time.until]) && (
            <Changes rows={[["from", was.from_written, c.time.from], ["until", was.until_written, c.time.until]]} />
          )}
          <Window time={c.time} />
        </Card>
      </div>
      <h3>{t("plan.nes", { n: nes.length })}</h3>
      <Table
        caption={t("plan.nes", { n: nes.length })}
        rows={nes}
        rowKey={(n) => n.ne}
        empty={t("plan.nes.none")}
        columns={[
          { key: "ne", title: t("field.ne"), cell: (n) => <strong>{n.ne}</strong> },
          { key: "san", title: t("plan.cert") },
          { key: "country", title: t("field.country"), cell: (n) => n.country ?? t("plan.unknown") },
          { key: "a", title: t("plan.before"), cell: () => (was ? <del class="diff">{t("plan.tasks", { n: was.xids?.length ?? 0 })}</del> : <span class="dim">{t("plan.none")}</span>) },
          { key: "b", title: t("plan.after"), cell: (n) => (n.enabled ? <ins class="diff">{(c.tasks.xids as string[]).map((x) => <code key={x}>{x} </code>)}</ins> : <State of="revoked" />) },
        ]}
      />
      {!nes.some((n) => n.named) && nes.length > 0 && <p class="dim">{t("plan.nes.all")}</p>}
      <h3>{t("plan.destinations")}</h3>
      <Table
        caption={t("plan.destinations")}
        rows={dest}
        rowKey={(d) => d.kind}
        empty={t("plan.none")}
        columns={[
          { key: "kind", title: t("plan.what") },
          { key: "lea", title: t("field.lea"), cell: () => c.lea },
          { key: "name", title: t("field.destination"), cell: (d) => <strong>{d.name}</strong> },
          { key: "addresses", title: t("field.addresses"), cell: (d) => d.addresses?.join(", ") },
          { key: "server_name", title: t("plan.cert") },
          { key: "pins", title: t("field.pins"), cell: (d) => (d.pins?.length ? d.pins.map((p: string) => <Hash key={p} of={p} />) : t("plan.none")) },
          { key: "link", title: t("plan.link"), cell: (d) => (links.has(d.name) ? <State of={links.get(d.name) as string} group="link" /> : "–") },
          ...(was ? [{ key: "was", title: t("plan.before"), cell: (d: any) => <del class="diff">{say(was[d.kind.toLowerCase()])}</del> }] : []),
        ]}
      />
      {plan.sealed && <Sealed sealed={plan.sealed} />}
    </>
  );
}
function Sealed({ sealed }: { sealed: any }) {
  return (
    <>
      <h3>{t("plan.targets", { n: sealed.targets.length })}</h3>
      <Table
        caption={t("plan.targets", { n: sealed.targets.length })}
        rows={sealed.targets as any[]}
        rowKey={(x) => x.sha256}
        columns={[
          { key: "type", title: t("field.type"), cell: (x) => word("target", x.type) },
          { key: "masked", title: t("field.masked"), cell: (x) => <code>{x.masked}</code> },
          { key: "sha256", title: "SHA-256", cell: (x) => <Hash of={x.sha256} /> },
        ]}
      />
      {sealed.targets.length === 0 && <Notice tone="warn">{t("plan.targets.none")}</Notice>}
      <h3>{t("plan.documents", { n: sealed.documents.length })}</h3>
      <Table
        caption={t("plan.documents", { n: sealed.documents.length })}
        rows={sealed.documents as any[]}
        rowKey={(x) => (typeof x === "string" ? x : x.sha256)}
        columns={[
          { key: "role", title: t("field.role"), cell: (x) => word("document", x.role) },
          { key: "sha256", title: "SHA-256", cell: (x) => <Hash of={typeof x === "string" ? x : x.sha256} /> },
        ]}
      />
      {sealed.documents.length === 0 && <Notice tone="warn">{t("plan.documents.none")}</Notice>}
    </>
  );
}

/** PLAN of OP and the statement DOC; BEFORE: the warrant as it is now; RECORD: a draft, while there is no statement. */
export function PlanView({ plan, doc, before, record }: { op?: string; plan: any; doc?: any; before?: any; record?: any }) {
  if (plan?.change) return <Warrant plan={plan} doc={doc} before={before} record={record} />;
  if (doc?.type === "openmdf.keys.v1") return <Keys plan={plan} doc={doc} />;
  return doc ? <ObjectChange plan={plan} doc={doc} /> : null;
}
