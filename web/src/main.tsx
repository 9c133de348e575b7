// SPDX-License-Identifier: Apache-2.0
import { render } from "preact";
import { App } from "./app";
import { loadSpec } from "./lib/api";
import { setLanguage } from "./lib/i18n";
import { entered } from "./lib/session";

const theme = localStorage.getItem("openmdf.theme");
if (theme) document.documentElement.dataset.theme = theme;
const app = document.getElementById("app")!;
try {
  await Promise.all([loadSpec(), setLanguage()]);
  await entered().catch(() => false);
  render(<App />, app);
} catch {
  app.textContent = "The server cannot be reached. Load this page again. / Der Server ist nicht erreichbar. Seite neu laden.";
}
