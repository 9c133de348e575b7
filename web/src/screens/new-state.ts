// SPDX-License-Identifier: Apache-2.0
// What the wizard holds: in the memory of this page only, never in the storage of the browser.  Saved it is a draft at the server.
import { effect, signal } from "@preact/signals";
import { call, clears, get, Problem } from "../lib/api";
import { base64, sha256 } from "../lib/keys";
import { ended, who } from "../lib/session";
import { HERE } from "../lib/i18n";
import { instant, rfc3339, wall, zoneKnown } from "../lib/zone";

export type V = Record<string, any>;
export interface Target {
  key: string;
  type: string;
  value: string;
  check: boolean;
  /** of the server: how it is read, or why not */
  form?: string;
  masked?: string;
  own?: boolean;
  error?: string;
  /** why an address that many share is taken all the same */
  shared?: string;
  /** id at the server, once it is saved */
  id?: string;
}
export interface Doc {
  key: string;
  role: string;
  name: string;
  octets: number;
  sha256: string;
  media: string;
  file?: File;
  done?: number;
  id?: string;
}
export interface Draft {
  person: string;
  uuid: string;
  v: V;
  targets: Target[];
  documents: Doc[];
  /** the record as the server has it */
  saved: any;
  etag: string | null;
}
export const STEPS = ["order", "targets", "delivery", "period", "plan"] as const;
export type Step = (typeof STEPS)[number];
export const FIELDS: Record<Step, string[]> = {
  order: ["regime", "tenant", "reference", "authority", "legal_basis", "legal_type", "case_type", "jurisdiction", "signer_name", "signer_title", "officer", "served", "received", "received_via", "priority", "review", "reviewer", "responsible"],
  targets: [],
  delivery: ["lea", "liid", "delivery", "content", "hi2", "hi3", "xid", "ne", "services", "auth_cc", "delivery_cc", "countries", "trigger", "exclude", "operator_id", "ne_id", "iri_outage", "cc_outage", "retention"],
  period: ["zone", "from", "until", "provisional_until"],
  plan: [],
};
export const stepOf = (field: string) => STEPS.find((s) => FIELDS[s].includes(field)) ?? "order";
const TIMES = ["served", "received", "from", "until", "provisional_until"];
const LISTS = ["xid", "ne", "services", "countries", "exclude"];

export const draft = signal<Draft | null>(null);
effect(() => {
  const d = draft.peek();
  if (d && ((who.value && who.value.person !== d.person) || (!who.value && ended.value === "left"))) draft.value = null;
});
export function fresh() {
  draft.value = {
    person: who.value!.person, uuid: crypto.randomUUID(), targets: [], documents: [], saved: null, etag: null,
    v: { zone: HERE, delivery: "both", xid: [crypto.randomUUID()], ne: [], services: [], countries: [], exclude: [], received: wall(Math.floor(Date.now() / 60_000) * 60_000, HERE) },
  };
}
export const put = (patch: Partial<Draft>) => draft.value && (draft.value = { ...draft.value, ...patch });
export const putV = (patch: V) => put({ v: { ...draft.value!.v, ...patch } });

/** What the times of V mean; the narrower reading of what comes twice. */
export function times(v: V) {
  const zone = zoneKnown(v.zone) ? v.zone : HERE;
  return Object.fromEntries(TIMES.map((k) => [k, v[k] ? instant(v[k], zone, k === "from") : null]));
}
/** The arguments of warrant.add. */
export function args(v: V): V {
  const out: V = {};
  const at = times(v);
  const zone = zoneKnown(v.zone) ? v.zone : HERE;
  for (const k of Object.values(FIELDS).flat()) {
    const x = v[k];
    if (TIMES.includes(k)) {
      if (at[k]) out[k] = rfc3339(at[k].ms, zone);
    } else if (LISTS.includes(k)) {
      if (x?.length) out[k] = x;
    } else if (k === "trigger") {
      if (x) out[k] = true;
    } else if (typeof x === "string" && x.trim()) out[k] = x.trim();
  }
  return out;
}
function ofRecord(w: any): V {
  const zone = w.zone && zoneKnown(w.zone) ? w.zone : HERE;
  const v: V = { ...Object.fromEntries(Object.values(FIELDS).flat().map((k) => [k, w[k] ?? ""])), zone: w.zone ?? HERE };
  for (const k of TIMES) {
    const iso = w[`${k}_written`] ?? w[k];
    v[k] = iso ? wall(Date.parse(iso), zone) : "";
  }
  return { ...v, xid: w.xids ?? [], ne: w.nes ?? [], services: w.services ?? [], countries: w.countries ?? [], exclude: w.exclude ?? [], trigger: !!w.trigger };
}
/** Members that differ from the saved ones, null for those that are empty now; EMPTIED: those that a draft cannot be without. */
export function changes(d: Draft) {
  const now = args(d.v), was = d.saved ? args(ofRecord(d.saved)) : {};
  const out: V = {};
  const emptied: string[] = [];
  for (const k of Object.values(FIELDS).flat()) {
    if (JSON.stringify(now[k]) === JSON.stringify(was[k])) continue;
    if (now[k] !== undefined) out[k] = now[k];
    else if (clears("warrant.set", k)) out[k] = null;
    else if (k === "trigger") out[k] = false;
    else emptied.push(k);
  }
  return { out, emptied };
}
export function dirty(d: Draft | null): boolean {
  if (!d) return false;
  if (d.targets.some((x) => !x.id && x.value) || d.documents.some((x) => !x.id)) return true;
  if (d.saved) {
    const { out, emptied } = changes(d);
    return Object.keys(out).length > 0 || emptied.length > 0;
  }
  return ["reference", "authority", "legal_basis", "liid", "lea", "from", "until", "officer", "signer_name", "review"].some((k) => d.v[k]);
}

/** Errors by field name ("target:KEY", "document:KEY" too). */
export type Errors = Record<string, string>;
export function ofProblem(p: Problem): Errors {
  const out: Errors = {};
  for (const e of p.errors) {
    const name = (e.pointer ?? e.parameter ?? "").replace(/^\/?/, "").split("/")[0]!;
    if (Object.values(FIELDS).flat().includes(name)) out[name] = e.detail;
  }
  return out;
}

/** Open the draft UUID. */
export async function reopen(uuid: string, signal?: AbortSignal) {
  const got = await call("warrant.show", { warrant: uuid } as any, { signal });
  const w: any = got.data;
  const [targets, documents]: any[] = await Promise.all([
    get("target.list", { warrant: w.uuid } as any, { signal, limit: 500 }),
    get("document.list", { warrant: w.uuid } as any, { signal, limit: 500 }),
  ]);
  draft.value = {
    person: who.value!.person, uuid: w.uuid, saved: w, etag: got.etag, v: ofRecord(w),
    targets: targets.map((x: any) => ({ key: x.id, id: x.id, type: x.type, value: "", check: x.own_check, masked: x.masked })),
    documents: documents.map((x: any) => ({ key: x.id, id: x.id, role: x.role, name: "", octets: x.octets, sha256: x.sha256, media: x.media })),
  };
}
async function reread() {
  const d = draft.value!;
  const got = await call("warrant.show", { warrant: d.uuid } as any);
  // what was left empty has the value that the server chose
  const there = ofRecord(got.data);
  const v = Object.fromEntries(Object.entries(there).map(([k, x]) => [k, draft.value!.v[k] || x]));
  put({ saved: got.data, etag: got.etag, v: { ...draft.value!.v, ...v } });
}
const PART = 512 * 1024;
async function upload(doc: Doc) {
  const d = draft.value!, file = doc.file!;
  const mark = (patch: Partial<Doc>) => put({ documents: draft.value!.documents.map((x) => (x.key === doc.key ? { ...x, ...patch } : x)) });
  let id = "";
  for (let at = 0; at === 0 || at < file.size; at += PART) {
    const part = base64Of(await file.slice(at, at + PART).arrayBuffer());
    if (at === 0) {
      const a: any = await get("document.add", { warrant: d.uuid, role: doc.role, file: part, media: doc.media, title: doc.name, octets: file.size, sha256: [doc.sha256] } as any, { key: doc.key });
      id = a.id;
    } else await call("document.part", { warrant: d.uuid, document: id, file: part } as any);
    mark({ done: Math.min(file.size, at + PART) });
  }
  mark({ id, file: undefined });
}
function base64Of(b: ArrayBuffer) {
  const u = new Uint8Array(b);
  let out = "";
  for (let i = 0; i < u.length; i += 0x6000) out += base64(u.slice(i, i + 0x6000).buffer);
  return out;
}
export async function document_(file: File, role: string): Promise<Doc> {
  return { key: crypto.randomUUID(), role, name: file.name, octets: file.size, media: /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : "application/octet-stream", sha256: await sha256(await file.arrayBuffer()), file };
}

/** Everything to the server: the record, then identities, then documents.  What was saved before a failure stays saved. */
export async function save(key: string): Promise<Errors> {
  const d = draft.value!;
  const { out, emptied } = changes(d);
  if (emptied.length) return Object.fromEntries(emptied.map((k) => [k, "emptied"]));
  if (!d.saved) {
    await call("warrant.add", { id: d.uuid, ...out } as any, { key });
    await reread();
  } else if (Object.keys(out).length) {
    await call("warrant.set", { warrant: d.uuid, ...out } as any, { key, match: d.etag });
    await reread();
  }
  const errors: Errors = {};
  for (const x of draft.value!.targets) {
    if (x.id || !x.value.trim()) continue;
    const set = (patch: Partial<Target>) => put({ targets: draft.value!.targets.map((y) => (y.key === x.key ? { ...y, ...patch } : y)) });
    try {
      const a: any = await get("target.add", { warrant: d.uuid, type: x.type, value: x.value, ...(x.check ? { check: true } : {}), ...(x.shared ? { shared: true, reason: x.shared } : {}) } as any, { key: x.key });
      set({ id: a.target, value: "", form: undefined, masked: a.masked, check: a.own_check, error: undefined });
    } catch (e) {
      if (!(e instanceof Problem) || e.status === 0) throw e;
      errors[`target:${x.key}`] = e.detail;
      set({ error: e.detail });
    }
  }
  for (const x of draft.value!.documents) if (!x.id) await upload(x);
  if (draft.value!.targets.some((x) => x.id)) await reread();
  return errors;
}
