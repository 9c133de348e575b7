// SPDX-License-Identifier: Apache-2.0
// Calls of the REST interface by the name of the operation.  Method, path and arguments come from the OpenAPI document.
import specUrl from "../gen/spec.json?url";
import type { OpName, Ops } from "../gen/api";

export type { OpName, Ops };
export interface Arg {
  in?: "path" | "query";
  must?: boolean;
  type?: string | string[];
  enum?: string[];
  pattern?: string;
  min?: number;
  max?: number;
  format?: string;
  text?: string;
}
interface Spec {
  method: string;
  path: string;
  args: Record<string, Arg>;
  roles: string[];
  two?: boolean;
  /** wants a fresh factor */
  step?: boolean;
  summary: string;
}
export let spec: Record<string, Spec> = {};
export async function loadSpec() {
  spec = await (await fetch(specUrl)).json();
}
/** Can the argument NAME of OP be taken away (null)? */
export const clears = (op: OpName, name: string) => [spec[op]?.args[name]?.type].flat().includes("null");

/** What the server refused, or that it cannot be reached (status 0). */
export class Problem extends Error {
  constructor(
    public status: number,
    public code: string,
    public detail: string,
    public todo = "",
    public object = "",
    public errors: { pointer?: string; parameter?: string; code: string; detail: string }[] = [],
  ) {
    super(`${code}: ${detail}`);
  }
}

export interface Answer<T> {
  status: number;
  data: T;
  etag: string | null;
  /** cursor of the next page, or null */
  next: string | null;
  location: string | null;
}
export interface Options {
  limit?: number;
  cursor?: string | null;
  /** ETag of the version that is to be changed */
  match?: string | null;
  /** the same for all tries of one act, so that it is done once */
  key?: string;
  /** long work goes on at the server: 202 and its address */
  background?: boolean;
  signal?: AbortSignal;
}
type Args<N extends OpName> = Partial<Ops[N]["args"]> & { plan?: boolean; signature?: { key: string; sig: string } };

/** Set by session.ts: what happens when nobody is logged in, and when a fresh factor is needed (true: try again). */
export const hooks = {
  lost: () => {},
  stepUp: async (): Promise<boolean> => false,
};

export async function call<N extends OpName>(op: N, args: Args<N> = {} as Args<N>, o: Options = {}): Promise<Answer<Ops[N]["result"]>> {
  const s = spec[op as string]!;
  const rest: Record<string, unknown> = {};
  const query = new URLSearchParams();
  const body = !["GET", "DELETE"].includes(s.method);
  let path = s.path;
  for (const [k, v] of Object.entries(args)) {
    if (v === undefined || (!body && (v as unknown) === "")) continue;
    if (s.args[k]?.in === "path") path = path.replace(`{${k}}`, encodeURIComponent(String(v)));
    else if (body) rest[k] = v;
    else query.set(k, Array.isArray(v) ? v.join() : typeof v === "object" ? JSON.stringify(v) : String(v));
  }
  if (o.limit) query.set("limit", String(o.limit));
  if (o.cursor) query.set("cursor", o.cursor);
  const headers: Record<string, string> = { "X-OpenMDF": "1" };
  if (body) headers["Content-Type"] = s.method === "PATCH" ? "application/merge-patch+json" : "application/json";
  if (s.method === "PATCH" || s.method === "DELETE" || o.match) headers["If-Match"] = o.match ?? "*";
  if (s.method !== "GET" && !("plan" in args) && !/^(session|person\.(accept|password))/.test(op)) headers["Idempotency-Key"] = o.key ?? crypto.randomUUID();
  if (o.background) headers.Prefer = "respond-async";
  let r: Response;
  try {
    r = await fetch(`/api/v1${path}${query.size ? `?${query}` : ""}`, {
      method: s.method,
      headers,
      body: body ? JSON.stringify(rest) : undefined,
      signal: o.signal,
      cache: "no-store",
    });
  } catch (e) {
    if (o.signal?.aborted) throw e;
    throw new Problem(0, "UNREACHABLE", String(e));
  }
  const text = await r.text();
  const data = text && /json/.test(r.headers.get("Content-Type") ?? "") ? JSON.parse(text) : text;
  if (r.ok)
    return {
      status: r.status,
      data,
      etag: r.headers.get("ETag"),
      next: /[?&]cursor=([^&>]+)[^>]*>; *rel="next"/.exec(r.headers.get("Link") ?? "")?.[1] ?? null,
      location: r.headers.get("Location"),
    };
  if (r.status === 401 && !op.startsWith("session.")) hooks.lost();
  if (data?.code === "STEP-UP" && (await hooks.stepUp())) return call(op, args, o);
  throw new Problem(r.status, data?.code ?? "HTTP", data?.detail ?? r.statusText, data?.todo, data?.object, data?.errors);
}

/** Just the answer. */
export async function get<N extends OpName>(op: N, args?: Args<N>, o?: Options): Promise<Ops[N]["result"]> {
  return (await call(op, args, o)).data;
}
