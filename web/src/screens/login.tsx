// SPDX-License-Identifier: Apache-2.0
// Logging in, the lock, the fresh factor, the invitation of a new person.
import { useEffect, useState } from "preact/hooks";
import { call, Problem } from "../lib/api";
import { LANGUAGES, lang, setLanguage, t } from "../lib/i18n";
import { keyForget, keyList, keyRead, type Key } from "../lib/keys";
import { ended, entered, loginKey, loginPassword, logout, stepUp, who } from "../lib/session";
import { Notice } from "../ui/basic";
import { Act, Dialog } from "../ui/dialog";

export function Login() {
  const [keys, setKeys] = useState<Key[]>([]);
  const [way, setWay] = useState<"key" | "password" | "invited">("key");
  const [person, setPerson] = useState("");
  useEffect(() => void keyList().then((k) => (setKeys(k), k[0] && setPerson(k[0].person))), []);
  useEffect(() => void (document.title = `${t("login.title")} · OpenMDF`), [lang.value]);
  const known = keys.some((k) => k.person === person.trim());
  return (
    <main class="login">
      <h1>OpenMDF</h1>
      {ended.value && <Notice>{t(`login.${ended.value}`)}</Notice>}
      <p>{t("login.use")}</p>
      <div class="tabs" role="group" aria-label={t("login.way")}>
        {(["key", "password", "invited"] as const).map((w) => (
          <button key={w} type="button" aria-pressed={way === w} onClick={() => setWay(w)}>
            {t(`login.${w}`)}
          </button>
        ))}
      </div>
      {way === "key" && (
        <KeyLogin person={person} setPerson={setPerson} known={known} keys={keys} />
      )}
      {way === "password" && <PasswordLogin person={person} setPerson={setPerson} />}
      {way === "invited" && <Invited person={person} setPerson={setPerson} done={() => setWay("password")} />}
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
    </main>
  );
}
interface P {
  person: string;
  setPerson: (p: string) => void;
}
const Handle = ({ person, setPerson }: P) => (
  <label>
    {t("login.handle")}
    <input name="person" required autocomplete="username" spellcheck={false} value={person} onInput={(e) => setPerson(e.currentTarget.value)} />
  </label>
);
function KeyLogin({ person, setPerson, known, keys }: P & { known: boolean; keys: Key[] }) {
  const [file, setFile] = useState<File>();
  return (
    <Act
      label={t("login.act")}
      run={async () => {
        if (file) {
          try {
            await keyRead(person.trim(), await file.text());
          } catch {
            throw new Problem(0, "KEY-FILE", "");
          }
        }
        try {
          await loginKey(person.trim());
        } catch (e) {
          if (file) await keyForget(person.trim());
          throw e;
        }
      }}
    >
      <Handle person={person} setPerson={setPerson} />
      {keys.length > 0 && <p class="dim">{t("login.keys", { keys: keys.map((k) => k.person).join(", ") })}</p>}
      {!known && (
        <label>
          {t("login.file")}
          <input type="file" name="key" accept=".key,.pem" onChange={(e) => setFile(e.currentTarget.files?.[0])} />
          <small class="hint">{t("login.file.hint")}</small>
        </label>
      )}
    </Act>
  );
}
function PasswordLogin({ person, setPerson }: P) {
  const [password, setPassword] = useState("");
  const [totp, setTotp] = useState("");
  return (
    <Act label={t("login.act")} run={() => loginPassword(person.trim(), password, totp)}>
      <Handle person={person} setPerson={setPerson} />
      <Secrets {...{ password, setPassword, totp, setTotp }} />
    </Act>
  );
}
function Secrets({ password, setPassword, totp, setTotp }: { password: string; setPassword: (s: string) => void; totp: string; setTotp: (s: string) => void }) {
  return (
    <>
      <label>
        {t("login.password")}
        <input type="password" name="password" required autocomplete="current-password" value={password} onInput={(e) => setPassword(e.currentTarget.value)} />
      </label>
      <label>
        {t("login.totp")}
        <input name="totp" inputMode="numeric" pattern="[0-9]{6}" autocomplete="one-time-code" value={totp} onInput={(e) => setTotp(e.currentTarget.value)} />
      </label>
    </>
  );
}
function Invited({ person, setPerson, done }: P & { done: () => void }) {
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const [secret, setSecret] = useState<any>();
  if (secret)
    return (
      <div>
        <Notice tone="warn">{t("login.totp.keep")}</Notice>
        <p>
          <code class="hash">{secret.totp ?? secret.secret}</code>
        </p>
        {secret.uri && (
          <p>
            <code class="hash">{secret.uri}</code>
          </p>
        )}
        <button class="main" onClick={done}>
          {t("login.password")}
        </button>
      </div>
    );
  return (
    <Act
      label={t("login.accept")}
      run={async () => {
        const a = await call("person.accept", { handle: person.trim(), code: code.trim(), password } as any);
        setSecret(a.data);
      }}
    >
      <Handle person={person} setPerson={setPerson} />
      <label>
        {t("login.code")}
        <input name="code" required autocomplete="off" value={code} onInput={(e) => setCode(e.currentTarget.value)} />
      </label>
      <label>
        {t("login.newpassword")}
        <input type="password" name="password" required minLength={15} maxLength={128} autocomplete="new-password" value={password} onInput={(e) => setPassword(e.currentTarget.value)} />
      </label>
    </Act>
  );
}

/** By the key of this browser when there is one, else by password and code. */
function Factor({ done, label, cancel }: { done: () => void; label: string; cancel: () => void }) {
  const [key, setKey] = useState<boolean>();
  const [password, setPassword] = useState("");
  const [totp, setTotp] = useState("");
  useEffect(() => void keyList().then((k) => setKey(k.some((x) => x.person === who.value?.person))), []);
  if (key === undefined) return null;
  return (
    <Act label={key ? t("login.withkey") : label} cancel={cancel} run={async () => (await stepUp(key ? null : { password, totp }), done())}>
      {!key && <Secrets {...{ password, setPassword, totp, setTotp }} />}
    </Act>
  );
}
export function StepUp({ done }: { done: (ok: boolean) => void }) {
  return (
    <Dialog title={t("step.title")} close={() => done(false)}>
      <p>{t("step.text")}</p>
      <Factor label={t("step.act")} done={() => done(true)} cancel={() => done(false)} />
    </Dialog>
  );
}
export function Lock() {
  useEffect(() => void (document.title = `${t("lock.title")} · OpenMDF`), []);
  return (
    <main class="login">
      <h1>{t("lock.title")}</h1>
      <p>{t("lock.text", { person: who.value!.person })}</p>
      <Factor label={t("lock.act")} done={() => void entered()} cancel={() => void logout()} />
    </main>
  );
}
