// SPDX-License-Identifier: Apache-2.0
// Two persons: what would hold is shown, compared with what was asked for, signed with the person's key in this browser, and handed in.
// The server proposes the text; nothing is signed but what stands on the screen.
import type { ComponentChildren } from "preact";
import { call, get, Problem, spec, type OpName } from "../lib/api";
import { has, t, word } from "../lib/i18n";
import { keyOf, keySign } from "../lib/keys";
import { link } from "../lib/router";
import { who } from "../lib/session";
import { Hash, Notice } from "./basic";
import { compare, type Difference } from "./compare";
import { Act, Dialog, show, toast } from "./dialog";
import { PlanView } from "./plan";
import { Tree } from "./tree";

const WORDS = ["form", "hash", "kind", "plan"];
const why = (d: Difference) => (WORDS.includes(d) ? t(`sign.strange.${d}`) : t("sign.strange.value", { name: has(`field.${d}`) ? t(`field.${d}`) : d }));

interface SignOptions {
  match?: string | null;
  key?: string;
  /** what else was asked for, and has to stand in the statement */
  expect?: Record<string, unknown>;
  plan?: (plan: any, doc: any) => ComponentChildren;
}
/** OP with ARGS through plan, signature, second person.  Resolves with the answer (an approval, or the result when one person is enough), or
 * null when the person went back. */
export async function twoPersons(op: OpName, args: Record<string, unknown>, o: SignOptions = {}): Promise<any> {
  const plan = await get(op, { ...args, plan: true } as any, { match: o.match });
  if (plan.alone) return (await call(op, args as any, { match: o.match, key: o.key })).data || { ok: true };
  return (await signDialog(op, args, plan, o)) ?? null;
}
/** The second signature. */
export async function approve(approval: string, o: SignOptions = {}): Promise<any> {
  const shown = await get("approval.show", { approval } as any);
  return (await signDialog("approval.approve", { approval }, shown, o)) ?? null;
}
async function signDialog(op: OpName, args: Record<string, unknown>, plan: any, o: SignOptions) {
  const second = op === "approval.approve";
  const bad = await compare(op as string, { ...o.expect, ...args }, plan, !second);
  const key = await keyOf(who.value!.person);
  let answer: any;
  await show((close) => (
    <Dialog wide title={t(second ? "sign.title.second" : "sign.title", { op: word("op", second ? plan.op : (op as string)) })} close={close}>
      {bad ? (
        <Notice tone="bad">{t("sign.strange", { why: why(bad) })}</Notice>
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
          {o.plan ? o.plan(plan.plan, JSON.parse(plan.doc)) : <PlanView op={second ? plan.op : (op as string)} plan={plan.plan} doc={JSON.parse(plan.doc)} />}
          <Tree of={JSON.parse(plan.doc)} title={t("sign.doc")} />
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

export const needsTwo = (op: OpName) => !!spec[op as string]?.two;
export { canonical } from "./compare";
export { Problem, Tree };
