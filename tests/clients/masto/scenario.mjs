// A member with masto.js: JSON bodies, multipart profiles, grouped notifications, one
// socket for all streams.
import assert from "node:assert/strict";
import { createRestAPIClient, createOAuthAPIClient, createStreamingAPIClient } from "masto";
import { WebSocket } from "ws";

const { BASE, ADA, BEA } = process.env;
const step = (words) => console.log(`- ${words}`);
const client = (accessToken) => createRestAPIClient({ url: BASE, accessToken });
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

async function eventually(words, ask) {
  const end = Date.now() + 30_000;
  for (;;) {
    const found = await ask();
    if (found) return found;
    assert.ok(Date.now() < end, `waited in vain for ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function collect(pages, most = 20) {
  const all = [];
  for await (const page of pages) {
    all.push(...page);
    if (--most === 0) break;
  }
  return all;
}

const stranger = createRestAPIClient({ url: BASE });
const ada = client(ADA);
const bea = client(BEA);

step("an app, an app token, the instance");
const app = await stranger.v1.apps.create({
  clientName: "Essai",
  redirectUris: "urn:ietf:wg:oauth:2.0:oob",
  scopes: "read write follow push",
});
assert.ok(app.clientId && app.clientSecret);
const oauth = createOAuthAPIClient({ url: BASE });
const token = await oauth.token.create({
  grantType: "client_credentials",
  clientId: app.clientId,
  clientSecret: app.clientSecret,
  redirectUri: "urn:ietf:wg:oauth:2.0:oob",
  scope: "read",
});
assert.equal(token.tokenType, "Bearer");
const instance = await stranger.v2.instance.fetch();
assert.ok(instance.configuration.urls.streaming.startsWith("ws"));

step("profile with a picture, as multipart");
const changed = await ada.v1.accounts.updateCredentials({
  displayName: "Ada",
  avatar: new Blob([PICTURE], { type: "image/png" }),
  fieldsAttributes: [{ name: "Lieu", value: "Rennes" }],
});
assert.equal(changed.fields[0].name, "Lieu");

step("join and post: media polled until it is there, a poll, a reply");
const group = await ada.v1.accounts.lookup({ acct: "tilab" });
assert.equal(group.group, true);
await ada.v1.accounts.$select(group.id).follow({ reblogs: true, notify: true });
await bea.v1.accounts.$select(group.id).follow();
const media = await ada.v2.media.create({
  file: new Blob([PICTURE], { type: "image/png" }),
  description: "Un point",
});
const thread = await ada.v1.statuses.create({
  status: "Bonjour @tilab",
  mediaIds: [media.id],
  spoilerText: "Image",
  language: "fr",
});
assert.equal(thread.mediaAttachments[0].description, "Un point");
const asked = await ada.v1.statuses.create({
  status: "Quand ? @tilab",
  poll: { options: ["Lundi", "Mardi"], expiresIn: 3600, multiple: true },
});
const voted = await bea.v1.polls.$select(asked.poll.id).votes.create({ choices: [0, 1] });
assert.deepEqual(voted.ownVotes, [0, 1]);
const reply = await bea.v1.statuses.create({ status: "Merci", inReplyToId: thread.id });
const context = await ada.v1.statuses.$select(thread.id).context.fetch();
assert.equal(context.descendants[0].id, reply.id);

step("pages by their Link headers");
for (let number = 0; number < 7; number += 1) {
  await bea.v1.statuses.create({ status: `Numéro ${number}`, visibility: "unlisted" });
}
const mine = await collect(bea.v1.accounts.$select(reply.account.id).statuses.list({ limit: 3 }));
assert.equal(new Set(mine.map((s) => s.id)).size, mine.length);
assert.ok(mine.length >= 8);

step("favourite, boost, grouped notifications, markers");
await bea.v1.statuses.$select(thread.id).favourite();
await bea.v1.statuses.$select(thread.id).reblog();
const groups = await eventually("a favourite", async () => {
  const found = await ada.v2.notifications.list();
  return found.notificationGroups.some((g) => g.type === "favourite") && found;
});
assert.ok(groups.accounts.length > 0);
assert.equal(typeof groups.notificationGroups[0].mostRecentNotificationId, "number");
const marker = await ada.v1.markers.create({ home: { lastReadId: thread.id } });
assert.equal(marker.home.lastReadId, thread.id);

step("lists, filters, relations");
const list = await ada.v1.lists.create({ title: "Veille", exclusive: true });
await ada.v1.lists.$select(list.id).accounts.create({ accountIds: [group.id] });
const listed = await collect(ada.v1.timelines.list.$select(list.id).list());
assert.ok(listed.some((s) => s.reblog?.id === thread.id));
await ada.v1.lists.$select(list.id).accounts.remove({ accountIds: [group.id] });
await ada.v1.lists.$select(list.id).remove();
const filter = await ada.v2.filters.create({
  title: "Merci",
  context: ["thread"],
  filterAction: "hide",
  keywordsAttributes: [{ keyword: "Merci", wholeWord: true }],
});
const hidden = await ada.v1.statuses.$select(thread.id).context.fetch();
assert.equal(hidden.descendants[0].filtered[0].filter.title, "Merci");
await ada.v2.filters.$select(filter.id).remove();
const [relation] = await ada.v1.accounts.relationships.fetch({ id: [group.id] });
assert.equal(relation.following && relation.notifying, true);

step("errors are JSON that it can read");
await assert.rejects(
  () => ada.v1.statuses.$select("1").fetch(),
  (error) => error.statusCode === 404 && /not found/i.test(error.message),
);
await assert.rejects(
  () => client("wrong").v1.accounts.verifyCredentials(),
  (error) => error.statusCode === 401,
);

step("one socket, several streams");
const streams = createStreamingAPIClient({
  streamingApiUrl: instance.configuration.urls.streaming,
  accessToken: ADA,
  implementation: WebSocket,
});
const heard = [];
const listen = async (subscription) => {
  for await (const event of subscription) heard.push(event);
};
const user = streams.user.subscribe();
const local = streams.public.local.subscribe();
listen(user);
listen(local);
await eventually("both subscriptions", async () => {
  const status = await bea.v1.statuses.create({ status: "Vu de @ada et @tilab" });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const of = (stream) =>
    heard.some(
      (e) =>
        e.stream.includes(stream) && e.event === "update" &&
        (e.payload.reblog ?? e.payload).id === status.id,
    );
  return of("user") && of("public:local");
});
await eventually("a notification", async () => heard.some((e) => e.event === "notification"));
user.unsubscribe();
local.unsubscribe();
streams.close();

step("delete");
const gone = await ada.v1.statuses.$select(asked.id).remove();
assert.ok(gone.text.startsWith("Quand"));
console.log("masto.js: all steps hold");
process.exit(0);
