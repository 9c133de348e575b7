// SPDX-License-Identifier: Apache-2.0
// The list of warrants: filters in the address, saved filters, keys; and the page of one.
import { useEffect, useRef, useState } from "preact/hooks";
import { call, get } from "../lib/api";
import { t, word } from "../lib/i18n";
import { useLive } from "../lib/live";
import { go, link, route, setQuery } from "../lib/router";
import { may } from "../lib/session";
import { Page } from "../ui/basic";
import { toast } from "../ui/dialog";
import { formDialog } from "../ui/acts";
import { List } from "../ui/table";
import Warrant from "./warrant";
import { counters, FindButton, useRows, warrantColumns } from "./warrants_row";

const STATES = ["draft", "submitted", "approved", "active", "suspended", "expired", "revoked", "closed", "shredded"];
const ENDS: [string, string][] = [["24", "warrants.ends.day"], ["168", "warrants.ends.week"], ["720", "warrants.ends.month"]];

export default function Warrants() {
  const uuid = route.value.path[1];
  return uuid ? <Warrant uuid={uuid} key={uuid} /> : <Register />;
}

function Register() {
  const q = route.value.query;
  const [text, setText] = useState(q.text ?? "");
  const leas = useLive(() => (may("lea.list") ? get("lea.list", {}, { limit: 500 }) : Promise.resolve([])), []);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useRows();
  useEffect(() => setText(q.text ?? ""), [q.text]);
  const put = (more: Record<string, unknown>) => setQuery({ ...route.value.query, ...more } as any);
  const many = (leas.data?.length ?? 0) > 1 || !!q.lea;
  const args: any = { live: true };
  for (const k of ["state", "lea", "text", "sort"]) if (q[k]) args[k] = q[k];
  if (Number(q.ends) > 0) args.ends = Number(q.ends);
  if (q.provisional) args.provisional = true;
  const filtered = Object.keys(q).some((k) => k !== "sort");
  return (
    <Page title={t("nav.warrants")} actions={<><FindButton />{may("warrant.add") && <a class="button main" href={link(["new"])}>{t("nav.new")}</a>}</>}>
      <Views query={link([], q).split("?")[1] ?? ""} />
      <form class="filters" role="search" aria-label={t("warrants.filter")} onSubmit={(e) => (e.preventDefault(), put({ text }))}>
        <label>
          {t("warrants.text")}
          <input
            type="search"
            name="text"
            maxLength={100}
            value={text}
            onInput={(e) => {
              const v = e.currentTarget.value;
              setText(v);
              clearTimeout(timer.current);
              timer.current = setTimeout(() => put({ text: v.trim() }), 300);
            }}
          />
        </label>
        <Choice name="state" title={t("field.state")} value={q.state} put={put} options={STATES.map((s) => [s, word("state", s)])} />
        {many && <Choice name="lea" title={t("field.lea")} value={q.lea} put={put} options={(leas.data ?? []).map((l: any) => [l.name, l.name])} />}
        <Choice name="ends" title={t("warrants.ends")} value={q.ends} put={put} options={ENDS.map(([v, k]) => [v, t(k)])} />
        <Choice name="sort" title={t("warrants.sort")} value={q.sort} put={put} none={t("warrants.sort.id")} options={[["until", t("warrants.sort.until")]]} />
        <label class="check">
          <input type="checkbox" name="provisional" checked={!!q.provisional} onChange={(e) => put({ provisional: e.currentTarget.checked })} /> {t("warrants.only.provisional")}
        </label>
        {filtered && (
          <button type="button" onClick={() => setQuery({ sort: q.sort })}>
            {t("warrants.clear")}
          </button>
        )}
      </form>
      <List
        op="warrant.list"
        args={args}
        caption={t("nav.warrants")}
        columns={warrantColumns(false)}
        rowKey={(w: any) => w.uuid}
        live={["change", "approval"]}
        fresh={counters}
        file="warrants.csv"
        empty={t(filtered ? "warrants.empty.filter" : "warrants.empty")}
        onRow={(w: any) => go(["warrants", w.uuid])}
      />
      <p class="hint noprint">{t("warrants.keys")}</p>
    </Page>
  );
}
function Choice({ name, title, value, put, options, none }: { name: string; title: string; value?: string; put: (more: Record<string, unknown>) => void; options: [string, string][]; none?: string }) {
  return (
    <label>
      {title}
      <select name={name} value={value ?? ""} onChange={(e) => put({ [name]: e.currentTarget.value })}>
        <option value="">{none ?? t("warrants.any")}</option>
        {value && !options.some(([v]) => v === value) && <option value={value}>{value}</option>}
        {options.map(([v, l]) => (
          <option key={v} value={v}>
            {l}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Saved filters of the person. */
function Views({ query }: { query: string }) {
  const got = useLive(() => get("view.list", { screen: "warrants" } as any) as Promise<any[]>, []);
  const views = got.data ?? [];
  return (
    <div class="views">
      <h2 class="hidden">{t("warrants.views")}</h2>
      {views.length > 0 && (
        <ul class="chips" aria-label={t("warrants.views")}>
          {views.map((v) => (
            <li key={v.view}>
              <a href={`#/warrants${v.query ? `?${v.query}` : ""}`} aria-current={v.query === query ? "true" : undefined}>
                {v.view}
              </a>
              <button
                class="plain"
                aria-label={t("warrants.view.remove", { view: v.view })}
                onClick={() => void call("view.remove", { view: v.view } as any).then(() => (toast(t("warrants.view.removed", { view: v.view })), got.reload()), (e) => toast(e.detail ?? String(e), "bad"))}
              >
                ✕
              </button>
            </li>
          ))}
        </ul>
      )}
      {query && !views.some((v) => v.query === query) && (
        <button
          onClick={() =>
            void formDialog("view.save", { title: t("warrants.view.save"), text: t("warrants.view.text"), fields: ["view"], fixed: { screen: "warrants", query } as any, done: got.reload })
          }
        >
          {t("warrants.view.save")}
        </button>
      )}
    </div>
  );
}
