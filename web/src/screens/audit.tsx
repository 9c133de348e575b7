// SPDX-License-Identifier: Apache-2.0
// The audit log: search, one row with its proof (checked in this browser), a range verified by the server, exports for mdf-verify.
import { useState } from "preact/hooks";
import { get, type OpName } from "../lib/api";
import { fromField, num, t, word } from "../lib/i18n";
import { useLive } from "../lib/live";
import { checkHead, checkInclusion, leafOf, type Head } from "../lib/proof";
import { link, route, setQuery } from "../lib/router";
import { may } from "../lib/session";
import { Card, download, Facts, Hash, Loading, Notice, Page, State, Time } from "../ui/basic";
import { Act } from "../ui/dialog";
import { List } from "../ui/table";
import { begin, Works } from "../ui/work";

export default function Audit() {
  const seq = route.value.path[1];
  return seq ? <Row seq={Number(seq)} /> : <Search />;
}
const SCREENS: Record<string, [string, OpName]> = { warrant: ["warrants", "warrant.show"], approval: ["approvals", "approval.show"], report: ["reports", "report.get"] };
/** What a row is about, with the way to its page. */
function What({ of }: { of?: string | null }) {
  const [, kind, id] = /^(\w+) ([0-9a-f-]{36})$/.exec(of ?? "") ?? [];
  const to = SCREENS[kind ?? ""];
  return to && may(to[1]) ? <a href={link([to[0], id!])}>{of}</a> : <>{of}</>;
}
const NEWEST = 2 ** 32 - 1;
const FILTERS = ["text", "op", "object", "actor", "outcome", "since", "until"];

function Search() {
  const q = route.value.query;
  const [draft, set] = useState(q);
  const args: any = { before: NEWEST };
  for (const k of FILTERS) if (q[k]) args[k] = k === "since" || k === "until" ? fromField(q[k]!) : q[k];
  const apply = (e: Event) => {
    e.preventDefault();
    setQuery(draft);
  };
  const field = (name: string, type = "text") => (
    <label>
      {t(`audit.${name}`)}
      <input {...({ type } as object)} value={draft[name] ?? ""} onInput={(e) => set({ ...draft, [name]: e.currentTarget.value })} />
    </label>
  );
  return (
    <Page title={t("nav.audit")}>
      {may("audit.verify") && <Verify />}
      <form class="filters" role="search" onSubmit={apply}>
        {field("text", "search")}
        {field("op")}
        {field("object")}
        {field("actor")}
        <label>
          {t("audit.outcome")}
          <select value={draft.outcome ?? ""} onChange={(e) => set({ ...draft, outcome: e.currentTarget.value })}>
            <option value="" />
            {["ok", "refused", "error"].map((o) => (
              <option key={o} value={o}>
                {word("outcome", o)}
              </option>
            ))}
          </select>
        </label>
        {field("since", "datetime-local")}
        {field("until", "datetime-local")}
        <button class="main">{t("audit.search")}</button>
        <button type="button" onClick={() => (set({}), setQuery({}))}>
          {t("audit.all")}
        </button>
      </form>
      <List
        op="audit.list"
        args={args}
        caption={t("nav.audit")}
        live={[]}
        rowKey={(r: any) => String(r.seq ?? r.time + r.op + r.object)}
        file="audit.csv"
        onRow={may("audit.show") ? (r: any) => (location.hash = link(["audit", String(r.seq)])) : undefined}
        columns={[
          { key: "seq", title: t("audit.seq"), num: true, cell: (r: any) => (may("audit.show") && r.seq ? <a href={link(["audit", String(r.seq)])}>{num(r.seq)}</a> : num(r.seq)) },
          { key: "time", title: t("field.time"), cell: (r: any) => <Time at={r.time} seconds /> },
          { key: "actor", title: t("audit.actor") },
          { key: "op", title: t("audit.op"), cell: (r: any) => <code class="nowrap">{r.op}</code> },
          { key: "object", title: t("audit.object"), cell: (r: any) => <What of={r.object} /> },
          { key: "outcome", title: t("audit.outcome"), cell: (r: any) => <State group="outcome" of={r.outcome} text={r.code ? `${word("outcome", r.outcome)} (${r.code})` : undefined} /> },
          { key: "reason", title: t("audit.reason") },
        ]}
      />
    </Page>
  );
}

/** The newest signed head, checked here; a range for the server to verify; files for mdf-verify. */
function Verify() {
  const [v, set] = useState<{ from?: string; to?: string }>({});
  const range: any = {};
  if (v.from) range.from = Number(v.from);
  if (v.to) range.to = Number(v.to);
  const head = useLive(async (signal) => {
    const h: any = await get("audit.head", {}, { signal });
    return { ...h, checked: await checkHead(h.text, h.vkey) };
  }, []);
  return (
    <div class="cards">
      <Card title={t("audit.head")}>
        <Loading of={head}>
          {() => (
            <>
              <Facts
                rows={[
                  [t("audit.rows"), num(head.data!.size)],
                  [t("audit.signed"), <Time at={head.data!.time} seconds />],
                  [t("audit.root"), <Hash of={head.data!.root} />],
                  [t("audit.check"), <State tone={head.data!.checked ? "good" : "bad"} text={t(head.data!.checked ? "audit.check.good" : "audit.check.bad")} />],
                ]}
              />
              <p class="hint">{t("audit.head.hint")}</p>
              <div class="buttons">
                <button onClick={() => download("head.txt", head.data!.text, "text/plain")}>{t("audit.head.save")}</button>
                <button onClick={() => download("log.vkey", head.data!.vkey + "\n", "text/plain")}>{t("audit.vkey.save")}</button>
              </div>
            </>
          )}
        </Loading>
      </Card>
      <Card title={t("audit.verify")}>
        <Act label={t("audit.verify.act")} run={(key) => begin("audit.verify", range, key)}>
          <div class="fields">
            <label>
              {t("audit.from")}
              <input type="number" min={1} value={v.from ?? ""} onInput={(e) => set({ ...v, from: e.currentTarget.value })} />
            </label>
            <label>
              {t("audit.to")}
              <input type="number" min={1} value={v.to ?? ""} onInput={(e) => set({ ...v, to: e.currentTarget.value })} />
            </label>
          </div>
          <p class="hint">{t("audit.verify.hint")}</p>
        </Act>
        <Act label={t("audit.export")} run={() => exportRows(range)} />
        <Works
          ops={["audit.verify"]}
          result={(w) =>
            w.result?.holds ? (
              <Notice tone="good">{t("audit.holds", { from: w.result.from, to: w.result.to, heads: w.result.heads })}</Notice>
            ) : (
              <Notice tone="bad">{t("audit.broken", { seq: w.result?.first_bad ?? 0, why: w.result?.why ?? "" })}</Notice>
            )
          }
        />
      </Card>
    </div>
  );
}
/** All parts of the export of RANGE as one file for mdf-verify. */
async function exportRows(range: { from?: number; to?: number }) {
  const parts: string[] = [];
  let next: number | null = range.from ?? 1;
  for (let begun = false; next !== null; begun = true) {
    const a: any = await get("audit.export", { ...range, from: next, ...(begun ? { begun: true } : {}) } as any);
    parts.push(typeof a === "string" ? a : a.text);
    next = typeof a === "string" ? null : (a.next ?? null);
  }
  download("audit.log", new Blob(parts, { type: "text/plain" }));
}

function Row({ seq }: { seq: number }) {
  const got = useLive(async (signal) => (await get("audit.show", { seq } as any, { signal })) as any, [], seq);
  const [proof, setProof] = useState<{ text: string; good: boolean; head: Head | null; why: string }>();
  const prove = async () => {
    const p: any = await get("audit.proof", { seq } as any);
    const leaf = await leafOf(got.data.entry);
    const vkey = /^key (.*)$/m.exec(p.text)?.[1] ?? "";
    const head = await checkHead(p.text.slice(p.text.indexOf("\nhead\n") + 6, p.text.lastIndexOf("end ")), vkey);
    const known: any = await get("audit.head");
    const why =
      leaf !== got.data.leaf ? "leaf" : !head || head.size !== p.size || head.root !== p.root ? "head" : known.vkey !== vkey ? "key" : !(await checkInclusion(seq, p.size, leaf, p.path, p.root)) ? "path" : "";
    setProof({ text: p.text, good: why === "", head, why });
  };
  return (
    <Page
      title={t("audit.row", { seq })}
      actions={
        <>
          {seq > 1 && <a href={link(["audit", String(seq - 1)])}>{t("audit.before")}</a>}
          <a href={link(["audit", String(seq + 1)])}>{t("audit.after")}</a>
        </>
      }
    >
      <Loading of={got}>
        {() => {
          const r = got.data;
          return (
            <>
              <Card title={t("audit.what")}>
                <Facts
                  rows={[
                    [t("field.time"), <Time at={r.time} seconds />],
                    [t("audit.clock"), word("clock", r.clock)],
                    [t("audit.actor"), r.role ? `${r.actor} (${word("role", r.role)})` : r.actor],
                    [t("audit.op"), <code>{r.op}</code>],
                    [t("audit.object"), <What of={r.object} />],
                    [t("audit.outcome"), <State group="outcome" of={r.outcome} text={r.code ? `${word("outcome", r.outcome)} (${r.code})` : undefined} />],
                    [t("audit.reason"), r.reason],
                    [t("audit.door"), r.source ? `${r.interface}, ${r.source}` : r.interface],
                    [t("audit.session"), r.session],
                    [t("audit.detail"), r.detail && <code>{JSON.stringify(r.detail)}</code>],
                    [t("audit.hash.before"), r.before_hash && <Hash of={r.before_hash} />],
                    [t("audit.hash.after"), r.after_hash && <Hash of={r.after_hash} />],
                  ]}
                />
              </Card>
              <Card title={t("audit.proof")}>
                <Facts rows={[[t("audit.leaf"), <Hash of={r.leaf} />], [t("audit.entry"), <code>{r.entry}</code>]]} />
                <Act label={t("audit.prove")} run={prove} />
                {proof && (
                  <>
                    {proof.good ? (
                      <Notice tone="good">{t("audit.proved", { size: proof.head!.size, time: proof.head!.time })}</Notice>
                    ) : (
                      <Notice tone="bad">{t(`audit.unproved.${proof.why}`)}</Notice>
                    )}
                    <button onClick={() => download(`audit-${seq}.proof`, proof.text, "text/plain")}>{t("audit.proof.save")}</button>
                    <p class="hint">{t("audit.proof.hint")}</p>
                  </>
                )}
              </Card>
            </>
          );
        }}
      </Loading>
    </Page>
  );
}
