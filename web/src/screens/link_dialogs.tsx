// SPDX-License-Identifier: Apache-2.0
// What is asked before a test PDU is sent and before a destination goes; loaded then.
import { useState } from "preact/hooks";
import { call } from "../lib/api";
import { t } from "../lib/i18n";
import { useLive } from "../lib/live";
import { go } from "../lib/router";
import { Notice, Time } from "../ui/basic";
import { Act, Dialog, toast } from "../ui/dialog";
import { linkOf, type Link } from "./link_parts";

/** Sent, and the link has said that it went out; the facility's own answer is in its own books. */
export function Test({ of: r, close }: { of: Link; close: () => void }) {
  const [state, set] = useState<"" | "asked" | "sent" | "late">("");
  const [at, setAt] = useState<string>();
  const now = useLive((signal) => linkOf(r.destination, r.lea, signal), ["status"], r.destination);
  const up = (now.data ?? r).state === "up";
  return (
    <Dialog title={t("links.test.title", { name: r.destination })} close={close}>
      <p>{t("links.test.text", { name: r.destination })}</p>
      {!up && <Notice tone="warn">{t("links.test.down")}</Notice>}
      <div role="status">
        {state === "asked" && <Notice>{t("links.test.asked")}</Notice>}
        {state === "sent" && (
          <Notice tone="good">
            {t("links.test.sent")} <Time at={at} seconds />
          </Notice>
        )}
        {state === "late" && <Notice tone="bad">{t("links.test.late")}</Notice>}
      </div>
      <Act
        label={t("links.test")}
        disabled={!up}
        cancel={close}
        run={async (key) => {
          const before = (await linkOf(r.destination, r.lea)).tests ?? 0;
          await call("destination.test", { destination: r.destination }, { key });
          set("asked");
          for (let i = 0; i < 20; i++) {
            const l = await linkOf(r.destination, r.lea);
            if ((l.tests ?? 0) > before) return setAt(l.tested ?? undefined), set("sent");
            await new Promise((ok) => setTimeout(ok, 500));
          }
          set("late");
        }}
      >
        <></>
      </Act>
    </Dialog>
  );
}

export function Remove({ of: r, etag, close }: { of: Link; etag?: string | null; close: () => void }) {
  const [reason, set] = useState("");
  const [discard, setDiscard] = useState(false);
  return (
    <Dialog title={t("links.remove.title", { name: r.destination })} close={close}>
      <Act
        danger
        label={t("links.remove")}
        cancel={close}
        run={async (key) => {
          await call("destination.remove", { destination: r.destination, reason: reason.trim(), ...(discard ? { discard: true } : {}) }, { key, match: etag });
          toast(t("done"));
          close();
          go(["links"]);
        }}
      >
        <p>{t("links.remove.text", { name: r.destination, lea: r.lea })}</p>
        {!!r.waiting && (
          <>
            <Notice tone="bad">{t("links.remove.waiting", { n: r.waiting })}</Notice>
            <label class="check">
              <input type="checkbox" checked={discard} onChange={(e) => setDiscard(e.currentTarget.checked)} /> {t("links.remove.discard", { n: r.waiting })}
            </label>
          </>
        )}
        <label>
          {t("field.reason")}
          <input autofocus required maxLength={500} value={reason} onInput={(e) => set(e.currentTarget.value)} />
        </label>
      </Act>
    </Dialog>
  );
}
