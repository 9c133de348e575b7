// SPDX-License-Identifier: Apache-2.0
// A line chart over time, with the same data as a table and as a file.
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { lang, local, num, t } from "../lib/i18n";
import { csv, download } from "./basic";
import { Table } from "./table";

export interface Series {
  title: string;
  values: (number | null)[];
  format?: (n: number | null) => string;
}
const iso = (x: number) => new Date(x * 1000).toISOString();
const show = (s: Series, n: number | null | undefined) => (n === null || n === undefined ? "" : s.format ? s.format(n) : num(n));

/** TIMES in seconds since 1970, as many as each series has values; null: not known. */
export function Chart({ title, times, series, height = 220, file }: { title: string; times: number[]; series: Series[]; height?: number; file?: string }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [table, setTable] = useState(false);
  const [colours, again] = useState(0);
  const now = useRef(series);
  now.current = series;
  const shape = series.map((s) => s.title).join("|") + lang.value;
  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const turn = () => again((n) => n + 1);
    const watch = new MutationObserver(turn);
    dark.addEventListener("change", turn);
    watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => (dark.removeEventListener("change", turn), watch.disconnect());
  }, []);
  useEffect(() => {
    if (table || !box.current) return;
    const css = getComputedStyle(document.documentElement);
    const ink = css.getPropertyValue("--dim"), line = css.getPropertyValue("--line");
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const clock = new Intl.DateTimeFormat(lang.value, { timeStyle: "short" });
    const u = new uPlot(
      {
        width: box.current.clientWidth || 300, height,
        legend: { show: series.length > 1, live: false },
        cursor: { drag: { x: false, y: false } },
        scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
        axes: [
          { ...axis, values: (_, v) => v.map((x) => clock.format(x * 1000)) },
          { ...axis, size: 80, values: (_, v) => v.map((x) => show(now.current[0]!, x)) },
        ],
        series: [{}, ...series.map((s, i) => ({ label: s.title, stroke: css.getPropertyValue(`--line${i + 1}`), width: 2, dash: i ? [6, 4] : undefined, points: { show: false } }))],
      },
      [times, ...series.map((s) => s.values)] as uPlot.AlignedData,
      box.current,
    );
    plot.current = u;
    const watch = new ResizeObserver(() => box.current && u.setSize({ width: box.current.clientWidth, height }));
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      u.destroy();
      plot.current = null;
    };
  }, [table, shape, colours]);
  useEffect(() => plot.current?.setData([times, ...series.map((s) => s.values)] as uPlot.AlignedData), [times, series]);
  const rows = times.map((x, i) => ({ x, i })).filter(({ i }) => series.some((s) => s.values[i] !== null)).reverse();
  const last = rows[0];
  return (
    <figure class="chart">
      <figcaption>
        <span>
          {title}{" "}
          {last && <span class="dim">{t("chart.last", { values: series.map((s) => show(s, s.values[last.i]) || "–").join(" / ") })}</span>}
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
        <div ref={box} role="img" aria-label={t("chart.label", { title })} />
      )}
    </figure>
  );
}
