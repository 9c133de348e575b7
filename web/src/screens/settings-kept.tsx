// SPDX-License-Identifier: Apache-2.0
// Administration: what is kept and how long, nets that many share, the vault.
import { num, t, word } from "../lib/i18n";
import { get } from "../lib/api";
import { useLive } from "../lib/live";
import { link, route } from "../lib/router";
import { may } from "../lib/session";
import { Card, Facts, Loading, Notice, State, Time } from "../ui/basic";
import { Filters, Tick } from "../ui/filter";
import { formDialog } from "../ui/acts";
import { List } from "../ui/table";

const Wid = ({ of: r }: { of: any }) => <a href={link(["warrants", r.warrant])}>{r.liid ?? r.warrant}</a>;
export function Retention() {
  const due = !!route.value.query.due, all = !!route.value.query.released;
  return (
    <>
      <p class="dim">{t("settings.retention.text")}</p>
      <Filters>
        <Tick name="due" title={t("settings.due.only")} />
        <Tick name="released" title={t("settings.holds.all")} />
      </Filters>
      <List
        op="retention.list"
        args={{ due }}
        live={["change", "approval"]}
        caption={t("settings.retention")}
        file="retention.csv"
        empty={t("settings.retention.none")}
        rowKey={(r) => String(r.warrant)}
        columns={[
          { key: "liid", title: t("settings.warrant"), cell: (r) => <Wid of={r} /> },
          { key: "lea", title: t("links.lea") },
          { key: "state", title: t("settings.state"), cell: (r) => <State of={r.state} /> },
          { key: "ended", title: t("settings.ended"), cell: (r) => <Time at={r.ended} /> },
          { key: "days", title: t("settings.days"), num: true, cell: (r) => num(r.days) },
          { key: "due", title: t("settings.until"), cell: (r) => <Time at={r.due} /> },
          { key: "holds", title: t("settings.holds"), num: true, cell: (r) => num(r.holds) },
          { key: "shredded", title: t("settings.shredded"), cell: (r) => <Time at={r.shredded} /> },
          {
            key: "act", title: t("settings.acts"), text: () => "",
            cell: (r) =>
              !r.shredded && (
                <>
                  {may("hold.add") && (
                    <button onClick={() => void formDialog("hold.add", { title: t("settings.hold.add", { name: (r as any).liid }), fields: ["authority", "reason"], fixed: { warrant: r.warrant }, text: <p>{t("settings.hold.add.text")}</p> })}>
                      {t("settings.hold")}
                      <span class="hidden">: {(r as any).liid}</span>
                    </button>
                  )}{" "}
                  {may("retention.set") && (
                    <button
                      onClick={() => void formDialog("retention.set", { title: t("settings.retention.set", { name: (r as any).liid }), fields: ["days", "reason"], fixed: { warrant: r.warrant }, start: { days: r.days }, text: <p>{t("settings.retention.set.text")}</p> })}
                    >
                      {t("settings.days.set")}
                      <span class="hidden">: {(r as any).liid}</span>
                    </button>
                  )}
                </>
              ),
          },
        ]}
      />
      <h2>{t("settings.holds")}</h2>
      <p class="dim">{t("settings.holds.text")}</p>
      <List
        op="hold.list"
        args={{ all }}
        live={["change", "approval"]}
        caption={t("settings.holds")}
        file="holds.csv"
        empty={t("settings.holds.none")}
        rowKey={(r) => String(r.id)}
        columns={[
          { key: "warrant", title: t("settings.warrant"), cell: (r) => <Wid of={r} /> },
          { key: "authority", title: t("settings.authority") },
          { key: "reason", title: t("settings.why") },
          { key: "created", title: t("settings.since"), cell: (r) => <Time at={r.created} /> },
          { key: "released", title: t("settings.released"), cell: (r) => <><Time at={r.released} /> {(r as any).released_by}</> },
          {
            key: "act", title: t("settings.acts"), text: () => "",
            cell: (r) =>
              !r.released &&
              may("hold.release") && (
                <button onClick={() => void formDialog("hold.release", { title: t("settings.hold.release", { name: r.authority }), fields: ["reason"], fixed: { warrant: r.warrant, hold: r.id }, danger: true, label: t("settings.release"), text: <p>{t("settings.hold.release.text")}</p> })}>
                  {t("settings.release")}
                  <span class="hidden">: {r.authority}</span>
                </button>
              ),
          },
        ]}
      />
    </>
  );
}

export function Pools() {
  return (
    <>
      <p class="dim">{t("settings.pools.text")}</p>
      {may("pool.add") && (
        <p>
          <button class="main" onClick={() => void formDialog("pool.add", { title: t("settings.pool.add"), fields: ["net", "note"] })}>
            {t("settings.pool.add")}
          </button>
        </p>
      )}
      <List
        op="pool.list"
        live={["change", "approval"]}
        caption={t("settings.pools")}
        rowKey={(r) => String(r.net)}
        columns={[
          { key: "net", title: t("settings.net"), cell: (r) => <code>{r.net}</code> },
          { key: "note", title: t("settings.note") },
          {
            key: "act", title: t("settings.acts"), text: () => "",
            cell: (r) =>
              may("pool.remove") && (
                <button onClick={() => void formDialog("pool.remove", { title: t("settings.pool.remove", { name: r.net }), fields: ["reason"], fixed: { net: r.net }, danger: true, label: t("settings.remove"), text: <p>{t("settings.pool.remove.text")}</p> })}>
                  {t("settings.remove")}
                  <span class="hidden">: {r.net}</span>
                </button>
              ),
          },
        ]}
      />
    </>
  );
}

export function Vault() {
  const got = useLive((signal) => get("vault.show", {}, { signal }) as Promise<any>, ["change", "alarm"]);
  return (
    <Loading of={got}>
      {() => (
        <>
          <p class="dim">{t("settings.vault.text")}</p>
          <Card title={t("settings.vault")}>
            <p>
              <State tone={got.data.open ? "good" : "bad"} text={t(got.data.open ? "settings.vault.open" : "settings.vault.closed")} />
            </p>
            {!got.data.open && <Notice tone="bad">{t("alarm.VAULT-CLOSED")}</Notice>}
            <Facts
              rows={[
                [t("settings.vault.generation"), num(got.data.generation)],
                [t("settings.vault.created"), got.data.created && <Time at={got.data.created} />],
                [t("settings.vault.agency_keys"), num(got.data.agency_keys)],
                [t("settings.vault.warrant_keys"), num(got.data.warrant_keys)],
                [t("settings.vault.destroyed_keys"), num(got.data.destroyed_keys)],
                ...Object.entries(got.data).filter(([k]) => !["open", "generation", "created", "agency_keys", "warrant_keys", "destroyed_keys"].includes(k)).map(([k, v]) => [word("vault", k), String(v ?? "")] as [string, string]),
              ]}
            />
            {may("vault.rekey") && (
              <p>
                <button onClick={() => void formDialog("vault.rekey", { title: t("settings.rekey"), fields: ["reason"], danger: true, label: t("settings.rekey"), text: <p>{t("settings.rekey.text")}</p> })}>{t("settings.rekey")}</button>
              </p>
            )}
          </Card>
        </>
      )}
    </Loading>
  );
}
