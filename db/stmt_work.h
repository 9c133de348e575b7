/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* Statements of long work: X(ID, "SQL").  Included by store.h and statements.c. */
X(WORK_PUT, "INSERT INTO work (uuid, person, name, op, object, state, begun_ns, ended_ns, done, total, result, withheld, error) VALUES ($work, :person,"
    " :name, :op, :object, :state, :begun_ns, :ended_ns, :done, :total, :result, :withheld, :error) ON CONFLICT (uuid) DO UPDATE SET"
    " object = excluded.object, state = excluded.state, ended_ns = excluded.ended_ns, done = excluded.done, total = excluded.total,"
    " result = excluded.result, withheld = excluded.withheld, error = excluded.error")
X(WORK_DROP, "DELETE FROM work WHERE uuid = $work")
X(WORK_OLD, "DELETE FROM work WHERE ended_ns < :before_ns")
X(WORK_BROKEN, "UPDATE work SET state = 'interrupted', ended_ns = :now_ns WHERE state = 'running'")
X(WORK_ALL, "SELECT uuid AS work, person, name, op, object, state, begun_ns, ended_ns, done, total, result AS 'result[]', withheld,"
    " error AS 'error[]' FROM work ORDER BY id DESC LIMIT :max")
