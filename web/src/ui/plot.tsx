// SPDX-License-Identifier: Apache-2.0
// The drawing of a chart by uPlot.  Its colours are those of the style sheet, also when light and dark change and on paper.
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { lang, locale, t } from "../lib/i18n";
import type { Drawn } from "./chart";

const DASH = [undefined, [6, 4], [2, 3]];

export function Plot({ title, times, series, height, setAt, show }: Drawn) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const now = useRef({ series, setAt });
  now.current = { series, setAt };
  const [colours, again] = useState(0);
  const data = [times, ...series.map((s) => s.values)] as uPlot.AlignedData;
  useEffect(() => {
    const turn = () => again((n) => n + 1);
    const media = [matchMedia("(prefers-color-scheme: dark)"), matchMedia("print")];
    const watch = new MutationObserver(turn);
    media.forEach((m) => m.addEventListener("change", turn));
    watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => (media.forEach((m) => m.removeEventListener("change", turn)), watch.disconnect());
  }, []);
  useEffect(() => {
    const css = getComputedStyle(document.documentElement);
    const colour = (name: string) => css.getPropertyValue(name).trim();
    const axis = { stroke: colour("--dim"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 } };
    const clock = new Intl.DateTimeFormat(locale(), { timeStyle: "short" });
    const u = new uPlot(
      {
        width: box.current!.clientWidth || 300,
        height,
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false },
        scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
        axes: [
          { ...axis, values: (_, v) => v.map((x) => clock.format(x * 1000)) },
          { ...axis, size: 80, values: (_, v) => v.map((x) => show(now.current.series[0]!, x)) },
        ],
        series: [{}, ...series.map((s, i) => ({ label: s.title, stroke: colour(`--line${i + 1}`), width: 2, dash: DASH[i], points: { show: false } }))],
        hooks: { setCursor: [(p) => now.current.setAt(p.cursor.idx ?? null)] },
      },
      data,
      box.current!,
    );
    plot.current = u;
    const watch = new ResizeObserver(([e]) => u.setSize({ width: Math.floor(e!.contentRect.width), height }));
    watch.observe(box.current!);
    return () => {
      watch.disconnect();
      u.destroy();
      plot.current = null;
    };
  }, [series.length, colours, lang.value]);
  useEffect(() => plot.current?.setData(data), [times, series]);
  return <div ref={box} class="plot" role="img" aria-label={t("chart.label", { title })} />;
}
