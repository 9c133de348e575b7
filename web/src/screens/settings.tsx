// SPDX-License-Identifier: Apache-2.0
// Administration: what the system is set to, what it keeps, how it is.
import type { FunctionComponent } from "preact";
import { useState } from "preact/hooks";
import { call, get, Problem, spec, type OpName } from "../lib/api";
import { num, t, word } from "../lib/i18n";
import { useLive } from "../lib/live";
import { go, link, route } from "../lib/router";
import { may } from "../lib/session";
import { Card, Facts, Hash, Loading, Page, Time } from "../ui/basic";
import { Act, askReason, Dialog, show, toast } from "../ui/dialog";
import { formDialog, twoPersons } from "../ui/acts";
import { List, Table } from "../ui/table";
import { Pools, Retention, Vault } from "./settings-kept";
import { Journal, System } from "./settings-state";

const PARTS: [string, OpName, FunctionComponent][] = [
  ["agencies", "lea.list", Agencies],
  ["profiles", "profile.list", Profiles],
  ["regimes", "regime.list", Regimes],
  ["values", "setting.list", Values],
  ["retention", "retention.list", Retention],
  ["pools", "pool.list", Pools],
  ["vault", "vault.show", Vault],
  ["system", "status", System],
  ["journal", "journal.list", Journal],
];
export default function Settings() {
  const parts = PARTS.filter(([, op]) => may(op));
  const [at] = parts.find(([p]) => p === route.value.path[1]) ?? parts[0]!;
  const Part = parts.find(([p]) => p === at)![2];
  return (
    <Page title={`${t("nav.settings")}: ${t(`settings.${at}`)}`}>
      <nav class="tabs wide" aria-label={t("nav.settings")}>
        {parts.map(([p]) => (
          <a key={p} href={link(["settings", p])} aria-current={p === at ? "page" : undefined}>
            {t(`settings.${p}`)}
          </a>
        ))}
      </nav>
      <Part />
    </Page>
  );
}

const LEA = ["country", "profile", "gtime", "ps_version", "shared"];
function Agencies() {
  const profiles = useLive(() => (may("profile.list") ? get("profile.list", {}, { limit: 500 }) : Promise.resolve([])), ["change", "approval"]);
  const choices = { profile: (profiles.data ?? []).map((p) => [p.name!, p.name!] as [string, string]) };
  return (
    <>
      <p class="dim">{t("settings.agencies.text")}</p>
      {may("lea.add") && (
        <p>
          <button class="main" onClick={() => void formDialog("lea.add", { title: t("settings.lea.add"), fields: ["lea", ...LEA], choices })}>
            {t("settings.lea.add")}
          </button>
        </p>
      )}
      <List
        op="lea.list"
        live={["change", "approval"]}
        caption={t("settings.agencies")}
        rowKey={(r) => r.name!}
        file="agencies.csv"
        columns={[
          { key: "name", title: t("settings.name") },
          { key: "country", title: t("settings.country") },
          { key: "profile", title: t("settings.profile"), cell: (r) => <a href={link(["settings", "profiles", r.profile])}>{r.profile}</a> },
          { key: "ps_version", title: t("lea.set.ps_version"), num: true, cell: (r) => String(r.ps_version) },
          { key: "destinations", title: t("nav.links"), num: true, cell: (r) => <a href={link(["links"], { lea: r.name! })}>{num(r.destinations)}</a> },
          { key: "active", title: t("settings.active"), num: true, cell: (r) => num(r.active) },
          {
            key: "act", title: t("settings.acts"), text: () => "",
            cell: (r) =>
              may("lea.set") && (
                <button
                  onClick={() =>
                    void call("lea.show", { lea: r.name! }).then((a) =>
                      formDialog("lea.set", { title: t("settings.lea.set", { name: r.name }), fields: LEA, fixed: { lea: r.name! }, choices, match: a.etag, changed: true, start: Object.fromEntries(LEA.map((k) => [k, (a.data as any)[k] ?? undefined])) }),
                    )
                  }
                >
                  {t("settings.edit")}
                  <span class="hidden">: {r.name}</span>
                </button>
              ),
          },
        ]}
      />
    </>
  );
}

/** A JSON file of the person, for an operation with the argument "file". */
function Import({ op, close }: { op: "profile.import" | "regime.import"; close: () => void }) {
  const [file, set] = useState<File>();
  const [replace, setReplace] = useState(false);
  const [reason, setReason] = useState("");
  return (
    <Dialog title={t(`settings.${op}`)} close={close}>
      <Act
        label={t("settings.import")}
        cancel={close}
        run={async (key) => {
          let json: unknown;
          try {
            json = JSON.parse(await file!.text());
          } catch {
            throw new Problem(0, "JSON-FILE", "");
          }
          const r = await twoPersons(op, { file: json, ...(replace ? { replace: true } : {}), ...(reason.trim() ? { reason: reason.trim() } : {}) }, { key });
          if (r) close();
        }}
      >
        <p>{t(`settings.${op}.text`)}</p>
        <label>
          {t("settings.file")}
          <input type="file" required accept=".json,application/json" onChange={(e) => set(e.currentTarget.files?.[0])} />
        </label>
        {spec[op]!.args.replace && (
          <label class="check">
            <input type="checkbox" checked={replace} onChange={(e) => setReplace(e.currentTarget.checked)} /> {t("settings.replace")}
          </label>
        )}
        <label>
          {t("field.reason")}
          <input maxLength={500} value={reason} onInput={(e) => setReason(e.currentTarget.value)} />
        </label>
      </Act>
    </Dialog>
  );
}
const text = (v: unknown) => (Array.isArray(v) ? v.join(", ") : v !== null && typeof v === "object" ? JSON.stringify(v) : String(v ?? ""));

function Profiles() {
  const name = route.value.path[2];
  return name ? (
    <Profile name={name} />
  ) : (
    <>
      <p class="dim">{t("settings.profiles.text")}</p>
      {may("profile.import") && (
        <p>
          <button class="main" onClick={() => void show((close) => <Import op="profile.import" close={close} />)}>
            {t("settings.profile.import")}
          </button>
        </p>
      )}
      <List
        op="profile.list"
        live={["change", "approval"]}
        caption={t("settings.profiles")}
        rowKey={(r) => r.name!}
        columns={[
          { key: "name", title: t("settings.name"), cell: (r) => <a href={link(["settings", "profiles", r.name!])}>{r.name}</a> },
          { key: "version", title: t("settings.version"), cell: (r) => String(r.version ?? "") },
          { key: "leas", title: t("settings.agencies"), num: true, cell: (r) => num(r.leas) },
          { key: "origin", title: t("settings.origin"), cell: (r) => word("origin", r.origin) },
          { key: "created", title: t("settings.stored"), cell: (r) => <Time at={r.created} /> },
          { key: "sha256", title: "SHA-256", cell: (r) => <Hash of={r.sha256} /> },
        ]}
      />
    </>
  );
}
function Profile({ name }: { name: string }) {
  const got = useLive(
    async (signal) => ({ p: (await call("profile.show", { profile: name }, { signal })) as { data: any; etag: string | null }, fields: (await get("profile.fields", {}, { limit: 500, signal })) as any[] }),
    ["change", "approval"], name,
  );
  return (
    <Loading of={got}>
      {() => {
        const { p, fields } = got.data!;
        return (
          <>
            <p>
              <a href={link(["settings", "profiles"])}>{t("settings.profiles.back")}</a>
            </p>
            <h2>{name}</h2>
            <Facts rows={["version", "origin", "about", "created", "sha256"].map((k) => [t(`settings.${k}`), k === "created" ? p.data.created && <Time at={p.data.created} /> : k === "origin" ? word("origin", p.data.origin) : text(p.data[k])])} />
            {may("profile.remove") && p.data.origin !== "built-in" && (
              <p>
                <button
                  onClick={() =>
                    void askReason({
                      title: t("settings.profile.remove.title", { name }), label: t("settings.remove"), danger: true, text: <p>{t("settings.profile.remove.text")}</p>,
                      run: async (reason, key) => {
                        await call("profile.remove", { profile: name, reason }, { key, match: p.etag });
                        toast(t("done"));
                        go(["settings", "profiles"]);
                      },
                    })
                  }
                >
                  {t("settings.remove")}
                </button>
              </p>
            )}
            <Table
              caption={name}
              rowKey={(r) => r.field}
              rows={fields.filter((f) => f.field in p.data && f.field !== "name" && f.field !== "version")}
              columns={[
                { key: "field", title: t("settings.field"), cell: (r) => <code>{r.field}</code> },
                { key: "value", title: t("settings.value"), cell: (r) => <strong>{text(p.data[r.field])}</strong> },
                { key: "default", title: t("settings.default"), cell: (r) => text(r.default) },
                { key: "help", title: t("settings.meaning") },
                { key: "clause", title: t("settings.clause") },
              ]}
            />
          </>
        );
      }}
    </Loading>
  );
}

function Regimes() {
  const name = route.value.path[2];
  const shown = useLive((signal) => (name ? get("regime.show", { regime: name }, { signal }) : Promise.resolve(null)), ["change", "approval"], name);
  if (name)
    return (
      <Loading of={shown}>
        {() => (
          <>
            <p>
              <a href={link(["settings", "regimes"])}>{t("settings.regimes.back")}</a>
            </p>
            <Card title={name}>
              <Facts rows={Object.entries(shown.data ?? {}).map(([k, v]) => [word("regime", k), text(v) || "–"])} />
            </Card>
          </>
        )}
      </Loading>
    );
  return (
    <>
      <p class="dim">{t("settings.regimes.text")}</p>
      {may("regime.import") && (
        <p>
          <button class="main" onClick={() => void show((close) => <Import op="regime.import" close={close} />)}>
            {t("settings.regime.import")}
          </button>
        </p>
      )}
      <List
        op="regime.list"
        live={["change", "approval"]}
        caption={t("settings.regimes")}
        rowKey={(r) => r.name!}
        columns={[
          { key: "name", title: t("settings.name"), cell: (r) => <a href={link(["settings", "regimes", r.name!])}>{r.name}</a> },
          { key: "version", title: t("settings.version"), cell: (r) => String(r.version ?? "") },
          { key: "warrants", title: t("nav.warrants"), num: true, cell: (r) => num(r.warrants) },
          { key: "origin", title: t("settings.origin"), cell: (r) => word("origin", r.origin) },
          { key: "created", title: t("settings.stored"), cell: (r) => <Time at={r.created} /> },
        ]}
      />
    </>
  );
}

function Values() {
  const can = (spec["setting.set"]?.args.name?.enum ?? []) as string[];
  return (
    <>
      <p class="dim">{t("settings.values.text")}</p>
      <List
        op="setting.list"
        live={["change", "approval"]}
        caption={t("settings.values")}
        rowKey={(r) => r.name!}
        columns={[
          { key: "name", title: t("settings.name"), cell: (r) => <code>{r.name}</code> },
          { key: "value", title: t("settings.value"), cell: (r) => <strong>{typeof r.value === "number" ? num(r.value) : text(r.value)}</strong> },
          { key: "meaning", title: t("settings.meaning"), text: (r) => word("setting", r.name), cell: (r) => <div class="left">{word("setting", r.name)}</div> },
          {
            key: "act", title: t("settings.acts"), text: () => "",
            cell: (r) =>
              may("setting.set") && can.includes(r.name!) ? (
                <button
                  onClick={() =>
                    void call("setting.show", { name: r.name! }).then((a) =>
                      formDialog("setting.set", { title: t("settings.set", { name: r.name }), fields: ["value"], fixed: { name: r.name as never }, start: { value: String(r.value) }, match: a.etag, text: <p>{word("setting", r.name)}</p> }),
                    )
                  }
                >
                  {t("settings.edit")}
                  <span class="hidden">: {r.name}</span>
                </button>
              ) : (
                <span class="dim">{can.includes(r.name!) ? "" : t("settings.fixed")}</span>
              ),
          },
        ]}
      />
    </>
  );
}
