// SPDX-License-Identifier: Apache-2.0
// What needs attention now, the most urgent first; then what is in order.  No identities.  An agency sees its own page here.
import type { ComponentChildren } from "preact";
import { get } from "../lib/api";
import { duration, num, t, word } from "../lib/i18n";
import { useEvery, useLive } from "../lib/live";
import { link } from "../lib/router";
import { may, scoped } from "../lib/session";
import { Countdown, Facts, Loading, Notice, Page, State, Time, type Tone } from "../ui/basic";
import Agency from "./agency";

export default function Overview() {
  return scoped.value ? <Agency /> : <Board />;
}

/** One matter: what, how many, how bad, where to go on. */
interface Matter {
  id: string;
  tone: Tone;
  n: number;
  text: string;
  to?: string;
  body?: ComponentChildren;
}
const RANK: Tone[] = ["bad", "warn", "info", "good", "off"];

function Board() {
  const got = useLive(() => get("overview") as Promise<any>, ["alarm", "change", "approval", "status", "audit"]);
  useEvery(30_000, got.reload); // the end of a warrant comes nearer without an event
  return (
    <Page title={t("nav.overview")}>
      <Loading of={got}>{() => <Shown o={got.data} />}</Loading>
    </Page>
  );
}

function Shown({ o }: { o: any }) {
  const matters = [...urgent(o)].sort((a, b) => RANK.indexOf(a.tone) - RANK.indexOf(b.tone));
  const open = matters.filter((m) => m.n > 0);
  const states = Object.entries<number>(o.warrants ?? {}).filter(([, n]) => n > 0);
  return (
    <>
      <section aria-labelledby="ov-now">
        <h2 id="ov-now" class="hidden">
          {t("ov.now")}
        </h2>
        {open.length === 0 ? <Notice tone="good">{t("ov.quiet")}</Notice> : <p role="status">{t("ov.open", { n: open.length })}</p>}
        <div class="cards">
          {open.map((m) => (
            <article class={`card matter ${m.tone}`} key={m.id} data-matter={m.id}>
              <h3>
                <State tone={m.tone} text={t(`ov.${m.id}`)} />
              </h3>
              <p>
                <Number n={m.id === "clock" || m.id === "broken" ? null : m.n} to={m.to} label={m.text} />
              </p>
              {m.body}
            </article>
          ))}
        </div>
      </section>
      <div class="cards">
        {o.warrants && (
          <section class="card">
            <h2>{t("ov.warrants")}</h2>
            {states.length === 0 && <p class="dim">{t("ov.none")}</p>}
            <Facts
              rows={states.map(([s, n]) => [
                word("state", s),
                may("warrant.list") ? (
                  <a href={link(["warrants"], { state: s })} aria-label={t("ov.of", { n, state: word("state", s) })}>
                    {num(n)}
                  </a>
                ) : (
                  num(n)
                ),
              ])}
            />
          </section>
        )}
        <section class="card">
          <h2>{t("ov.order")}</h2>
          <ul class="plain">
            {matters
              .filter((m) => m.n === 0)
              .map((m) => (
                <li key={m.id}>
                  <State tone="good" text={t(`ov.${m.id}.no`)} />
                </li>
              ))}
          </ul>
        </section>
        <section class="card">
          <h2>{t("ov.system")}</h2>
          <Facts
            rows={[
              [t("ov.links.all"), o.links && <a href={link(["links"])}>{t("ov.links.up", { n: o.links.total - o.links.down, total: o.links.total })}</a>],
              [t("ov.clock"), o.clock && <State of={o.clock.state} group="clock" tone={o.clock.state === "synchronised" ? "good" : "warn"} text={`${word("clock", o.clock.state)}${o.clock.error_ms != null ? ` (± ${num(o.clock.error_ms, 1)} ms)` : ""}`} />],
              [t("ov.audit.size"), o.audit && <a href={link(["audit"])}>{t("ov.audit.rows", { n: o.audit.size })}</a>],
              [t("ov.audit.head"), o.audit && (o.audit.head_size ? <>{t("ov.audit.covers", { n: o.audit.head_size })} <Time at={o.audit.head_time} /></> : t("ov.audit.nohead"))],
              [t("ov.audit.verified"), o.audit && (o.audit.verified ? <><State of={o.audit.verified.holds ? "ok" : "failed"} text={t(o.audit.verified.holds ? "ov.audit.holds" : "ov.audit.broken")} /> <Time at={o.audit.verified.time} /></> : <a href={link(["audit"])}>{t("ov.audit.never")}</a>)],
              [t("ov.read"), <Time at={o.time} seconds />],
            ]}
          />
        </section>
      </div>
    </>
  );
}

function Number({ n, to, label }: { n: number | null; to?: string; label: string }) {
  const inside = (
    <>
      {n !== null && <span class="big">{num(n)}</span>} {label}
    </>
  );
  return to ? <a href={to}>{inside}</a> : <span>{inside}</span>;
}

function* urgent(o: any): Generator<Matter> {
  const list = (rows: ComponentChildren[]) => <ul class="plain">{rows.slice(0, 8)}</ul>;
  const broken = [...(o.roles_down ?? []), ...Object.entries(o.ready ?? {}).filter(([k, v]) => !v && k !== "clock").map(([k]) => word("ready", k))];
  if (o.roles_down || o.ready) yield { id: "roles", tone: "bad", n: broken.length, text: t("ov.roles.n", { n: broken.length }), body: list(broken.map((x) => <li key={x}>{x}</li>)) };
  if (o.audit?.verified && !o.audit.verified.holds) yield { id: "broken", tone: "bad", n: 1, text: t("ov.broken.n"), to: link(["audit"]) };
  if (o.links)
    yield {
      id: "down", tone: "bad", n: o.links.down, text: t("ov.down.n", { n: o.links.down, total: o.links.total }), to: link(["links"]),
      body: list((o.links_down ?? []).map((d: any) => (
        <li key={d.destination}>
          <a href={link(["links", d.destination])}>{d.destination}</a> ({d.lea}) <State of={d.state} group="link" tone="bad" /> {d.since && <Time at={d.since} />}
        </li>
      ))),
    };
  const a = o.alarms;
  if (a) {
    const n = a.critical + a.major, less = a.minor + a.warning;
    yield { id: "alarms", tone: "bad", n, text: t("ov.alarms.n", { critical: a.critical, major: a.major }), to: may("alarm.list") ? link(["alarms"]) : undefined };
    yield { id: "warnings", tone: "warn", n: less, text: t("ov.warnings.n", { minor: a.minor, warning: a.warning }), to: may("alarm.list") ? link(["alarms"]) : undefined };
  }
  const to = (query: Parameters<typeof link>[1]) => (may("warrant.list") ? link(["warrants"], query) : undefined);
  const ends = (e: any, at: string) => (
    <li key={e.uuid}>
      {e.liid && may("warrant.show") ? <a href={link(["warrants", e.uuid])}>{e.liid}</a> : (e.liid ?? "")} ({e.lea}) <Countdown at={at} />
    </li>
  );
  if (o.expiring) {
    const day = Date.now() + 86_400_000;
    const soon = o.expiring.filter((e: any) => Date.parse(e.until) <= day);
    const paper = o.expiring.filter((e: any) => e.provisional_until);
    yield { id: "provisional", tone: "bad", n: o.provisional ?? paper.length, text: t("ov.provisional.n", { n: o.provisional }), to: to({ provisional: true, sort: "until" }), body: list(paper.map((e: any) => ends(e, e.provisional_until))) };
    yield { id: "day", tone: "warn", n: o.expiring_24h, text: t("ov.day.n", { n: o.expiring_24h }), to: to({ ends: 24, sort: "until" }), body: list(soon.map((e: any) => ends(e, e.until))) };
    const later = o.expiring.filter((e: any) => Date.parse(e.until) > day);
    yield { id: "week", tone: "info", n: o.expiring_7d - o.expiring_24h, text: t("ov.week.n", { n: o.expiring_7d - o.expiring_24h, all: o.expiring_7d }), to: to({ ends: 168, sort: "until" }), body: list(later.map((e: any) => ends(e, e.until))) };
  }
  if (o.buffers)
    yield {
      id: "buffers", tone: "warn", n: o.buffers.length, text: t("ov.buffers.n", { n: o.buffers.length }), to: link(["links"]),
      body: list(o.buffers.map((b: any) => (
        <li key={b.lea}>
          <label>
            <a href={link(["links"], { lea: b.lea })}>{b.lea}</a> {num(b.percent)} % <meter min={0} max={100} high={80} value={b.percent} />
          </label>
          {b.time_to_full_s !== null && <State tone="bad" text={t("ov.full", { time: duration(b.time_to_full_s) })} />}
        </li>
      ))),
    };
  if (o.drift !== undefined) yield { id: "drift", tone: "bad", n: o.drift, text: t("ov.drift.n", { n: o.drift }), to: may("ne.list") ? link(["elements"]) : undefined };
  if (o.waiting) {
    const mine = o.waiting.filter((w: any) => w.may && !w.mine), rest = o.waiting.filter((w: any) => !mine.includes(w));
    const row = (w: any) => (
      <li key={w.approval}>
        <a href={link(["approvals", w.approval])}>{word("op", w.op)}</a> {w.creator && <span class="dim">{w.creator}</span>} <Countdown at={w.until} warn={3600} />
      </li>
    );
    yield { id: "mine", tone: "warn", n: o.waiting_mine_n, text: t("ov.mine.n", { n: o.waiting_mine_n }), to: link(["approvals"]), body: list(mine.map(row)) };
    yield { id: "waiting", tone: "info", n: o.waiting_n - o.waiting_mine_n, text: t("ov.waiting.n", { n: o.waiting_n - o.waiting_mine_n }), to: link(["approvals"]), body: list(rest.map(row)) };
  }
  if (o.clock) yield { id: "clock", tone: "warn", n: o.clock.state === "synchronised" ? 0 : 1, text: t("ov.clock.n", { state: word("clock", o.clock.state) }) };
}
