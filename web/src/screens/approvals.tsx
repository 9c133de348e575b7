// SPDX-License-Identifier: Apache-2.0
// What waits for a second person, what I asked for, what was decided; and one of them in full, with its plan, its documents, its text.
import { useState } from "preact/hooks";
import { call, get, Problem } from "../lib/api";
import { octets, t, word } from "../lib/i18n";
import { useLive } from "../lib/live";
import { go, link, route, setQuery } from "../lib/router";
import { may, who } from "../lib/session";
import { Card, Countdown, download, Facts, Fault, Hash, Loading, Notice, Page, State, Time } from "../ui/basic";
import { compare } from "../ui/compare";
import { askReason, toast } from "../ui/dialog";
import { PlanView } from "../ui/plan";
import { approve } from "../ui/acts";
import { List, Table } from "../ui/table";
import { Shown, useRevealed } from "../ui/revealed";
import { Tree } from "../ui/tree";

const TABS = { waiting: {}, mine: { mine: true, state: "all" }, decided: { state: "decided" } } as Record<string, Record<string, unknown>>;

export default function Approvals() {
  return route.value.path[1] ? <One id={route.value.path[1]} /> : <All />;
}
function For({ a }: { a: any }) {
  if (a.state !== "waiting") return <State of={a.state} />;
  return a.creator === who.value!.person ? <State tone="info" text={t("approvals.yours")} /> : a.for_me ? <State tone="warn" text={t("approvals.forme")} /> : <State tone="off" text={t("approvals.other")} />;
}
function All() {
  const tab = TABS[route.value.query.tab ?? ""] ? route.value.query.tab! : "waiting";
  return (
    <Page title={t("nav.approvals")}>
      <div class="tabs" role="group" aria-label={t("nav.approvals")}>
        {Object.keys(TABS).map((k) => (
          <button key={k} type="button" aria-pressed={k === tab} onClick={() => setQuery({ tab: k === "waiting" ? "" : k })}>
            {t(`approvals.${k}`)}
          </button>
        ))}
      </div>
      <List
        key={tab}
        op="approval.list"
        args={TABS[tab] as any}
        live={["approval", "change"]}
        caption={t(`approvals.${tab}`)}
        empty={t(`approvals.${tab}.none`)}
        rowKey={(a: any) => a.approval}
        onRow={(a: any) => go(["approvals", a.approval])}
        file={tab === "waiting" ? undefined : "approvals.csv"}
        columns={[
          { key: "op", title: t("field.op"), cell: (a: any) => <a href={link(["approvals", a.approval])}>{word("op", a.op)}</a> },
          { key: "object", title: t("field.object"), cell: (a: any) => (a.liid ? `${t("field.liid")} ${a.liid}, ${a.lea}` : a.object) },
          { key: "state", title: t("approvals.who"), cell: (a: any) => <For a={a} /> },
          { key: "creator", title: t("field.creator") },
          { key: "submitted", title: t("field.submitted"), cell: (a: any) => <Time at={a.submitted} /> },
          tab === "decided"
            ? { key: "decided", title: t("field.decided"), cell: (a: any) => <><Time at={a.decided} /> {a.decided_by}</>, text: (a: any) => a.decided }
            : { key: "until", title: t("approvals.until"), cell: (a: any) => (a.state === "waiting" ? <Countdown at={a.until} /> : <><Time at={a.decided} /> {a.decided_by}</>) },
        ]}
      />
    </Page>
  );
}

/** What is read beside an approval: of a warrant its present state and plan, its documents. */
async function load(id: string, signal: AbortSignal) {
  const a: any = await get("approval.show", { approval: id } as any, { signal });
  const doc = JSON.parse(a.doc);
  const more: { warrant?: any; documents?: any[]; stale?: boolean; strange?: string } = {};
  if (a.state === "waiting") more.strange = await compare(a.op, {}, a, false);
  if (a.warrant && may("warrant.show")) {
    more.warrant = await get("warrant.show", { warrant: a.warrant } as any, { signal }).catch(() => undefined);
    more.documents = (await get("document.list", { warrant: a.warrant } as any, { signal }).catch(() => undefined)) as any[] | undefined;
    if (a.op === "warrant.submit" && a.state === "waiting" && may("warrant.plan")) {
      const now: any = await get("warrant.plan", { warrant: a.warrant } as any, { signal }).catch(() => undefined);
      more.stale = now && now.sha256 !== doc.order?.plan;
    }
  }
  return { a, doc, ...more };
}

function One({ id }: { id: string }) {
  const got = useLive((s) => load(id, s), ["approval", "change"], id);
  const [problem, setProblem] = useState<Problem>();
  const revealed = useRevealed();
  return (
    <Page title={t("approvals.title")} actions={<a href={link(["approvals"])}>{t("approvals.back")}</a>}>
      <Loading of={got}>
        {() => {
          const { a, doc, warrant, documents, stale, strange } = got.data!;
          const own = a.creator === who.value!.person;
          const waits = a.state === "waiting";
          const before = waits && a.op !== "warrant.submit" ? warrant : undefined;
          const decide = a.for_me;
          const act = async () => {
            setProblem(undefined);
            try {
              const done = await approve(id, { plan: (p, d) => <PlanView plan={p} doc={d} before={before} /> });
              if (a.op === "target.disclose" && Array.isArray(done)) revealed.put(done);
              if (done) got.reload();
            } catch (e) {
              setProblem(e instanceof Problem ? e : new Problem(0, "PROGRAM", String(e)));
            }
          };
          const end = (op: "approval.reject" | "approval.withdraw") =>
            void askReason({
              title: t(`${op}.title`),
              text: t(`${op}.text`, { op: word("op", a.op), object: a.object }),
              label: t(`${op}.act`),
              danger: true,
              run: async (reason, key) => {
                await call(op, { approval: id, reason } as any, { key });
                toast(t("done"));
                got.reload();
              },
            });
          return (
            <>
              <h2>{word("op", a.op)}</h2>
              <Facts
                rows={[
                  [t("field.state"), <State of={a.state} />],
                  [t("field.liid"), a.liid],
                  [t("field.object"), a.warrant ? <a href={link(["warrants", a.warrant])}>{a.object}</a> : a.object],
                  [t("field.lea"), a.lea],
                  [t("field.creator"), a.creator],
                  [t("field.submitted"), <Time at={a.submitted} />],
                  [t("approvals.until"), waits ? <Countdown at={a.until} /> : undefined],
                  [t("field.decided"), a.decided && <Time at={a.decided} />],
                  [t("field.decided_by"), a.decided_by],
                  [t("approvals.reason"), a.reason],
                ]}
              />
              {strange && <Notice tone="bad">{t("approvals.strange")}</Notice>}
              {stale && <Notice tone="bad">{t("approvals.stale")}</Notice>}
              {waits && own && <Notice>{t("approvals.own")}</Notice>}
              {waits && !own && !a.for_me && <Notice>{t("approvals.notyou")}</Notice>}
              {problem && <Fault of={problem} />}
              {problem?.code === "SIGNATURE" && <Notice tone="warn">{t("approvals.changed")}</Notice>}
              <div class="buttons">
                {decide && (
                  <button class="main" disabled={!!strange} onClick={() => void act()}>
                    {t("approval.approve.act")}
                  </button>
                )}
                {decide && (
                  <button class="danger" onClick={() => end("approval.reject")}>
                    {t("approval.reject.act")}
                  </button>
                )}
                {waits && own && <button onClick={() => end("approval.withdraw")}>{t("approval.withdraw.act")}</button>}
                {own && a.op === "warrant.submit" && a.warrant && !waits && warrant?.state === "draft" && <a href={link(["new", a.warrant])}>{t("approvals.again")}</a>}
              </div>
              {revealed.rows && (
                <Card title={t("approvals.disclosed")} wide>
                  <Shown of={revealed} />
                  <ul>
                    {revealed.rows.map((r) => (
                      <li key={r.target}>
                        <code>{r.type}</code> <strong class="secret">{r.value}</strong>
                      </li>
                    ))}
                  </ul>
                </Card>
              )}
              <Card title={t("approvals.plan")} wide>
                <PlanView plan={a.plan} doc={doc} before={before} />
              </Card>
              {documents && <Documents warrant={a.warrant} documents={documents} signed={doc.order?.documents} />}
              <Card title={t("approvals.text")} wide>
                <p>
                  {t("sign.hash")} <Hash of={a.sha256} />
                </p>
                <Tree of={doc} title={t("sign.doc")} />
              </Card>
            </>
          );
        }}
      </Loading>
    </Page>
  );
}
function Documents({ warrant, documents, signed }: { warrant: string; documents: any[]; signed?: any[] }) {
  const give = (d: any) =>
    void askReason({
      title: t("approvals.document"),
      text: t("approvals.document.text"),
      label: t("approvals.document.act"),
      run: async (reason, key) => {
        const got: any = await get("document.export", { warrant, document: d.id, reason } as any, { key });
        const octetsOf = Uint8Array.from(atob(got.file ?? ""), (c) => c.charCodeAt(0));
        download(`${d.role}-${d.sha256.slice(0, 8)}`, new Blob([octetsOf], { type: "application/octet-stream" }));
      },
    });
  return (
    <Card title={t("approvals.documents")} wide>
      <Table
        caption={t("approvals.documents")}
        rows={documents}
        rowKey={(d) => d.id}
        columns={[
          { key: "role", title: t("field.role"), cell: (d) => word("document", d.role) },
          { key: "media", title: t("field.type") },
          { key: "octets", title: t("field.octets"), num: true, cell: (d) => octets(d.octets) },
          { key: "sha256", title: "SHA-256", cell: (d) => <Hash of={d.sha256} /> },
          { key: "in", title: t("approvals.signed"), cell: (d) => (signed?.some((s) => s.sha256 === d.sha256) ? <State tone="good" text={t("plan.yes")} /> : <State tone="off" text={t("plan.no")} />) },
          ...(may("document.export") ? [{ key: "act", title: t("approvals.document"), cell: (d: any) => <button onClick={() => give(d)}>{t("approvals.document.act")}</button> }] : []),
        ]}
      />
    </Card>
  );
}
