// SPDX-License-Identifier: Apache-2.0
// What a person has here: roles, the key of this browser, appearance, keyboard.
import { Facts, Page } from "../ui/basic";
import { t, word } from "../lib/i18n";
import { who } from "../lib/session";

export default function Me() {
  return (
    <Page title={t("nav.me")}>
      <Facts rows={[[t("login.handle"), who.value!.person], [t("field.roles"), who.value!.roles.map((r) => word("role", r)).join(", ")]]} />
    </Page>
  );
}
