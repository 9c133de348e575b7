// SPDX-License-Identifier: Apache-2.0
// A note on a fault notice, and when the fault is expected to end.  Loaded when somebody writes one.
import { useState } from "preact/hooks";
import { call } from "../lib/api";
import { t, word } from "../lib/i18n";
import { Act, Dialog, show, toast } from "../ui/dialog";
import { clean, Field, type Values } from "../ui/form";
import { When } from "../ui/when";

export const note = (n: any, done: () => void) => void show((close) => <Note n={n} done={done} close={close} />);

function Note({ n, done, close }: { n: any; done: () => void; close: () => void }) {
  const [v, set] = useState<Values>({ expected: n.expected ?? undefined, note: n.note ?? undefined });
  const now = Object.fromEntries(Object.entries(clean(v)).filter(([k, x]) => x !== n[k]));
  return (
    <Dialog title={t("notices.note.title", { cause: word("cause", n.cause), lea: n.lea })} close={close}>
      <Act
        label={t("act.save")}
        cancel={close}
        disabled={!Object.keys(now).length}
        run={async (key) => {
          await call("notice.note", { notice: n.uuid, ...now } as any, { key });
          toast(t("done"));
          done();
          close();
        }}
      >
        <p class="hint">{t(n.restored ? "notices.note.over" : "notices.note.text", { lea: n.lea })}</p>
        {!n.restored && <When name="expected" label={t("notices.expected")} value={v.expected} set={(x) => set({ ...v, expected: x })} />}
        <Field op="notice.note" name="note" values={v} set={set} />
      </Act>
    </Dialog>
  );
}
