// SPDX-License-Identifier: Apache-2.0
// Server-sent events.  The browser comes back with Last-Event-ID by itself; "reset" means: read everything again.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, hooks, Problem } from "./api";

export const connected = signal(false);
export type EventType = "alarm" | "change" | "approval" | "audit" | "status" | "work";
const TYPES: EventType[] = ["alarm", "change", "approval", "audit", "status", "work"];
const listeners = new Set<(type: EventType | "reset", data: any) => void>();
let source: EventSource | null = null;

export function liveStart() {
  liveStop();
  source = new EventSource("/api/v1/events");
  source.onopen = () => (connected.value = true);
  source.onerror = () => {
    connected.value = false;
    if (source?.readyState !== EventSource.CLOSED) return;
    // refused: is it because the session is over?
    get("session.who").then(
      (me: any) => me.roles.length || hooks.lost(),
      (e) => e instanceof Problem && e.status === 401 && hooks.lost(),
    );
    setTimeout(() => source?.readyState === EventSource.CLOSED && liveStart(), 3000);
  };
  for (const type of [...TYPES, "reset"] as const)
    source.addEventListener(type, (e) => {
      const data = JSON.parse((e as MessageEvent).data || "{}");
      for (const f of [...listeners]) f(type, data);
    });
}
export function liveStop() {
  source?.close();
  source = null;
  connected.value = false;
}
export function onEvent(f: (type: EventType | "reset", data: any) => void) {
  listeners.add(f);
  return () => void listeners.delete(f);
}

export interface Loaded<T> {
  data: T | undefined;
  problem: Problem | undefined;
  loading: boolean;
  reload: () => void;
}
/** What LOAD gives, again when KEY changes, and at most every 1.5 s, or a tenth of the time, when an event of TYPES comes for which WHEN is true. */
export function useLive<T>(load: (signal: AbortSignal) => Promise<T>, types: EventType[], key: unknown = "", when?: (data: any, type: EventType) => boolean): Loaded<T> {
  const [state, set] = useState<{ data?: T; problem?: Problem; loading: boolean; key?: unknown }>({ loading: true });
  const [turn, again] = useState(0);
  const last = useRef(0);
  const pause = useRef(1500);
  const mark = JSON.stringify(key);
  useEffect(() => {
    const abort = new AbortController();
    const began = (last.current = Date.now());
    set((s) => ({ ...(s.key === mark ? s : {}), key: mark, loading: true }));
    load(abort.signal).then(
      (data) => {
        pause.current = Math.max(1500, 10 * (Date.now() - began));
        if (!abort.signal.aborted) set({ data, loading: false, key: mark });
      },
      (e) => !abort.signal.aborted && set((s) => ({ ...s, problem: e instanceof Problem ? e : new Problem(0, "PROGRAM", String(e)), loading: false })),
    );
    return () => abort.abort();
  }, [mark, turn]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const off = onEvent((type, data) => {
      if (type !== "reset" && !(types.includes(type) && (when?.(data, type) ?? true))) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        again((n) => n + 1);
      }, Math.max(50, last.current + pause.current - Date.now()));
    });
    return () => {
      off();
      clearTimeout(timer);
    };
  }, []);
  return { data: state.data, problem: state.problem, loading: state.loading, reload: () => again((n) => n + 1) };
}
/** For what no event tells of (the journal): what shows "status" is read again every SECONDS while the page is seen. */
export function useTick(seconds: number) {
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && [...listeners].forEach((f) => f("status", {})), seconds * 1000);
    return () => clearInterval(timer);
  }, []);
}
/** F every so often while the page can be seen: for counters, whose changes are no events. */
export function useEvery(ms: number, f: () => void) {
  const now = useRef(f);
  now.current = f;
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && connected.value && now.current(), ms);
    return () => clearInterval(timer);
  }, []);
}
