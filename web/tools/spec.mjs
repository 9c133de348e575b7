// SPDX-License-Identifier: Apache-2.0
// Before each build: from the project's OpenAPI document (openapi.json beside package.json, or OPENAPI) to
//   src/gen/api.ts     types of arguments and answers by operation
//   src/gen/spec.json  what the program needs of it: method, path, arguments, who may
// and from the catalogues src/i18n/LANG/*.json to src/gen/LANG.json.  Fails when a language misses a text.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const doc = JSON.parse(readFileSync(process.env.OPENAPI ?? "openapi.json", "utf8"));
const at = (ref) => ref.replace("#/", "").split("/").reduce((o, k) => o[k], doc);
const solid = (s) => (s && s.$ref ? at(s.$ref) : s);

function type(schema, depth = 0) {
  const s = solid(schema) ?? {};
  if (s.const !== undefined) return JSON.stringify(s.const);
  if (s.enum) return s.enum.map((v) => JSON.stringify(v)).join(" | ");
  if (s.oneOf || s.anyOf) return (s.oneOf ?? s.anyOf).map((v) => type(v, depth)).join(" | ");
  const kinds = Array.isArray(s.type) ? s.type : s.type ? [s.type] : s.properties ? ["object"] : [];
  if (kinds.length === 0) return "any";
  return kinds.map((k) => {
    if (k === "integer" || k === "number") return "number";
    if (k === "array") return `Array<${type(s.items ?? {}, depth + 1)}>`;
    if (k !== "object") return k;
    const names = Object.keys(s.properties ?? {});
    if (names.length === 0) return s.additionalProperties && s.additionalProperties !== true ? `Record<string, ${type(s.additionalProperties, depth + 1)}>` : "any";
    const must = s.required ?? [];
    const rows = names.map((n) => `${JSON.stringify(n)}${must.includes(n) || depth >= 0 && s["x-answer"] ? "" : "?"}: ${type(s.properties[n], depth + 1)}`);
    return `{ ${rows.join("; ")} }`;
  }).join(" | ");
}

const spec = {};
const types = [];
for (const [path, methods] of Object.entries(doc.paths)) {
  for (const [method, op] of Object.entries(methods)) {
    if (!op.operationId || !op["x-openmdf-roles"]) continue;
    const args = {};
    const answer = op.responses?.["200"]?.content?.["application/json"]?.schema ?? op.responses?.["201"]?.content?.["application/json"]?.schema ?? {};
    for (const p of (op.parameters ?? []).map(solid)) {
      if (p.in === "header" || p.name === "limit" || p.name === "cursor") continue;
      args[p.name] = { ...p.schema, in: p.in, must: p.required || undefined, text: p.description };
    }
    const body = Object.values(op.requestBody?.content ?? {})[0]?.schema ?? {};
    for (const [name, s] of Object.entries(solid(body).properties ?? {})) {
      if (name === "plan" || name === "signature" && op["x-openmdf-two-persons"]) continue;
      args[name] = { ...s, text: s.description, must: solid(body).required?.includes(name) || undefined };
    }
    const slim = Object.fromEntries(Object.entries(args).map(([n, a]) => [n, Object.fromEntries(Object.entries({
      in: a.in, must: a.must, type: a.type, enum: a.enum?.filter((v) => v !== null), pattern: a.pattern, min: a.minimum, max: a.maximum, format: a.format, text: a.text,
    }).filter(([, v]) => v !== undefined))]));
    const two = op["x-openmdf-two-persons"] ? true : undefined;
    spec[op.operationId] = { method: method.toUpperCase(), path, args: slim, roles: op["x-openmdf-roles"], two, step: op["x-openmdf-step-up"], summary: op.summary };
    const fields = Object.entries(args).map(([n, a]) => `${JSON.stringify(n)}${a.must ? "" : "?"}: ${type(a)} | null`);
    types.push(`  ${JSON.stringify(op.operationId)}: { args: { ${fields.join("; ")} }; result: ${type(answer)} };`);
  }
}
mkdirSync("src/gen", { recursive: true });
writeFileSync("src/gen/spec.json", JSON.stringify(spec));
writeFileSync("src/gen/api.ts", `// Made by tools/spec.mjs from the OpenAPI document.\n/* eslint-disable */\nexport interface Ops {\n${types.join("\n")}\n}\nexport type OpName = keyof Ops;\n`);

const texts = {};
for (const lang of readdirSync("src/i18n")) {
  texts[lang] = {};
  for (const file of readdirSync(`src/i18n/${lang}`).sort()) {
    for (const [key, text] of Object.entries(JSON.parse(readFileSync(`src/i18n/${lang}/${file}`, "utf8")))) {
      if ((texts[lang][key] ?? text) !== text) throw new Error(`${lang}/${file}: ${key} is there twice, with another text`);
      texts[lang][key] = text;
    }
  }
  writeFileSync(`src/gen/${lang}.json`, JSON.stringify(texts[lang]));
}
const faults = [];
for (const lang of Object.keys(texts))
  for (const other of Object.keys(texts))
    for (const key of Object.keys(texts[other])) {
      if (texts[lang][key] === undefined) faults.push(`${lang}: ${key} is missing`);
      else if (holes(texts[lang][key]) !== holes(texts[other][key])) faults.push(`${lang}: ${key} has other {names} than in ${other}`);
    }
function holes(text) { return [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join(); }
if (faults.length) throw new Error([...new Set(faults)].join("\n"));
