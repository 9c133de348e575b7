// SPDX-License-Identifier: Apache-2.0
// A field for a time.
import { fromField, HERE, inUtc, t, toField, utc } from "../lib/i18n";

/** Local time or UTC, as chosen, with what it means in UTC below. */
export function When({ label, value, set, must, name }: { label: string; value?: string; set: (iso: string | undefined) => void; must?: boolean; name: string }) {
  return (
    <div class="field">
      <label for={`w-${name}`}>
        {label}
        {must && <span class="must"> ({t("field.must")})</span>}
      </label>
      <input id={`w-${name}`} name={name} type="datetime-local" required={must} value={value && toField(value)} aria-describedby={`w-${name}-h`} onInput={(e) => set(e.currentTarget.value ? fromField(e.currentTarget.value) : undefined)} />
      <small class="hint" id={`w-${name}-h`}>
        {t("acts.zone", { zone: inUtc.value ? "UTC" : HERE })} {value && utc(value)}
      </small>
    </div>
  );
}
