// SPDX-License-Identifier: Apache-2.0
// Which warrants concern an identity, and which stand behind an XID.  Loaded when somebody asks.  What is typed is in the field and in the body
// of the call only; the identity is taken out of the field after a minute, and goes with the dialog.
import { useEffect, useState } from "preact/hooks";
import { call, get } from "../lib/api";
import { t } from "../lib/i18n";
import { useLive } from "../lib/live";
import { link } from "../lib/router";
import { may } from "../lib/session";
import { Notice, State, Time } from "../ui/basic";
import { Act, Dialog, show } from "../ui/dialog";
import { clean, Field, type Values } from "../ui/form";
import { Identity } from "../ui/identity";
import { Table } from "../ui/table";

const KEPT_MS = 60_000;
type By = "identity" | "xid";

export const find = () => void show((close) => <Find close={close} />);

function Find({ close }: { close: () => void }) {
  const ways: By[] = [...(may("target.find") ? ["identity" as const] : []), ...(may("xid.list") ? ["xid" as const] : [])];
  const [by, set] = useState(ways[0]);
  return (
    <Dialog wide title={t(`find.${ways.join("-")}`)} close={close}>
      {ways.length > 1 && (
        <fieldset class="choices">
          <legend>{t("find.by")}</legend>
          {ways.map((w) => (
            <label class="check" key={w}>
              <input type="radio" name="by" value={w} checked={by === w} onChange={() => set(w)} /> {t(`find.by.${w}`)}
            </label>
          ))}
        </fieldset>
      )}
      {by === "identity" ? <ByIdentity close={close} /> : <ByXid close={close} />}
    </Dialog>
  );
}

function ByIdentity({ close }: { close: () => void }) {
  const leas = useLive(() => get("lea.list", {}, { limit: 500 }) as Promise<any[]>, []);
  const [typed, set] = useState<Values>({});
  const [found, put] = useState<{ rows: any[]; lea: string; type: string }>();
  const v: Values = { ...typed, lea: typed.lea ?? (leas.data?.length === 1 ? leas.data[0].name : undefined) };
  useEffect(() => {
    if (!typed.value) return;
    const timer = setTimeout(() => set((x) => ({ ...x, value: undefined })), KEPT_MS);
    return () => clearTimeout(timer);
  }, [typed.value, found]);
  return (
    <>
      <Act
        label={t("find.act")}
        cancel={close}
        run={async (key) => {
          put(undefined);
          const rows = (await call("target.find", clean(v) as any, { key })).data as any[];
          put({ rows, lea: v.lea, type: v.type });
        }}
      >
        <p class="hint">{t("find.identity.text")}</p>
        <Field op="target.find" name="lea" values={v} set={set} choices={(leas.data ?? []).map((l) => [l.name, l.name])} must />
        <Identity v={v} set={set} />
        <Field op="target.find" name="reason" values={v} set={set} must />
      </Act>
      <div aria-live="polite">{found && <Found rows={found.rows} close={close} some={t("find.found", { n: found.rows.length })} none={t("find.identity.none", { lea: found.lea, type: found.type })} />}</div>
    </>
  );
}

function ByXid({ close }: { close: () => void }) {
  const [v, set] = useState<Values>({});
  const [rows, put] = useState<any[]>();
  return (
    <>
      <Act
        label={t("find.act")}
        cancel={close}
        run={async () => {
          put(undefined);
          put((await get("xid.list", { xid: v.xid } as any, { limit: 500 })) as any[]);
        }}
      >
        <p class="hint">{t("find.xid.text")}</p>
        <Field op="xid.list" name="xid" values={v} set={(x) => set({ xid: x.xid?.trim() })} must />
      </Act>
      <div aria-live="polite">{rows && <Found rows={rows} close={close} some={t("find.found", { n: rows.length })} none={t("find.xid.none")} />}</div>
    </>
  );
}

function Found({ rows, some, none, close }: { rows: any[]; some: string; none: string; close: () => void }) {
  if (!rows.length) return <Notice>{none}</Notice>;
  return (
    <>
      <p>{some}</p>
      <Table
        caption={t("find.result")}
        rows={rows}
        rowKey={(w) => w.target ?? w.warrant}
        columns={[
          { key: "liid", title: "LIID", cell: (w: any) => <a href={link(["warrants", w.warrant])} onClick={close}>{w.liid}</a> },
          { key: "lea", title: t("field.lea") },
          { key: "state", title: t("field.state"), cell: (w: any) => <State of={w.state} /> },
          { key: "from", title: t("field.from"), cell: (w: any) => <Time at={w.from} /> },
          { key: "until", title: t("field.until"), cell: (w: any) => <Time at={w.until} /> },
          { key: "masked", title: t("targets.identity"), cell: (w: any) => <><code>{w.type}</code> {w.masked}</> },
        ].filter((c) => c.key !== "masked" || rows[0].masked)}
      />
    </>
  );
}
