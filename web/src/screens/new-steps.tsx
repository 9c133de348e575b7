// SPDX-License-Identifier: Apache-2.0
// The steps before the plan: order and documents, identities, delivery, period.
import { useEffect, useState } from "preact/hooks";
import { call, get, Problem } from "../lib/api";
import { duration, HERE, octets, t, utc, word } from "../lib/i18n";
import { useLive } from "../lib/live";
import { may } from "../lib/session";
import { offset, zoneKnown, zones } from "../lib/zone";
import { Facts, Hash, Notice, State } from "../ui/basic";
import { Choices } from "../ui/choices";
import { inZone } from "../ui/plan";
import { Table } from "../ui/table";
import { document_, draft, FIELDS, put, putV, reopen, times, type Doc, type Target } from "./new-state";
import { F, More, type FieldOptions, type Part } from "./new-field";

const MAX = 32 * 1024 * 1024;
// ---- 1: order and documents
const RARE = ["jurisdiction", "signer_title", "served", "case_type", "reviewer", "responsible"];
export function Order(p: Part) {
  const { w, regime } = p;
  const rare = RARE.filter((k) => !regime?.required?.includes(k));
  const field = (k: string) =>
    k === "regime" ? (
      w.regimes.length > 1 && <F key={k} k={k} p={p} o={{ options: w.regimes.map((r) => [r.name, r.name]), hint: t("new.hint.regime.default", { regime: w.regime }) }} />
    ) : k === "tenant" ? (
      w.tenants.length > 0 && <F key={k} k={k} p={p} o={{ options: w.tenants.map((x) => [x, x]) }} />
    ) : k === "legal_type" && regime?.legal_types?.length ? (
      <F key={k} k={k} p={p} o={{ options: regime.legal_types.map((x: string) => [x, x]) }} />
    ) : (
      <F
        key={k}
        k={k}
        p={p}
        o={
          k === "served" || k === "received"
            ? { type: "datetime-local" }
            : k === "priority"
              ? { options: ["normal", "urgent"].map((x) => [x, t(`choice.priority.${x}`)]), hint: regime?.sla_minutes ? t("new.sla", { a: duration(regime.sla_minutes * 60), b: duration((regime.sla_urgent_minutes || regime.sla_minutes) * 60) }) : "" }
              : k === "received_via"
                ? { list: ["paper", "fax", "electronic"] }
                : k === "review"
                  ? { area: true }
                  : {}
        }
      />
    );
  return (
    <>
      {regime && <p class="dim">{t("new.regime", { regime: regime.name, version: String(regime.version) })}</p>}
      <div class="fields">{FIELDS.order.filter((k) => !rare.includes(k)).map(field)}</div>
      <More keys={rare} p={p}>
        {rare.map(field)}
      </More>
      <Documents />
    </>
  );
}
export function Documents() {
  const d = draft.value!;
  const [bad, setBad] = useState("");
  const take = async (files: FileList | null) => {
    setBad("");
    for (const f of files ?? []) {
      if (f.size === 0 || f.size > MAX) {
        setBad(t("new.err.file", { name: f.name }));
        continue;
      }
      const doc = await document_(f, "order");
      if (draft.value!.documents.some((x) => x.sha256 === doc.sha256)) setBad(t("new.err.twice", { name: f.name }));
      else put({ documents: [...draft.value!.documents, doc] });
    }
  };
  const change = (x: Doc, patch: Partial<Doc>) => put({ documents: draft.value!.documents.map((y) => (y.key === x.key ? { ...y, ...patch } : y)) });
  return (
    <>
      <h3>{t("new.documents")}</h3>
      <label>
        {t("new.files")}
        <input type="file" name="files" multiple onChange={(e) => void take(e.currentTarget.files).then(() => (e.target as HTMLInputElement | null) && ((e.target as HTMLInputElement).value = ""))} />
        <small class="hint">{t("new.files.hint")}</small>
      </label>
      {bad && <Notice tone="bad">{bad}</Notice>}
      {d.documents.length > 0 && (
        <Table
          caption={t("new.documents")}
          rows={d.documents}
          rowKey={(x) => x.key}
          columns={[
            { key: "name", title: t("field.name"), cell: (x) => x.name || word("document", x.role) },
            {
              key: "role",
              title: t("field.role"),
              cell: (x) =>
                x.id ? (
                  word("document", x.role)
                ) : (
                  <select aria-label={t("field.role")} value={x.role} onChange={(e) => change(x, { role: e.currentTarget.value })}>
                    {["order", "extension", "correspondence", "evidence"].map((r) => (
                      <option key={r} value={r}>
                        {word("document", r)}
                      </option>
                    ))}
                  </select>
                ),
            },
            { key: "octets", title: t("field.octets"), num: true, cell: (x) => octets(x.octets) },
            { key: "sha256", title: "SHA-256", cell: (x) => <Hash of={x.sha256} /> },
            { key: "state", title: t("field.state"), cell: (x) => (x.id ? <State tone="good" text={t("new.sealed")} /> : x.done ? <progress aria-label={x.name} value={x.done} max={x.octets} /> : <State tone="off" text={t("new.here")} />) },
            {
              key: "act",
              title: t("people.act"),
              cell: (x) =>
                !x.id && (
                  <button type="button" aria-label={t("new.drop.of", { what: x.name })} onClick={() => put({ documents: draft.value!.documents.filter((y) => y.key !== x.key) })}>
                    {t("new.drop")}
                  </button>
                ),
            },
          ]}
        />
      )}
    </>
  );
}

// ---- 2: identities
const USUAL = ["e164Number", "imsi", "imei", "supiimsi", "gpsiMsisdn", "sipUri", "telUri", "impu", "emailAddress", "ipv4Address", "ipv6Address"];
export function Targets(p: Part) {
  const d = draft.value!;
  const add = () => {
    put({ targets: [...d.targets, { key: crypto.randomUUID(), type: d.targets[d.targets.length - 1]?.type ?? "e164Number", value: "", check: false }] });
    requestAnimationFrame(() => document.querySelector<HTMLInputElement>(".target:last-of-type input")?.focus());
  };
  useEffect(() => {
    if (draft.value!.targets.length === 0 && !draft.value!.saved) put({ targets: [{ key: crypto.randomUUID(), type: "e164Number", value: "", check: false }] });
  }, []);
  return (
    <>
      <p class="dim">{t("new.targets.text")}</p>
      {d.targets.map((x, i) => (
        <One key={x.key} x={x} n={i + 1} p={p} />
      ))}
      <div class="buttons">
        <button type="button" onClick={add}>
          {t("new.target.add")}
        </button>
      </div>
    </>
  );
}
function One({ x, n, p }: { x: Target; n: number; p: Part }) {
  const change = (patch: Partial<Target>) => put({ targets: draft.value!.targets.map((y) => (y.key === x.key ? { ...y, ...patch } : y)) });
  const kind = p.w.types.find((y) => y.type === x.type);
  const id = `t-${x.key}`;
  // as it is read by the server, a moment after the last key
  useEffect(() => {
    if (x.id || !x.value.trim()) return;
    const abort = new AbortController();
    const timer = setTimeout(
      () =>
        get("target.check", { type: x.type, value: x.value } as any, { signal: abort.signal }).then(
          (r: any) => change({ form: r.form, masked: r.masked, own: r.own_check, check: draft.value!.targets.find((y) => y.key === x.key)?.check && r.own_check, error: undefined }),
          (e) => e instanceof Problem && !abort.signal.aborted && change({ error: e.detail, form: undefined, masked: undefined }),
        ),
      250,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [x.type, x.value, x.id]);
  const remove = async () => {
    if (x.id) {
      await call("target.remove", { warrant: draft.value!.uuid, target: x.id, reason: t("new.target.reason") } as any);
      await reopen(draft.value!.uuid);
    } else put({ targets: draft.value!.targets.filter((y) => y.key !== x.key) });
  };
  const error = x.error ?? (x.value.trim() ? undefined : p.errors[`target:${x.key}`]);
  return (
    <fieldset class="target">
      <legend>{t("new.target", { n })}</legend>
      {x.id ? (
        <Facts rows={[[t("field.type"), word("target", x.type)], [t("field.masked"), <code>{x.masked}</code>], [t("new.check"), t(x.check ? "plan.yes" : "plan.no")]]} />
      ) : (
        <div class="fields">
          <div class="field">
            <label for={`${id}-t`}>{t("field.type")}</label>
            <select id={`${id}-t`} name="type" value={x.type} onChange={(e) => change({ type: e.currentTarget.value, error: undefined, form: undefined, masked: undefined })}>
              <optgroup label={t("new.types.usual")}>
                {USUAL.map((y) => (
                  <option key={y} value={y}>
                    {word("target", y)}
                  </option>
                ))}
              </optgroup>
              <optgroup label={t("new.types.other")}>
                {p.w.types.filter((y) => !USUAL.includes(y.type)).map((y) => (
                  <option key={y.type} value={y.type}>
                    {word("target", y.type)}
                  </option>
                ))}
              </optgroup>
            </select>
          </div>
          <div class="field">
            <label for={`${id}-v`}>
              {t("new.written")}
              <span class="must"> ({t("field.must")})</span>
            </label>
            <input
              id={`${id}-v`}
              name={`target:${x.key}`}
              autocomplete="off"
              spellcheck={false}
              value={x.value}
              aria-invalid={error ? true : undefined}
              aria-describedby={`${id}-s ${id}-f`}
              onInput={(e) => change({ value: e.currentTarget.value, form: undefined, masked: undefined, error: undefined })}
            />
            <div id={`${id}-s`} aria-live="polite">
              {error ? (
                <small class="error">■ {error}</small>
              ) : x.form ? (
                <small>
                  <State tone="good" text={t("new.read")} /> <code>{x.form.replace(/^(msisdn|imsi|imei|mac|ip|email|nai):/, "")}</code> <span class="dim">{t("new.shown", { masked: x.masked })}</span>
                </small>
              ) : null}
            </div>
            <small id={`${id}-f`} class="hint">
              {kind?.format}
            </small>
          </div>
          {kind?.own_check && (
            <label class="check">
              <input type="checkbox" checked={x.check} onChange={(e) => change({ check: e.currentTarget.checked })} /> {t("new.check")}
              <small class="hint">{t("new.check.hint")}</small>
            </label>
          )}
          {(x.shared !== undefined || p.errors[`target:${x.key}`]) && /^ip/.test(x.type) && (
            <label>
              {t("new.shared")}
              <input name="shared" value={x.shared ?? ""} onInput={(e) => change({ shared: e.currentTarget.value })} />
            </label>
          )}
        </div>
      )}
      <button type="button" aria-label={t("new.drop.of", { what: t("new.target", { n }) })} onClick={() => void remove()}>
        {t("new.drop")}
      </button>
    </fieldset>
  );
}

// ---- 3: services and delivery
const SERVICES = ["voice", "video", "messaging", "data", "l2", "ptt", "lals", "rcs", "email"];
export function Delivery(p: Part) {
  const { w } = p;
  const v = draft.value!.v;
  const got = useLive((signal) => (v.lea && may("destination.list") ? (get("destination.list", { lea: v.lea } as any, { signal, limit: 500 }) as Promise<any[]>) : Promise.resolve([])), ["change"], v.lea);
  const of = (kind: string): [string, string][] =>
    (got.data ?? []).filter((x) => x.kind === "both" || x.kind === kind || x.kind === kind.replace("hi", "")).map((x) => [x.name, `${x.name} (${x.addresses?.join(", ")})${x.enabled ? "" : ` – ${t("link.disabled")}`}`]);
  // the only destination of the agency is the one
  useEffect(() => {
    const patch: Record<string, string> = {};
    for (const k of ["hi2", "hi3"]) {
      const there = of(k), now = draft.value!.v[k];
      if (!got.data || got.loading || there.some(([x]) => x === now)) continue;
      if (now || there.length === 1) patch[k] = there.length === 1 ? there[0]![0] : "";
    }
    if (Object.keys(patch).length) putV(patch);
  }, [got.data, got.loading]);
  const rare = ["content", "auth_cc", "delivery_cc", "countries", "exclude", "operator_id", "ne_id", "iri_outage", "cc_outage", "retention"].filter((k) => !p.regime?.required?.includes(k));
  const o: Record<string, FieldOptions> = {
    content: { options: ["full", "headers", "summary"].map((x) => [x, t(`choice.content.${x}`)]) },
    iri_outage: { options: [["retain", t("new.retain")], ["drop", t("new.dropped")]] },
    countries: { lists: true }, exclude: { lists: true },
    cc_outage: { hint: t("new.hint.cc_outage", { cc: p.regime?.cc_outage ?? "" }) }, retention: { hint: t("new.hint.retention", { of: p.regime?.retention ?? "" }) },
  };
  return (
    <>
      <div class="fields">
        {w.leas.length ? <F k="lea" p={p} o={{ must: true, options: w.leas.map((l) => [l.name, l.country ? `${l.name} (${l.country})` : l.name]) }} /> : <F k="lea" p={p} o={{ must: true }} />}
        <F k="liid" p={p} o={{ must: true }} />
        <F k="delivery" p={p} o={{ must: true, options: ["both", "iri", "cc"].map((x) => [x, t(`choice.delivery.${x}`)]) }} />
        {v.delivery !== "cc" || (v.content && v.content !== "full") ? <F k="hi2" p={p} o={{ must: true, options: of("hi2"), hint: v.lea ? "" : t("new.lea.first") }} /> : null}
        {v.delivery !== "iri" && <F k="hi3" p={p} o={{ must: true, options: of("hi3"), hint: v.lea ? "" : t("new.lea.first") }} />}
      </div>
      {v.lea && got.data?.length === 0 && !got.loading && <Notice tone="warn">{t("new.lea.none")}</Notice>}
      <div class="fields">
        <div>
          <F k="xid" p={p} o={{ must: true, lists: true }} />
          <button type="button" onClick={() => putV({ xid: [...(v.xid ?? []), crypto.randomUUID()] })}>
            {t("new.xid")}
          </button>
        </div>
        {w.nes.length > 0 && w.nes.length <= 40 ? (
          <Choices title={t("field.nes")} hint={t("new.nes")} options={w.nes.map((n) => [n.name, n.country ? `${n.name} (${n.country})` : n.name])} value={v.ne ?? []} set={(x) => putV({ ne: x })} />
        ) : (
          <F k="ne" p={p} o={{ lists: true, hint: t("new.nes") }} />
        )}
        <Choices title={t("field.services")} hint={t("new.services")} options={SERVICES.map((s) => [s, word("service", s)])} value={v.services ?? []} set={(x) => putV({ services: x })} />
      </div>
      {["auth_cc", "delivery_cc", "retention"].filter((k) => !rare.includes(k)).map((k) => <F key={k} k={k} p={p} o={o[k] ?? {}} />)}
      <More keys={rare} p={p}>
        {rare.map((k) => (
          <F key={k} k={k} p={p} o={o[k] ?? {}} />
        ))}
        <label class="check">
          <input type="checkbox" name="trigger" checked={!!v.trigger} onChange={(e) => putV({ trigger: e.currentTarget.checked })} /> {t("field.trigger")}
        </label>
      </More>
    </>
  );
}

// ---- 4: period
const DAY = 86_400_000;
export function Period(p: Part) {
  const v = draft.value!.v;
  const zone = zoneKnown(v.zone) ? v.zone : HERE;
  const at = times(v);
  const list = (["from", "until", "provisional_until"] as const).filter((k) => at[k]);
  const warnings: string[] = [];
  for (const k of list) if (at[k]!.odd) warnings.push(t(`new.warn.${at[k]!.odd}`, { what: t(`field.${k}`), time: v[k].replace("T", " "), zone, read: inZone(new Date(at[k]!.ms).toISOString(), zone) }));
  const from = at.from?.ms, until = at.until?.ms;
  if (from !== undefined && until !== undefined && until > from) {
    const a = offset(from, zone), b = offset(until, zone);
    if (a !== b) warnings.push(t("new.warn.change", { zone, minutes: b - a, length: duration((until - from) / 1000) }));
    if (until - from > 366 * DAY) warnings.push(t("new.warn.long", { n: Math.floor((until - from) / DAY) }));
  }
  if (from !== undefined && from < Date.now() - 15 * 60_000) warnings.push(t("new.warn.past"));
  if (from !== undefined && from > Date.now() + 60 * DAY) warnings.push(t("new.warn.far"));
  if (until !== undefined && /T(23:59|24:00)/.test(v.until)) warnings.push(t("new.warn.minute"));
  return (
    <>
      <div class="fields">
        <F k="zone" p={p} o={{ must: true, list: zones() }} />
        <F k="from" p={p} o={{ must: true, type: "datetime-local" }} />
        <F k="until" p={p} o={{ must: true, type: "datetime-local" }} />
        {(p.regime?.provisional_hours > 0 || v.provisional_until) && <F k="provisional_until" p={p} o={{ type: "datetime-local", hint: t("new.hint.provisional", { n: p.regime?.provisional_hours ?? 0 }) }} />}
      </div>
      <div aria-live="polite">
        {list.length > 0 && (
          <Table
            caption={t("new.readings")}
            rows={list}
            rowKey={(k) => k}
            columns={[
              { key: "k", title: t("plan.what"), cell: (k) => <strong>{t(`field.${k}`)}</strong> },
              { key: "zone", title: t("new.inzone", { zone }), cell: (k) => inZone(new Date(at[k]!.ms).toISOString(), zone) },
              { key: "here", title: t("new.inhere", { zone: HERE }), cell: (k) => inZone(new Date(at[k]!.ms).toISOString(), HERE) },
              { key: "utc", title: "UTC", cell: (k) => utc(new Date(at[k]!.ms).toISOString()) },
            ]}
          />
        )}
        {from !== undefined && until !== undefined && until > from && <p>{t("new.length", { time: duration((until - from) / 1000) })}</p>}
        {warnings.map((x) => (
          <Notice key={x} tone="warn">
            {x}
          </Notice>
        ))}
      </div>
    </>
  );
}
