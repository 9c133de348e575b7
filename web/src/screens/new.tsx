// SPDX-License-Identifier: Apache-2.0
// The way of an order into force: order and documents, identities, delivery, period, plan.  Going back and forth loses nothing.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { call, get, Problem, spec } from "../lib/api";
import { duration, has, octets, t, utc, word } from "../lib/i18n";
import { useLive } from "../lib/live";
import { go, link, route } from "../lib/router";
import { may, who } from "../lib/session";
import { offset, zoneKnown, zones, HERE } from "../lib/zone";
import { Facts, Fault, Hash, Loading, Notice, Page, State, Time } from "../ui/basic";
import { Choices } from "../ui/choices";
import { Dialog, show, toast } from "../ui/dialog";
import { blocked, inZone, PlanView } from "../ui/plan";
import { twoPersons } from "../ui/acts";
import { Table } from "../ui/table";
import { args, dirty, document_, draft, FIELDS, fresh, ofProblem, put, putV, reopen, save, STEPS, stepOf, times, type Doc, type Errors, type Step, type Target } from "./new-state";

const MAX = 32 * 1024 * 1024;
interface World {
  regimes: any[];
  regime: string;
  leas: any[];
  nes: any[];
  tenants: string[];
  types: any[];
}
async function world(signal: AbortSignal): Promise<World> {
  const o = { signal, limit: 500 };
  const list = async (op: any) => (may(op) ? ((await get(op, {}, o).catch(() => [])) as any[]) : []);
  const [regimes, settings, leas, nes, tenants, types] = await Promise.all([list("regime.list"), list("setting.list"), list("lea.list"), list("ne.list"), list("tenant.list"), get("target.types", {}, o)]);
  return { regimes: regimes!, regime: settings!.find((s) => s.name === "regime")?.value ?? "etsi", leas: leas!, nes: nes!.filter((n) => n.enabled), tenants: tenants!.map((x) => x.tenant), types: types as any[] };
}

export default function New() {
  const id = route.value.path[1];
  const step = (STEPS.includes(route.value.query.step as Step) ? route.value.query.step : "order") as Step;
  const d = draft.value;
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    if (id) {
      if (draft.peek()?.uuid !== id) reopen(id).catch((e) => setProblem(e));
    } else if (!draft.peek()) fresh();
    else if (draft.peek()!.saved && route.value.query.step) location.replace(link(["new", draft.peek()!.uuid], route.value.query));
    else if (draft.peek()!.saved && !dirty(draft.peek())) fresh();
  }, [id]);
  const got = useLive(world, ["change"]);
  useLeave();
  const ready = d && (!id || d.uuid === id);
  return (
    <Page
      title={d?.saved ? t("new.title.draft", { liid: d.saved.liid }) : t("nav.new")}
      actions={
        <a href={link(["new", ...(id ? [id] : [])], { compact: route.value.query.compact ? "" : "1" })}>{t(route.value.query.compact ? "new.steps" : "new.compact")}</a>
      }
    >
      {problem && <Fault of={problem} />}
      {ready && <Loading of={got}>{() => <Wizard w={got.data!} step={step} compact={!!route.value.query.compact} />}</Loading>}
    </Page>
  );
}

/** Leaving with something unsaved asks first; the browser's own question for closing the tab. */
function useLeave() {
  useEffect(() => {
    const close = (e: BeforeUnloadEvent) => dirty(draft.peek()) && e.preventDefault();
    const click = (e: MouseEvent) => {
      const a = (e.target as Element).closest?.("a[href^='#/']");
      const to = a?.getAttribute("href");
      if (!to || /^#\/new/.test(to) || !dirty(draft.peek()) || a!.closest("dialog")) return;
      e.preventDefault();
      void show((done) => (
        <Dialog title={t("new.leave.title")} close={done}>
          <p>{t("new.leave.text")}</p>
          <div class="buttons">
            <button class="main" onClick={done}>
              {t("new.leave.stay")}
            </button>
            <button
              onClick={() => {
                done();
                location.hash = to;
              }}
            >
              {t("new.leave.keep")}
            </button>
            <button
              class="danger"
              onClick={() => {
                draft.value = null;
                done();
                location.hash = to;
              }}
            >
              {t("new.leave.drop")}
            </button>
          </div>
        </Dialog>
      ));
    };
    addEventListener("beforeunload", close);
    document.addEventListener("click", click, true);
    return () => {
      removeEventListener("beforeunload", close);
      document.removeEventListener("click", click, true);
    };
  }, []);
}

function Wizard({ w, step, compact }: { w: World; step: Step; compact: boolean }) {
  const d = draft.value!;
  const [errors, setErrors] = useState<Errors>({});
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  const key = useRef(crypto.randomUUID());
  const form = useRef<HTMLFormElement>(null);
  const regimeName = d.v.regime || d.saved?.regime || w.regime;
  const regime = useLive((signal) => (may("regime.show") ? get("regime.show", { regime: regimeName } as any, { signal }).catch(() => null) : Promise.resolve(null)), ["change"], regimeName).data as any;
  const shown: Step[] = step === "plan" ? [] : compact ? ["order", "targets", "delivery", "period"] : [step];
  const at = STEPS.indexOf(step);
  const over = d.saved && !["draft", "submitted"].includes(d.saved.state);

  useEffect(() => {
    const first = form.current?.querySelector<HTMLElement>(".step input:not([type=file]), .step select") ?? form.current?.querySelector<HTMLElement>(".step h2");
    first?.focus();
  }, [step, compact]);
  const focusError = (e: Errors) => {
    const first = Object.keys(e)[0];
    if (first) requestAnimationFrame(() => form.current?.querySelector<HTMLElement>(`[name="${CSS.escape(first)}"], [data-field="${CSS.escape(first)}"]`)?.focus());
  };
  const move = (to: Step) => go(["new", ...(draft.value?.saved ? [d.uuid] : [])], { step: to, compact: compact && "1" });
  /** Save what there is; true when all of it is there. */
  const store = async () => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setProblem(undefined);
    const first = !draft.value!.saved;
    try {
      const bad = await save(key.current);
      key.current = crypto.randomUUID();
      const said = Object.fromEntries(Object.entries(bad).map(([k, x]) => [k, x === "emptied" ? t("new.err.emptied") : x]));
      setErrors(said);
      const where = Object.keys(said)[0];
      if (where) {
        if (!compact) move(where.startsWith("target:") ? "targets" : stepOf(where));
        focusError(said);
        return false;
      }
      return true;
    } catch (e) {
      const p = e instanceof Problem ? e : new Problem(0, "PROGRAM", e instanceof Error ? e.message : "");
      if (p.status !== 0) key.current = crypto.randomUUID();
      const fields = ofProblem(p);
      setErrors(fields);
      setProblem(p);
      const where = Object.keys(fields)[0];
      if (where && !compact && stepOf(where) !== step) move(stepOf(where));
      focusError(fields);
      return false;
    } finally {
      running.current = false;
      setBusy(false);
      if (first && draft.value?.saved) history.replaceState(null, "", link(["new", d.uuid], { ...route.value.query }));
    }
  };
  const next = async () => {
    const bad = Object.assign({}, ...shown.map((s) => validate(s, regime)));
    setErrors(bad);
    if (Object.keys(bad).length) return focusError(bad);
    if (step === "period" || (compact && step !== "plan")) {
      if (await store()) move("plan");
    } else if (at < 4) move(STEPS[at + 1]!);
  };
  const jump = async (to: Step) => {
    if (to === "plan") {
      const bad: Errors = Object.assign({}, ...STEPS.map((s) => validate(s, regime)));
      setErrors(bad);
      const where = Object.keys(bad)[0];
      if (where) {
        move(where.startsWith("target:") ? "targets" : stepOf(where));
        return focusError(bad);
      }
      if (dirty(draft.value) && !(await store())) return;
    }
    move(to);
  };
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if ((e.target as Element).closest?.("dialog")) return;
      if (e.ctrlKey && e.key === "Enter" && step !== "plan") {
        e.preventDefault();
        form.current?.requestSubmit();
      } else if (e.altKey && /^[1-5]$/.test(e.key)) {
        e.preventDefault();
        void jump(STEPS[Number(e.key) - 1]!);
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  const complete = ["liid", "lea", "from", "until"].every((k) => d.v[k]);
  const p: Part = { w, regime, errors, clear: (k) => setErrors(({ [k]: _, ...rest }) => rest) };
  return (
    <>
      {d.saved && <p class="dim">{dirty(d) ? t("new.dirty") : t("new.saved", { liid: d.saved.liid })} <State of={d.saved.state} /></p>}
      {d.saved?.state === "submitted" && <Notice tone="warn">{t("new.submitted")}</Notice>}
      <ol class="steps" aria-label={t("new.steps.label")}>
        {STEPS.map((s, i) => (
          <li key={s}>
            <button type="button" class="plain" aria-current={s === step ? "step" : undefined} aria-keyshortcuts={`Alt+${i + 1}`} onClick={() => void jump(s)}>
              {i + 1}. {t(`new.${s}`)}
            </button>
          </li>
        ))}
      </ol>
      {over ? (
        <Notice tone="warn">
          {t("new.over")} <a href={link(["warrants", d.uuid])}>{d.saved.liid}</a>
        </Notice>
      ) : (
        <form
          ref={form}
          noValidate
          aria-busy={busy}
          onSubmit={(e) => {
            e.preventDefault();
            if (!running.current) void next();
          }}
        >
          {step === "order" && !d.saved && <Drafts />}
          {shown.map((s) => (
            <section key={s} class="step" aria-label={t(`new.${s}`)}>
              <h2 tabIndex={-1}>{t(`new.${s}`)}</h2>
              {s === "order" && <Order {...p} />}
              {s === "targets" && <Targets {...p} />}
              {s === "delivery" && <Delivery {...p} />}
              {s === "period" && <Period {...p} />}
            </section>
          ))}
          {step === "plan" && <Plan />}
          {problem && <Fault of={problem} />}
          {Object.keys(errors).length > 0 && <Notice tone="bad">{t("new.errors", { n: Object.keys(errors).length })}</Notice>}
          {step !== "plan" && (
            <div class="buttons">
              {at > 0 && !compact && (
                <button type="button" onClick={() => move(STEPS[at - 1]!)}>
                  {t("new.back")}
                </button>
              )}
              <button type="submit" class="main" aria-disabled={busy}>
                {busy ? t("busy") : step === "period" || compact ? t("new.toplan") : t("new.next")}
              </button>
              {complete && (
                <button type="button" aria-disabled={busy} onClick={() => void store().then((ok) => ok && toast(t("new.stored")))}>
                  {t("new.store")}
                </button>
              )}
            </div>
          )}
        </form>
      )}
    </>
  );
}

/** Drafts that can be continued. */
function Drafts() {
  const got = useLive((signal) => get("warrant.list", { state: "draft" } as any, { signal, limit: 10 }), []);
  const rows = (got.data ?? []) as any[];
  if (!rows.length) return null;
  return (
    <details>
      <summary>{t("new.drafts", { n: rows.length })}</summary>
      <ul>
        {rows.map((x) => (
          <li key={x.uuid}>
            <a href={link(["new", x.uuid])}>{x.liid}</a> {x.lea} <Time at={x.created} />
          </li>
        ))}
      </ul>
    </details>
  );
}

// ---- checks of a step
function validate(step: Step, regime: any): Errors {
  const d = draft.value!, v = d.v, e: Errors = {};
  const must = (k: string) => {
    if (Array.isArray(v[k]) ? v[k].length === 0 : !String(v[k] ?? "").trim()) e[k] = t("new.err.must");
  };
  for (const k of FIELDS[step]) {
    if (regime?.required?.includes(k)) must(k);
    const pattern = spec["warrant.add"]!.args[k]?.pattern;
    if (pattern && typeof v[k] === "string" && v[k].trim() && !new RegExp(pattern).test(v[k].trim())) e[k] = t(`new.err.${/cc$/.test(k) ? "cc" : "name"}`);
  }
  if (step === "targets") for (const x of d.targets) if (!x.id && (x.error || !x.value.trim())) e[`target:${x.key}`] = x.error ?? t("new.err.must");
  if (step === "delivery") {
    for (const k of ["lea", "liid", "delivery"]) must(k);
    if (v.liid && !/^([\x20-\x7e]{1,25}|[0-9a-f]{26,50})$/.test(v.liid.trim())) e.liid = t("new.err.liid");
    if (v.delivery !== "cc" || (v.content && v.content !== "full")) must("hi2");
    if (v.delivery !== "iri") must("hi3");
    must("xid");
    for (const x of v.xid ?? []) if (!/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(x)) e.xid = t("new.err.xid");
    if (v.cc_outage && !/^(drop|buffer:[1-9]\d{0,8})$/.test(v.cc_outage.trim())) e.cc_outage = t("new.err.outage");
  }
  if (step === "period") {
    must("zone");
    if (v.zone && !zoneKnown(v.zone)) e.zone = t("new.err.zone");
    for (const k of ["from", "until"]) must(k);
    const at = times(v), from = at.from?.ms, until = at.until?.ms, prov = at.provisional_until?.ms;
    if (from !== undefined && until !== undefined && until <= from) e.until = t("new.err.order");
    else if (until !== undefined && until <= Date.now()) e.until = t("new.err.past");
    if (prov !== undefined && from !== undefined && regime) {
      if (prov <= from || (until !== undefined && prov > until)) e.provisional_until = t("new.err.provisional");
      else if (!regime.provisional_hours) e.provisional_until = t("new.err.noprovisional");
      else if (prov - from > regime.provisional_hours * 3_600_000) e.provisional_until = t("new.err.hours", { n: regime.provisional_hours });
    }
  }
  return e;
}

// ---- fields
interface Part {
  w: World;
  regime: any;
  errors: Errors;
  clear: (k: string) => void;
}
interface FieldOptions {
  type?: string;
  options?: [string, string][];
  list?: string[];
  must?: boolean;
  area?: boolean;
  hint?: ComponentChildren;
  lists?: boolean;
}
function F({ k, p, o = {} }: { k: string; p: Part; o?: FieldOptions }) {
  const v = draft.value!.v[k];
  const id = `w-${k}`, error = p.errors[k];
  const must = o.must || p.regime?.required?.includes(k);
  const hint = o.hint ?? (has(`new.hint.${k}`) ? t(`new.hint.${k}`) : "");
  const common = {
    id, name: k, "aria-required": must ? true : undefined, "aria-invalid": error ? true : undefined,
    "aria-describedby": [error && `${id}-e`, hint && `${id}-h`].filter(Boolean).join(" ") || undefined,
  } as const;
  const set = (x: unknown) => {
    putV({ [k]: x });
    if (error) p.clear(k);
  };
  const text = o.lists ? (v ?? []).join(", ") : (v ?? "");
  return (
    <div class="field">
      <label for={id}>
        {t(`field.${k}`)}
        {must && <span class="must"> ({t("field.must")})</span>}
      </label>
      {o.options ? (
        <select {...common} value={text} onChange={(e) => set(e.currentTarget.value)}>
          <option value="">{must ? t("field.choose") : ""}</option>
          {o.options.map(([x, l]) => (
            <option key={x} value={x}>
              {l}
            </option>
          ))}
        </select>
      ) : o.area ? (
        <textarea {...common} rows={3} value={text} onInput={(e) => set(e.currentTarget.value)} />
      ) : (
        <input
          {...common}
          {...({ type: o.type ?? "text" } as object)}
          list={o.list ? `${id}-l` : undefined}
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(e) => set(o.lists ? e.currentTarget.value.split(/,\s*/).map((x) => x.trim()).filter((x, i, all) => x || i === all.length - 1) : e.currentTarget.value)}
          onBlur={() => o.lists && set((v ?? []).filter(Boolean))}
        />
      )}
      {o.list && (
        <datalist id={`${id}-l`}>
          {o.list.map((x) => (
            <option key={x} value={x} />
          ))}
        </datalist>
      )}
      {error && (
        <small id={`${id}-e`} class="error">
          ■ {error}
        </small>
      )}
      {hint && (
        <small id={`${id}-h`} class="hint">
          {hint}
        </small>
      )}
    </div>
  );
}
/** Fields that most orders leave out: folded, unless one of them is needed, filled or wrong. */
function More({ keys, p, children }: { keys: string[]; p: Part; children: ComponentChildren }) {
  const v = draft.value!.v;
  const open = keys.some((k) => p.errors[k] || (Array.isArray(v[k]) ? v[k].length : v[k]));
  return (
    <details open={open}>
      <summary>{t("new.more")}</summary>
      <div class="fields">{children}</div>
    </details>
  );
}

// ---- 1: order and documents
const RARE = ["jurisdiction", "signer_title", "served", "case_type", "reviewer", "responsible"];
function Order(p: Part) {
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
function Documents() {
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
function Targets(p: Part) {
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
function Delivery(p: Part) {
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
function Period(p: Part) {
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

// ---- 5: plan, sign, submit
function Plan() {
  const d = draft.value!;
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  const got = useLive(
    async (signal) => {
      if (!may("warrant.plan") || !d.saved) return { plan: null, doc: undefined };
      const plan: any = await get("warrant.plan", { warrant: d.uuid } as any, { signal });
      if (blocked(plan.change) || !may("warrant.submit")) return { plan, doc: undefined };
      const p: any = await get("warrant.submit", { warrant: d.uuid, plan: true } as any, { signal });
      return { plan: p.plan, doc: JSON.parse(p.doc) };
    },
    ["change", "approval"],
    [d.uuid, d.etag],
  );
  const sign = async () => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setProblem(undefined);
    try {
      const { tenant: _t, received: _r, served: _s, received_via: _v, exclude: _e, ...expect } = args(d.v);
      const done = await twoPersons("warrant.submit", { warrant: d.uuid }, { expect, plan: (plan, doc) => <PlanView plan={plan} doc={doc} /> });
      if (done?.approval) {
        draft.value = null;
        go(["approvals", done.approval]);
      }
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, "PROGRAM", e instanceof Error ? e.message : ""));
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  if (!d.saved) return <Notice tone="warn">{t("new.unsaved")}</Notice>;
  return (
    <section class="step">
      <h2 tabIndex={-1}>{t("new.plan")}</h2>
      <Loading of={got}>
        {() =>
          got.data!.plan ? (
            <>
              <p class="dim">{t("new.plan.text")}</p>
              <PlanView plan={got.data!.plan} doc={got.data!.doc} record={d.saved} />
              {blocked(got.data!.plan.change) && <Notice tone="bad">{t("new.blocked")}</Notice>}
            </>
          ) : (
            <Notice>{t("new.provider")}</Notice>
          )
        }
      </Loading>
      {problem && <Fault of={problem} />}
      <div class="buttons">
        <button type="button" onClick={() => go(["new", d.uuid], { step: "period" })}>
          {t("new.back")}
        </button>
        {may("warrant.submit") && (
          <button type="button" class="main" aria-disabled={busy} disabled={!got.data?.plan || blocked(got.data.plan.change)} onClick={() => void sign()}>
            {busy ? t("busy") : t("new.sign")}
          </button>
        )}
        <a href={link(["warrants", d.uuid])}>{t("new.later")}</a>
      </div>
      <p class="dim">{t("new.second", { person: who.value!.person })}</p>
    </section>
  );
}
