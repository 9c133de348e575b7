// SPDX-License-Identifier: Apache-2.0
// What an agency sees: its own interceptions, links, what waits, what it confirmed, notices.  Nothing of others.
import { get } from "../lib/api";
import { num, t } from "../lib/i18n";
import { useEvery, useLive } from "../lib/live";
import { go, link } from "../lib/router";
import { may, who } from "../lib/session";
import { Card, Countdown, Notice, Page, State } from "../ui/basic";
import { List, Table } from "../ui/table";
import { Links, links, NoFactor, Notices } from "./warrant_delivery";
import { counters, FindButton, useRows, warrantColumns } from "./warrants_row";

export default function Agency() {
  const over = useLive(() => get("overview") as Promise<any>, ["status", "change", "approval", "alarm"]);
  const status = useLive(() => get("status") as Promise<any>, ["status", "change"]);
  const dest = useLive(() => links(), ["status"]);
  useRows();
  useEvery(60_000, over.reload);
  useEvery(4000, () => (status.reload(), dest.reload()));
  const o = over.data, down = dest.data?.filter((d) => d.state !== "up" && d.state !== "disabled") ?? [];
  const waiting = (dest.data ?? []).reduce((n, d) => n + (d.waiting ?? 0), 0);
  return (
    <Page title={t("nav.agency")} actions={<FindButton />}>
      <p class="hint">{t("agency.text")}</p>
      {!who.value!.log_in && <NoFactor />}
      <div aria-live="polite">
        {dest.data && (down.length ? <Notice tone="bad">{t("agency.down", { names: down.map((d) => d.destination).join(", "), waiting })}</Notice> : <Notice tone="good">{t(waiting ? "agency.up.waiting" : "agency.up", { n: dest.data.length, waiting })}</Notice>)}
      </div>
      {o && (o.expiring_7d > 0 || o.provisional > 0) && (
        <Notice tone="warn">
          {t("agency.ends", { day: o.expiring_24h, week: o.expiring_7d, provisional: o.provisional })}{" "}
          {o.expiring?.[0] && (
            <>
              {t("agency.next")} <a href={link(["warrants", o.expiring[0].uuid])}>{o.expiring[0].liid}</a> <Countdown at={o.expiring[0].until} />
            </>
          )}
        </Notice>
      )}
      <Card title={t("agency.warrants")} wide>
        <List op="warrant.list" args={{ live: true } as any} caption={t("agency.warrants")} columns={warrantColumns(true)} rowKey={(w: any) => w.uuid} live={["change", "approval"]} fresh={counters} onRow={(w: any) => go(["warrants", w.uuid])} page={50} file="interceptions.csv" />
      </Card>
      <Card title={t("agency.links")} wide>
        <Links />
      </Card>
      <Card title={t("agency.receipts")} wide>
        <p class="hint">{t("agency.receipts.text")}</p>
        <Table
          caption={t("agency.receipts")}
          empty={t("agency.receipts.none")}
          rows={(status.data?.warrants ?? []) as any[]}
          rowKey={(w) => w.uuid}
          columns={[
            { key: "liid", title: "LIID", cell: (w) => <a href={link(["warrants", w.uuid, "sessions"])}>{w.liid}</a> },
            { key: "received", title: t("books.received"), num: true, cell: (w) => num(w.received) },
            { key: "delivered", title: t("agency.confirmed"), num: true, cell: (w) => num(w.delivered) },
            { key: "waiting", title: t("books.waiting"), num: true, cell: (w) => (w.waiting ? <State tone="warn" text={num(w.waiting)} /> : num(0)) },
            { key: "gaps", title: t("agency.gaps"), cell: (w) => { const rows: [string, number][] = [["shed", w.shed], ["lost", w.lost], ["rejected", Object.values<number>(w.detail?.rejected ?? {}).reduce((a, b) => a + b, 0)]].filter(([, n]) => (n as number) > 0) as any; return rows.length ? rows.map(([k, n]) => <div key={k}><State tone="bad" text={`${t(`books.${k}`)}: ${num(n)}`} /></div>) : <State tone="good" text={t("agency.gaps.none")} />; } },
            { key: "ok", title: t("agency.adds"), cell: (w) => <State tone={w.ok ? "good" : "bad"} text={t(w.ok ? "yes" : "no")} /> },
          ]}
        />
      </Card>
      {may("notice.list") && (
        <Card title={t("delivery.notices")} wide>
          <Notices />
        </Card>
      )}
    </Page>
  );
}
