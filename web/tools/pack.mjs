// SPDX-License-Identifier: Apache-2.0
// After each build: .gz and .br beside each file, and the JavaScript that each screen loads (with everything it needs) against its limit.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const LIMIT = 45_000; // octets of JavaScript, gzip
const manifest = JSON.parse(readFileSync("dist/manifest.json", "utf8"));
rmSync("dist/manifest.json");
const size = {};
function files(dir) {
  return readdirSync(dir).flatMap((n) => (statSync(join(dir, n)).isDirectory() ? files(join(dir, n)) : [join(dir, n)]));
}
for (const file of files("dist").filter((f) => !/\.(gz|br)$/.test(f))) {
  const data = readFileSync(file);
  const gz = gzipSync(data, { level: 9 });
  size[file.slice("dist/".length)] = gz.length;
  writeFileSync(`${file}.gz`, gz);
  writeFileSync(`${file}.br`, brotliCompressSync(data));
}
const reach = (name, seen = new Set()) => {
  if (!seen.has(name)) {
    seen.add(name);
    for (const n of manifest[name].imports ?? []) reach(n, seen);
  }
  return seen;
};
const cost = (names) => [...names].reduce((n, x) => n + (manifest[x].file.endsWith(".js") ? size[manifest[x].file] : 0), 0);
const entry = Object.keys(manifest).find((n) => manifest[n].isEntry);
// What a person sees: the frame, the screen, and charts where it has them.  Log-in, forms and signing come when they are asked for.
const LATER = ["src/screens/login.tsx", "src/ui/form.tsx", "src/ui/sign.tsx", "src/lib/keys.ts", "src/screens/link_dialogs.tsx", "src/screens/find.tsx", "src/screens/notice_note.tsx"];
const screens = new Set((manifest[entry].dynamicImports ?? []).filter((n) => !LATER.includes(n)));
let worst = 0;
for (const name of [...screens].sort()) {
  const seen = reach(name, reach(entry));
  for (const part of [...seen].flatMap((n) => manifest[n].dynamicImports ?? [])) if (!screens.has(part) && !LATER.includes(part)) reach(part, seen);
  const n = cost(seen);
  worst = Math.max(worst, n);
  console.log(`${String(n).padStart(6)}  ${name.replace("src/screens/", "")}`);
}
const all = Object.entries(size).filter(([f]) => f.endsWith(".js")).reduce((n, [, s]) => n + s, 0);
console.log(`JavaScript, octets gzip: ${cost(reach(entry))} at first, ${worst} with the largest screen (at most ${LIMIT}), ${all} in all`);
if (worst > LIMIT) process.exit(1);
