// SPDX-License-Identifier: Apache-2.0
import { as, check, equal, go, ok, run, shot, stage, test, until } from "./harness.mjs";

const show = (approval) => stage.must({ person: "bob", op: "approval.show", args: { approval } });
const state = async (liid) => (await stage.must({ person: "alice", op: "warrant.show", args: { warrant: liid } })).state;
const reason = async (page, text) => {
  await page.locator("dialog input").fill(text);
  await page.locator("dialog button[type=submit]").click();
};

test("the inventory changed meanwhile: it is said before, the refusal is explained, rejecting makes it a draft again", async () => {
  const { approval } = await stage.warrant({ liid: "A-CHANGED", state: "submitted" });
  const bob = await as("bob", { path: `approvals/${approval}` });
  await bob.getByRole("button", { name: "Approve and sign" }).click();
  const sign = bob.locator("dialog button[type=submit]");
  await sign.waitFor();
  // while the signature is being thought about
  await stage.two({ op: "ne.add", args: { ne: "ne9", san: "ne9.lab.example" }, second: "bert" });
  await sign.click();
  await bob.locator("dialog").getByText("no longer what was signed").waitFor();
  equal(await state("A-CHANGED"), "submitted", "nothing was put into force");
  await bob.keyboard.press("Escape");
  await bob.getByText("Something has changed since this was signed").waitFor();
  await check(bob, "changed meanwhile");
  await shot(bob, "approval-stale");
  await bob.getByRole("button", { name: "Reject" }).click();
  await reason(bob, "the elements have changed");
  await bob.locator("main .state", { hasText: "rejected" }).waitFor();
  equal(await state("A-CHANGED"), "draft", "after the rejection");
  const alice = await as("alice", { path: "approvals?tab=mine" });
  await alice.getByRole("row", { name: /A-CHANGED/ }).getByText("rejected").waitFor();
  await alice.getByRole("row", { name: /A-CHANGED/ }).getByRole("link").click();
  await alice.getByText("the elements have changed").waitFor();
  await alice.getByRole("link", { name: "Change the draft and ask again" }).click();
  await alice.getByRole("heading", { name: "Draft A-CHANGED" }).waitFor();
});

test("who asked cannot approve and the page says why; takes it back with a reason", async () => {
  const { approval } = await stage.warrant({ liid: "A-BACK", state: "submitted" });
  const alice = await as("alice", { path: `approvals/${approval}` });
  await alice.getByText("two different persons have to sign").waitFor();
  equal(await alice.getByRole("button", { name: "Approve" }).count(), 0, "no such button");
  const bob = await as("bob", { path: `approvals/${approval}` });
  await bob.getByRole("button", { name: "Approve and sign" }).waitFor();
  await alice.getByRole("button", { name: "Take back" }).click();
  await reason(alice, "wrong end");
  await alice.locator("main .state", { hasText: "withdrawn" }).waitFor();
  await bob.locator("main .state", { hasText: "withdrawn" }).waitFor();
  equal(await bob.getByRole("button", { name: "Approve and sign" }).count(), 0, "gone for the approver, live");
  equal([(await show(approval)).reason, await state("A-BACK")], ["wrong end", "draft"], "state");
});

test("a week is over: it cannot be approved, and the page says what it is", async () => {
  const { approval } = await stage.warrant({ liid: "A-OLD", state: "submitted" });
  const bob = await as("bob", { path: `approvals/${approval}` });
  await bob.getByRole("button", { name: "Approve and sign" }).click();
  await bob.locator("dialog button[type=submit]").waitFor();
  await stage.too_old({ approval });
  await bob.locator("dialog button[type=submit]").click();
  await bob.locator("dialog").getByText("it is expired").waitFor();
  await bob.keyboard.press("Escape");
  await until("it is told as expired", async () => (await show(approval)).state === "expired", 90_000);
  await bob.locator("main .state", { hasText: "expired" }).waitFor();
  equal(await state("A-OLD"), "draft", "state of the warrant");
  await go(bob, "approvals?tab=decided");
  await bob.getByRole("row", { name: /A-OLD/ }).getByText("expired").waitFor();
});

test("changes of other kinds: a destination, an element, a person, a setting, before and after; options too, which the statement does not name", async () => {
  const bob = await as("bob");
  for (const [op, args, wants] of [
    ["destination.set", { destination: "lemf-b", options: { barrier_ms: 75 } }, ["options.barrier_ms", "50", "75"]],
    ["ne.set", { ne: "ne1", country: "BE" }, ["Country", "BE"]],
    ["person.add", { handle: "newbie", roles: ["operator"], name: "New Bee" }, ["newbie", "New Bee", "operator"]],
    ["setting.set", { name: "notice_after_s", value: 45 }, ["30", "45"]],
    ["regime.import", { file: { name: "paper", version: "7", provisional_hours: 96 } }, ["paper", "96"]],
  ]) {
    const { approval } = await stage.submit({ person: "sam", op, args });
    await go(bob, `approvals/${approval}`);
    const text = await until(`${op} is shown`, async () => {
      const all = await bob.locator("main").innerText();
      return wants.every((w) => all.includes(w)) && all;
    });
    ok(!text.includes("does not fit the text"), `${op}: plan and statement fit`);
    await check(bob, op);
    await shot(bob, `approval-${op}`);
    await bob.getByRole("button", { name: "Approve and sign" }).click();
    await bob.locator("dialog button[type=submit]").click();
    await bob.locator("main .state", { hasText: "approved" }).first().waitFor();
  }
});

test("a plan that was changed on its way: the approver signs nothing", async () => {
  const { approval } = await stage.submit({ person: "sam", op: "person.add", args: { handle: "mallory", roles: ["operator"], name: "M" } });
  const bob = await as("bob");
  await bob.route(`**/api/v1/approvals/${approval}`, async (route) => {
    const answer = await route.fetch();
    const json = await answer.json();
    json.plan.after.roles = ["auditor"];
    await route.fulfill({ response: answer, json });
  });
  await go(bob, `approvals/${approval}`);
  await bob.getByText("does not fit the text that would be signed").waitFor();
  ok(await bob.getByRole("button", { name: "Approve and sign" }).isDisabled(), "nothing to sign");
});
await run();
