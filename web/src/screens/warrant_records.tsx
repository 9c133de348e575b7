// SPDX-License-Identifier: Apache-2.0
// Documents; approvals, history, events, holds, how long records are kept.
import { useState } from "preact/hooks";
import { call, get, Problem, type OpName } from "../lib/api";
import { num, octets, t, word } from "../lib/i18n";
import { hex } from "../lib/keys";
import { useLive } from "../lib/live";
import { link } from "../lib/router";
import { may } from "../lib/session";
import { Card, download, Facts, Hash, Loading, Notice, Progress, State, Time } from "../ui/basic";
import { Act, askReason, Dialog, show, toast } from "../ui/dialog";
import { clean, Field, formDialog, type Values } from "../ui/form";
import { List, Table } from "../ui/table";
import type { Props } from "./warrant";
import { withdraw } from "./warrant_acts";

// ---- documents
const PART = 384 * 1024; // octets of one part; a multiple of three
const MAX = 32 * 1024 * 1024;
const here = (w: any) => (d: any, type: string) => type === "approval" || JSON.stringify(d).includes(w.uuid);
const base64 = (b: Blob) =>
  new Promise<string>((ok, no) => {
    const r = new FileReader();
    r.onload = () => ok(String(r.result).replace(/^[^,]*,/, ""));
    r.onerror = () => no(r.error);
    r.readAsDataURL(b);
  });

export function Documents({ w }: Props) {
  const got = useLive(() => get("document.list", { warrant: w.uuid } as any, { limit: 500 }) as Promise<any[]>, ["change"], w.uuid, here(w));
  const give = (d: any) =>
    void askReason({
      title: t("documents.export.title"),
      text: <p>{t("documents.export.text", { role: word("choice.role", d.role), liid: w.liid })}</p>,
      label: t("documents.export"),
      run: async (reason, key) => {
        const r: any = (await call("document.export", { warrant: w.uuid, document: d.id, reason } as any, { key })).data;
        const data = Uint8Array.from(atob(r.file), (c) => c.charCodeAt(0));
        if (hex(await crypto.subtle.digest("SHA-256", data)) !== d.sha256) throw new Problem(0, "DOCUMENT-HASH", "");
        download(r.title || `${d.role}-${d.id}`, new Blob([data], { type: d.media ?? "application/octet-stream" }));
        toast(t("documents.export.done"));
      },
    });
  return (
    <Card title={t("documents.title")} wide>
      <p class="hint">{t("documents.text")}</p>
      <Loading of={got}>
        {() => (
          <Table
            caption={t("documents.title")}
            empty={t("documents.none")}
            rows={got.data!}
            rowKey={(d) => d.id}
            columns={[
              { key: "role", title: t("documents.role"), cell: (d: any) => word("choice.role", d.role) },
              { key: "media", title: t("documents.media") },
              { key: "octets", title: t("documents.size"), num: true, cell: (d: any) => octets(d.octets) },
              { key: "sha256", title: "SHA-256", cell: (d: any) => <Hash of={d.sha256} /> },
              { key: "created", title: t("field.entered"), cell: (d: any) => <Time at={d.created} /> },
              { key: "act", title: t("field.act"), cell: (d: any) => <button onClick={() => give(d)} aria-label={t("documents.export.of", { role: word("choice.role", d.role) })}>{t("documents.export")}</button> },
            ].filter((c) => c.key !== "act" || may("document.export"))}
          />
        )}
      </Loading>
      {may("document.add") && <button onClick={() => void show((close) => <Upload w={w} close={close} done={got.reload} />)}>{t("documents.add")}</button>}
    </Card>
  );
}
function Upload({ w, close, done }: { w: any; close: () => void; done: () => void }) {
  const [v, set] = useState<Values>({ role: "order" });
  const [file, setFile] = useState<File>();
  const [at, setAt] = useState<number | null>(null);
  const [sum, setSum] = useState("");
  return (
    <Dialog title={t("documents.add.title", { liid: w.liid })} close={close}>
      <Act
        label={t("documents.add")}
        cancel={close}
        run={async (key) => {
          if (!file || file.size === 0 || file.size > MAX) throw new Problem(0, "DOCUMENT-SIZE", "");
          try {
            setAt(0);
            const more = file.size > PART ? { octets: file.size } : {};
            const first: any = (await call("document.add", { warrant: w.uuid, ...clean(v), media: file.type || "application/octet-stream", file: await base64(file.slice(0, PART)), sha256: [sum], ...more } as any, { key })).data;
            for (let n = PART; n < file.size; n += PART) {
              setAt(n);
              await call("document.part", { warrant: w.uuid, document: first.id, file: await base64(file.slice(n, n + PART)) } as any);
            }
          } finally {
            setAt(null);
          }
          toast(t("documents.added"));
          done();
          close();
        }}
      >
        <Field op="document.add" name="role" values={v} set={set} must />
        <label>
          {t("documents.file")}
          <input
            type="file"
            name="file"
            required
            onChange={(e) => {
              const f = e.currentTarget.files?.[0];
              setFile(f);
              setSum("");
              if (f) {
                set({ ...v, title: f.name });
                void f.arrayBuffer().then(async (b) => setSum(hex(await crypto.subtle.digest("SHA-256", b))));
              }
            }}
          />
          <small class="hint">{t("documents.limit")}</small>
        </label>
        {sum && (
          <p>
            SHA-256: <Hash of={sum} />
          </p>
        )}
        <Field op="document.add" name="title" values={v} set={set} />
        {at !== null && <Progress done={at} total={file!.size} label={t("documents.progress")} />}
      </Act>
    </Dialog>
  );
}

// ---- records
export function Records(p: Props) {
  const { w } = p;
  return (
    <>
      {may("audit.list") && (
        <p>
          <a href={link(["audit"], { object: `warrant ${w.uuid}` })}>{t("records.audit")}</a>
          {may("completeness.show") && (
            <>
              {" · "}
              <a href={link(["completeness", w.uuid])}>{t("books.days")}</a>
            </>
          )}
        </p>
      )}
      {may("approval.list") && <Approvals {...p} />}
      {may("warrant.history") && <History {...p} />}
      {may("warrant.events") && <Events {...p} />}
      <div class="cards">
        {may("hold.list") && <Holds {...p} />}
        {may("retention.list") && <Retention {...p} />}
      </div>
    </>
  );
}
const part = (op: OpName, title: string, columns: any[], key: (r: any) => string, empty?: string, extra: object = {}) =>
  function Part({ w }: { w: any }) {
    return (
      <Card title={t(title)} wide>
        <List op={op} args={{ warrant: w.uuid, ...extra } as any} caption={t(title)} columns={columns.map((c) => ({ ...c, title: t(c.title) }))} rowKey={key} live={["approval"]} page={50} empty={empty && t(empty)} />
      </Card>
    );
  };
function Approvals({ w }: Props) {
  const got = useLive(() => get("approval.list", { warrant: w.uuid, state: "all" } as any, { limit: 100 }) as Promise<any[]>, ["approval"], w.uuid);
  return (
    <Card title={t("records.approvals")} wide>
      <Loading of={got}>
        {() => (
          <Table
            caption={t("records.approvals")}
            empty={t("records.approvals.none")}
            rows={got.data!}
            rowKey={(a) => a.approval}
            columns={[
              { key: "op", title: t("field.op"), cell: (a: any) => <a href={link(["approvals", a.approval])}>{word("op", a.op)}</a> },
              { key: "state", title: t("field.state"), cell: (a: any) => <State of={a.state} group="state" /> },
              { key: "creator", title: t("records.first"), cell: (a: any) => <>{a.creator} <Time at={a.submitted} /></> },
              { key: "decided_by", title: t("records.second"), cell: (a: any) => <>{a.decided_by} <Time at={a.decided} /></> },
              { key: "reason", title: t("field.why") },
              { key: "sha256", title: t("records.sha256"), cell: (a: any) => <Hash of={a.sha256} /> },
              { key: "act", title: t("field.act"), cell: (a: any) => a.state === "waiting" && <button onClick={() => withdraw(a, w, got.reload)}>{t("warrant.withdraw")}</button> },
            ].filter((c) => c.key !== "act" || (may("approval.withdraw") && got.data!.some((a) => a.state === "waiting")))}
          />
        )}
      </Loading>
    </Card>
  );
}
const time = { key: "time", title: "field.time", cell: (r: any) => <Time at={r.time} seconds /> };
const History = part("warrant.history", "records.history", [
  time,
  { key: "op", title: "field.op", cell: (h: any) => word("op", h.op) },
  { key: "state_to", title: "records.state", cell: (h: any) => (h.state_from && h.state_from !== h.state_to ? <>{word("state", h.state_from)} → <State of={h.state_to} /></> : <State of={h.state_to} />) },
  { key: "revision", title: "field.revision", num: true },
  { key: "actor", title: "records.by", cell: (h: any) => [h.actor, h.approver].filter(Boolean).join(", ") || t("records.system") },
  { key: "reason", title: "field.why" },
], (h) => `${h.time}${h.op}${h.state_to}${h.revision}`);
const Events = part("warrant.events", "records.events", [
  time,
  { key: "event", title: "records.event", cell: (e: any) => word("event", e.event) },
  { key: "origin", title: "records.by" },
  { key: "text", title: "field.why" },
], (e) => `${e.time}${e.event}${e.text}`, "records.events.none");

function Holds({ w }: Props) {
  const got = useLive(() => get("hold.list", { warrant: w.uuid, all: true } as any, { limit: 100 }) as Promise<any[]>, ["change", "approval"], w.uuid, here(w));
  return (
    <Card title={t("holds.title")}>
      <p class="hint">{t("holds.text")}</p>
      <Loading of={got}>
        {() => (
          <>
            {got.data!.length === 0 && <p>{t("holds.none")}</p>}
            <ul class="plain">
              {got.data!.map((h) => (
                <li key={h.id}>
                  <State tone={h.released ? "off" : "warn"} text={t(h.released ? "holds.released" : "holds.held")} /> <strong>{h.authority}</strong>, {h.reason}, <Time at={h.created} />
                  {h.released ? <> – <Time at={h.released} /> {h.released_by}</> : may("hold.release") && <> <button onClick={() => void formDialog("hold.release", { title: t("holds.release.title", { liid: w.liid }), fields: ["reason"], fixed: { warrant: w.uuid, hold: h.id } as any, label: t("acts.next"), done: got.reload })}>{t("holds.release")}</button></>}
                </li>
              ))}
            </ul>
            {may("hold.add") && <button onClick={() => void formDialog("hold.add", { title: t("holds.add.title", { liid: w.liid }), fields: ["authority", "reason"], fixed: { warrant: w.uuid } as any, label: t("holds.add"), done: got.reload })}>{t("holds.add")}</button>}
          </>
        )}
      </Loading>
    </Card>
  );
}
function Retention({ w }: Props) {
  const over = ["expired", "revoked", "closed", "shredded"].includes(w.state);
  const got = useLive(() => (over ? get("retention.list", { warrant: w.uuid } as any) : Promise.resolve([])) as Promise<any[]>, ["change", "approval"], [w.uuid, w.state], here(w));
  const r = got.data?.[0];
  return (
    <Card title={t("retention.title")}>
      <Loading of={got}>
        {() => (
          <>
            {r ? (
              <Facts rows={[[t("retention.ended"), <Time at={r.ended} />], [t("retention.days"), r.days && num(r.days)], [t("retention.due"), <Time at={r.due} />], [t("retention.holds"), r.holds ? <State tone="warn" text={num(r.holds)} /> : num(0)], [t("retention.shredded"), r.shredded && <Time at={r.shredded} />]]} />
            ) : (
              <p>{t(over ? "retention.none" : "retention.later")}</p>
            )}
            <div class="buttons">
              {may("retention.set") && w.state !== "shredded" && <button onClick={() => void formDialog("retention.set", { title: t("retention.set.title", { liid: w.liid }), fields: ["days", "reason"], fixed: { warrant: w.uuid } as any, label: t("acts.next"), done: got.reload })}>{t("retention.set")}</button>}
              {may("warrant.shred") && w.state === "closed" && <button class="danger" onClick={() => void formDialog("warrant.shred", { title: t("retention.shred.title", { liid: w.liid }), text: <Notice tone="warn">{t("retention.shred.text")}</Notice>, fields: ["reason", "order"], fixed: { warrant: w.uuid } as any, label: t("acts.next"), danger: true, done: got.reload })}>{t("retention.shred")}</button>}
              {may("retention.certificate") && w.state === "shredded" && <button onClick={() => void get("retention.certificate", { warrant: w.uuid } as any).then((c) => download(`destruction-${w.liid}.json`, JSON.stringify(c, null, 1)), (e) => toast(e.detail, "bad"))}>{t("retention.certificate")}</button>}
            </div>
          </>
        )}
      </Loading>
    </Card>
  );
}
