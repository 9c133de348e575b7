// SPDX-License-Identifier: Apache-2.0
// Dialogs, one over the other, and short messages.  The focus goes back to where it was.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../lib/api";
import { t } from "../lib/i18n";
import { Fault, type Tone } from "./basic";

export function Dialog({ title, close, children, wide }: { title: string; close: () => void; children: ComponentChildren; wide?: boolean }) {
  const d = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    d.current!.showModal();
    return () => before?.isConnected && before.focus();
  }, []);
  return (
    <dialog ref={d} class={wide ? "wide" : ""} aria-label={title} onCancel={(e) => (e.preventDefault(), close())}>
      <div class="head">
        <h2>{title}</h2>
        <button type="button" class="plain" aria-label={t("act.close")} onClick={close}>
          ✕
        </button>
      </div>
      {children}
    </dialog>
  );
}

interface Open {
  n: number;
  draw: (close: () => void) => ComponentChildren;
  closed: () => void;
}
const opened = signal<Open[]>([]);
let count = 0;
/** Show a dialog; resolves when it is closed. */
export function show(draw: Open["draw"]): Promise<void> {
  return new Promise((closed) => (opened.value = [...opened.value, { n: ++count, draw, closed }]));
}
export function closeAll() {
  const all = opened.value;
  opened.value = [];
  for (const o of all) o.closed();
}
export function Dialogs() {
  return (
    <>
      {opened.value.map((o) => (
        <div key={o.n}>
          {o.draw(() => {
            opened.value = opened.value.filter((x) => x !== o);
            o.closed();
          })}
        </div>
      ))}
      <div class="toasts" role="status" aria-live="polite">
        {toasts.value.map((x) => (
          <p key={x.n} class={`notice ${x.tone}`}>
            {x.text}
          </p>
        ))}
      </div>
    </>
  );
}
const toasts = signal<{ n: number; text: string; tone: Tone }[]>([]);
export function toast(text: string, tone: Tone = "good") {
  const n = ++count;
  toasts.value = [...toasts.value, { n, text, tone }];
  setTimeout(() => (toasts.value = toasts.value.filter((x) => x.n !== n)), 8000);
}

/** To the clipboard, by the press of a key or button only (the policy of the page allows no other way); else the person copies by hand. */
export function copy(text: string) {
  const put = (e: ClipboardEvent) => {
    e.clipboardData?.setData("text/plain", text);
    e.preventDefault();
  };
  document.addEventListener("copy", put, { once: true });
  const done = document.execCommand("copy");
  document.removeEventListener("copy", put);
  toast(t(done ? "copied" : "copied.not"), done ? "good" : "warn");
}

/** A form whose button works once at a time: a second press while it runs does nothing.  RUN throws a Problem to show it; KEY is the
 * same for all tries until one succeeds, so that the server does it once. */
export function Act({ run, label, danger, children, cancel, disabled }: {
  run: (key: string) => Promise<unknown>;
  label: string;
  danger?: boolean;
  children?: ComponentChildren;
  cancel?: () => void;
  disabled?: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const key = useRef(crypto.randomUUID());
  const running = useRef(false);
  const submit = async (e: Event) => {
    e.preventDefault();
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setProblem(undefined);
    try {
      await run(key.current);
      key.current = crypto.randomUUID();
    } catch (x) {
      if (!(x instanceof Problem)) console.warn(x instanceof Error ? x.name : "error");
      setProblem(x instanceof Problem ? x : new Problem(0, "PROGRAM", x instanceof Error ? x.message : ""));
      if (!(x instanceof Problem) || x.status !== 0) key.current = crypto.randomUUID();
    }
    running.current = false;
    setBusy(false);
  };
  return (
    <form onSubmit={submit} aria-busy={busy}>
      {children}
      {problem && <Fault of={problem} />}
      <div class="buttons">
        <button type="submit" class={danger ? "danger" : "main"} aria-disabled={busy || disabled} disabled={disabled}>
          {busy ? t("busy") : label}
        </button>
        {cancel && (
          <button type="button" onClick={cancel}>
            {t("act.cancel")}
          </button>
        )}
      </div>
    </form>
  );
}
/** Ask for a reason, then RUN; the text says what happens to which object. */
export function askReason(o: { title: string; text: ComponentChildren; label: string; danger?: boolean; run: (reason: string, key: string) => Promise<unknown> }) {
  return show((close) => <Reason {...o} close={close} />);
}
function Reason({ title, text, label, danger, run, close }: Parameters<typeof askReason>[0] & { close: () => void }) {
  const [reason, set] = useState("");
  return (
    <Dialog title={title} close={close}>
      <Act label={label} danger={danger} cancel={close} run={async (key) => (await run(reason.trim(), key), close())}>
        <div>{text}</div>
        <label>
          {t("field.reason")}
          <input autofocus required maxLength={500} value={reason} onInput={(e) => set(e.currentTarget.value)} />
        </label>
      </Act>
    </Dialog>
  );
}
