// SPDX-License-Identifier: Apache-2.0
// Fields of operations: type, choices, pattern and limits come from the OpenAPI document, labels from the catalogue.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { call, spec, type Arg, type OpName, type Ops } from "../lib/api";
import { has, t, word } from "../lib/i18n";
import { Act, Dialog, show, toast } from "./dialog";
import { twoPersons } from "./sign";

export type Values = Record<string, any>;
export const label = (op: string, name: string) => (has(`${op}.${name}`) ? t(`${op}.${name}`) : has(`field.${name}`) ? t(`field.${name}`) : name);

/** One field; lists are written with commas. */
export function Field({ op, name, values, set, text, choices, type, must, disabled }: {
  op: string;
  name: string;
  values: Values;
  set: (v: Values) => void;
  text?: ComponentChildren;
  choices?: [string, string][];
  type?: "text" | "number" | "date" | "datetime-local" | "password";
  must?: boolean;
  disabled?: boolean;
}) {
  const a: Arg = spec[op]?.args[name] ?? {};
  const kind = Array.isArray(a.type) ? (a.type.find((x) => x !== "null") ?? "string") : (a.type ?? "string");
  const required = must ?? a.must ?? false;
  const value = values[name];
  const put = (v: unknown) => set({ ...values, [name]: v });
  const id = `f-${op}-${name}`.replace(/\./g, "-");
  const hint = text ?? (has(`hint.${op}.${name}`) ? t(`hint.${op}.${name}`) : has(`hint.${name}`) ? t(`hint.${name}`) : "");
  const common = { id, name, required, disabled, "aria-describedby": hint ? `${id}-h` : undefined };
  const options = choices ?? a.enum?.map((e) => [e, word(`choice.${name}`, e)] as [string, string]);
  return (
    <div class="field">
      {kind === "boolean" ? (
        <label class="check">
          <input type="checkbox" {...common} required={false} checked={!!value} onChange={(e) => put(e.currentTarget.checked)} /> {label(op, name)}
        </label>
      ) : (
        <>
          <label for={id}>
            {label(op, name)}
            {required && <span class="must"> ({t("field.must")})</span>}
          </label>
          {options ? (
            <select {...common} value={value ?? ""} onChange={(e) => put(e.currentTarget.value || undefined)}>
              <option value="">{required ? t("field.choose") : ""}</option>
              {options.map(([v, l]) => (
                <option key={v} value={v}>
                  {l}
                </option>
              ))}
            </select>
          ) : (
            <input
              {...common}
              {...({ type: type ?? (kind === "integer" || kind === "number" ? "number" : "text") } as object)}
              min={a.min}
              max={a.max}
              pattern={kind === "string" && a.pattern ? a.pattern.replace(/^\^|\$$/g, "").replace(/([\w.])-\]/g, "$1\\-]") : undefined}
              value={Array.isArray(value) ? value.join(", ") : (value ?? "")}
              autocomplete="off"
              spellcheck={false}
              onInput={(e) => {
                const v = e.currentTarget.value;
                put(v === "" ? undefined : kind === "integer" || kind === "number" ? Number(v) : kind === "array" ? v.split(/,\s*/) : v);
              }}
            />
          )}
        </>
      )}
      {hint && (
        <small id={`${id}-h`} class="hint">
          {hint}
        </small>
      )}
    </div>
  );
}
/** Only what was filled in; lists without empty members. */
export const clean = (v: Values) =>
  Object.fromEntries(
    Object.entries(v)
      .map(([k, x]) => [k, Array.isArray(x) ? x.map((y) => (typeof y === "string" ? y.trim() : y)).filter((y) => y !== "") : x])
      .filter(([, x]) => x !== undefined && x !== ""),
  );

/** A dialog with FIELDS of OP; what needs two persons is planned, shown, signed.  FIXED: arguments that are given. */
export function formDialog<N extends OpName>(op: N, o: {
  title: string;
  fields: string[];
  fixed?: Partial<Ops[N]["args"]>;
  start?: Values;
  choices?: Record<string, [string, string][]>;
  text?: ComponentChildren;
  label?: string;
  danger?: boolean;
  match?: string | null;
  /** send only what is not as in START any more */
  changed?: boolean;
  done?: (answer: any) => void;
}) {
  return show((close) => <OpForm op={op} {...o} close={close} />);
}
function OpForm<N extends OpName>({ op, title, fields, fixed, start, choices, text, label: button, danger, match, changed, done, close }: { op: N; close: () => void } & Parameters<typeof formDialog<N>>[1]) {
  const [v, set] = useState<Values>(start ?? {});
  return (
    <Dialog title={title} close={close}>
      <Act
        label={button ?? t("act.save")}
        danger={danger}
        cancel={close}
        run={async (key) => {
          const was = clean(start ?? {});
          const now = Object.entries(clean(v)).filter(([k, x]) => !changed || JSON.stringify(x) !== JSON.stringify(was[k]));
          if (changed && now.length === 0) return close();
          const args = { ...fixed, ...Object.fromEntries(now) } as any;
          if (spec[op as string]!.two) {
            const r = await twoPersons(op, args, { match, key });
            if (!r) return;
            done?.(r);
          } else {
            const a = await call(op, args, { match, key });
            toast(t("done"));
            done?.(a.data);
          }
          close();
        }}
      >
        {text && <div>{text}</div>}
        {fields.map((f) => (
          <Field key={f} op={op as string} name={f} values={v} set={set} choices={choices?.[f]} must={f === "reason" ? spec[op as string]!.args.reason?.must : undefined} />
        ))}
      </Act>
    </Dialog>
  );
}
