// SPDX-License-Identifier: Apache-2.0
// What a person has here: roles, the keys of this browser, factors, API tokens, appearance, keyboard, sessions.
import { useState } from "preact/hooks";
import { call, get, Problem } from "../lib/api";
import { LANGUAGES, lang, setLanguage, t, word } from "../lib/i18n";
import { keyForget, keyForgetLater, keyLater, keyMake, keyOf, keyRead, keySign, keyUse, type Key } from "../lib/keys";
import { useLive } from "../lib/live";
import { logout, may, who } from "../lib/session";
import { Card, Facts, Loading, Notice, Page, State, Time } from "../ui/basic";
import { Choices } from "../ui/choices";
import { canonical } from "../ui/compare";
import { Act, askReason, copy, Dialog, show, toast } from "../ui/dialog";
import { Grouped } from "../ui/plan";
import { Table } from "../ui/table";
import { screens } from ".";

export default function Me() {
  return (
    <Page title={t("nav.me")}>
      <div class="cards">
        <Card title={t("me.account")}>
          <Facts
            rows={[
              [t("field.handle"), who.value!.person],
              [t("field.roles"), who.value!.roles.map((r) => word("role", r)).join(", ")],
              [t("me.session"), who.value!.session ? <code>{who.value!.session}</code> : t("me.session.cert")],
              [t("me.door"), word("door", who.value!.interface)],
            ]}
          />
          {who.value!.session && <button onClick={() => void logout()}>{t("act.logout")}</button>}
        </Card>
        {may("person.password") && <Factors />}
        <Appearance />
      </div>
      <Keys />
      {who.value!.session && <Tokens />}
      {may("session.users") && <Sessions />}
      <Shortcuts />
    </Page>
  );
}

// ---- keys
const RIGHTS: Record<string, string[]> = { admin: ["create"], liaison: ["create"], approver: ["approve"], security: ["create", "keys"], auditor: ["create", "approve"], operator: [] };
/** The key and the later one, the requests for them, and what the key list says where the person may read it. */
async function load(signal: AbortSignal) {
  const person = who.value!.person;
  let key = await keyOf(person), later = await keyLater(person);
  if (later && key?.id === later.id) later = undefined;
  const asked = (await get("key.requests", {}, { signal, limit: 500 })) as any[];
  const state = async (k?: Key) => {
    if (!k) return "";
    if (asked.some((r) => r.key === k.id)) return "asked";
    if (!may("key.show")) return "unknown";
    try {
      return ((await get("key.show", { key: k.id } as any, { signal })) as any).state as string;
    } catch (e) {
      if (e instanceof Problem && e.status === 404) return "none";
      throw e;
    }
  };
  let states = [await state(key), await state(later)];
  if (later && states[1] === "active") {
    await keyUse(person);
    [key, later, states] = [later, undefined, ["active", ""]];
  }
  return { key, later, states, asked: asked.filter((r) => r.person === person) };
}
function Keys() {
  const person = who.value!.person;
  const got = useLive(load, ["change", "approval"]);
  const one = (k: Key, state: string, later: boolean) => (
    <div key={k.id}>
      <h3>{t(later ? "me.key.later" : "me.key.here")}</h3>
      <Facts
        rows={[
          [t("me.key.id"), <Grouped id={k.id} />],
          [t("field.state"), <State of={state} group="mykey" tone={state === "active" ? "good" : state === "asked" ? "warn" : state === "unknown" ? "info" : "bad"} />],
          [t("me.key.kind"), t(`me.key.${k.kind}`)],
          [t("field.created"), <Time at={k.made} />],
          [t("me.key.export"), t(k.private.extractable ? "me.key.extractable" : "me.key.fixed")],
        ]}
      />
      <Notice tone={state === "active" ? "good" : state === "asked" || state === "unknown" ? "info" : "warn"}>{t(`mykey.${state}.text`)}</Notice>
      <div class="buttons">
        {(state === "none" || (state === "unknown" && !later)) && <button onClick={() => void ask(k, got.reload)}>{t("me.key.ask")}</button>}
        {later && state === "unknown" && <button onClick={() => void keyUse(person).then(got.reload)}>{t("me.key.use")}</button>}
        {state === "asked" && (
          <button
            onClick={() =>
              void askReason({
                title: t("me.key.back"),
                text: t("me.key.back.text"),
                label: t("me.key.back"),
                run: async (reason, key) => {
                  await call("key.refuse", { key: k.id, reason } as any, { key });
                  got.reload();
                },
              })
            }
          >
            {t("me.key.back")}
          </button>
        )}
        <button class="danger" onClick={() => forget(k, later, got.reload)}>
          {t("me.key.forget")}
        </button>
      </div>
    </div>
  );
  return (
    <Card title={t("me.keys")} wide>
      <p class="dim">{t("me.keys.text")}</p>
      <Loading of={got}>
        {() => {
          const { key, later, states, asked } = got.data!;
          const elsewhere = asked.filter((r) => r.key !== key?.id && r.key !== later?.id);
          return (
            <>
              {key ? one(key, states[0]!, false) : <Notice tone="warn">{t("me.key.none")}</Notice>}
              {later && one(later, states[1]!, true)}
              {elsewhere.length > 0 && (
                <>
                  <h3>{t("me.key.elsewhere")}</h3>
                  <ul>
                    {elsewhere.map((r) => (
                      <li key={r.key}>
                        <Grouped id={r.key} /> <Time at={r.asked} />
                      </li>
                    ))}
                  </ul>
                </>
              )}
              <div class="buttons">
                {!later && (
                  <button class={key ? "" : "main"} onClick={() => void make(got.reload)}>
                    {t("me.key.make")}
                  </button>
                )}
                <button onClick={() => void readFile(got.reload)}>{t("me.key.read")}</button>
              </div>
            </>
          );
        }}
      </Loading>
    </Card>
  );
}
async function make(done: () => void) {
  await show((close) => <Ask close={close} done={done} />);
}
async function ask(key: Key, done: () => void) {
  await show((close) => <Ask have={key} close={close} done={done} />);
}
/** Make the key (or take the one there is), prove that it is here, ask for it to be put into the key list. */
function Ask({ have, close, done }: { have?: Key; close: () => void; done: () => void }) {
  const person = who.value!.person;
  const [made, setMade] = useState<Key | undefined>(have);
  const [sent, setSent] = useState(false);
  const [rights, set] = useState<string[]>([...new Set(who.value!.roles.flatMap((r) => RIGHTS[r] ?? []))]);
  return (
    <Dialog title={t(have ? "me.key.ask" : "me.key.make")} close={close}>
      {sent ? (
        <>
          <Notice tone="good">{t("me.key.asked")}</Notice>
          <p>{t("me.key.aloud")}</p>
          <p class="big">
            <Grouped id={made!.id} />
          </p>
          <div class="buttons">
            <button class="main" onClick={close}>
              {t("act.close")}
            </button>
          </div>
        </>
      ) : (
        <Act
          label={t(have ? "me.key.ask" : "me.key.make.act")}
          cancel={close}
          run={async (key) => {
            const k = made ?? (await keyMake(person));
            setMade(k);
            const wanted = [...rights].sort();
            const text = canonical({ person, rights: wanted, spki: k.spki, type: "openmdf.key-request.v1" });
            try {
              await call("key.request", { spki: k.spki, rights: wanted, text, signature: await keySign(k, text) } as any, { key });
            } finally {
              done();
            }
            setSent(true);
          }}
        >
          <p>{t("me.key.make.text")}</p>
          <Choices title={t("field.rights")} hint={t("me.key.rights")} options={["create", "approve", "keys"].map((r) => [r, word("right", r)])} value={rights} set={set} />
        </Act>
      )}
    </Dialog>
  );
}
async function readFile(done: () => void) {
  await show((close) => <ReadFile close={close} done={done} />);
}
function ReadFile({ close, done }: { close: () => void; done: () => void }) {
  const [file, set] = useState<File>();
  return (
    <Dialog title={t("me.key.read")} close={close}>
      <Act
        label={t("me.key.read")}
        cancel={close}
        disabled={!file}
        run={async () => {
          try {
            await keyRead(who.value!.person, await file!.text());
          } catch {
            throw new Problem(0, "KEY-FILE", "");
          }
          done();
          close();
        }}
      >
        <p>{t("me.key.read.text")}</p>
        <label>
          {t("login.file")}
          <input type="file" name="key" accept=".key,.pem" onChange={(e) => set(e.currentTarget.files?.[0])} />
        </label>
      </Act>
    </Dialog>
  );
}
function forget(k: Key, later: boolean, done: () => void) {
  void show((close) => (
    <Dialog title={t("me.key.forget.act")} close={close}>
      <Act
        label={t("me.key.forget.act")}
        danger
        cancel={close}
        run={async () => {
          await (later ? keyForgetLater : keyForget)(k.person);
          done();
          close();
        }}
      >
        <p>{t("me.key.forget.text")}</p>
        <Grouped id={k.id} />
      </Act>
    </Dialog>
  ));
}

// ---- factors
function Factors() {
  return (
    <Card title={t("me.factors")}>
      <p class="dim">{t("me.factors.text")}</p>
      <div class="buttons">
        <button onClick={() => void show((close) => <Password close={close} />)}>{t("me.password")}</button>
        <button onClick={() => void show((close) => <Totp close={close} />)}>{t("me.totp")}</button>
      </div>
    </Card>
  );
}
function Password({ close }: { close: () => void }) {
  const [a, setA] = useState("");
  const [b, setB] = useState("");
  return (
    <Dialog title={t("me.password")} close={close}>
      <Act
        label={t("act.save")}
        cancel={close}
        disabled={a !== b}
        run={async () => {
          await call("person.password", { password: a } as any);
          toast(t("done"));
          close();
        }}
      >
        <label>
          {t("login.newpassword")}
          <input type="password" name="new" required minLength={15} maxLength={128} autocomplete="new-password" value={a} onInput={(e) => setA(e.currentTarget.value)} />
        </label>
        <label>
          {t("me.password.again")}
          <input type="password" name="again" required autocomplete="new-password" value={b} onInput={(e) => setB(e.currentTarget.value)} aria-invalid={b !== "" && a !== b} />
          {b !== "" && a !== b && <small class="hint">{t("me.password.differs")}</small>}
        </label>
      </Act>
    </Dialog>
  );
}
function Totp({ close }: { close: () => void }) {
  const [uri, set] = useState("");
  return (
    <Dialog title={t("me.totp")} close={close}>
      {uri ? (
        <>
          <Notice tone="warn">{t("login.totp.keep")}</Notice>
          <Facts rows={[[t("me.totp.secret"), <code class="hash">{/secret=([A-Z2-7]+)/.exec(uri)?.[1] ?? uri}</code>], [t("me.totp.uri"), <code class="hash">{uri}</code>]]} />
          <div class="buttons">
            <button class="main" onClick={close}>
              {t("act.close")}
            </button>
          </div>
        </>
      ) : (
        <Act label={t("me.totp.act")} danger cancel={close} run={async (key) => set(((await call("person.totp", {}, { key })).data as any).totp)}>
          <p>{t("me.totp.text")}</p>
        </Act>
      )}
    </Dialog>
  );
}

// ---- tokens
function Tokens() {
  const got = useLive((signal) => get("token.list", {}, { signal, limit: 500 }), []);
  return (
    <Card title={t("me.tokens")} wide>
      <p class="dim">{t("me.tokens.text")}</p>
      <Loading of={got}>
        {() => (
          <Table
            caption={t("me.tokens")}
            rows={got.data as any[]}
            rowKey={(x) => x.token}
            empty={t("me.tokens.none")}
            columns={[
              { key: "name", title: t("field.name") },
              { key: "ops", title: t("field.ops"), cell: (x) => x.ops || t("plan.all") },
              { key: "read_only", title: t("field.read_only"), cell: (x) => t(x.read_only ? "plan.yes" : "plan.no") },
              { key: "until", title: t("field.until"), cell: (x) => <Time at={x.until} /> },
              {
                key: "act",
                title: t("people.act"),
                cell: (x) => (
                  <button
                    class="danger"
                    aria-label={t("me.token.remove", { name: x.name })}
                    onClick={() =>
                      void show((close) => (
                        <Dialog title={t("me.token.remove", { name: x.name })} close={close}>
                          <Act
                            label={t("me.token.remove.act")}
                            danger
                            cancel={close}
                            run={async (key) => {
                              await call("token.remove", { token: x.token } as any, { key });
                              got.reload();
                              close();
                            }}
                          >
                            <p>{t("me.token.remove.text")}</p>
                          </Act>
                        </Dialog>
                      ))
                    }
                  >
                    {t("me.token.remove.act")}
                  </button>
                ),
              },
            ]}
          />
        )}
      </Loading>
      <div class="buttons">
        <button onClick={() => void show((close) => <Token close={close} done={got.reload} />)}>{t("me.token.add")}</button>
      </div>
    </Card>
  );
}
function Token({ close, done }: { close: () => void; done: () => void }) {
  const [v, set] = useState({ name: "", ops: "", change: false, days: 30 });
  const [made, setMade] = useState<any>();
  return (
    <Dialog title={t("me.token.add")} close={close}>
      {made ? (
        <>
          <Notice tone="warn">{t("me.token.once")}</Notice>
          <Facts rows={[[t("me.token"), <code class="hash">{made.token}</code>], [t("field.until"), <Time at={made.until} />]]} />
          <div class="buttons">
            <button onClick={() => copy(made.token)}>{t("people.copy")}</button>
            <button class="main" onClick={close}>
              {t("act.close")}
            </button>
          </div>
        </>
      ) : (
        <Act
          label={t("me.token.add")}
          cancel={close}
          run={async (key) => {
            const ops = v.ops.split(/[\s,]+/).filter(Boolean);
            const a = await call("token.add", { name: v.name, ...(ops.length ? { ops } : {}), read_only: !v.change, days: v.days } as any, { key });
            setMade(a.data);
            done();
          }}
        >
          <label>
            {t("me.token.name")}
            <input name="name" required value={v.name} onInput={(e) => set({ ...v, name: e.currentTarget.value })} />
          </label>
          <label>
            {t("me.token.ops")}
            <input name="ops" placeholder="status, alarm.list" spellcheck={false} value={v.ops} onInput={(e) => set({ ...v, ops: e.currentTarget.value })} />
          </label>
          <label>
            {t("field.days")}
            <input name="days" type="number" min={1} max={366} required value={v.days} onInput={(e) => set({ ...v, days: Number(e.currentTarget.value) })} />
          </label>
          <label class="check">
            <input type="checkbox" name="change" checked={v.change} onChange={(e) => set({ ...v, change: e.currentTarget.checked })} /> {t("me.token.change")}
          </label>
        </Act>
      )}
    </Dialog>
  );
}

// ---- the rest
function Appearance() {
  const [theme, set] = useState(localStorage.getItem("openmdf.theme") ?? "");
  const choose = (k: string) => {
    set(k);
    if (k) localStorage.setItem("openmdf.theme", k);
    else localStorage.removeItem("openmdf.theme");
    if (k) document.documentElement.dataset.theme = k;
    else delete document.documentElement.dataset.theme;
  };
  return (
    <Card title={t("me.appearance")}>
      <label>
        {t("me.theme")}{" "}
        <select name="theme" value={theme} onChange={(e) => choose(e.currentTarget.value)}>
          {["", "light", "dark"].map((k) => (
            <option key={k} value={k}>
              {t(`me.theme.${k || "system"}`)}
            </option>
          ))}
        </select>
      </label>
      <p>
        <label>
          {t("nav.language")}{" "}
          <select value={lang.value} onChange={(e) => void setLanguage(e.currentTarget.value)}>
            {Object.entries(LANGUAGES).map(([k, v]) => (
              <option key={k} value={k} lang={k}>
                {v}
              </option>
            ))}
          </select>
        </label>
      </p>
    </Card>
  );
}
function Sessions() {
  const got = useLive((signal) => get("session.users", {}, { signal, limit: 500 }), []);
  return (
    <Card title={t("me.sessions")} wide>
      <Loading of={got}>
        {() => (
          <Table
            caption={t("me.sessions")}
            rows={(got.data as any[]).filter((s) => s.handle === who.value!.person)}
            rowKey={(s) => s.session}
            columns={[
              { key: "interface", title: t("people.door"), cell: (s) => word("door", s.interface) },
              { key: "method", title: t("people.method"), cell: (s) => word("method", s.method) },
              { key: "source", title: t("people.source") },
              { key: "created", title: t("field.submitted"), cell: (s) => <Time at={s.created} /> },
              { key: "last", title: t("people.last"), cell: (s) => <Time at={s.last} seconds /> },
              { key: "this", title: t("me.this"), cell: (s) => s.session === who.value!.session && <State tone="good" text={t("me.this")} /> },
            ]}
          />
        )}
      </Loading>
    </Card>
  );
}
function Shortcuts() {
  const rows: [string, string][] = [
    ["/", t("me.keys.search")],
    ["?", t("nav.me")],
    ...screens.filter((s) => s.key && (s.always || s.ops.some((o) => may(o)))).map((s): [string, string] => [`g ${s.key}`, t(`nav.${s.path}`)]),
    ["Enter", t("me.keys.enter")],
    ["Esc", t("me.keys.esc")],
    ...(may("warrant.add") ? ([["Ctrl Enter", t("me.keys.next")], ["Alt 1 … 5", t("me.keys.step")]] as [string, string][]) : []),
  ];
  return (
    <Card title={t("me.shortcuts")} wide>
      <dl class="facts">
        {rows.map(([k, v]) => (
          <div key={k}>
            <dt>
              <kbd>{k}</kbd>
            </dt>
            <dd>{v}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
