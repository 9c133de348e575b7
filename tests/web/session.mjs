// SPDX-License-Identifier: Apache-2.0
import { as, equal, open, run, shot, test } from "./harness.mjs";

test("log in with a key file", async () => {
  const page = await as("alice");
  await shot(page, "me");
  equal(await page.evaluate(() => 1 + 1), 2, "evaluate under the policy");
});
test("the log-in screen, German, dark, narrow", async () => {
  const page = await open({ lang: "de", dark: true, width: 320 });
  await page.locator("main.login").waitFor();
  await shot(page, "login-de");
});
await run();
