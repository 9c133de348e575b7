// SPDX-License-Identifier: Apache-2.0
// Any object, one line for each value.
import type { ComponentChildren } from "preact";
import { Time } from "./basic";

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
