// SPDX-License-Identifier: Apache-2.0
// Small parts: states, times, notices.  A state is a shape, a word and a colour.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Problem } from "../lib/api";
import { duration, has, local, other, t, utc, word } from "../lib/i18n";

export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 1000);

export type Tone = "good" | "warn" | "bad" | "info" | "off";
const SHAPES: Record<Tone, string> = { good: "●", warn: "▲", bad: "■", info: "◆", off: "○" };
const TONES: Record<string, Tone> = {
  up: "good", active: "good", ok: "good", yes: "good", done: "good", delivered: "good", true: "good", synchronised: "good", ready: "good", running: "info",
  approved: "info", submitted: "info", waiting: "info", connecting: "warn", suspended: "warn", provisional: "warn", warning: "warn", minor: "warn", warn: "warn", degraded: "warn", interrupted: "warn",
  draft: "off", closed: "off", expired: "off", shredded: "off", disabled: "off", revoked: "off", cancelled: "off", idle: "off", withdrawn: "off", locked: "warn",
  down: "bad", failed: "bad", critical: "bad", major: "bad", error: "bad", refused: "bad", rejected: "bad", unsigned: "bad", no: "bad", false: "bad", denied: "bad",
};
/** A state of the server as shape, word and colour; GROUP: of the catalogue ("state", "link", ...). */
export function State({ of, group = "state", tone, text }: { of?: string | null; group?: string; tone?: Tone; text?: string }) {
  const k = tone ?? TONES[of ?? ""] ?? "info";
  return (
    <span class={`state ${k}`}>
      <span aria-hidden="true">{SHAPES[k]}</span>{"\u00a0"}{text ?? word(group, of)}
    </span>
  );
}

/** Local time or UTC, as chosen; the other one beside it for the mouse, for the keyboard by focus, and on paper. */
export function Time({ at, seconds }: { at?: string | null; seconds?: boolean }) {
  if (!at) return <span class="dim">–</span>;
  return (
    <time dateTime={at} title={other(at)} data-utc={utc(at)}>
      {local(at, seconds)}
    </time>
  );
}
/** How long until AT, or since. */
export function Countdown({ at, warn = 86400 }: { at?: string | null; warn?: number }) {
  if (!at) return <span class="dim">–</span>;
  const s = Math.round((Date.parse(at) - now.value) / 1000);
  const k: Tone = s < 0 ? "off" : s < 3600 ? "bad" : s < warn ? "warn" : "good";
  const shown = Math.abs(s) > 7200 ? s - (s % 60) : s;
  return (
    <time dateTime={at} title={other(at)} class={`state ${k}`}>
      <span aria-hidden="true">{SHAPES[k]}</span>{"\u00a0"}{t(s < 0 ? "time.ago" : "time.left", { time: duration(shown) })}
    </time>
  );
}

/** The whole of a page: its heading gets the focus when it is opened. */
export function Page({ title, actions, children }: { title: string; actions?: ComponentChildren; children: ComponentChildren }) {
  const h = useRef<HTMLHeadingElement>(null);
  useEffect(() => h.current?.focus({ preventScroll: true }), []);
  useEffect(() => void (document.title = `${title} · OpenMDF`), [title]);
  return (
    <>
      <div class="head">
        <h1 ref={h} tabIndex={-1}>
          {title}
        </h1>
        <div class="actions">{actions}</div>
      </div>
      {children}
    </>
  );
}
export function Card({ title, children, wide }: { title: string; children: ComponentChildren; wide?: boolean }) {
  return (
    <section class={wide ? "card wide" : "card"}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
/** Name and value under one another; rows without a value are left out. */
export function Facts({ rows }: { rows: [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {rows.filter(([, v]) => v !== undefined && v !== null && v !== "").map(([k, v]) => (
        <div key={k}>
          <dt>{k}</dt>
          <dd>{v}</dd>
        </div>
      ))}
    </dl>
  );
}
export function Notice({ tone = "info", children }: { tone?: Tone; children: ComponentChildren }) {
  return (
    <p class={`notice ${tone}`} role={tone === "bad" ? "alert" : "status"}>
      <span aria-hidden="true">{SHAPES[tone]}</span> <span>{children}</span>
    </p>
  );
}
/** What went wrong, in the person's language where there is a text for the code; the server's words always. */
export function Fault({ of, retry }: { of: Problem; retry?: () => void }) {
  return (
    <div class="notice bad" role="alert">
      <span aria-hidden="true">■</span>
      <div>
        <p>
          <strong>{has(`problem.${of.code}`) ? t(`problem.${of.code}`) : of.detail}</strong> <code>{of.code}</code>
        </p>
        {has(`problem.${of.code}`) && of.detail && <p>{of.detail}</p>}
        {of.object && <p class="dim">{of.object}</p>}
        {of.todo && <p>{t("problem.todo", { todo: of.todo })}</p>}
        {of.errors.length > 0 && (
          <ul>
            {of.errors.map((e) => (
              <li key={e.pointer ?? e.parameter ?? e.detail}>
                <code>{(e.pointer ?? e.parameter ?? "").replace(/^\//, "")}</code> {e.detail}
              </li>
            ))}
          </ul>
        )}
        {retry && <button onClick={retry}>{t("act.retry")}</button>}
      </div>
    </div>
  );
}
/** Content, or that it is being loaded, or why it cannot be. */
export function Loading({ of, children }: { of: { data: unknown; problem?: Problem; loading: boolean; reload: () => void }; children: () => ComponentChildren }) {
  return (
    <>
      {of.problem && <Fault of={of.problem} retry={of.reload} />}
      {of.data !== undefined ? children() : of.loading && <p role="status">{t("loading")}</p>}
    </>
  );
}
export function Progress({ done, total, label }: { done: number; total?: number | null; label: string }) {
  return (
    <label class="progress">
      <span>{label}</span>
      <progress value={total ? done : undefined} max={total ?? undefined} />
    </label>
  );
}
/** SHA-256 and ids: short on the screen, whole for copying and on paper. */
export function Hash({ of }: { of?: string | null }) {
  return of ? (
    <code class="hash" title={of}>
      {of}
    </code>
  ) : (
    <span class="dim">–</span>
  );
}
/** Let the browser save TEXT; nothing stays in its storage. */
export function download(name: string, text: string | Blob, type = "application/json") {
  const a = document.createElement("a");
  a.href = URL.createObjectURL(typeof text === "string" ? new Blob([text], { type }) : text);
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 10_000);
}
/** RFC 4180, and no cell that a spreadsheet takes for a formula. */
export const csv = (rows: unknown[][]) =>
  rows.map((r) => r.map((c) => `"${String(c ?? "").replace(/^([=+\-@\t\r])/, "'$1").replace(/"/g, '""')}"`).join(",")).join("\r\n") + "\r\n";
