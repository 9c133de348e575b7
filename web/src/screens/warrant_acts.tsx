// SPDX-License-Identifier: Apache-2.0
// What can be done with a warrant in its state by this person.  To stop takes one person and one reason; what starts or widens takes two.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { call, clears, get, type OpName } from "../lib/api";
import { local, t, word } from "../lib/i18n";
import { may } from "../lib/session";
import { Act, askReason, Dialog, show, toast } from "../ui/dialog";
import { clean, Field, type Values } from "../ui/form";
import { twoPersons } from "../ui/acts";
import { When } from "../ui/when";
import type { Props } from "./warrant";
import { LIVE } from "./warrants_row";

const EDIT = ["draft", "submitted"];

/** One person, at once: what happens to which warrant, and a reason. */
function once(op: OpName, { w, reload }: Props, o: { danger?: boolean; args?: Record<string, unknown>; text?: string } = {}) {
  const k = o.text ?? (op as string).slice(8);
  return askReason({
    title: t(`acts.${k}.title`, { liid: w.liid }),
    text: <p>{t(`acts.${k}.text`, { liid: w.liid, lea: w.lea })}</p>,
    label: t(`acts.${k}`),
    danger: o.danger,
    run: async (reason, key) => {
      await call(op, { warrant: w.uuid, ...o.args, reason } as any, { key });
      toast(t("done"));
      reload();
    },
  });
}
/** Two persons: a form, then the text to sign. */
function signed(op: OpName, p: Props, draw?: (v: Values, set: (v: Values) => void) => ComponentChildren, start: Values = {}) {
  return show((close) => <Signed {...{ op, draw, start, close }} {...p} />);
}
function Signed({ op, w, reload, draw, start, close }: Props & { op: OpName; draw?: (v: Values, set: (v: Values) => void) => ComponentChildren; start: Values; close: () => void }) {
  const [v, set] = useState<Values>(start);
  const k = (op as string).slice(8);
  return (
    <Dialog title={t(`acts.${k}.title`, { liid: w.liid })} close={close}>
      <Act
        label={t("acts.next")}
        cancel={close}
        run={async (key) => {
          const r = await twoPersons(op, { warrant: w.uuid, ...clean(v) }, { key });
          if (!r) return;
          reload();
          close();
        }}
      >
        <p>{t(`acts.${k}.text`, { liid: w.liid, lea: w.lea })}</p>
        {draw?.(v, set)}
        <Field op={op as string} name="reason" values={v} set={set} must={op !== "warrant.submit"} />
      </Act>
    </Dialog>
  );
}
export const withdraw = (a: any, w: any, done: () => void) =>
  void askReason({
    title: t("acts.withdraw.title", { op: word("op", a.op) }),
    text: <p>{t("acts.withdraw.text", { liid: w.liid })}</p>,
    label: t("warrant.withdraw"),
    run: async (reason, key) => {
      await call("approval.withdraw", { approval: a.approval, reason } as any, { key });
      toast(t("done"));
      done();
    },
  });

/** Where it is delivered, and when it ends, of a warrant in force; everything of a draft. */
function Change({ w, etag, reload, close }: Props & { etag: string | null; close: () => void }) {
  const draft = EDIT.includes(w.state);
  const start: Values = draft
    ? Object.fromEntries(FIELDS.map((f) => [f, f === "ne" ? w.nes : f === "xid" ? w.xids : w[f]]).filter(([, x]) => x !== null && x !== undefined && !(Array.isArray(x) && !x.length)))
    : { delivery: w.delivery, hi2: w.hi2 ?? undefined, hi3: w.hi3 ?? undefined };
  const [v, set] = useState<Values>({ ...start, from: w.from, until: w.until });
  const [dest, setDest] = useState<[string, string][] | null>(null);
  if (dest === null) void get("destination.list", { lea: w.lea } as any, { limit: 500 }).then((l: any) => setDest(l.map((d: any) => [d.name, `${d.name} (${d.kind})`])), () => setDest([]));
  const changed = () => {
    const out: Values = {};
    const was: Values = { ...start, from: w.from, until: w.until };
    for (const [k, x] of Object.entries(v)) if (JSON.stringify(x ?? "") !== JSON.stringify(was[k] ?? "")) out[k] = (x === undefined || x === "") && clears("warrant.set", k) ? null : x;
    return clean(out);
  };
  const choices = (f: string) => (f === "hi2" || f === "hi3" ? (dest ?? []) : undefined);
  return (
    <Dialog wide={draft} title={t(draft ? "acts.edit.title" : "acts.set.title", { liid: w.liid })} close={close}>
      <Act
        label={t(draft ? "act.save" : "acts.next")}
        cancel={close}
        run={async (key) => {
          const args = { warrant: w.uuid, ...changed() };
          if (draft) {
            await call("warrant.set", args as any, { match: etag, key });
            toast(t("done"));
          } else if (!(await twoPersons("warrant.set", args, { match: etag, key }))) return;
          reload();
          close();
        }}
      >
        <p>{t(draft ? (w.state === "submitted" ? "acts.edit.submitted" : "acts.edit.text") : "acts.set.text", { liid: w.liid, lea: w.lea })}</p>
        <div class="fields">
          {(draft ? FIELDS : ["delivery", "hi2", "hi3"]).map((f) => (
            <Field key={f} op="warrant.set" name={f} values={v} set={set} choices={choices(f)} />
          ))}
          {draft && <When name="from" label={t("field.from")} value={v.from} set={(x) => set({ ...v, from: x })} must />}
          <When name="until" label={t("field.until")} value={v.until} set={(x) => set({ ...v, until: x })} must />
        </div>
        <Field op="warrant.set" name="reason" values={v} set={set} must={!draft} />
      </Act>
    </Dialog>
  );
}
const FIELDS = ["reference", "delivery", "hi2", "hi3", "ne", "xid", "content", "services", "authority", "jurisdiction", "signer_name", "signer_title", "officer", "legal_basis", "legal_type", "case_type", "operator_id", "ne_id", "auth_cc", "delivery_cc", "priority", "responsible"];

/** The page has the warrant with its timeline, whose ETag is another one: what is changed is read once more, as it is at that moment. */
async function change(p: Props) {
  try {
    const a = await call("warrant.show", { warrant: p.w.uuid });
    await show((close) => <Change w={a.data} etag={a.etag} reload={p.reload} close={close} />);
  } catch (e: any) {
    toast(e.detail ?? String(e), "bad");
  }
}
export function Acts(p: Props) {
  const { w } = p;
  const is = (op: OpName, states: string[]) => may(op) && states.includes(w.state);
  const acts: [string, () => unknown, boolean][] = [
    ["submit", () => signed("warrant.submit", p), is("warrant.submit", ["draft"])],
    ["edit", () => change(p), is("warrant.set", EDIT)],
    ["activate", () => once("warrant.activate", p), is("warrant.activate", ["approved"])],
    ["extend", () => signed("warrant.extend", p, (v, set) => (
      <>
        <p>{t("acts.extend.now", { until: local(w.until) })}</p>
        <When name="until" label={t("field.until")} value={v.until} set={(x) => set({ ...v, until: x })} must />
        <Field op="warrant.extend" name="reference" values={v} set={set} />
      </>
    )), is("warrant.extend", LIVE)],
    ["confirm", () => signed("warrant.confirm", p, (v, set) => <Field op="warrant.confirm" name="reference" values={v} set={set} />), is("warrant.confirm", LIVE) && !!w.provisional_until],
    ["set", () => change(p), is("warrant.set", LIVE)],
    ["suspend", () => once("warrant.suspend", p), is("warrant.suspend", ["active"])],
    ["resume", () => signed("warrant.resume", p), is("warrant.resume", ["suspended"])],
    [w.metadata ? "full" : "degrade", () => once("warrant.degrade", p, { args: { metadata: w.metadata ? "off" : "on" }, text: w.metadata ? "full" : "degrade" }), is("warrant.degrade", LIVE) && w.delivery !== "iri" && w.content === "full"],
    ["close", () => once("warrant.close", p), is("warrant.close", ["expired", "revoked"])],
  ];
  return (
    <>
      {acts.filter(([, , here]) => here).map(([k, run]) => (
        <button key={k} class={k === "submit" ? "main" : ""} onClick={() => void run()}>
          {t(`acts.${k}`)}
        </button>
      ))}
      {is("warrant.stop", [...EDIT, ...LIVE]) && (
        <button class="danger" onClick={() => void once("warrant.stop", p, { danger: true, text: EDIT.includes(w.state) ? "drop" : "stop" })}>
          {t(EDIT.includes(w.state) ? "acts.drop" : "acts.stop")}
        </button>
      )}
    </>
  );
}
