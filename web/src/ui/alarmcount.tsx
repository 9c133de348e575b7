// SPDX-License-Identifier: Apache-2.0
// How many alarms stand, beside the entry of the navigation; told to screen readers when it changes.
import { get } from "../lib/api";
import { t } from "../lib/i18n";
import { useLive } from "../lib/live";

export function AlarmCount() {
  const got = useLive((signal) => (get as any)("overview", {}, { signal }), ["alarm", "change"], "", (data, type) => type === "alarm" || /alarm/.test(JSON.stringify(data)));
  const a = (got.data as any)?.alarms ?? {};
  const bad = (a.critical ?? 0) + (a.major ?? 0), n = bad + (a.minor ?? 0) + (a.warning ?? 0);
  return (
    <span role="status" aria-live="polite" class={n ? `count ${bad ? "bad" : "warn"}` : "hidden"}>
      {n > 0 && (
        <>
          <span aria-hidden="true">{bad ? "■" : "▲"} {n}</span>
          <span class="hidden">{t("nav.alarms.count", { n, bad })}</span>
        </>
      )}
    </span>
  );
}
