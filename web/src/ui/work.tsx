// SPDX-License-Identifier: Apache-2.0
// Long work at the server: started here, shown with its progress, left and found again.
import type { ComponentChildren } from "preact";
import { call, get, Problem, type OpName } from "../lib/api";
import { t, word } from "../lib/i18n";
import { useLive } from "../lib/live";
import { Fault, Progress, State, Time } from "./basic";
import { toast } from "./dialog";

export interface Work {
  work: string;
  op: string;
  object: string;
  state: "running" | "done" | "failed" | "cancelled" | "interrupted";
  begun: string;
  ended: string | null;
  done: number;
  total: number | null;
  result: any;
  /** Why RESULT is not there any more after a restart of the server: "identities", "size". */
  withheld?: string | null;
  error: any;
}
/** Begin OP at the server; it goes on when the person leaves. */
export async function begin(op: OpName, args: Record<string, unknown>, key: string) {
  await call(op, args as any, { background: true, key });
  toast(t("work.begun"), "info");
}
/** The person's own work of OPS, the newest first; RESULT draws what came out. */
export function Works({ ops, result }: { ops: string[]; result: (w: Work) => ComponentChildren }) {
  const got = useLive(async (signal) => (await get("work.list" as OpName, {}, { signal })) as Work[], ["work"]);
  const mine = (got.data ?? []).filter((w) => ops.includes(w.op)).sort((a, b) => (a.begun < b.begun ? 1 : -1)).slice(0, 10);
  if (!mine.length) return null;
  return (
    <ul class="works" aria-label={t("work.title")}>
      {mine.map((w) => (
        <li key={w.work} class="card">
          <p>
            <State group="work" of={w.state} /> {word("op", w.op)} {w.object && <code>{w.object}</code>} <span class="dim">
              <Time at={w.begun} seconds />
            </span>{" "}
            {w.state === "running" && <button onClick={() => void call("work.cancel" as OpName, { work: w.work } as any).then(got.reload, got.reload)}>{t("work.cancel")}</button>}
          </p>
          {w.state === "running" && <Progress done={w.done} total={w.total} label={w.total ? t("work.progress", { done: w.done, total: w.total }) : t("work.progress.open", { done: w.done })} />}
          {w.state === "failed" && w.error && <Fault of={new Problem(0, w.error.code, w.error.why ?? w.error.detail ?? "", w.error.todo, w.error.object)} />}
          {w.state === "interrupted" && <p>{t("work.again")}</p>}
          {w.state === "done" && (w.withheld ? <p class="dim">{t("work.withheld")}</p> : result(w))}
        </li>
      ))}
    </ul>
  );
}
