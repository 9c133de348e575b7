// SPDX-License-Identifier: Apache-2.0
// An identity that somebody types: it stays in the field and goes to the server in the body of a call, nowhere else.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, Problem } from "../lib/api";
import { t } from "../lib/i18n";
import { useLive } from "../lib/live";
import { State } from "./basic";
import { Field, type Values } from "./form";

/** The type of an identity and the identity, checked as it is typed; nothing is stored by the check. */
export function Identity({ v, set }: { v: Values; set: (v: Values) => void }) {
  const types = useLive(() => get("target.types", {}, { limit: 500 }) as Promise<any[]>, []);
  const [said, say] = useState<{ good: boolean; text: string } | null>(null);
  const turn = useRef(0);
  useEffect(() => {
    const mine = ++turn.current;
    say(null);
    if (!v.type || !v.value) return;
    const timer = setTimeout(async () => {
      try {
        const r: any = await get("target.check", { type: v.type, value: v.value } as any);
        if (mine === turn.current) say({ good: true, text: t("targets.fits", { masked: r.masked }) });
      } catch (e) {
        if (mine === turn.current) say({ good: false, text: e instanceof Problem ? e.detail : String(e) });
      }
    }, 300);
    return () => clearTimeout(timer);
  }, [v.type, v.value]);
  const type = types.data?.find((x) => x.type === v.type);
  return (
    <>
      <Field op="target.check" name="type" values={v} set={set} choices={(types.data ?? []).map((x) => [x.type, x.type])} must text={type?.format} />
      <Field op="target.check" name="value" values={v} set={set} must />
      <div aria-live="polite">{said && <State tone={said.good ? "good" : "bad"} text={said.text} />}</div>
    </>
  );
}
