// SPDX-License-Identifier: Apache-2.0
// Reports: make, keep, check, schedule; the quarterly review of a sample.  Hash and signature are checked in this browser.
import { useState } from "preact/hooks";
import { call, get, type OpName } from "../lib/api";
import { fromField, has, num, octets, t, word } from "../lib/i18n";
import { useLive } from "../lib/live";
import { checkInclusion, checkHead, checkReport, leafOf } from "../lib/proof";
import { link, route } from "../lib/router";
import { may, who } from "../lib/session";
import { Card, csv, download, Facts, Hash, Loading, Notice, Page, State, Time } from "../ui/basic";
import { Act, askReason, Dialog, show, toast } from "../ui/dialog";
import { clean, Field, formDialog, type Values } from "../ui/form";
import { List, Table } from "../ui/table";
import { begin, Works } from "../ui/work";

export default function Reports() {
  const [, what, id] = route.value.path;
  if (what === "review" && id) return <Review id={id} />;
  return what ? <Report id={what} /> : <All />;
}
const title = (k: any) => `${k.kind} · ${has(`report.${k.kind}`) ? t(`report.${k.kind}`) : (k.title ?? "")}`;
interface Kind {
  kind: string;
  title: string;
  law: string;
  needs: string;
  roles: string[];
}

function All() {
  const kinds = useLive(async (signal) => (await get("report.kinds", {}, { signal, limit: 100 })) as unknown as Kind[], []);
  const mine = (kinds.data ?? []).filter((k) => k.roles.some((r) => who.value!.roles.includes(r)));
  return (
    <Page
      title={t("nav.reports")}
      actions={
        may("report.make") && (
          <button class="main" disabled={!mine.length} onClick={() => void show((close) => <Make kinds={mine} close={close} />)}>
            {t("report.make")}
          </button>
        )
      }
    >
      <Works ops={["report.make", "schedule.run"]} result={(w) => w.result?.report && <a href={link(["reports", w.result.report])}>{t("report.open", { kind: w.result.kind })}</a>} />
      <List
        op="report.list"
        caption={t("nav.reports")}
        live={["change", "work"]}
        rowKey={(r: any) => r.report}
        onRow={(r: any) => (location.hash = link(["reports", r.report]))}
        columns={[
          { key: "kind", title: t("report.kind"), cell: (r: any) => <a href={link(["reports", r.report])}>{title({ kind: r.kind, title: kinds.data?.find((k) => k.kind === r.kind)?.title })}</a> },
          { key: "from", title: t("report.period"), cell: (r: any) => (<><Time at={r.from} /> – <Time at={r.to} /></>) },
          { key: "lea", title: t("report.lea"), cell: (r: any) => r.lea ?? r.warrant ?? t("report.everything") },
          { key: "made", title: t("report.made"), cell: (r: any) => <Time at={r.made} /> },
          { key: "made_by", title: t("report.by"), cell: (r: any) => (r.schedule ? t("report.scheduled") : r.made_by) },
          { key: "octets", title: t("report.size"), num: true, cell: (r: any) => octets(r.octets) },
        ]}
      />
      {may("schedule.list") && <Schedules kinds={mine} />}
      {may("review.list") && <Reviews />}
    </Page>
  );
}
const iso = (v: Values) => Object.fromEntries(Object.entries(v).map(([k, x]) => [k, k === "from" || k === "until" ? fromField(x) : x]));
function Make({ kinds, close }: { kinds: Kind[]; close: () => void }) {
  const [v, set] = useState<Values>({});
  const kind = kinds.find((k) => k.kind === v.kind);
  return (
    <Dialog title={t("report.make")} close={close}>
      <Act label={t("report.make")} cancel={close} run={async (key) => (await begin("report.make", iso(clean(v)), key), close())}>
        <Field op="report.make" name="kind" values={v} set={set} must choices={kinds.map((k) => [k.kind, title(k)])} text={kind?.law} />
        <div class="fields">
          <Field op="report.make" name="from" type="datetime-local" values={v} set={set} />
          <Field op="report.make" name="until" type="datetime-local" values={v} set={set} />
        </div>
        {kind?.needs !== "review" && <Field op="report.make" name="warrant" values={v} set={set} must={kind?.needs === "warrant"} />}
        {kind?.needs === "" && <Field op="report.make" name="lea" values={v} set={set} />}
        {kind?.needs === "review" && <Field op="report.make" name="review" values={v} set={set} must />}
      </Act>
    </Dialog>
  );
}

/** The octets of the master, in parts. */
async function master(report: string) {
  let text = "";
  for (;;) {
    const a: any = await get("report.get", { report, offset: new TextEncoder().encode(text).length } as any);
    if (typeof a === "string") return a;
    text += a.text ?? "";
    if (!a.text || new TextEncoder().encode(text).length >= (a.octets ?? 0)) return text;
  }
}
function Report({ id }: { id: string }) {
  const got = useLive(async (signal) => {
    const head: any = await get("report.show", { report: id } as any, { signal });
    const text = await master(id);
    return { head, text, doc: JSON.parse(text), fault: await checkReport(text, head.sha256, head.vkey) };
  }, [], id);
  const [proof, setProof] = useState<{ good: boolean; text: string; seq: number }>();
  const prove = async () => {
    const p: any = await get("report.proof", { report: id } as any);
    const entry = p.text.split("\n").find((l: string) => / \{/.test(l) && l.includes(`"seq":${p.seq},`))?.slice(65) ?? "";
    const vkey = /^key (.*)$/m.exec(p.text)?.[1] ?? "";
    const head = await checkHead(p.text.slice(p.text.indexOf("\nhead\n") + 6, p.text.lastIndexOf("end ")), vkey);
    const good = vkey === got.data!.head.vkey && head?.root === p.root && entry.includes(`"sha256":"${got.data!.head.sha256}"`) && (await checkInclusion(p.seq, p.size, await leafOf(entry), p.path, p.root));
    setProof({ good: !!good, text: p.text, seq: p.seq });
  };
  return (
    <Page title={got.data ? title({ kind: got.data.head.kind, title: got.data.doc.name }) : t("nav.reports")} actions={<button onClick={() => print()}>{t("report.print")}</button>}>
      <Loading of={got}>
        {() => {
          const { head, doc, text, fault } = got.data!;
          const name = `${head.kind}-${head.made.slice(0, 10)}-${id.slice(0, 8)}`;
          return (
            <>
              {fault ? <Notice tone="bad">{t(`report.fault.${fault}`)}</Notice> : <Notice tone="good">{t("report.good")}</Notice>}
              <Card title={t("report.about")}>
                <Facts
                  rows={[
                    [t("report.law"), doc.law],
                    [t("report.period"), <><Time at={head.from} /> – <Time at={head.to} /></>],
                    [t("report.lea"), head.lea ?? head.warrant ?? t("report.everything")],
                    [t("report.made"), <><Time at={head.made} seconds /> {head.made_by}</>],
                    [t("report.regime"), doc.regime],
                    [t("report.sha"), <Hash of={head.sha256} />],
                    [t("report.row"), head.audit && (may("audit.show") ? <a href={link(["audit", String(head.audit)])}>{num(head.audit)}</a> : num(head.audit))],
                    [t("report.nodata"), doc.no_data?.length ? doc.no_data.map((x: any) => (typeof x === "string" ? x : JSON.stringify(x))).join("; ") : ""],
                  ]}
                />
                <div class="buttons">
                  <button onClick={() => download(`${name}.json`, text)}>{t("report.save.json")}</button>
                  <button onClick={() => download(`${name}.csv`, `"SHA-256","${head.sha256}"\r\n` + doc.sections.map(sectionCsv).join("\r\n"), "text/csv")}>{t("report.save.csv")}</button>
                  {may("report.proof") && <button onClick={() => void prove()}>{t("report.prove")}</button>}
                  {proof && <button onClick={() => download(`${name}.proof`, proof.text, "text/plain")}>{t("audit.proof.save")}</button>}
                </div>
                {proof && <Notice tone={proof.good ? "good" : "bad"}>{t(proof.good ? "report.proved" : "report.unproved", { seq: proof.seq })}</Notice>}
                <p class="hint">{t("report.pdf")}</p>
              </Card>
              {doc.sections.map((s: any) => (
                <Section key={s.key} of={s} />
              ))}
            </>
          );
        }}
      </Loading>
    </Page>
  );
}
const cell = (v: any) => (v === null || v === undefined ? "" : typeof v === "boolean" ? t(v ? "yes" : "no") : typeof v === "number" ? num(v) : typeof v === "object" ? JSON.stringify(v) : /^\d{4}-\d\d-\d\dT/.test(v) ? <Time at={v} /> : String(v));
const sectionCsv = (s: any) => csv([[s.title], s.columns.map((c: any) => c.title), ...s.rows.map((r: any) => s.columns.map((c: any) => (typeof r[c.key] === "object" && r[c.key] !== null ? JSON.stringify(r[c.key]) : r[c.key])))]);
function Section({ of: s }: { of: any }) {
  // the text of a report is English, whoever reads it
  return (
    <div lang="en">
      <Card title={s.title}>
        {s.note && <p class="dim">{s.note}</p>}
        {s.form ? (
          s.rows.map((r: any, i: number) => <Facts key={i} rows={s.columns.map((c: any) => [c.title, cell(r[c.key])])} />)
        ) : (
          <Table caption={s.title} rows={s.rows.map((r: any, i: number) => ({ ...r, i_: i }))} rowKey={(r: any) => String(r.i_)} columns={s.columns.map((c: any) => ({ key: c.key, title: c.title, cell: (r: any) => cell(r[c.key]) }))} />
        )}
      </Card>
    </div>
  );
}

function Schedules({ kinds }: { kinds: Kind[] }) {
  const [n, again] = useState(0);
  const choose = Object.fromEntries([["kind", kinds.filter((k) => k.needs === "").map((k) => [k.kind, title(k)])]]) as any;
  return (
    <Card title={t("report.schedules")}>
      {may("schedule.add") && (
        <button onClick={() => void formDialog("schedule.add", { title: t("report.schedule.add"), fields: ["kind", "every", "at", "zone", "lea", "reason"], choices: choose, done: () => again(n + 1) })}>{t("report.schedule.add")}</button>
      )}
      <List
        key={n}
        op="schedule.list"
        caption={t("report.schedules")}
        rowKey={(r: any) => r.schedule ?? String(r.id)}
        columns={[
          { key: "kind", title: t("report.kind"), cell: (r: any) => title(r) },
          { key: "every", title: t("report.every"), cell: (r: any) => `${word("every", r.every)} ${r.at ?? ""} ${r.zone ?? ""}` },
          { key: "lea", title: t("report.lea"), cell: (r: any) => r.lea ?? t("report.everything") },
          { key: "next", title: t("report.next"), cell: (r: any) => <Time at={r.next} /> },
          {
            key: "x",
            title: t("report.acts"),
            text: () => "",
            cell: (r: any) => may("schedule.remove") && (
              <button onClick={() => void askReason({ title: t("report.schedule.remove"), text: t("report.schedule.remove.text", { kind: r.kind }), label: t("report.schedule.remove"), danger: true, run: async (reason, key) => (await call("schedule.remove", { schedule: r.schedule, reason } as any, { key }), again(n + 1)) })}>
                {t("report.schedule.remove")}
              </button>
            ),
          },
        ]}
      />
    </Card>
  );
}

function Reviews() {
  const [n, again] = useState(0);
  return (
    <Card title={t("review.title")}>
      <p class="dim">{t("review.text")}</p>
      {may("review.open") && <button onClick={() => void show((close) => <OpenReview close={close} done={() => again(n + 1)} />)}>{t("review.open")}</button>}
      <List
        key={n}
        op="review.list"
        caption={t("review.title")}
        rowKey={(r: any) => r.review}
        columns={[
          { key: "from", title: t("report.period"), cell: (r: any) => <a href={link(["reports", "review", r.review])}><Time at={r.from} /> – <Time at={r.to} /></a> },
          { key: "state", title: t("review.state"), cell: (r: any) => <State group="review" of={r.state} tone={r.state === "closed" ? "off" : "info"} /> },
          { key: "population", title: t("review.population"), num: true },
          { key: "size", title: t("review.size"), num: true },
          { key: "done", title: t("review.done"), num: true },
          { key: "objections", title: t("review.objections"), num: true },
        ]}
      />
    </Card>
  );
}
function OpenReview({ close, done }: { close: () => void; done: () => void }) {
  const [v, set] = useState<Values>({});
  return (
    <Dialog title={t("review.open")} close={close}>
      <Act label={t("review.open")} cancel={close} run={async (key) => (await call("review.open", iso(clean(v)) as any, { key }), done(), close())}>
        <Field op="review.open" name="from" type="datetime-local" must values={v} set={set} />
        <Field op="review.open" name="until" type="datetime-local" must values={v} set={set} />
        <Field op="review.open" name="percent" values={v} set={set} />
      </Act>
    </Dialog>
  );
}
function Review({ id }: { id: string }) {
  const got = useLive(async (signal) => (await get("review.show", { review: id } as any, { signal })) as any, ["change"], id);
  const rows: any[] = got.data?.rows ?? got.data?.sample ?? [];
  const record = (r: any, result: string) =>
    result === "match"
      ? void call("review.record", { review: id, seq: r.seq, result } as any).then(() => got.reload(), (e) => toast(e.message, "bad"))
      : void formDialog("review.record" as OpName, { title: t("review.objection"), fields: ["note"], fixed: { review: id, seq: r.seq, result } as any, danger: true, done: got.reload });
  return (
    <Page title={t("review.title")}>
      <Loading of={got}>
        {() => (
          <>
            <Facts rows={[[t("report.period"), <><Time at={got.data.from} /> – <Time at={got.data.to} /></>], [t("review.population"), num(got.data.population)], [t("review.size"), num(got.data.size)], [t("review.seed"), <Hash of={got.data.seed} />], [t("review.result"), got.data.result]]} />
            <Table
              caption={t("review.title")}
              rows={rows}
              rowKey={(r) => String(r.seq)}
              columns={[
                { key: "seq", title: t("audit.seq"), cell: (r) => <a href={link(["audit", String(r.seq)])}>{num(r.seq)}</a> },
                { key: "time", title: t("field.time"), cell: (r) => <Time at={r.time} /> },
                { key: "actor", title: t("audit.actor") },
                { key: "op", title: t("audit.op"), cell: (r) => <code>{r.op}</code> },
                { key: "object", title: t("audit.object") },
                { key: "result", title: t("review.result"), cell: (r) => r.result ? <State group="review" of={r.result} tone={r.result === "match" ? "good" : "bad"} /> : may("review.record") && got.data.state !== "closed" ? (
                  <span class="buttons">
                    <button onClick={() => record(r, "match")}>{t("review.match")}</button>
                    <button onClick={() => record(r, "objection")}>{t("review.objection")}</button>
                  </span>
                ) : "" },
                { key: "note", title: t("review.note") },
              ]}
            />
            {may("review.close") && got.data.state !== "closed" && (
              <button class="main" disabled={rows.some((r) => !r.result)} onClick={() => void formDialog("review.close", { title: t("review.close"), fields: ["result"], fixed: { review: id } as any, done: got.reload })}>{t("review.close")}</button>
            )}
          </>
        )}
      </Loading>
    </Page>
  );
}
