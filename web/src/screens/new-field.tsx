// SPDX-License-Identifier: Apache-2.0
// A field of the way into force: what the regime demands, what is wrong with it, its hint.
import type { ComponentChildren } from "preact";
import { has, t } from "../lib/i18n";
import { draft, putV, type Errors } from "./new-state";

export interface World {
  regimes: any[];
  regime: string;
  leas: any[];
  nes: any[];
  tenants: string[];
  types: any[];
}

// ---- fields
export interface Part {
  w: World;
  regime: any;
  errors: Errors;
  clear: (k: string) => void;
}
export interface FieldOptions {
  type?: string;
  options?: [string, string][];
  list?: string[];
  must?: boolean;
  area?: boolean;
  hint?: ComponentChildren;
  lists?: boolean;
}
export function F({ k, p, o = {} }: { k: string; p: Part; o?: FieldOptions }) {
  const v = draft.value!.v[k];
  const id = `w-${k}`, error = p.errors[k];
  const must = o.must || p.regime?.required?.includes(k);
  const hint = o.hint ?? (has(`new.hint.${k}`) ? t(`new.hint.${k}`) : "");
  const common = {
    id, name: k, "aria-required": must ? true : undefined, "aria-invalid": error ? true : undefined,
    "aria-describedby": [error && `${id}-e`, hint && `${id}-h`].filter(Boolean).join(" ") || undefined,
  } as const;
  const set = (x: unknown) => {
    putV({ [k]: x });
    if (error) p.clear(k);
  };
  const text = o.lists ? (v ?? []).join(", ") : (v ?? "");
  return (
    <div class="field">
      <label for={id}>
        {t(`field.${k}`)}
        {must && <span class="must"> ({t("field.must")})</span>}
      </label>
      {o.options ? (
        <select {...common} value={text} onChange={(e) => set(e.currentTarget.value)}>
          <option value="">{must ? t("field.choose") : ""}</option>
          {o.options.map(([x, l]) => (
            <option key={x} value={x}>
              {l}
            </option>
          ))}
        </select>
      ) : o.area ? (
        <textarea {...common} rows={3} value={text} onInput={(e) => set(e.currentTarget.value)} />
      ) : (
        <input
          {...common}
          {...({ type: o.type ?? "text" } as object)}
          list={o.list ? `${id}-l` : undefined}
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(e) => set(o.lists ? e.currentTarget.value.split(/,\s*/).map((x) => x.trim()).filter((x, i, all) => x || i === all.length - 1) : e.currentTarget.value)}
          onBlur={() => o.lists && set((v ?? []).filter(Boolean))}
        />
      )}
      {o.list && (
        <datalist id={`${id}-l`}>
          {o.list.map((x) => (
            <option key={x} value={x} />
          ))}
        </datalist>
      )}
      {error && (
        <small id={`${id}-e`} class="error">
          ■ {error}
        </small>
      )}
      {hint && (
        <small id={`${id}-h`} class="hint">
          {hint}
        </small>
      )}
    </div>
  );
}
/** Fields that most orders leave out: folded, unless one of them is needed, filled or wrong. */
export function More({ keys, p, children }: { keys: string[]; p: Part; children: ComponentChildren }) {
  const v = draft.value!.v;
  const open = keys.some((k) => p.errors[k] || (Array.isArray(v[k]) ? v[k].length : v[k]));
  return (
    <details open={open}>
      <summary>{t("new.more")}</summary>
      <div class="fields">{children}</div>
    </details>
  );
}
