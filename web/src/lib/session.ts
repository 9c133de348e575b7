// SPDX-License-Identifier: Apache-2.0
// Who is logged in; logging in and out; the fresh factor; the lock after ten minutes without a touch.
import { computed, signal } from "@preact/signals";
import { call, get, hooks, Problem, spec, type OpName } from "./api";
import { liveStart, liveStop } from "./live";

export const LOCK_MS = 10 * 60_000;
export interface Who {
  person: string;
  roles: string[];
  interface: string;
  stepped: boolean;
  session: string;
  /** false at an address where nobody can log in, so where nobody can give a fresh factor */
  log_in: boolean;
}
export const who = signal<Who | null>(null);
export const locked = signal(false);
/** Why the person has to log in again: "", "expired", "left". */
export const ended = signal("");
/** A question for a fresh factor that waits for its answer. */
export const stepQuestion = signal<((ok: boolean) => void) | null>(null);
export const scoped = computed(() => who.value?.roles.includes("liaison") ?? false);

/** May the person, and can it be done at this address? */
export const may = (op: OpName) => !!who.value && (who.value.log_in || !spec[op as string]?.step) && (spec[op as string]?.roles ?? []).some((r) => who.value!.roles.includes(r));

async function signed(person: string) {
  const { keyOf, keySign } = await import("./keys");
  const key = await keyOf(person);
  if (!key) throw new Problem(0, "NO-KEY", "");
  const c = (await get("session.challenge", { person })) as { nonce: string; text: string };
  const text = JSON.parse(c.text);
  if (text.type !== "openmdf.login.v1" || text.person !== person || text.nonce !== c.nonce || Object.keys(text).length !== 3)
    throw new Problem(0, "STRANGE-CHALLENGE", "");
  return { nonce: c.nonce, signature: await keySign(key, c.text) };
}
export async function loginKey(person: string) {
  await call("session.open", { person, ...(await signed(person)) } as any);
  await entered(true);
}
export async function loginPassword(person: string, password: string, totp: string) {
  await call("session.open", { person, password, ...(totp ? { totp } : {}) } as any);
  await entered(true);
}
/** A fresh factor for this session; also opens the lock.  Who is known by a certificate alone logs in. */
export async function stepUp(with_: { password: string; totp: string } | null) {
  if (!who.value!.session) return with_ ? loginPassword(who.value!.person, with_.password, with_.totp) : loginKey(who.value!.person);
  await call("session.step-up", (with_ ?? (await signed(who.value!.person))) as any);
  touched();
  if (locked.value) tell("open");
}
/** Is there a session already (cookie, or a client certificate)?  A lock lasts over a reload and in new tabs, until a log-in (FRESH). */
export async function entered(fresh = false) {
  try {
    const me = (await get("session.who")) as Who;
    if (!me.roles.length) return false;
    who.value = me;
    ended.value = "";
    if (fresh) localStorage.removeItem(LOCKED);
    locked.value = who.value.session !== "" && !!localStorage.getItem(LOCKED);
    touched();
    if (!locked.value) liveStart();
    return true;
  } catch (e) {
    if (e instanceof Problem && (e.status === 401 || e.status === 403)) return false;
    throw e;
  }
}
function leave(why: string) {
  liveStop();
  who.value = null;
  locked.value = false;
  stepQuestion.value?.(false);
  ended.value = why;
}
export async function logout() {
  try {
    await call("session.close");
  } catch {
    // it is over anyway
  }
  tell("left");
}
hooks.lost = () => who.value && leave("expired");
hooks.stepUp = () =>
  new Promise<boolean>((done) => {
    stepQuestion.value?.(false);
    stepQuestion.value = (ok) => {
      stepQuestion.value = null;
      done(ok);
    };
  });

let last = Date.now();
let told = 0;
function touched() {
  last = Date.now();
  if (who.value && !locked.value && last - told > 5000) (told = last), tabs.postMessage("touched");
}
for (const e of ["keydown", "pointerdown", "wheel"]) addEventListener(e, touched, { capture: true, passive: true });
export function lock() {
  if (who.value && who.value.session !== "") tell("lock");
}
/** Called every few seconds; ALLOWED for tests is LOCK_MS. */
setInterval(() => who.value && !locked.value && Date.now() - last > LOCK_MS && lock(), 5000);

// The tabs of this browser are one session: they are locked, opened and left together, and a touch of one is a touch of all.
const LOCKED = "openmdf.locked";
const tabs = new BroadcastChannel("openmdf");
function obey(what: string) {
  if (what === "touched") last = Date.now();
  else if (!who.value) return;
  else if (what === "left") leave("left");
  else if (what === "lock") liveStop(), (locked.value = true);
  else if (locked.value) (locked.value = false), liveStart();
}
tabs.onmessage = (e) => obey(e.data);
function tell(what: "lock" | "open" | "left") {
  if (what === "lock") localStorage.setItem(LOCKED, "1");
  else localStorage.removeItem(LOCKED);
  obey(what);
  tabs.postMessage(what);
}
