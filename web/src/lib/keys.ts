// SPDX-License-Identifier: Apache-2.0
// Keys of persons in this browser: made here or read from a file once, kept by the browser as objects that nobody can export.
// P-256 as WebCrypto has it everywhere; a file may also hold an Ed25519 key.

export interface Key {
  person: string;
  /** SHA-256 of the SPKI, hexadecimal: the id in the key list */
  id: string;
  /** base64 of the SPKI, DER */
  spki: string;
  kind: "p256" | "ed25519";
  private: CryptoKey;
  made: string;
}
const P256 = { name: "ECDSA", namedCurve: "P-256" };
export const hex = (b: ArrayBuffer) => [...new Uint8Array(b)].map((x) => x.toString(16).padStart(2, "0")).join("");
export const base64 = (b: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(b)));
export const sha256 = async (text: string | ArrayBuffer) => hex(await crypto.subtle.digest("SHA-256", typeof text === "string" ? new TextEncoder().encode(text) : text));

function open(): Promise<IDBDatabase> {
  return new Promise((ok, no) => {
    const r = indexedDB.open("openmdf", 1);
    r.onupgradeneeded = () => r.result.createObjectStore("keys", { keyPath: "person" });
    r.onsuccess = () => ok(r.result);
    r.onerror = () => no(r.error);
  });
}
async function run<T>(mode: IDBTransactionMode, f: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open();
  try {
    return await new Promise<T>((ok, no) => {
      const r = f(db.transaction("keys", mode).objectStore("keys"));
      r.onsuccess = () => ok(r.result);
      r.onerror = () => no(r.error);
    });
  } finally {
    db.close();
  }
}
// A key that was made while the person has another one is kept under "HANDLE+" until it counts.
const LATER = "+";
const at = (name: string) => run<Key | undefined>("readonly", (s) => s.get(name));
export const keyOf = async (person: string) => (await at(person)) ?? (await keyLater(person));
export const keyLater = async (person: string) => {
  const k = await at(person + LATER);
  return k && { ...k, person };
};
export const keyList = async () => {
  const all = await run<Key[]>("readonly", (s) => s.getAll());
  return all.filter((k) => !k.person.endsWith(LATER) || !all.some((o) => o.person + LATER === k.person)).map((k) => ({ ...k, person: k.person.replace(LATER, "") }));
};
export const keyForget = (person: string) => run("readwrite", (s) => s.delete(person));
export const keyForgetLater = (person: string) => keyForget(person + LATER);
/** The later key is the key from now on. */
export async function keyUse(person: string) {
  const k = await keyLater(person);
  if (!k) return;
  await run("readwrite", (s) => s.put(k));
  await keyForgetLater(person);
}

async function keep(person: string, kind: Key["kind"], pair: { publicKey: CryptoKey; privateKey: CryptoKey }, later = false): Promise<Key> {
  const spki = await crypto.subtle.exportKey("spki", pair.publicKey);
  const key: Key = { person, id: await sha256(spki), spki: base64(spki), kind, private: pair.privateKey, made: new Date().toISOString() };
  await run("readwrite", (s) => s.put(later ? { ...key, person: person + LATER } : key));
  return key;
}
/** A new key that never leaves this browser; beside the one there is, until it counts. */
export async function keyMake(person: string): Promise<Key> {
  return keep(person, "p256", await crypto.subtle.generateKey(P256, false, ["sign", "verify"]), !!(await at(person)));
}
/** The key of a PEM file (PKCS#8, as of "mdfctl key new"); the copy kept here cannot be exported. */
export async function keyRead(person: string, pem: string): Promise<Key> {
  const der = Uint8Array.from(atob(pem.replace(/-----[^-]+-----/g, "").replace(/\s/g, "")), (c) => c.charCodeAt(0));
  for (const [kind, alg] of [["p256", P256], ["ed25519", { name: "Ed25519" }]] as const) {
    let open: CryptoKey;
    try {
      open = await crypto.subtle.importKey("pkcs8", der, alg, true, ["sign"]);
    } catch {
      continue;
    }
    const jwk = await crypto.subtle.exportKey("jwk", open);
    delete jwk.d;
    const publicKey = await crypto.subtle.importKey("jwk", { ...jwk, key_ops: ["verify"] }, alg, true, ["verify"]);
    const privateKey = await crypto.subtle.importKey("pkcs8", der, alg, false, ["sign"]);
    der.fill(0);
    return keep(person, kind, { publicKey, privateKey });
  }
  throw new Error("key");
}
/** {"key", "sig"} of TEXT. */
export async function keySign(key: Key, text: string) {
  const alg = key.kind === "p256" ? { name: "ECDSA", hash: "SHA-256" } : { name: "Ed25519" };
  return { key: key.id, sig: base64(await crypto.subtle.sign(alg, key.private, new TextEncoder().encode(text))) };
}
