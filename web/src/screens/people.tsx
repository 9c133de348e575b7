// SPDX-License-Identifier: Apache-2.0
// Persons, their keys, who is logged in, tenants.  Each change of rights takes two persons; taking rights away takes one.
import type { ComponentChildren } from "preact";
import { call, get, type OpName } from "../lib/api";
import { t, word } from "../lib/i18n";
import { useLive } from "../lib/live";
import { route, setQuery } from "../lib/router";
import { may, who } from "../lib/session";
import { Facts, Loading, Notice, Page, State, Time } from "../ui/basic";
import { Act, askReason, copy, Dialog, show, toast } from "../ui/dialog";
import { formDialog, twoPersons } from "../ui/acts";
import { Grouped, PlanView } from "../ui/plan";
import { Choices } from "../ui/choices";
import { List, Table } from "../ui/table";
import { useState } from "preact/hooks";

const ROLES = ["admin", "approver", "liaison", "operator", "auditor", "security"];
const TABS: [string, OpName][] = [["persons", "person.list"], ["requests", "key.requests"], ["keys", "key.list"], ["sessions", "session.users"], ["tenants", "tenant.list"]];

export default function People() {
  const tabs = TABS.filter(([, op]) => may(op));
  const tab = tabs.find(([k]) => k === route.value.query.tab)?.[0] ?? tabs[0]![0];
  return (
    <Page title={t("nav.people")}>
      <div class="tabs" role="group" aria-label={t("nav.people")}>
        {tabs.map(([k]) => (
          <button key={k} type="button" aria-pressed={k === tab} onClick={() => setQuery({ tab: k })}>
            {t(`people.${k}`)}
          </button>
        ))}
      </div>
      {tab === "persons" && <Persons />}
      {tab === "requests" && <Requests />}
      {tab === "keys" && <Keys />}
      {tab === "sessions" && <Sessions />}
      {tab === "tenants" && <Tenants />}
    </Page>
  );
}
const roles = (r: string[]) => (r ?? []).map((x) => word("role", x)).join(", ");

// ---- persons
function Persons() {
  const all = !!route.value.query.all;
  return (
    <>
      <div class="filters">
        {may("person.add") && (
          <button class="main" onClick={() => void personDialog()}>
            {t("people.add")}
          </button>
        )}
        <label class="check">
          <input type="checkbox" checked={all} onChange={(e) => setQuery({ tab: "persons", all: e.currentTarget.checked })} /> {t("people.all")}
        </label>
      </div>
      <List
        op="person.list"
        args={all ? { all: true } : {}}
        live={["change", "approval"]}
        caption={t("people.persons")}
        rowKey={(p: any) => p.handle}
        file="persons.csv"
        columns={[
          { key: "handle", title: t("field.handle"), cell: (p: any) => <strong>{p.handle}</strong> },
          { key: "name", title: t("field.name") },
          { key: "roles", title: t("field.roles"), cell: (p: any) => roles(p.roles), text: (p: any) => p.roles?.join(" ") },
          { key: "lea", title: t("people.where"), cell: (p: any) => p.lea ?? p.tenant ?? "" },
          { key: "state", title: t("field.state"), cell: (p: any) => <State of={p.state} /> },
          { key: "password", title: t("people.factors"), cell: (p: any) => [p.password && t("field.password"), p.totp && t("people.totp"), p.pin && t("people.cert")].filter(Boolean).join(", ") || t("people.nofactor") },
          { key: "login", title: t("field.login"), cell: (p: any) => <Time at={p.login} /> },
          { key: "act", title: t("people.act"), cell: (p: any) => p.state !== "gone" && <PersonActs p={p} />, text: () => "" },
        ]}
      />
    </>
  );
}
function PersonActs({ p }: { p: any }) {
  const reason = (op: OpName, danger = true) =>
    void askReason({
      title: t(`${op}.title`, { person: p.handle }),
      text: t(`${op}.text`, { person: p.handle }),
      label: t(`${op}.act`),
      danger,
      run: async (why, key) => {
        await call(op, { handle: p.handle, reason: why } as any, { key });
        toast(t("done"));
      },
    });
  const two = (op: OpName) =>
    void askReason({
      title: t(`${op}.title`, { person: p.handle }),
      text: t(`${op}.text`, { person: p.handle }),
      label: t(`${op}.act`),
      run: async (why, key) => {
        await twoPersons(op, { handle: p.handle, reason: why }, { key });
      },
    });
  const self = p.handle === who.value!.person;
  return (
    <details class="acts">
      <summary aria-label={t("people.acts", { person: p.handle })}>{t("people.act")}</summary>
      <div class="buttons">
        {may("person.set") && <button onClick={() => void personDialog(p)}>{t("people.set")}</button>}
        {may("person.invite") && <button onClick={() => void invite(p.handle)}>{t("people.invite")}</button>}
        {may("person.reset") && <button onClick={() => two("person.reset")}>{t("person.reset.act")}</button>}
        {may("person.unlock") && p.state === "locked" && <button onClick={() => two("person.unlock")}>{t("person.unlock.act")}</button>}
        {may("person.lock") && p.state !== "locked" && !self && (
          <button class="danger" onClick={() => reason("person.lock")}>
            {t("person.lock.act")}
          </button>
        )}
        {may("person.remove") && !self && (
          <button class="danger" onClick={() => reason("person.remove")}>
            {t("person.remove.act")}
          </button>
        )}
      </div>
    </details>
  );
}
async function personDialog(p?: any) {
  const [leas, tenants] = await Promise.all([
    may("lea.list") ? get("lea.list", {}, { limit: 500 }).catch(() => []) : [],
    may("tenant.list") ? get("tenant.list", {}, { limit: 500 }).catch(() => []) : [],
  ]);
  await show((close) => <PersonForm p={p} leas={(leas as any[]).map((x) => x.name)} tenants={(tenants as any[]).map((x) => x.tenant)} close={close} />);
}
function PersonForm({ p, leas, tenants, close }: { p?: any; leas: string[]; tenants: string[]; close: () => void }) {
  const [v, set] = useState<any>({ handle: p?.handle ?? "", name: p?.name ?? "", job: p?.job ?? "", roles: p?.roles ?? [], lea: p?.lea ?? "", tenant: p?.tenant ?? "", pin: p?.pin ?? "" });
  const field = (name: string, o: any = {}) => (
    <label>
      {t(`field.${name}`)}
      {o.required && <span class="must"> ({t("field.must")})</span>}
      <input name={name} autocomplete="off" spellcheck={false} value={v[name]} onInput={(e) => set({ ...v, [name]: e.currentTarget.value })} {...o} />
    </label>
  );
  const select = (name: string, list: string[]) => (
    <label>
      {t(`field.${name}`)}
      <select name={name} value={v[name]} onChange={(e) => set({ ...v, [name]: e.currentTarget.value })}>
        <option value="" />
        {list.map((x) => (
          <option key={x}>{x}</option>
        ))}
      </select>
    </label>
  );
  const save = async (key: string) => {
    const args: any = { handle: v.handle.trim() };
    for (const k of ["name", "job", "lea", "tenant"]) if (v[k] && v[k] !== (p?.[k] ?? "")) args[k] = v[k];
    if (v.pin && v.pin !== (p?.pin ?? "")) args.pin = [v.pin.trim()];
    if (!p || v.roles.join() !== (p.roles ?? []).join()) args.roles = v.roles;
    if (await twoPersons(p ? "person.set" : "person.add", args, { key })) close();
  };
  return (
    <Dialog title={p ? t("people.set.title", { person: p.handle }) : t("people.add")} close={close}>
      <p>{t("people.two")}</p>
      <Act label={t("people.next")} run={save} cancel={close} disabled={v.roles.length === 0}>
        {field("handle", { required: true, disabled: !!p, pattern: "[A-Za-z0-9._\\-]{1,64}" })}
        {field("name")}
        {field("job")}
        <Choices title={t("field.roles")} hint={t("people.roles.hint")} options={ROLES.map((r) => [r, word("role", r)])} value={v.roles} set={(x) => set({ ...v, roles: x })} />
        {(v.roles.includes("liaison") || v.lea) && select("lea", leas)}
        {tenants.length > 0 && select("tenant", tenants)}
        {field("pin", { pattern: "[0-9a-fA-F:]{64,95}" })}
      </Act>
    </Dialog>
  );
}
async function invite(person: string) {
  await show((close) => <Invite person={person} close={close} />);
}
function Invite({ person, close }: { person: string; close: () => void }) {
  const [made, set] = useState<any>();
  return (
    <Dialog title={t("people.invite.title", { person })} close={close}>
      {made ? (
        <div class="print">
          <Notice tone="warn">{t("people.invite.once")}</Notice>
          <Facts rows={[[t("field.person"), person], [t("people.code"), <code class="big">{made.code}</code>], [t("people.code.until"), <Time at={made.until} />]]} />
          <div class="buttons">
            <button onClick={() => copy(made.code)}>{t("people.copy")}</button>
            <button onClick={() => print()}>{t("people.print")}</button>
            <button class="main" onClick={close}>
              {t("act.close")}
            </button>
          </div>
        </div>
      ) : (
        <Act label={t("people.invite")} cancel={close} run={async (key) => set((await call("person.invite", { handle: person } as any, { key })).data)}>
          <p>{t("people.invite.text", { person })}</p>
        </Act>
      )}
    </Dialog>
  );
}

// ---- keys that were asked for
function Requests() {
  return (
    <>
      <p>{t("people.requests.text")}</p>
      <List
        op="key.requests"
        live={["change", "approval"]}
        caption={t("people.requests")}
        empty={t("people.requests.none")}
        rowKey={(k: any) => k.key}
        columns={[
          { key: "person", title: t("field.person"), cell: (k: any) => <strong>{k.person}</strong> },
          { key: "key", title: t("people.begin"), cell: (k: any) => <Grouped id={k.key.slice(0, -8)} /> },
          { key: "rights", title: t("field.rights"), cell: (k: any) => rights(k.rights) },
          { key: "asked", title: t("field.submitted"), cell: (k: any) => <Time at={k.asked} /> },
          {
            key: "act",
            title: t("people.act"),
            cell: (k: any) => (
              <div class="buttons">
                {may("key.submit") && <button onClick={() => void take(k)}>{t("people.take")}</button>}
                {may("key.refuse") && (may("key.submit") || k.person === who.value!.person) && (
                  <button
                    onClick={() =>
                      void askReason({
                        title: t("people.refuse.title", { person: k.person }),
                        text: t("people.refuse.text", { person: k.person }),
                        label: t("people.refuse"),
                        danger: true,
                        run: async (reason, key) => {
                          await call("key.refuse", { key: k.key, reason } as any, { key });
                          toast(t("done"));
                        },
                      })
                    }
                  >
                    {t("people.refuse")}
                  </button>
                )}
              </div>
            ),
          },
        ]}
      />
    </>
  );
}
const rights = (r: string[]) => (r ?? []).map((x) => word("right", x)).join("; ") || t("people.loginonly");
async function take(k: any) {
  await show((close) => <Take k={k} close={close} />);
}
/** The officer compares the id with the person before anything is signed. */
function Take({ k, close }: { k: any; close: () => void }) {
  const [same, set] = useState(false);
  const [last, setLast] = useState("");
  const add = { person: k.person, rights: k.rights, spki: k.spki };
  const fits = last.replace(/\s/g, "").toLowerCase() === k.key.slice(-8);
  return (
    <Dialog wide title={t("people.take.title", { person: k.person })} close={close}>
      <Act
        label={t("people.next")}
        cancel={close}
        disabled={!same || !fits}
        run={async (key) => {
          if (await twoPersons("key.submit", { add, reason: t("people.take.reason") }, { key, plan: (plan, doc) => <PlanView plan={plan} doc={doc} /> })) close();
        }}
      >
        <p>{t("people.take.text", { person: k.person })}</p>
        <p class="big">
          <Grouped id={k.key.slice(0, -8)} /> <code>········</code>
        </p>
        <Facts rows={[[t("field.person"), k.person], [t("field.rights"), rights(k.rights)], [t("field.submitted"), <Time at={k.asked} />]]} />
        <label>
          {t("people.take.last")}
          <input name="last" required autocomplete="off" spellcheck={false} value={last} onInput={(e) => setLast(e.currentTarget.value)} aria-invalid={last.length >= 8 && !fits} />
          <small class="hint">{t(last.replace(/\s/g, "").length >= 8 && !fits ? "people.take.differs" : "people.take.hint")}</small>
        </label>
        <label class="check">
          <input type="checkbox" checked={same} onChange={(e) => set(e.currentTarget.checked)} /> {t("people.take.same", { person: k.person })}
        </label>
      </Act>
    </Dialog>
  );
}

// ---- the key list
function Keys() {
  const act = (k: any, what: "retire" | "revoke") =>
    void askReason({
      title: t(`people.${what}.title`, { person: k.person }),
      text: (
        <>
          <p>{t(`people.${what}.text`)}</p>
          <Grouped id={k.id} />
        </>
      ),
      label: t("people.next"),
      danger: true,
      run: async (reason, key) => {
        await twoPersons("key.submit", { [what]: [k.id], reason }, { key });
      },
    });
  return (
    <List
      op="key.list"
      live={["change", "approval"]}
      caption={t("people.keys")}
      rowKey={(k: any) => k.id}
      file="keys.csv"
      columns={[
        { key: "person", title: t("field.person"), cell: (k: any) => <strong>{k.person}</strong> },
        { key: "id", title: t("field.key"), cell: (k: any) => <Grouped id={k.id} /> },
        { key: "rights", title: t("field.rights"), cell: (k: any) => rights(k.rights), text: (k: any) => k.rights?.join(" ") },
        { key: "state", title: t("field.state"), cell: (k: any) => <State of={k.state} group="key" /> },
        ...(may("key.submit")
          ? [
              {
                key: "act",
                title: t("people.act"),
                text: () => "",
                cell: (k: any) =>
                  k.state !== "revoked" && (
                    <details class="acts">
                      <summary aria-label={t("people.acts", { person: `${k.person} ${k.id.slice(0, 8)}` })}>{t("people.act")}</summary>
                      <div class="buttons">
                        {k.state === "active" && <button onClick={() => act(k, "retire")}>{t("people.retire")}</button>}
                        <button class="danger" onClick={() => act(k, "revoke")}>
                          {t("people.revoke")}
                        </button>
                      </div>
                    </details>
                  ),
              },
            ]
          : []),
      ]}
    />
  );
}

// ---- sessions, tenants
function Sessions() {
  return (
    <List
      op="session.users"
      live={["audit"]}
      caption={t("people.sessions")}
      rowKey={(s: any) => s.session}
      columns={[
        { key: "handle", title: t("field.person") },
        { key: "interface", title: t("people.door"), cell: (s: any) => word("door", s.interface) },
        { key: "method", title: t("people.method"), cell: (s: any) => word("method", s.method) },
        { key: "source", title: t("people.source") },
        { key: "created", title: t("field.submitted"), cell: (s: any) => <Time at={s.created} /> },
        { key: "last", title: t("people.last"), cell: (s: any) => <Time at={s.last} seconds /> },
      ]}
    />
  );
}
function Tenants() {
  const got = useLive((signal) => get("tenant.list", {}, { signal, limit: 500 }), ["change", "approval"]);
  const add: ComponentChildren = may("tenant.add") && (
    <div class="filters">
      <button class="main" onClick={() => void formDialog("tenant.add", { title: t("people.tenant.add"), fields: ["tenant"], label: t("people.next") })}>
        {t("people.tenant.add")}
      </button>
    </div>
  );
  return (
    <>
      {add}
      <Loading of={got}>
        {() => (
          <Table
            caption={t("people.tenants")}
            rows={got.data as any[]}
            rowKey={(x) => x.tenant}
            empty={t("people.tenants.none")}
            columns={[
              { key: "tenant", title: t("field.tenant") },
              { key: "created", title: t("field.created"), cell: (x) => <Time at={x.created} /> },
            ]}
          />
        )}
      </Loading>
    </>
  );
}
