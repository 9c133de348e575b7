// SPDX-License-Identifier: Apache-2.0
// The way of an order into force: order and documents, identities, delivery, period, plan.  Going back and forth loses nothing.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, Problem, spec } from "../lib/api";
import { t } from "../lib/i18n";
import { useLive } from "../lib/live";
import { go, link, route } from "../lib/router";
import { may, who } from "../lib/session";
import { zoneKnown } from "../lib/zone";
import { Fault, Loading, Notice, Page, State, Time } from "../ui/basic";
import { Dialog, show, toast } from "../ui/dialog";
import { blocked, PlanView } from "../ui/plan";
import { twoPersons } from "../ui/acts";
import { args, dirty, draft, FIELDS, fresh, ofProblem, reopen, save, STEPS, stepOf, times, type Errors, type Step } from "./new-state";
import type { Part, World } from "./new-field";
import { Delivery, Order, Period, Targets } from "./new-steps";

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
