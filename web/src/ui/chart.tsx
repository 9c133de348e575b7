// SPDX-License-Identifier: Apache-2.0
// A line chart over time as SVG: colours come from the style sheet, so it follows light, dark and paper.  The same data as a table and as a file.
import { useEffect, useRef, useState } from "preact/hooks";
import { lang, local, num, t } from "../lib/i18n";
import { csv, download } from "./basic";
import { Table } from "./table";

export interface Series {
  title: string;
  values: (number | null)[];
  format?: (n: number | null) => string;
}
const LEFT = 76, RIGHT = 10, TOP = 10, BOTTOM = 24;
const iso = (x: number) => new Date(x * 1000).toISOString();
const show = (s: Series, n: number | null | undefined) => (n === null || n === undefined ? "" : s.format ? s.format(n) : num(n));
/** The largest value, rounded up so that it and its half are good numbers for an axis. */
function ceiling(n: number) {
  if (n <= 2) return 2;
  const unit = 10 ** Math.floor(Math.log10(n));
  return [1, 2, 4, 5, 10].find((k) => k * unit >= n)! * unit;
}
const STEPS = [60, 300, 600, 900, 1800, 3600, 7200, 21600, 86400];
/** Times of the axis: about one for each 90 px, at round minutes or hours of local time. */
function ticks(from: number, to: number, width: number) {
  const step = STEPS.find((s) => (to - from) / s <= Math.max(2, width / 90)) ?? 86400;
  const shift = new Date(from * 1000).getTimezoneOffset() * 60;
  const out: number[] = [];
  for (let x = Math.ceil((from - shift) / step) * step + shift; x <= to; x += step) out.push(x);
  return out;
}

/** TIMES in seconds since 1970, growing, as many as each series has values; null: not known, the line has a hole there. */
export function Chart({ title, times, series, height = 200, file }: { title: string; times: number[]; series: Series[]; height?: number; file?: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [table, setTable] = useState(false);
  const [at, setAt] = useState<number | null>(null);
  useEffect(() => {
    if (table || !box.current) return;
    const watch = new ResizeObserver(([e]) => setWidth(Math.floor(e!.contentRect.width)));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, [table]);
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
        <div ref={box}>
          {width > 0 && times.length > 1 && <Plot {...{ title, times, series, width, height, at, setAt }} />}
          {series.length > 1 && (
            <p class="legend">
              {series.map((s, i) => (
                <span key={s.title}>
                  <svg class="key" viewBox="0 0 24 6" aria-hidden="true">
                    <path class={`line line${i + 1}`} d="M0 3H24" />
                  </svg>{" "}
                  {s.title}
                </span>
              ))}
            </p>
          )}
        </div>
      )}
    </figure>
  );
}

function Plot({ title, times, series, width, height, at, setAt }: {
  title: string;
  times: number[];
  series: Series[];
  width: number;
  height: number;
  at: number | null;
  setAt: (i: number | null) => void;
}) {
  const from = times[0]!, to = times[times.length - 1]!;
  const top = ceiling(Math.max(0, ...series.flatMap((s) => s.values.map((v) => v ?? 0))));
  const X = (x: number) => LEFT + ((x - from) / (to - from)) * (width - LEFT - RIGHT);
  const Y = (v: number) => TOP + (1 - v / top) * (height - TOP - BOTTOM);
  const path = (v: (number | null)[]) => {
    let d = "", pen = false;
    v.forEach((y, i) => {
      if (y !== null) d += `${pen ? "L" : "M"}${X(times[i]!).toFixed(1)} ${Y(y).toFixed(1)}${pen || (v[i + 1] ?? null) !== null ? "" : "h1"}`;
      pen = y !== null;
    });
    return d;
  };
  const clock = new Intl.DateTimeFormat(lang.value, { timeStyle: "short" });
  const point = (e: PointerEvent) => {
    const x = from + ((e.offsetX - LEFT) / (width - LEFT - RIGHT)) * (to - from);
    const i = times.findIndex((y) => y >= x);
    setAt(i < 0 ? times.length - 1 : i);
  };
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("chart.label", { title })} onPointerMove={point} onPointerLeave={() => setAt(null)}>
      {[0, top / 2, top].filter((v, i) => i === 0 || show(series[0]!, v) !== show(series[0]!, i === 1 ? 0 : top / 2)).map((v) => (
        <g key={v}>
          <path class="grid" d={`M${LEFT} ${Y(v)}H${width - RIGHT}`} />
          <text x={LEFT - 6} y={Y(v) + 4} text-anchor="end">
            {show(series[0]!, v)}
          </text>
        </g>
      ))}
      {ticks(from, to, width - LEFT - RIGHT).map((x) => (
        <g key={x}>
          <path class="grid" d={`M${X(x)} ${TOP}V${height - BOTTOM}`} />
          <text x={X(x)} y={height - 6} text-anchor="middle">
            {clock.format(x * 1000)}
          </text>
        </g>
      ))}
      {series.map((s, i) => (
        <path key={s.title} class={`line line${i + 1}`} d={path(s.values)} />
      ))}
      {at !== null && at < times.length && <path class="at" d={`M${X(times[at]!)} ${TOP}V${height - BOTTOM}`} />}
    </svg>
  );
}
