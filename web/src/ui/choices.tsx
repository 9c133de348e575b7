// SPDX-License-Identifier: Apache-2.0
// Some of a list: boxes to tick.
export function Choices({ title, hint, options, value, set }: { title: string; hint?: string; options: [string, string][]; value: string[]; set: (v: string[]) => void }) {
  return (
    <fieldset class="choices">
      <legend>{title}</legend>
      {hint && <small class="hint">{hint}</small>}
      {options.map(([k, text]) => (
        <label key={k} class="check">
          <input type="checkbox" name={k} checked={value.includes(k)} onChange={(e) => set(e.currentTarget.checked ? [...value, k] : value.filter((x) => x !== k))} /> {text}
        </label>
      ))}
    </fieldset>
  );
}
