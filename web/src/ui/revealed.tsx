// SPDX-License-Identifier: Apache-2.0
// Identities that were revealed: shown for a minute, kept nowhere.
import { useEffect, useState } from "preact/hooks";
import { t } from "../lib/i18n";
import { locked } from "../lib/session";
import { Notice, now } from "./basic";

const SHOWN_S = 60;
/** Values by target, for a minute; gone when the page, the tab or the lock goes over them. */
export function useRevealed() {
  const [seen, set] = useState<{ rows: any[]; until: number } | null>(null);
  const left = seen ? Math.ceil((seen.until - now.value) / 1000) : 0;
  useEffect(() => {
    if (seen && (left <= 0 || locked.value)) set(null);
  }, [left, locked.value]);
  useEffect(() => {
    const hide = () => document.hidden && set(null);
    document.addEventListener("visibilitychange", hide);
    return () => document.removeEventListener("visibilitychange", hide);
  }, []);
  return { rows: seen && left > 0 ? seen.rows : null, left, put: (rows: any[]) => set({ rows, until: Date.now() + SHOWN_S * 1000 }), hide: () => set(null) };
}

/** For how long, and the button that hides them. */
export const Shown = ({ of }: { of: ReturnType<typeof useRevealed> }) =>
  of.rows && (
    <Notice tone="warn">
      {t("targets.shown", { n: of.left })} <button onClick={of.hide}>{t("targets.hide")}</button>
    </Notice>
  );
