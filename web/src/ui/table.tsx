// SPDX-License-Identifier: Apache-2.0
// A list in pages of the server: it may have any length.  The page stays where it is when events come; what changed is read again.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { call, type OpName, type Ops } from "../lib/api";
import { t } from "../lib/i18n";
import { onEvent, useEvery, useLive, type EventType } from "../lib/live";
import { csv, download, Loading } from "./basic";

export interface Column<R> {
  key: string;
  title: string;
  cell?: (row: R) => ComponentChildren;
  /** what goes into the CSV file, when it is not row[key] */
  text?: (row: R) => unknown;
  num?: boolean;
}
type Row<N extends OpName> = Ops[N]["result"] extends Array<infer R> ? R : any;

/** The list of OP with ARGS. */
export function List<N extends OpName>({ op, args, columns, live = [], caption, empty, page = 100, rowKey, file, onRow, fresh }: {
  op: N;
  args?: Partial<Ops[N]["args"]>;
  columns: Column<Row<N>>[];
  live?: EventType[];
  caption: string;
  empty?: string;
  page?: number;
  rowKey: (row: Row<N>) => string;
  /** name of a CSV file with all rows */
  file?: string;
  onRow?: (row: Row<N>) => void;
  /** every few seconds, and when the event "status" comes: the rows with what is live of them, without reading the list again */
  fresh?: (rows: Row<N>[]) => Promise<Row<N>[]>;
}) {
  // the page is kept with the step of the history, so that "back" comes back to it
  const mark = JSON.stringify(args ?? {});
  const [cursors, set] = useState<(string | null)[]>(history.state?.[op] === mark ? history.state.cursors : [null]);
  const setCursors = (c: (string | null)[]) => {
    set(c);
    history.replaceState({ [op]: mark, cursors: c }, "");
  };
  const seen = useRef(mark);
  const at = seen.current === mark ? cursors : [null];
  useEffect(() => {
    if (seen.current !== mark) set([null]);
    seen.current = mark;
  }, [mark]);
  const cursor = at[at.length - 1]!;
  const got = useLive((signal) => call(op, args as any, { limit: page, cursor, signal }), live, [op, mark, cursor]);
  const first = (at.length - 1) * page;
  useEffect(() => {
    if (got.problem && cursor && got.problem.status === 400) setCursors([null]); // a cursor of before the server was started again
  }, [got.problem]);
  // the former page stays until the next one is there: no flicker, and the focus keeps its place
  const kept = useRef<typeof got.data>(undefined);
  kept.current = got.problem ? undefined : (got.data ?? kept.current);
  const data = got.data ?? kept.current;
  const list = (Array.isArray(data?.data) ? data.data : []) as Row<N>[];
  const newer = useFresh(list, fresh);
  return (
    <Loading of={{ ...got, data }}>
      {() => {
        const rows = newer;
        const several = at.length > 1 || !!data!.next;
        return (
          <>
            <Table caption={caption} columns={columns} rows={rows} rowKey={rowKey} empty={empty} onRow={onRow} />
            <div class="pages">
              {several && (
                <button disabled={at.length < 2} onClick={() => setCursors(at.slice(0, -1))}>
                  {t("page.back")}
                </button>
              )}
              <span role="status">{t("page.rows", { from: rows.length ? first + 1 : 0, to: first + rows.length })}</span>
              {several && (
                <button disabled={!data!.next || got.data !== data} onClick={() => setCursors([...at, data!.next])}>
                  {t("page.next")}
                </button>
              )}
              {file && <Export op={op} args={args} columns={columns} file={file} />}
            </div>
          </>
        );
      }}
    </Loading>
  );
}
/** ROWS, or what FRESH made of them last. */
function useFresh<R>(rows: R[], fresh?: (rows: R[]) => Promise<R[]>): R[] {
  const [newer, set] = useState<{ of: R[]; rows: R[] }>();
  const now = useRef(rows);
  const go = useRef(() => {});
  now.current = rows;
  useEffect(() => {
    if (!fresh) return;
    let busy = false, again = false;
    const run = async () => {
      if (busy) return void (again = true);
      busy = true;
      const of = now.current;
      try {
        if (of.length) set({ of, rows: await fresh(of) });
      } catch {
        // the list itself says what is wrong when it is read the next time
      }
      busy = false;
      if (again) (again = false), void run();
    };
    go.current = () => void run();
    return onEvent((type) => void (type === "status" && run()));
  }, []);
  useEvery(4000, () => go.current());
  return newer?.of === rows ? newer.rows : rows;
}
export function Table<R>({ caption, columns, rows, rowKey, empty, onRow }: {
  caption: string;
  columns: Column<R>[];
  rows: R[];
  rowKey: (row: R) => string;
  empty?: string;
  onRow?: (row: R) => void;
}) {
  return (
    <div class="table" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.key} scope="col" class={c.num ? "num" : ""}>
                {c.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <tr key={rowKey(r)} onClick={onRow && ((e) => !(e.target as Element).closest("a,button,input,select") && onRow(r))} class={onRow ? "open" : ""}>
              {columns.map((c) => (
                <td key={c.key} class={c.num ? "num" : ""} data-title={c.title}>
                  {c.cell ? c.cell(r) : ((r as any)[c.key] ?? "")}
                </td>
              ))}
            </tr>
          ))}
          {rows.length === 0 && (
            <tr>
              <td colSpan={columns.length} class="dim">
                {empty ?? t("empty")}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
/** All rows, page after page; can be stopped. */
function Export<N extends OpName>({ op, args, columns, file }: { op: N; args?: Partial<Ops[N]["args"]>; columns: Column<Row<N>>[]; file: string }) {
  const [n, set] = useState<number | null>(null);
  const stop = useRef(false);
  const run = async () => {
    const rows: unknown[][] = [columns.map((c) => c.title)];
    let cursor: string | null = null;
    stop.current = false;
    do {
      set(rows.length - 1);
      const a: { data: any; next: string | null } = await call(op, args as any, { limit: 500, cursor });
      for (const r of a.data) rows.push(columns.map((c) => (c.text ? c.text(r) : r[c.key])));
      cursor = a.next;
    } while (cursor && !stop.current);
    set(null);
    if (!stop.current) download(file, csv(rows), "text/csv");
  };
  return n === null ? (
    <button onClick={() => void run()}>{t("act.csv")}</button>
  ) : (
    <button onClick={() => (stop.current = true)}>{t("act.csv.stop", { rows: n })}</button>
  );
}
