// SPDX-License-Identifier: Apache-2.0
// The frame: who is here, where to go, what is shown; over it the lock and the question for a fresh factor.
import { signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { HERE, inUtc, LANGUAGES, lang, setLanguage, setUtc, t, word } from "./lib/i18n";
import { connected } from "./lib/live";
import { link, route } from "./lib/router";
import { lock, locked, logout, may, scoped, stepQuestion, who } from "./lib/session";
import { AlarmCount } from "./ui/alarmcount";
import { Notice, State } from "./ui/basic";
import { closeAll, Dialogs } from "./ui/dialog";
import { screens, type Screen } from "./screens";

const menu = signal(false);
let entrance: typeof import("./screens/login") | null = null;

export function App() {
  void lang.value;
  // what one person had open is not for the next one
  useEffect(() => void (who.value || closeAll()), [who.value?.person]);
  const [entry, load] = useState(entrance);
  const wanted = !who.value || locked.value || stepQuestion.value !== null;
  useEffect(() => {
    if (wanted && !entry) void import("./screens/login").then((m) => load((entrance = m)));
  }, [wanted]);
  if (!who.value || locked.value) return !entry ? <p role="status">{t("loading")}</p> : who.value ? <entry.Lock /> : <entry.Login />;
  return (
    <>
      <Frame />
      <Dialogs />
      {stepQuestion.value && entry && <entry.StepUp done={stepQuestion.value} />}
    </>
  );
}

function Frame() {
  const at = route.value.path[0] ?? "";
  const page = route.value.path.slice(0, 2).join("/"); // what comes behind is a tab of it
  const allowed = screens.filter((s) => s.always || s.ops.some((o) => may(o)));
  const screen = allowed.find((s) => s.path === at) ?? (at === "" ? allowed[0] : undefined);
  useEffect(() => {
    menu.value = false;
    scrollTo(0, 0);
  }, [page]);
  useEffect(() => {
    // "/" to the search field, "?" to the list of keys, "g" and a letter to a screen
    let before = 0;
    const key = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.altKey || e.metaKey || (e.target as Element).closest("input,select,textarea,dialog")) return;
      if (e.key === "/") {
        const field = document.querySelector<HTMLInputElement>("input[type=search]");
        if (field) e.preventDefault(), field.focus();
      } else if (e.key === "g") before = Date.now();
      else if (Date.now() - before < 1500) {
        before = 0;
        const to = allowed.find((s) => s.key === e.key);
        if (to) location.hash = link([to.path]);
      } else if (e.key === "?") location.hash = link(["me"]);
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [allowed.map((s) => s.path).join()]);
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => (e.preventDefault(), document.getElementById("main")?.focus())}>
        {t("nav.skip")}
      </a>
      <header class="bar">
        <button class="menu" aria-expanded={menu.value} aria-controls="nav" onClick={() => (menu.value = !menu.value)}>
          ☰ <span class="hidden">{t("nav.menu")}</span>
        </button>
        <a class="brand" href="#/">
          OpenMDF
        </a>
        <span class="grow" />
        <State of={connected.value ? "up" : "down"} text={t(connected.value ? "live.on" : "live.off")} />
        <label class="hidden" for="lang">
          {t("nav.language")}
        </label>
        <select id="lang" value={lang.value} onChange={(e) => void setLanguage(e.currentTarget.value)}>
          {Object.entries(LANGUAGES).map(([k, v]) => (
            <option key={k} value={k} lang={k}>
              {v}
            </option>
          ))}
        </select>
        <a href={link(["me"])}>
          <span class="hidden">{t("nav.me")}: </span>
          {who.value!.person} <span class="dim">({who.value!.roles.map((r) => word("role", r)).join(", ")})</span>
        </a>
        {who.value!.session && (
          <>
            <button onClick={lock}>{t("act.lock")}</button>
            <button onClick={() => void logout()}>{t("act.logout")}</button>
          </>
        )}
      </header>
      <div class="body">
        <nav id="nav" class={menu.value ? "shown" : ""} aria-label={t("nav.screens")}>
          <ul>
            {allowed
              .filter((s) => s.path !== "me")
              .map((s) => (
                <li key={s.path}>
                  <a href={link([s.path])} aria-current={s === screen ? "page" : undefined} title={s.key && `g ${s.key}`}>
                    {t(scoped.value && s.path === "overview" ? "nav.agency" : `nav.${s.path}`)} {s.path === "alarms" && <AlarmCount />}
                  </a>
                </li>
              ))}
          </ul>
        </nav>
        <main id="main" tabIndex={-1}>
          {screen ? (
            <Lazy key={page} screen={screen} />
          ) : (
            <>
              <h1>{t("nav.nothing")}</h1>
              <p>{t("nav.nothing.text")}</p>
            </>
          )}
        </main>
      </div>
      <footer class="zone dim">
        {t("zone.now", { zone: inUtc.value ? "UTC" : HERE })}{" "}
        {HERE !== "UTC" && <button onClick={() => setUtc(!inUtc.value)}>{t(inUtc.value ? "zone.local" : "zone.utc")}</button>}
      </footer>
    </>
  );
}

const loaded = new Map<Screen["load"], FunctionComponent>();
function Lazy({ screen }: { screen: Screen }) {
  const load = (route.value.path[1] && screen.one) || screen.load;
  const [state, set] = useState("");
  useEffect(() => {
    if (loaded.has(load)) return;
    load().then(
      (m) => (loaded.set(load, m.default), set("here")),
      () => set("failed"),
    );
  }, [load]);
  const Shown = loaded.get(load);
  if (Shown) return <Shown />;
  return state === "failed" ? <Notice tone="bad">{t("problem.UNREACHABLE")}</Notice> : <p role="status">{t("loading")}</p>;
}
