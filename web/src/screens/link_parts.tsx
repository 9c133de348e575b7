// SPDX-License-Identifier: Apache-2.0
// What the list of links and the page of one have in common.
import { call, get, type Options } from "../lib/api";
import { duration, num, octets, t, word } from "../lib/i18n";
import { State, Time, type Tone } from "../ui/basic";

export interface Link {
  destination: string;
  lea: string;
  kind: string;
  addresses: string[];
  state: string;
  level: string;
  since: string | null;
  certificate_until: string | null;
  rtt_ms: number | null;
  waiting: number | null;
  octets: number | null;
  oldest_s: number | null;
  quota_percent: number | null;
  time_to_full_s: number | null;
  sent: number | null;
  acked: number | null;
  rate_pdus: number | null;
  rate_octets: number | null;
  fault: { code: string; text: string; since: string } | null;
  notice: string | null;
  enabled: boolean;
  tests?: number | null;
  tested?: string | null;
}
export const anyCall = call as (op: string, args?: object, o?: Options) => Promise<any>;
export const anyGet = get as unknown as (op: string, args?: object, o?: Options) => Promise<any>;

const LINK: Record<string, Tone> = { up: "good", idle: "off", disabled: "off", connecting: "warn", handshake: "warn", options: "warn" };
export const LinkState = ({ of }: { of: Link }) => <State of={of.state} group="link" tone={LINK[of.state] ?? "bad"} />;
export const none = <span class="dim">–</span>;
export const pdus = (n: number | null) => (n === null ? none : t("links.pdus", { n }));
export const rate = (n: number | null) => (n === null ? "" : t("links.rate.pdus", { rate: num(n, 1) }));
export const bytes = (n: number | null) => (n === null ? "" : `${octets(n)}/s`);

export function Quota({ of }: { of: Link }) {
  if (of.quota_percent === null) return none;
  const tone: Tone = of.quota_percent >= 95 ? "bad" : of.quota_percent > 50 ? "warn" : "good";
  return (
    <>
      <State tone={tone} text={`${num(of.quota_percent, 1)} %`} />
      {of.time_to_full_s !== null && <div class="dim">{t("links.full", { time: duration(of.time_to_full_s) })}</div>}
    </>
  );
}
export const Fault = ({ of }: { of: Link }) =>
  of.fault ? (
    <>
      <code>{of.fault.code}</code> {word("fault", of.fault.code) === of.fault.code ? of.fault.text : t(`fault.${of.fault.code}`)}{" "}
      <span class="dim">
        <Time at={of.fault.since} seconds />
      </span>
      {of.notice && <div class="dim">{t("links.told")}</div>}
    </>
  ) : (
    none
  );

/** All pages of link.list until the one with this name; agencies have few links. */
export async function linkOf(name: string, lea: string, signal?: AbortSignal): Promise<Link> {
  let cursor: string | null = null;
  do {
    const a: { data: Link[]; next: string | null } = await anyCall("link.list", { lea }, { limit: 500, cursor, signal });
    const found = a.data.find((r) => r.destination === name);
    if (found) return found;
    cursor = a.next;
  } while (cursor);
  return anyGet("destination.show", { destination: name }); // says that it is not there
}
