// SPDX-License-Identifier: Apache-2.0
// Addresses after the hash: #/warrants?state=active.  Filters are in the address, so back, reload and bookmarks work.
import { signal } from "@preact/signals";

export interface Route {
  path: string[];
  query: Record<string, string>;
}
function read(): Route {
  const [path = "", query = ""] = location.hash.slice(1).split("?");
  return { path: path.split("/").filter(Boolean).map(decodeURIComponent), query: Object.fromEntries(new URLSearchParams(query)) };
}
export const route = signal<Route>(read());
addEventListener("hashchange", () => (route.value = read()));

export function link(path: string[], query: Record<string, string | number | boolean | undefined | null> = {}) {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(query)) if (v !== undefined && v !== null && v !== "" && v !== false) q.set(k, String(v));
  return `#/${path.map(encodeURIComponent).join("/")}${q.size ? `?${q}` : ""}`;
}
export const go = (path: string[], query?: Parameters<typeof link>[1]) => void (location.hash = link(path, query));
/** Change the query of this page without a step in the history. */
export function setQuery(query: Parameters<typeof link>[1]) {
  history.replaceState(null, "", link(route.value.path, query));
  route.value = read();
}
