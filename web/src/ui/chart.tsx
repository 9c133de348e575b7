// SPDX-License-Identifier: Apache-2.0
// A line chart over time, with the same data as a table and as a file.  What draws is loaded when the first chart is seen.
import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { local, num, t } from "../lib/i18n";
import { csv, download } from "./basic";
import { Table } from "./table";

export interface Series {
  title: string;
  values: (number | null)[];
  format?: (n: number | null) => string;
}
const iso = (x: number) => new Date(x * 1000).toISOString();
const show = (s: Series, n: number | null | undefined) => (n === null || n === undefined ? "" : s.format ? s.format(n) : num(n));
let plot: FunctionComponent<Drawn> | null = null;
export interface Drawn {
  title: string;
  times: number[];
  series: Series[];
  height: number;
  setAt: (i: number | null) => void;
  show: (s: Series, n: number | null) => string;
}

/** TIMES in seconds since 1970, growing, as many as each series has values; null: not known, the line has a hole there. */
export function Chart({ title, times, series, height = 200, file }: { title: string; times: number[]; series: Series[]; height?: number; file?: string }) {
  const [table, setTable] = useState(false);
  const [at, setAt] = useState<number | null>(null);
  const [, drawn] = useState(plot !== null);
  useEffect(() => {
    if (!plot) void import("./plot").then((m) => ((plot = m.Plot), drawn(true)));
  }, []);
  const Plot = plot;
  const rows = times.map((x, i) => ({ x, i })).filter(({ i }) => series.some((s) => s.values[i] !== null)).reverse();
  const read = at !== null && at < times.length ? { x: times[at]!, i: at } : rows[0];
  const values = (i: number) => series.map((s) => show(s, s.values[i]) || "–").join(" / ");
  return (
    <figure class="chart">
      <figcaption>
        <span>
          {title} {read && <span class="dim">{at === null ? t("chart.last", { values: values(read.i) }) : `${local(iso(read.x), true)}: ${values(read.i)}`}</span>}
        </span>
        <span class="buttons">
          <button type="button" aria-pressed={table} onClick={() => setTable(!table)}>
            {t("chart.table")}
            <span class="hidden">: {title}</span>
          </button>
          {file && (
            <button
              type="button"
              onClick={() => download(file, csv([[t("field.time"), ...series.map((s) => s.title)], ...[...rows].reverse().map((r) => [iso(r.x), ...series.map((s) => s.values[r.i])])]), "text/csv")}
            >
              CSV<span class="hidden">: {title}</span>
            </button>
          )}
        </span>
      </figcaption>
      {table ? (
        <Table
          caption={title}
          rowKey={(r) => String(r.x)}
          rows={rows}
          columns={[
            { key: "x", title: t("field.time"), cell: (r) => <time dateTime={iso(r.x)}>{local(iso(r.x), true)}</time> },
            ...series.map((s, n) => ({ key: `s${n}`, title: s.title, num: true, cell: (r: { i: number }) => <data value={String(s.values[r.i] ?? "")}>{show(s, s.values[r.i]) || "–"}</data> })),
          ]}
        />
      ) : (
        Plot && times.length > 1 ? <Plot {...{ title, times, series, height, setAt, show }} /> : <p role="status">{t("loading")}</p>
      )}
    </figure>
  );
}
