// SPDX-License-Identifier: Apache-2.0
// Targets and bindings, masked.  What is revealed is shown for a minute and kept nowhere; to reveal takes a reason and leaves a row in the audit log.
import { useState } from "preact/hooks";
import { call, get } from "../lib/api";
import { t, word } from "../lib/i18n";
import { useLive } from "../lib/live";
import { may } from "../lib/session";
import { Card, download, Hash, Loading, Notice, State, Time } from "../ui/basic";
import { Act, askReason, Dialog, show, toast } from "../ui/dialog";
import { clean, Field, type Values } from "../ui/form";
import { twoPersons } from "../ui/acts";
import { Identity } from "../ui/identity";
import { Shown, useRevealed } from "../ui/revealed";
import { Table } from "../ui/table";
import { When } from "../ui/when";
import type { Props } from "./warrant";

export function Targets(p: Props) {
  const { w } = p;
  const got = useLive(() => get("target.list", { warrant: w.uuid } as any, { limit: 500 }) as Promise<any[]>, ["change"], w.uuid, (d) => JSON.stringify(d).includes(w.uuid));
  const revealed = useRevealed();
  const draft = w.state === "draft" || w.state === "submitted";
  const value = (id: string) => revealed.rows?.find((r) => r.target === id);
  const reveal = () =>
    void askReason({
      title: t("targets.reveal.title", { liid: w.liid }),
      text: <p>{t("targets.reveal.text")}</p>,
      label: t("targets.reveal"),
      run: async (reason, key) => revealed.put((await call("target.reveal", { warrant: w.uuid, reason } as any, { key })).data as any[]),
    });
  const disclose = () =>
    void askReason({
      title: t("targets.reveal.title", { liid: w.liid }),
      text: <p>{t("targets.disclose.text")}</p>,
      label: t("acts.next"),
      run: async (reason, key) => {
        const r = await twoPersons("target.disclose", { warrant: w.uuid, reason }, { key });
        if (Array.isArray(r)) revealed.put(r);
      },
    });
  const remove = (x: any) =>
    void askReason({
      title: t("targets.remove.title"),
      text: <p>{t("targets.remove.text", { type: x.type, masked: x.masked, liid: w.liid })}</p>,
      label: t("targets.remove"),
      danger: true,
      run: async (reason) => {
        await call("target.remove", { warrant: w.uuid, target: x.id, reason } as any);
        got.reload();
        p.reload();
      },
    });
  return (
    <>
      <Card title={t("targets.title")} wide>
        <p class="hint">{t("targets.text")}</p>
        <Shown of={revealed} />
        <Loading of={got}>
          {() => (
            <Table
              caption={t("targets.title")}
              empty={t("targets.none")}
              rows={got.data!}
              rowKey={(x) => x.id}
              columns={[
                { key: "type", title: t("targets.type"), cell: (x: any) => <code>{x.type}</code> },
                { key: "masked", title: t("targets.identity"), cell: (x: any) => { const v = value(x.id); return v ? <><strong class="secret">{v.value}</strong>{v.form && v.form !== v.value && <small class="hint">{v.form}</small>}</> : <span aria-label={t("targets.masked")}>{x.masked}</span>; } },
                { key: "own_check", title: t("targets.check"), cell: (x: any) => (x.own_check ? <State tone="good" text={t("yes")} /> : t("no")) },
                { key: "created", title: t("field.entered"), cell: (x: any) => <Time at={x.created} /> },
                { key: "act", title: t("field.act"), cell: (x: any) => <button onClick={() => remove(x)} aria-label={t("targets.remove.of", { type: x.type, masked: x.masked })}>{t("targets.remove")}</button> },
              ].filter((c) => c.key !== "act" || (draft && may("target.remove")))}
            />
          )}
        </Loading>
        <div class="buttons">
          {may("target.reveal") && !!got.data?.length && <button onClick={reveal}>{t("targets.reveal")}</button>}
          {may("target.disclose") && !!got.data?.length && <button onClick={disclose}>{t("targets.disclose")}</button>}
          {draft && may("target.add") && <button onClick={() => void show((close) => <Add w={w} close={close} done={() => (got.reload(), p.reload())} />)}>{t("targets.add")}</button>}
        </div>
      </Card>
      {may("binding.list") && <Bindings w={w} targets={got.data ?? []} />}
    </>
  );
}

function Add({ w, close, done }: { w: any; close: () => void; done: () => void }) {
  const [v, set] = useState<Values>({});
  return (
    <Dialog title={t("targets.add.title", { liid: w.liid })} close={close}>
      <Act
        label={t("targets.add")}
        cancel={close}
        run={async (key) => {
          await call("target.add", { warrant: w.uuid, ...clean(v) } as any, { key });
          toast(t("done"));
          done();
          close();
        }}
      >
        {w.state === "submitted" && <Notice tone="warn">{t("acts.edit.submitted")}</Notice>}
        <Identity v={v} set={set} />
        <Field op="target.add" name="check" values={v} set={set} />
        <Field op="target.add" name="shared" values={v} set={set} />
        {v.shared && <Field op="target.add" name="reason" values={v} set={set} must />}
      </Act>
    </Dialog>
  );
}

function Bindings({ w, targets }: { w: any; targets: any[] }) {
  const got = useLive(() => get("binding.list", { warrant: w.uuid } as any, { limit: 500 }) as Promise<any[]>, ["change"], w.uuid, (d) => JSON.stringify(d).includes(w.uuid));
  const proof = useRevealed();
  const confirm = () =>
    void askReason({
      title: t("bindings.confirm.title", { liid: w.liid }),
      text: <p>{t("bindings.confirm.text")}</p>,
      label: t("bindings.confirm"),
      run: async (reason, key) => {
        const r: any = (await call("binding.confirm", { warrant: w.uuid, reason } as any, { key })).data;
        proof.put([r]);
      },
    });
  const end = (b: any) =>
    void askReason({
      title: t("bindings.end.title"),
      text: <p>{t("bindings.end.text", { type: b.type, masked: b.masked })}</p>,
      label: t("bindings.end"),
      run: async (reason, key) => {
        await call("binding.end", { warrant: w.uuid, binding: b.id, reason } as any, { key });
        got.reload();
      },
    });
  const proved = proof.rows?.[0];
  return (
    <Card title={t("bindings.title")} wide>
      <p class="hint">{t("bindings.text")}</p>
      {proved && (
        <>
          <Notice tone="warn">
            {t("targets.shown", { n: proof.left })} <button onClick={proof.hide}>{t("targets.hide")}</button> <button onClick={() => download(`bindings-${w.liid}.json`, JSON.stringify(proved, null, 1))}>{t("bindings.save")}</button>
          </Notice>
          <ul>
            {proved.bindings.map((b: any) => (
              <li key={b.id}>
                <code>{b.type}</code> <strong class="secret">{b.value}</strong> <Time at={b.from} /> – <Time at={b.until} /> {word("choice.source", b.source)} {b.reference}
              </li>
            ))}
          </ul>
          <p>
            SHA-256: <Hash of={proved.sha256} />
          </p>
        </>
      )}
      <Loading of={got}>
        {() => (
          <Table
            caption={t("bindings.title")}
            rows={got.data!}
            rowKey={(b) => b.id}
            columns={[
              { key: "type", title: t("targets.type"), cell: (b: any) => <code>{b.type}</code> },
              { key: "masked", title: t("targets.identity") },
              { key: "from", title: t("field.from"), cell: (b: any) => <Time at={b.from} seconds /> },
              { key: "until", title: t("field.until"), cell: (b: any) => (b.until ? <Time at={b.until} seconds /> : <State tone="info" text={t("bindings.still")} />) },
              { key: "source", title: t("bindings.source"), cell: (b: any) => word("choice.source", b.source) },
              { key: "hash", title: t("bindings.hash"), cell: (b: any) => <Hash of={b.hash} /> },
              { key: "act", title: t("field.act"), cell: (b: any) => !b.until && <button onClick={() => end(b)} aria-label={t("bindings.end.of", { type: b.type, masked: b.masked })}>{t("bindings.end")}</button> },
            ].filter((c) => c.key !== "act" || may("binding.end"))}
          />
        )}
      </Loading>
      <div class="buttons">
        {may("binding.add") && targets.length > 0 && <button onClick={() => void show((close) => <Bind w={w} targets={targets} close={close} done={got.reload} />)}>{t("bindings.add")}</button>}
        {may("binding.confirm") && !!got.data?.length && <button onClick={confirm}>{t("bindings.confirm")}</button>}
      </div>
    </Card>
  );
}
function Bind({ w, targets, close, done }: { w: any; targets: any[]; close: () => void; done: () => void }) {
  const [v, set] = useState<Values>({ target: targets.length === 1 ? targets[0].id : undefined });
  return (
    <Dialog title={t("bindings.add.title", { liid: w.liid })} close={close}>
      <Act
        label={t("bindings.add")}
        cancel={close}
        run={async (key) => {
          await call("binding.add", { warrant: w.uuid, ...clean(v) } as any, { key });
          toast(t("done"));
          done();
          close();
        }}
      >
        <Field op="binding.add" name="target" values={v} set={set} choices={targets.map((x) => [x.id, `${x.type} ${x.masked}`])} must />
        <Identity v={v} set={set} />
        <Field op="binding.add" name="source" values={v} set={set} must />
        <Field op="binding.add" name="reference" values={v} set={set} must />
        <When name="from" label={t("bindings.from")} value={v.from} set={(x) => set({ ...v, from: x })} />
        <When name="until" label={t("bindings.until")} value={v.until} set={(x) => set({ ...v, until: x })} />
      </Act>
    </Dialog>
  );
}
