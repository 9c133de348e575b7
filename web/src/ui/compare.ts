// SPDX-License-Identifier: Apache-2.0
// Is a statement what a person asked for, and what the plan beside it shows?  The same rules as of "mdfctl": nothing here believes the server.
import { sha256 } from "../lib/keys";

/** JSON as RFC 8785 writes it, for what occurs in statements: text, integers, booleans, lists, objects. */
export function canonical(j: unknown): string {
  if (Array.isArray(j)) return `[${j.map(canonical).join()}]`;
  if (j === null || typeof j !== "object") return JSON.stringify(j);
  return `{${Object.entries(j).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join()}}`;
}
/** What differs: "form", "hash", "kind", "plan", or the name of a value; "" when nothing does. */
export type Difference = string;

const ns = (iso: unknown) => (typeof iso === "string" ? BigInt(Date.parse(iso)) * 1_000_000n : 0n);
const plain = (s: unknown) => String(s).toLowerCase().replaceAll(":", "");
const set = (l: unknown) => JSON.stringify([...(Array.isArray(l) ? l : [])].map(plain).sort());
const liid = (text: string) => (/^[0-9a-f]{26,50}$/.test(text) ? text : [...new TextEncoder().encode(text)].map((x) => x.toString(16).padStart(2, "0")).join(""));

/** Members of what was asked for, by their place in the statement of a warrant. */
const TASK = ["delivery", "content", "auth_cc", "delivery_cc", "operator_id", "ne_id", "lea"];
const ORDER = ["reference", "authority", "jurisdiction", "signer_name", "signer_title", "officer", "legal_basis", "legal_type", "case_type", "zone", "review", "reviewer", "priority", "iri_outage", "cc_outage", "retention", "responsible", "regime"];
const LISTS: Record<string, [string, string]> = { xid: ["xids", ""], ne: ["nes", ""], services: ["services", "all"], countries: ["countries", "any"] };
const TIMES: Record<string, string> = { from: "from_written", until: "until_written", provisional_until: "provisional_until" };

function asked(args: Record<string, unknown>, change: any, order: any, task: any): Difference {
  for (const [k, v] of Object.entries(args)) {
    if (v === undefined || v === null || v === "") continue;
    if (TASK.includes(k) && plain(v) !== plain(task[k] ?? "")) return k;
    if (k === "liid" && liid(String(v)) !== task.liid) return k;
    if (ORDER.includes(k) && v !== (order[k] ?? "")) return k;
    if (TIMES[k] && ns(v) !== ns(order[TIMES[k]!])) return k;
    if ((k === "hi2" || k === "hi3") && v !== change[k]?.name) return k;
    if (k === "trigger" && !!v !== !!task.trigger) return k;
    const list = LISTS[k];
    if (list && set(Array.isArray(v) && v[0] === list[1] ? [] : v) !== set(task[list[0]])) return k;
    if ((k === "warrant" || k === "id") && /^[0-9a-f-]{36}$/i.test(String(v)) && plain(v) !== plain(order.uuid)) return k;
  }
  return "";
}
async function ofWarrant(op: string, args: Record<string, unknown>, plan: any, doc: any, first: boolean): Promise<Difference> {
  const change = plan?.change, order = doc.order, task = doc.task;
  if (!change || !order || !task || (await sha256(canonical(change))) !== order.plan) return "plan";
  if (first && order.op !== op) return "kind";
  if (plain(change.warrant) !== plain(order.uuid)) return "warrant";
  if (liid(change.liid) !== task.liid) return "liid";
  if (change.lea !== task.lea) return "lea";
  if (set(change.tasks?.xids) !== set(task.xids)) return "xid";
  for (const k of ["hi2", "hi3"])
    if (!!change[k] !== !!task[k] || (change[k] && (plain(change[k].did) !== plain(task[k].did) || set(change[k].pins) !== set(task[k].pins)))) return k;
  const ends = [ns(order.until_written), ...(order.provisional_until ? [ns(order.provisional_until)] : [])];
  if (ns(order.from_written) !== BigInt(task.from_ns) || ns(change.time?.from) !== ns(order.from_written)) return "from";
  if (ends.reduce((a, b) => (a < b ? a : b)) !== BigInt(task.until_ns) || ns(change.time?.until) !== ns(order.until_written)) return "until";
  for (const k of ["iri_outage", "cc_outage"]) if ((order[k] || "retain") !== (task[k] || "retain")) return k;
  return first ? asked(args, change, order, task) : "";
}

const PASSING = ["id", "created", "window", "lea_profile", "statement", "active", "destinations"];
/** The hash of an object as the statement of a change has it. */
async function ofObject(o: any) {
  return o ? sha256(canonical(Object.fromEntries(Object.entries(o).filter(([k]) => !PASSING.includes(k))))) : "";
}
const typed = (v: unknown): string => (Array.isArray(v) ? v.map(typed).join() : typeof v === "boolean" ? (v ? "yes" : "no") : typeof v === "object" ? JSON.stringify(v) : String(v));
function ofArgs(args: Record<string, unknown>, place: any, rename: Record<string, string> = {}): Difference {
  for (const [k, v] of Object.entries(args)) {
    const there = place?.[rename[k] ?? k];
    if (there !== undefined && typeof v !== "object" && typeof v !== "boolean" && typeof v !== "number" && typed(there).toLowerCase() !== typed(v).toLowerCase()) return k;
  }
  return "";
}
async function ofKeys(args: any, doc: any): Promise<Difference> {
  const at = (id: string) => doc.keys?.find((k: any) => k.id === id);
  if (args.add) {
    const der = Uint8Array.from(atob(args.add.spki), (c) => c.charCodeAt(0));
    const e = at(await sha256(der.buffer));
    if (!e || e.state !== "active" || e.person !== args.add.person || e.spki !== args.add.spki || set(e.rights) !== set(args.add.rights)) return "add";
  }
  for (const [k, state] of [["retire", "retired"], ["revoke", "revoked"]]) for (const id of args[k!] ?? []) if (at(id)?.state !== state) return k!;
  return "";
}

/** What the server proposes to sign (DOC, SHA256) for OP with ARGS, beside PLAN.  FIRST: the person who asks, who knows what was asked for. */
export async function compare(op: string, args: Record<string, unknown>, proposed: { doc?: string; sha256?: string; plan?: any; op?: string }, first: boolean): Promise<Difference> {
  const text = proposed.doc ?? "";
  let doc: any;
  try {
    doc = JSON.parse(text || "null");
  } catch {
    return "form";
  }
  if (!doc?.type || canonical(doc) !== text) return "form";
  if ((await sha256(text)) !== proposed.sha256) return "hash";
  const of = first ? op : (proposed.op ?? "");
  if (/^openmdf\.(task|warrant)\./.test(doc.type))
    return /^warrant\.(submit|set|extend|confirm|resume)$/.test(of) ? ofWarrant(of, args, proposed.plan, doc, first) : "kind";
  if (doc.type === "openmdf.keys.v1") return of.startsWith("key.") ? (first ? ofKeys(args, doc) : "") : "kind";
  if (/^openmdf\.dest/.test(doc.type)) {
    if (!of.startsWith("destination.")) return "kind";
    const after = proposed.plan?.after;
    for (const k of ["name", "did", "addresses", "pins", "server_name"]) if (after && set([after[k]].flat()) !== set([doc.destination?.[k]].flat())) return "plan";
    return first ? ofArgs(args, doc.destination, { destination: "name" }) : "";
  }
  if (doc.type !== "openmdf.change.v1" || doc.op !== of) return "kind";
  // numbers that are no integers are written otherwise in the older profiles
  if (proposed.plan && ("after" in proposed.plan || "before" in proposed.plan) && !of.startsWith("profile."))
    for (const k of ["before", "after"]) if ((await ofObject(proposed.plan[k])) !== doc[k]) return "plan";
  return first ? ofArgs(args, doc.args) : "";
}
