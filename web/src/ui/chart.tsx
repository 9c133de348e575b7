// SPDX-License-Identifier: Apache-2.0
// A line chart, with the same data as a table.
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { local, num, t } from "../lib/i18n";
import { Table } from "./table";

export interface Series {
  title: string;
  values: (number | null)[];
  format?: (n: number | null) => string;
}
/** TIMES in seconds since 1970, as many as each series has values. */
export function Chart({ title, times, series, height = 220 }: { title: string; times: number[]; series: Series[]; height?: number }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [table, setTable] = useState(false);
  const shape = series.map((s) => s.title).join("|");
  useEffect(() => {
    if (table || !box.current) return;
    const css = getComputedStyle(document.documentElement);
    const ink = css.getPropertyValue("--dim"), line = css.getPropertyValue("--line");
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const u = new uPlot(
      {
        width: box.current.clientWidth || 300, height,
        legend: { show: series.length > 1, live: false },
        cursor: { drag: { x: false, y: false } },
        axes: [{ ...axis, values: (_, v) => v.map((x) => new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(x * 1000)) }, { ...axis, size: 70, values: (_, v) => v.map((x) => series[0]!.format?.(x) ?? num(x)) }],
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
  }, [table, shape]);
  useEffect(() => plot.current?.setData([times, ...series.map((s) => s.values)] as uPlot.AlignedData), [times, series]);
  const rows = times.map((x, i) => ({ x, i })).filter(({ i }) => series.some((s) => s.values[i] !== null)).reverse();
  return (
    <figure class="chart">
      <figcaption>
        {title}{" "}
        <button type="button" aria-pressed={table} onClick={() => setTable(!table)}>
          {t(table ? "chart.draw" : "chart.table")}
        </button>
      </figcaption>
      {table ? (
        <Table
          caption={title}
          rowKey={(r) => String(r.x)}
          rows={rows}
          columns={[
            { key: "x", title: t("field.time"), cell: (r) => local(new Date(r.x * 1000).toISOString(), true) },
            ...series.map((s, n) => ({ key: `s${n}`, title: s.title, num: true, cell: (r: { i: number }) => (s.format ? s.format(s.values[r.i]!) : num(s.values[r.i])) })),
          ]}
        />
      ) : (
        <div ref={box} role="img" aria-label={t("chart.label", { title })} />
      )}
    </figure>
  );
}
