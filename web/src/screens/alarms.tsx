// SPDX-License-Identifier: Apache-2.0
// Alarms: what is wrong now and what was, what it means and what to do, who has seen it.
import { useState } from "preact/hooks";
import { call } from "../lib/api";
import { duration, has, t } from "../lib/i18n";
import { link, route } from "../lib/router";
import { may, scoped } from "../lib/session";
import { now, Page, State, Time, type Tone } from "../ui/basic";
import { Act, Dialog, show, toast } from "../ui/dialog";
import { ago, Filters, Pick, Search } from "../ui/filter";
import { List } from "../ui/table";

interface Alarm {
  id: number;
  code: string;
  object: string;
  severity: string;
  text: string;
  role: string;
  raised: string;
  cleared: string | null;
  acked?: string | null;
  acked_by?: string | null;
  note?: string | null;
}
const TONE: Record<string, Tone> = { critical: "bad", major: "bad", minor: "warn", warning: "warn" };
const lasts = (a: Alarm) => duration(((a.cleared ? Date.parse(a.cleared) : now.value) - Date.parse(a.raised)) / 1000);

/** The screen of what an alarm is about. */
function Where({ of: a }: { of: Alarm }) {
  const m = /^[^/ ]+\/([^/ ]+)$/.exec(a.object);
  if (m && a.role.startsWith("deliver")) return <a href={link(["links", m[1]!])}>{a.object}</a>;
  if (["NE-LOST", "X-GAP"].includes(a.code) && may("ne.show")) return <a href={link(["elements", a.object])}>{a.object}</a>;
  return <>{a.object}</>;
}

export default function Alarms() {
  const q = route.value.query;
  const all = q.show === "all";
  return (
    <Page title={t("nav.alarms")}>
      <Filters>
        <Pick name="show" title={t("alarms.show")} options={[["", t("alarms.active")], ["all", t("alarms.history")]]} />
        <Pick name="severity" title={t("alarms.severity")} options={["", "critical", "major", "minor", "warning"].map((s) => [s, t(s ? `severity.${s}` : "alarms.any")])} />
        {!scoped.value && <Pick name="acked" title={t("alarms.seen")} options={[["", t("alarms.any")], ["no", t("alarms.unseen")], ["yes", t("alarms.seen.yes")]]} />}
        {all && <Pick name="since" title={t("alarms.since")} options={["", "3600", "86400", "604800", "2592000"].map((s) => [s, s ? t("alarms.last", { time: duration(Number(s)) }) : t("alarms.any")])} />}
        <Search name="text" title={t("alarms.text")} />
      </Filters>
      <List
        op="alarm.list"
        args={{ all, newest: true, severity: (q.severity || undefined) as never, acked: q.acked ? q.acked === "yes" : undefined, text: q.text || undefined, since: all ? ago(q.since) : undefined }}
        live={["alarm", "change"]}
        caption={t("nav.alarms")}
        empty={t(all || q.severity || q.text || q.acked ? "alarms.none.filter" : "alarms.none")}
        file="alarms.csv"
        rowKey={(r) => String((r as any).id)}
        columns={(
          [
            {
              key: "severity", title: t("alarms.severity"),
              cell: (a: Alarm) => (
                <>
                  <State of={a.severity} group="severity" tone={a.cleared ? "off" : TONE[a.severity]} />
                  <div class="dim">{t(a.cleared ? "alarms.over" : "alarms.stands")}</div>
                </>
              ),
            },
            { key: "raised", title: t("alarms.raised"), cell: (a: Alarm) => <><Time at={a.raised} seconds /><div class="dim">{t("alarms.lasts", { time: lasts(a) })}</div></> },
            ...(all ? [{ key: "cleared", title: t("alarms.cleared"), cell: (a: Alarm) => <Time at={a.cleared} seconds /> }] : []),
            { key: "object", title: t("alarms.object"), cell: (a: Alarm) => <span class="nowrap"><Where of={a} /></span> },
            {
              key: "code", title: t("alarms.what"), text: (a: Alarm) => `${a.code} ${a.text}`,
              cell: (a: Alarm) => (
                <div class="left">
                  <code>{a.code}</code> {a.text}
                  {has(`alarm.${a.code}`) && (
                    <details>
                      <summary>{t("alarms.todo")}</summary>
                      {t(`alarm.${a.code}`)}
                    </details>
                  )}
                </div>
              ),
            },
            ...(scoped.value
              ? []
              : [
                  {
                    key: "acked_by", title: t("alarms.seen"),
                    cell: (a: Alarm) => (
                      <div class="left">
                        {a.acked ? <>{a.acked_by}, <Time at={a.acked} /></> : <span class="dim">{t("alarms.unseen")}</span>}
                        {a.note && <div>{a.note}</div>}
                        {may("alarm.ack") && (
                          <div>
                            <button onClick={() => void show((close) => <Ack of={a} close={close} />)}>
                              {t(a.acked ? "alarms.note.change" : "alarms.ack")}
                              <span class="hidden">: {a.code} {a.object}</span>
                            </button>
                          </div>
                        )}
                      </div>
                    ),
                  },
                ]),
          ] as const
        ).map((c) => c as any)}
      />
    </Page>
  );
}

function Ack({ of: a, close }: { of: Alarm; close: () => void }) {
  const [note, set] = useState(a.acked ? (a.note ?? "") : "");
  return (
    <Dialog title={t("alarms.ack.title", { code: a.code, object: a.object })} close={close}>
      <Act
        label={t("alarms.ack")}
        cancel={close}
        run={async (key) => {
          await call("alarm.ack", { alarm: a.id, note: note.trim() }, { key });
          toast(t("done"));
          close();
        }}
      >
        <p>{t("alarms.ack.text")}</p>
        <label>
          {t("alarms.note")}
          <input autofocus required maxLength={500} value={note} onInput={(e) => set(e.currentTarget.value)} />
          <small class="hint">{t("alarms.note.hint")}</small>
        </label>
      </Act>
    </Dialog>
  );
}
