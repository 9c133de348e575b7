// SPDX-License-Identifier: Apache-2.0
// Two persons: what would hold is shown, compared with what was asked for, signed with the person's key in this browser, and handed in.
// The server proposes the text; nothing is signed but what stands on the screen.
import type { ComponentChildren } from "preact";
import { call, get, Problem, spec, type OpName } from "../lib/api";
import { t, word } from "../lib/i18n";
import { keyOf, keySign, sha256 } from "../lib/keys";
import { link } from "../lib/router";
import { who } from "../lib/session";
import { Hash, Notice, Time } from "./basic";
import { Act, Dialog, show, toast } from "./dialog";

/** JSON as RFC 8785 writes it, for what occurs in statements: text, integers, booleans, lists, objects. */
export function canonical(j: unknown): string {
  if (Array.isArray(j)) return `[${j.map(canonical).join()}]`;
  if (j === null || typeof j !== "object") return JSON.stringify(j);
  return `{${Object.entries(j).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join()}}`;
}
const OF_WARRANT = ["warrant.submit", "warrant.set", "warrant.extend", "warrant.confirm", "warrant.resume"];
const fits = (op: string, doc: any) =>
  OF_WARRANT.includes(op)
    ? /^openmdf\.(task|warrant)\./.test(doc.type)
    : doc.type === "openmdf.change.v1"
      ? doc.op === op
      : (op.startsWith("destination.") && /^openmdf\.dest/.test(doc.type)) || (op.startsWith("key.") && doc.type === "openmdf.keys.v1");
const typed = (v: unknown): string => (Array.isArray(v) ? v.map(typed).join() : typeof v === "boolean" ? (v ? "yes" : "no") : typeof v === "object" ? JSON.stringify(v) : String(v));

/** Why TEXT is not what was asked for, or "". */
async function strange(op: string, args: Record<string, unknown>, plan: any): Promise<string> {
  const text: string = plan.doc ?? "";
  const doc = JSON.parse(text || "null");
  if (!doc?.type || canonical(doc) !== text) return t("sign.strange.form");
  if (plan.sha256 && plan.sha256 !== (await sha256(text))) return t("sign.strange.hash");
  if (op === "approval.approve") return "";
  if (!fits(op, doc)) return t("sign.strange.kind");
  const place = op.startsWith("destination.") ? (doc.destination ?? doc.args) : doc.args;
  for (const [k, v] of Object.entries(args)) {
    const there = place?.[k === "destination" && doc.destination ? "name" : k];
    if (there !== undefined && typeof v !== "object" && typeof v !== "boolean" && typeof v !== "number" && typed(there).toLowerCase() !== typed(v).toLowerCase()) return t("sign.strange.value", { name: k });
  }
  return "";
}

/** OP with ARGS through plan, signature, second person.  Resolves with the answer (an approval, or the result when one person is enough), or
 * null when the person went back. */
export async function twoPersons(op: OpName, args: Record<string, unknown>, o: { match?: string | null; key?: string; plan?: (plan: any, doc: any) => ComponentChildren } = {}): Promise<any> {
  const plan = await get(op, { ...args, plan: true } as any, { match: o.match });
  return (await signDialog(op, args, plan, o)) ?? null;
}
/** The second signature. */
export async function approve(approval: string, o: { plan?: (plan: any, doc: any) => ComponentChildren } = {}): Promise<any> {
  const shown = await get("approval.show", { approval } as any);
  return (await signDialog("approval.approve", { approval }, shown, o)) ?? null;
}
async function signDialog(op: OpName, args: Record<string, unknown>, plan: any, o: { match?: string | null; key?: string; plan?: (plan: any, doc: any) => ComponentChildren }) {
  const bad = await strange(op as string, args, plan);
  const key = await keyOf(who.value!.person);
  let answer: any;
  await show((close) => (
    <Dialog wide title={t(op === "approval.approve" ? "sign.title.second" : "sign.title", { op: word("op", op === "approval.approve" ? plan.op : (op as string)) })} close={close}>
      {bad ? (
        <Notice tone="bad">{t("sign.strange", { why: bad })}</Notice>
      ) : (
        <Act
          label={t("sign.act")}
          cancel={close}
          disabled={!key}
          run={async (idem) => {
            const a = await call(op, { ...args, signature: await keySign(key!, plan.doc) } as any, { match: o.match, key: o.key ?? idem });
            answer = a.data || { ok: true };
            toast(t(a.status === 202 ? "sign.waits" : "done"));
            close();
          }}
        >
          {o.plan ? o.plan(plan.plan, JSON.parse(plan.doc)) : plan.plan && <Tree of={plan.plan} title={t("sign.plan")} open />}
          <Tree of={JSON.parse(plan.doc)} title={t("sign.doc")} open={!o.plan} />
          <p>
            {t("sign.hash")} <Hash of={plan.sha256} />
          </p>
          {key ? (
            <p class="dim">
              {t("sign.key")} <Hash of={key.id} />
            </p>
          ) : (
            <Notice tone="warn">
              {t("sign.nokey")} <a href={link(["me"])}>{t("nav.me")}</a>
            </Notice>
          )}
        </Act>
      )}
    </Dialog>
  ));
  return answer;
}

/** Everything that stands in J, one line each; times in nanoseconds as times. */
export function Tree({ of, title, open }: { of: unknown; title: string; open?: boolean }) {
  const rows: [string, ComponentChildren][] = [];
  const walk = (path: string, j: unknown) => {
    if (Array.isArray(j) && j.some((x) => typeof x === "object")) j.forEach((x, i) => walk(`${path}[${i + 1}]`, x));
    else if (j !== null && typeof j === "object" && !Array.isArray(j)) Object.entries(j).forEach(([k, v]) => walk(path ? `${path}.${k}` : k, v));
    else if (/_ns$/.test(path) && /^\d{16,}$/.test(String(j))) rows.push([path, <Time at={new Date(Number(String(j).slice(0, -6))).toISOString()} seconds />]);
    else if (j !== null && j !== "" && !(Array.isArray(j) && j.length === 0)) rows.push([path, Array.isArray(j) ? j.join(", ") : String(j)]);
  };
  walk("", of);
  return (
    <details open={open}>
      <summary>{title}</summary>
      <dl class="facts tree">
        {rows.map(([k, v]) => (
          <div key={k}>
            <dt>
              <code>{k}</code>
            </dt>
            <dd>{v}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
export const needsTwo = (op: OpName) => !!spec[op as string]?.two;
export { Problem };
