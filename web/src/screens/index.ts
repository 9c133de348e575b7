// SPDX-License-Identifier: Apache-2.0
// The screens in their order: address, letter behind "g", and the operations one of which a person must be allowed to see it.
// Each is loaded when it is opened first.
import type { FunctionComponent } from "preact";
import type { OpName } from "../lib/api";

export interface Screen {
  path: string;
  key?: string;
  ops: OpName[];
  always?: boolean;
  load: () => Promise<{ default: FunctionComponent }>;
  /** the page of one of them, when it is apart */
  one?: Screen["load"];
}
export const screens: Screen[] = [
  { path: "overview", key: "o", ops: ["overview"], load: () => import("./overview") },
  { path: "warrants", key: "w", ops: ["warrant.list"], load: () => import("./warrants") },
  { path: "new", key: "n", ops: ["warrant.add"], load: () => import("./new") },
  { path: "approvals", key: "p", ops: ["approval.list"], load: () => import("./approvals") },
  { path: "links", key: "l", ops: ["destination.list"], load: () => import("./links"), one: () => import("./link") },
  { path: "elements", key: "e", ops: ["ne.list"], load: () => import("./elements") },
  { path: "alarms", key: "a", ops: ["alarm.list"], load: () => import("./alarms") },
  { path: "completeness", key: "c", ops: ["completeness.list"], load: () => import("./completeness") },
  { path: "audit", key: "u", ops: ["audit.list"], load: () => import("./audit") },
  { path: "reports", key: "r", ops: ["report.list"], load: () => import("./reports") },
  { path: "people", key: "k", ops: ["person.list", "key.list"], load: () => import("./people") },
  { path: "settings", key: "s", ops: ["setting.list", "journal.list"], load: () => import("./settings") },
  { path: "me", ops: [], always: true, load: () => import("./me") },
];
