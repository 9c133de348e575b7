// SPDX-License-Identifier: Apache-2.0
// One delivery link with what it carries.
import { useEffect, useState } from "preact/hooks";
import { call } from "../lib/api";
import { duration, num, octets, t, word } from "../lib/i18n";
import { onEvent, useLive } from "../lib/live";
import { link, route } from "../lib/router";
import { may, scoped } from "../lib/session";
import { Card, Countdown, Facts, Loading, Notice, Page, State, Time } from "../ui/basic";
import { Chart } from "../ui/chart";
import { askReason, show, toast } from "../ui/dialog";
import { formDialog, twoPersons } from "../ui/acts";
import { anyGet, bytes, Fault, linkOf, LinkState, none, pdus, Quota, rate, type Link } from "./link_parts";

export default function One() {
  const name = route.value.path[1]!;
  const settings = useLive((signal) => call("destination.show", { destination: name }, { signal }), ["change", "approval"], name);
  const set = settings.data?.data as any;
  const lea: string | undefined = set?.lea;
  const live = useLive((signal) => (lea ? linkOf(name, lea, signal) : Promise.resolve(undefined)), ["status", "alarm", "change", "approval"], [name, lea]);
  const r = live.data;
  const etag = settings.data?.etag;
  return (
    <Page title={t("links.one", { name })} actions={r && <Acts of={r} set={set} etag={etag} />}>
      <p>
        <a href={link(["links"])}>{t("links.back")}</a>
      </p>
      <Loading of={settings}>
        {() => (
          <>
            {live.problem && <Notice tone="bad">{live.problem.detail}</Notice>}
            {r && (
              <>
                <p role="status">
                  <LinkState of={r} /> {r.since && <>{t("links.since")} <Time at={r.since} seconds /></>}
                </p>
                {r.fault && (
                  <Notice tone="bad">
                    <Fault of={r} />
                  </Notice>
                )}
                <div class="charts">
                  <Card title={t("links.delivery")}>
                    <Facts
                      rows={[
                        [t("links.lea"), r.lea],
                        [t("links.kind"), word("linkkind", r.kind)],
                        [t("links.level"), <>{word("level", r.level)} <small class="hint">{t(`level.${r.level}.text`)}</small></>],
                        [t("links.sent"), r.sent === null ? none : `${num(r.sent)} / ${num(r.acked)}`],
                        [t("links.rate"), r.rate_pdus === null ? none : `${rate(r.rate_pdus)}, ${bytes(r.rate_octets)}`],
                        [t("links.rtt"), r.rtt_ms === null ? none : `${num(r.rtt_ms, 1)} ms`],
                        [t("links.certificate"), <Countdown at={r.certificate_until} warn={30 * 86400} />],
                      ]}
                    />
                  </Card>
                  <Card title={t("links.backlog")}>
                    <p class="big">{pdus(r.waiting)}</p>
                    <Facts
                      rows={[
                        [t("links.octets"), octets(r.octets)],
                        [t("links.oldest.title"), r.oldest_s === null ? none : duration(r.oldest_s)],
                        [t("links.quota"), <Quota of={r} />],
                      ]}
                    />
                    <p class="dim">{t("links.backlog.text")}</p>
                  </Card>
                </div>
                <History name={name} />
              </>
            )}
            <div class="charts">
              <Card title={t("links.settings")}>
                <Facts
                  rows={[
                    [t("field.addresses"), set.addresses?.join(", ")],
                    [t("links.transport"), word("choice.transport", set.transport)],
                    [t("field.server_name"), set.server_name],
                    [t("field.pins"), set.pins?.length ? set.pins.map((p: string) => <div key={p}><code>{p}</code></div>) : t("links.nopins")],
                    [t("links.level.asked"), word("level", set.level)],
                    [t("links.times"), [set.time1_s, set.time2_s, set.time3_s].map((x) => `${x} s`).join(" / ")],
                    ["DID", set.did && <code>{set.did}</code>],
                    [t("links.created"), <Time at={set.created} />],
                  ]}
                />
              </Card>
              {may("notice.list") && lea && (
                <Card title={t("links.notices")}>
                  <Notices lea={lea} name={name} />
                </Card>
              )}
            </div>
          </>
        )}
      </Loading>
    </Page>
  );
}

function Notices({ lea, name }: { lea: string; name: string }) {
  const got = useLive((signal) => call("notice.list", scoped.value ? {} : { lea }, { limit: 500, signal }), ["status", "alarm"], lea);
  return (
    <Loading of={got}>
      {() => {
        const rows = (got.data!.data as any[]).filter((n) => !n.object || n.object.includes(name)).slice(-20).reverse();
        return rows.length === 0 ? (
          <p class="dim">{t("links.nonotice")}</p>
        ) : (
          <ol class="line">
            {rows.map((n) => (
              <li key={n.uuid}>
                <State tone={n.restored ? "off" : "bad"} text={word("cause", n.cause)} /> <Time at={n.begin} seconds /> – <Time at={n.restored} seconds />
                <div class="dim">{t(n.handed ? "links.notice.handed" : "links.notice.made")}</div>
                {n.note} {may("notice.note") && <button onClick={() => void import("./notice_note").then((m) => m.note(n, got.reload))}>{t("notices.note")}</button>}
              </li>
            ))}
          </ol>
        );
      }}
    </Loading>
  );
}

interface Series {
  step: number;
  rows: Map<number, [number | null, number | null, number | null]>;
}
/** The last hour once, then what is new, in the steps of the server. */
function History({ name }: { name: string }) {
  const [s, set] = useState<Series>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const abort = new AbortController();
    const read = async (seconds: number) => {
      try {
        const h = await anyGet("link.history", { destination: name, seconds }, { signal: abort.signal });
        const from = Date.parse(h.from) / 1000;
        set((was) => {
          const rows = new Map(seconds === 3600 ? [] : was?.rows);
          h.pdus.forEach((p: number | null, i: number) => rows.set(from + i * h.step_s, [p, h.octets[i], h.waiting[i]]));
          const oldest = from + (h.pdus.length - 1) * h.step_s - 3600;
          for (const k of rows.keys()) if (k < oldest) rows.delete(k);
          return { step: h.step_s, rows };
        });
        setProblem("");
      } catch (e) {
        if (!abort.signal.aborted) setProblem(e instanceof Error ? e.message : "");
      }
    };
    void read(3600);
    const timer = setInterval(() => document.visibilityState === "visible" && void read(120), 5000);
    const off = onEvent((type) => type === "reset" && void read(3600));
    return () => {
      abort.abort();
      clearInterval(timer);
      off();
    };
  }, [name]);
  if (problem && !s) return <Notice tone="warn">{problem}</Notice>;
  if (!s) return <p role="status">{t("loading")}</p>;
  const times = [...s.rows.keys()].sort((a, b) => a - b);
  const of = (i: 0 | 1 | 2, per = 1) => times.map((x) => (s.rows.get(x)![i] === null ? null : s.rows.get(x)![i]! / per));
  return (
    <div class="charts">
      <Card title={t("links.throughput")}>
        <Chart title={t("links.throughput.text")} times={times} series={[{ title: t("links.chart.octets"), values: of(1, s.step), format: (n) => (n === null ? "" : bytes(n)) }]} file={`${name}-octets.csv`} />
        <Chart title={t("links.pdus.text")} times={times} series={[{ title: t("links.chart.pdus"), values: of(0), format: (n) => num(n, 1) }]} file={`${name}-pdus.csv`} />
      </Card>
      <Card title={t("links.backlog")}>
        <Chart title={t("links.waiting.text")} times={times} series={[{ title: t("links.chart.waiting"), values: of(2), format: (n) => num(n, 1) }]} file={`${name}-waiting.csv`} />
      </Card>
    </div>
  );
}

const dialogs = (f: (m: typeof import("./link_dialogs")) => unknown) => import("./link_dialogs").then(f);
const EDIT = ["addresses", "server_name", "pins", "level", "transport", "tls12", "time1_s", "time2_s", "time3_s"];
function Acts({ of: r, set, etag }: { of: Link; set: any; etag?: string | null }) {
  const fixed = { destination: r.destination };
  return (
    <>
      {may("destination.test") && <button onClick={() => void dialogs((m) => show((close) => <m.Test of={r} close={close} />))}>{t("links.test")}</button>}
      {may("destination.set") && (
        <>
          <button
            onClick={() =>
              void formDialog("destination.set", {
                title: t("links.change", { name: r.destination }), fields: EDIT, fixed, match: etag, changed: true,
                start: Object.fromEntries(EDIT.map((k) => [k, set[k]])), text: <p>{t("links.change.text")}</p>,
              })
            }
          >
            {t("links.edit")}
          </button>
          <button
            onClick={() =>
              void (r.enabled
                ? askReason({
                    title: t("links.disable.title", { name: r.destination }), label: t("links.disable"), danger: true, text: <p>{t("links.disable.text", { name: r.destination, lea: r.lea })}</p>,
                    run: (reason, key) => twoPersons("destination.set", { ...fixed, enabled: false, reason }, { key }).then((a) => a && toast(t("done"))),
                  })
                : formDialog("destination.set", { title: t("links.enable.title", { name: r.destination }), fields: [], fixed: { ...fixed, enabled: true }, label: t("links.enable"), text: <p>{t("links.enable.text")}</p> }))
            }
          >
            {t(r.enabled ? "links.disable" : "links.enable")}
          </button>
        </>
      )}
      {may("destination.remove") && <button onClick={() => void dialogs((m) => show((close) => <m.Remove of={r} etag={etag} close={close} />))}>{t("links.remove")}</button>}
    </>
  );
}
