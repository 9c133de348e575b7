// SPDX-License-Identifier: Apache-2.0
// A bar of where PDUs went, for accounts of warrants, days and sessions.
import { has, num, t } from "../lib/i18n";
import type { Tone } from "../ui/basic";

export const sum = (v: any): number => (typeof v === "number" ? v : v && typeof v === "object" ? Object.values(v).reduce((n: number, x) => n + sum(x), 0) : 0);
/** Where PDUs went: key, number, kind of end. */
export function ends(a: any): [string, number, Tone][] {
  const by = (group: string, v: any, tone: Tone): [string, number, Tone][] => (v && typeof v === "object" ? Object.entries(v).map(([k, n]) => [`${group}.${k}`, sum(n), tone]) : [[group, sum(v), tone]]);
  return (
    [
      ["delivered", sum(a.delivered), "good"], ["waiting", sum(a.waiting), "info"], ["unknown", sum(a.unknown), "off"], ["summed", sum(a.summed), "good"], ["copies", sum(a.copies), "off"], ["duplicate", sum(a.duplicate), "off"], ["out_of_scope", sum(a.out_of_scope), "off"],
      ...by("rejected", a.rejected, "warn"), ...by("shed", a.shed, "bad"), ["missing", sum(a.missing), "bad"], ["lost", sum(a.lost), "bad"],
    ] as [string, number, Tone][]
  ).filter(([, n]) => n > 0);
}
export const endName = (k: string) => {
  const [group, code] = k.split(/\.(.*)/);
  return has(`complete.${k}`) ? t(`complete.${k}`) : code ? `${t(`complete.${group}`)}: ${code}` : t(`complete.${k}`);
};
/** A bar with one piece for each end; every piece that is not nothing can be seen. */
export function Bar({ of, small }: { of: any; small?: boolean }) {
  const parts = ends(of);
  const total = parts.reduce((n, [, x]) => n + x, 0);
  let x = 0;
  const wide = parts.map(([k, n, tone]) => [k, n, tone, Math.max((n / (total || 1)) * 1000, 12)] as const);
  const scale = 1000 / (wide.reduce((s, p) => s + p[3], 0) || 1);
  return (
    <svg class={small ? "bar-picture small" : "bar-picture"} viewBox="0 0 1000 60" preserveAspectRatio="none" role="img" aria-label={parts.map(([k, n]) => `${endName(k)} ${num(n)}`).join(", ") || t("complete.nothing")}>
      {wide.map(([k, n, tone, w]) => {
        const at = x;
        x += w * scale;
        return (
          <rect key={k} class={`fill ${tone}`} x={at} y="0" width={Math.max(1, w * scale - 3)} height="60">
            <title>{`${endName(k)}: ${num(n)}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
