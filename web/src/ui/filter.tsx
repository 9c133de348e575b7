// SPDX-License-Identifier: Apache-2.0
// Filters of a list; they are in the address.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { route, setQuery } from "../lib/router";

const put = (name: string, value: string | boolean | undefined) => setQuery({ ...route.value.query, [name]: value });
export const Filters = ({ children }: { children: ComponentChildren }) => (
  <form class="filters" role="search" onSubmit={(e) => e.preventDefault()}>
    {children}
  </form>
);
/** OPTIONS: value and text; the first is what holds when nothing is chosen. */
export function Pick({ name, title, options }: { name: string; title: string; options: [string, string][] }) {
  return (
    <label>
      {title}
      <select name={name} value={route.value.query[name] ?? ""} onChange={(e) => put(name, e.currentTarget.value)}>
        {options.map(([v, text]) => (
          <option key={v} value={v}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
/** Text that counts when nothing was typed for a moment, or at Enter. */
export function Search({ name, title }: { name: string; title: string }) {
  const there = route.value.query[name] ?? "";
  const [text, set] = useState(there);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => set(there), [there]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const now = (v: string) => (clearTimeout(timer.current), v.trim() !== there && put(name, v.trim()));
  return (
    <label>
      {title}
      <input
        type="search"
        name={name}
        value={text}
        maxLength={100}
        autocomplete="off"
        spellcheck={false}
        onInput={(e) => {
          const v = e.currentTarget.value;
          set(v);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => now(v), 400);
        }}
        onKeyDown={(e) => e.key === "Enter" && now(e.currentTarget.value)}
      />
    </label>
  );
}
export function Tick({ name, title }: { name: string; title: string }) {
  return (
    <label class="check">
      <input type="checkbox" name={name} checked={!!route.value.query[name]} onChange={(e) => put(name, e.currentTarget.checked && "yes")} /> {title}
    </label>
  );
}
/** The time so many seconds ago, in steps of a minute so that a list is not another one at each drawing. */
export const ago = (seconds: string | number | undefined) => (seconds ? new Date(Math.floor(Date.now() / 60_000 - Number(seconds) / 60) * 60_000).toISOString().slice(0, 19) + "Z" : undefined);
