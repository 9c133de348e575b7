// SPDX-License-Identifier: Apache-2.0
// Forms and signing are loaded when somebody acts: who only looks does not need them.
import type { OpName } from "../lib/api";
import type * as form from "./form";
import type * as sign from "./sign";

export const formDialog = async <N extends OpName>(...a: Parameters<typeof form.formDialog<N>>) => (await import("./form")).formDialog<N>(...a);
export const twoPersons = async (...a: Parameters<typeof sign.twoPersons>) => (await import("./sign")).twoPersons(...a);
export const approve = async (...a: Parameters<typeof sign.approve>) => (await import("./sign")).approve(...a);
