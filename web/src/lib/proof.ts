// SPDX-License-Identifier: Apache-2.0
// Proofs checked in the browser, without trusting what the server says of them: signed heads (C2SP tlog-checkpoint, Ed25519), inclusion of
// a row (RFC 9162 clause 2.1.3.2), signature and hash of a report.
import { canonical } from "../ui/sign";
import { hex, sha256 } from "./keys";

const bytes = (b64: string) => Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
const unhex = (h: string) => Uint8Array.from(h.match(/../g) ?? [], (x) => parseInt(x, 16));
const digest = async (...parts: Uint8Array[]) => {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  parts.reduce((n, p) => (all.set(p, n), n + p.length), 0);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
};

/** Verifier key "NAME+ID+BASE64(0x01, key)" of the log. */
async function verifier(vkey: string) {
  // the key may hold "+" itself
  const m = /^(.*?)\+([0-9a-f]{8})\+(.+)$/.exec(vkey);
  if (!m) throw new Error("vkey");
  const raw = bytes(m[3]!);
  if (raw[0] !== 1 || raw.length !== 33) throw new Error("vkey");
  return { name: m[1]!, id: unhex(m[2]!), raw: raw.slice(1), key: await crypto.subtle.importKey("raw", raw.slice(1), { name: "Ed25519" }, false, ["verify"]) };
}
export interface Head {
  origin: string;
  size: number;
  root: string;
  time: string;
}
/** The head of NOTE when the log's key signed it, else null. */
export async function checkHead(note: string, vkey: string): Promise<Head | null> {
  const cut = note.indexOf("\n\n");
  if (cut < 0) return null;
  const text = note.slice(0, cut + 1), lines = text.split("\n");
  const v = await verifier(vkey);
  for (const line of note.slice(cut + 2).split("\n")) {
    const m = /^— (\S+) (\S+)$/.exec(line);
    if (!m || m[1] !== v.name) continue;
    const sig = bytes(m[2]!);
    if (!v.id.every((b, i) => sig[i] === b)) continue;
    if (lines[0] === v.name && (await crypto.subtle.verify("Ed25519", v.key, sig.slice(4), new TextEncoder().encode(text))))
      return { origin: lines[0]!, size: Number(lines[1]), root: hex(bytes(lines[2]!).buffer as ArrayBuffer), time: (lines.find((l) => l.startsWith("time ")) ?? "").slice(5) };
  }
  return null;
}
export const leafOf = async (entry: string) => hex((await digest(Uint8Array.of(0), new TextEncoder().encode(entry))).buffer as ArrayBuffer);
/** Is LEAF the row SEQ (from 1) under ROOT of a tree of SIZE rows, by PATH? */
export async function checkInclusion(seq: number, size: number, leaf: string, path: string[], root: string) {
  let fn = seq - 1, sn = size - 1, r = unhex(leaf);
  if (fn < 0 || fn > sn) return false;
  for (const p of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      r = await digest(Uint8Array.of(1), unhex(p), r);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else r = await digest(Uint8Array.of(1), r, unhex(p));
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && hex(r.buffer as ArrayBuffer) === root;
}
/** What is wrong with the octets of a report: "form", "hash", "signature", or "" when all fits.  SHA: as the audit log has it. */
export async function checkReport(text: string, sha: string, vkey: string) {
  if ((await sha256(text)) !== sha) return "hash";
  const j = JSON.parse(text);
  if (canonical(j) !== text) return "form";
  const { signature, ...rest } = j;
  const sig = typeof signature === "string" ? signature : (signature?.sig ?? signature?.value);
  if (!sig) return "signature";
  const v = await verifier(vkey);
  return (await crypto.subtle.verify("Ed25519", v.key, bytes(sig), new TextEncoder().encode(canonical(rest)))) ? "" : "signature";
}
