// SPDX-License-Identifier: Apache-2.0
// Delivery links, all of them.
import { get } from "../lib/api";
import { duration, num, octets, t, word } from "../lib/i18n";
import { useLive } from "../lib/live";
import { go, link, route } from "../lib/router";
import { may, scoped } from "../lib/session";
import { Countdown, Page, State, Time } from "../ui/basic";
import { Filters, Pick } from "../ui/filter";
import { formDialog } from "../ui/acts";
import { List } from "../ui/table";
import { anyGet, bytes, Fault, LinkState, none, pdus, Quota, rate, type Link } from "./link_parts";

export default function Links() {
  const q = route.value.query;
  const leas = useLive(() => (may("lea.list") && !scoped.value ? get("lea.list", {}, { limit: 500 }) : Promise.resolve([])), ["change", "approval"]);
  const sum = useLive(() => anyGet("overview"), ["status", "alarm", "change", "approval"]);
  const l = sum.data?.links;
  return (
    <Page
      title={t("nav.links")}
      actions={
        may("destination.add") && (
          <button
            class="main"
            onClick={() =>
              void formDialog("destination.add", {
                title: t("links.add"),
                text: <p>{t("links.add.text")}</p>,
                fields: ["destination", "lea", "kind", "addresses", "server_name", "pins", "level", "transport", "tls12", "time1_s", "time2_s", "time3_s"],
                choices: { lea: (leas.data ?? []).map((x) => [x.name!, x.name!]) },
              })
            }
          >
            {t("links.add")}
          </button>
        )
      }
    >
      <p role="status">
        {l && <State tone={l.down ? "bad" : "good"} text={l.down ? t("links.sum.down", { n: l.down, total: l.total }) : t("links.sum.up", { n: l.total })} />}
      </p>
      {(leas.data?.length ?? 0) > 1 && (
        <Filters>
          <Pick name="lea" title={t("links.lea")} options={[["", t("links.all")], ...leas.data!.map((x) => [x.name!, x.name!] as [string, string])]} />
        </Filters>
      )}
      <List
        op="link.list"
        args={{ lea: q.lea }}
        live={["status", "alarm", "change", "approval"]}
        caption={t("nav.links")}
        empty={t("links.empty")}
        file="links.csv"
        rowKey={(r: Link) => r.destination}
        onRow={(r: Link) => go(["links", r.destination])}
        columns={[
          {
            key: "destination", title: t("links.name"),
            cell: (r: Link) => (
              <>
                <a class="nowrap" href={link(["links", r.destination])}>{r.destination}</a>
                <div class="dim nowrap">{word("linkkind", r.kind)}</div>
              </>
            ),
          },
          { key: "lea", title: t("links.lea") },
          {
            key: "state", title: t("links.state"),
            cell: (r: Link) => (
              <>
                <LinkState of={r} />
                {r.since && <div class="dim"><Time at={r.since} /></div>}
              </>
            ),
          },
          { key: "level", title: t("links.level.short"), cell: (r: Link) => word("levelshort", r.level) || none },
          { key: "certificate_until", title: t("links.certificate.short"), cell: (r: Link) => <Countdown at={r.certificate_until} warn={30 * 86400} /> },
          { key: "rtt_ms", title: "RTT", num: true, cell: (r: Link) => (r.rtt_ms === null ? none : <span class="nowrap">{num(r.rtt_ms, 1)} ms</span>) },
          {
            key: "waiting", title: t("links.backlog"), num: true,
            cell: (r: Link) => (
              <>
                {pdus(r.waiting)}
                {!!r.waiting && <div class="dim nowrap">{octets(r.octets)}, {t("links.oldest", { time: duration(r.oldest_s ?? 0) })}</div>}
              </>
            ),
          },
          { key: "quota_percent", title: t("links.quota.short"), num: true, cell: (r: Link) => <Quota of={r} /> },
          { key: "acked", title: t("links.sent"), num: true, text: (r: Link) => `${r.sent ?? ""}/${r.acked ?? ""}`, cell: (r: Link) => (r.sent === null ? none : `${num(r.sent)} / ${num(r.acked)}`) },
          {
            key: "rate_pdus", title: t("links.rate.short"), num: true,
            cell: (r: Link) => (r.rate_pdus === null ? none : <>{rate(r.rate_pdus)}<div class="dim">{bytes(r.rate_octets)}</div></>),
          },
          { key: "fault", title: t("links.fault"), text: (r: Link) => (r.fault ? `${r.fault.code} ${r.fault.text}` : ""), cell: (r: Link) => <Fault of={r} /> },
        ]}
      />
    </Page>
  );
}
