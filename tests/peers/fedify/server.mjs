// An independent ActivityPub server on Fedify, as a peer for Archipel's tests.
//
// One actor, `fedi`. Everything is in memory. PORT speaks ActivityPub,
// CONTROL_PORT a small API for the test that drives it: see README.md.

import { Temporal } from "@js-temporal/polyfill";
import { createServer } from "node:http";
import {
  Accept, Announce, Create, Endpoints, Follow, Mention, Note, Person, Reject,
  PUBLIC_COLLECTION, Undo, isActor,
} from "@fedify/fedify/vocab";
import {
  createFederation, exportJwk, generateCryptoKeyPair, importJwk, MemoryKvStore,
} from "@fedify/fedify";

const port = Number(process.env.PORT ?? 9701);
const controlPort = Number(process.env.CONTROL_PORT ?? 9702);
const origin = `http://localhost:${port}`;
const identifier = "fedi";

const received = [];
const knocks = [];
const notes = new Map();

// Persisted as a real server would: the same keys for as long as it runs, passed
// through their exported form.
const keys = await Promise.all(
  ["RSASSA-PKCS1-v1_5", "Ed25519"].map(async (algorithm) => {
    const pair = await generateCryptoKeyPair(algorithm);
    const [privateJwk, publicJwk] = [
      await exportJwk(pair.privateKey), await exportJwk(pair.publicKey),
    ];
    return {
      privateKey: await importJwk(privateJwk, "private"),
      publicKey: await importJwk(publicJwk, "public"),
    };
  }),
);

const federation = createFederation({
  kv: new MemoryKvStore(),
  allowPrivateAddress: true,
  origin,
});

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, name) => {
    if (name !== identifier) return null;
    const pairs = await ctx.getActorKeyPairs(name);
    return new Person({
      id: ctx.getActorUri(name),
      preferredUsername: name,
      name: "Fedify",
      summary: "<p>Un compte de test</p>",
      inbox: ctx.getInboxUri(name),
      outbox: ctx.getOutboxUri(name),
      followers: ctx.getFollowersUri(name),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: pairs[0].cryptographicKey,
      assertionMethods: pairs.map((pair) => pair.multikey),
    });
  })
  .setKeyPairsDispatcher((_ctx, name) => (name === identifier ? keys : []));

federation.setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [] }));
federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [] }));
federation.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
  software: { name: process.env.SOFTWARE ?? "fedify-peer", version: "1.0.0" },
  protocols: ["activitypub"],
  usage: { users: {}, localPosts: notes.size, localComments: 0 },
}));
federation.setObjectDispatcher(Note, "/notes/{id}", (_ctx, { id }) => notes.get(id) ?? null);

// A listener is only called when Fedify has verified the signature.
async function keep(_ctx, activity) {
  const json = await activity.toJsonLd({ format: "compact" }).catch(() => ({}));
  received.push({
    type: activity.constructor.name,
    id: activity.id?.href ?? null,
    actor: activity.actorId?.href ?? null,
    object: activity.objectId?.href ?? null,
    json,
  });
}
const inbox = federation.setInboxListeners("/users/{identifier}/inbox", "/inbox");
for (const type of [Accept, Reject, Announce, Create, Follow, Undo]) inbox.on(type, keep);

const context = () => federation.createContext(new URL(origin), undefined);

function recipient(document) {
  return { id: document.id, inboxId: document.inboxId, endpoints: document.endpoints };
}

async function actorAt(url) {
  const ctx = context();
  const documentLoader = await ctx.getDocumentLoader({ identifier });
  const actor = await ctx.lookupObject(new URL(url), { documentLoader });
  if (actor == null || !isActor(actor)) throw new Error(`not an actor: ${url}`);
  return { ctx, actor };
}

async function follow({ actor: url }) {
  const { ctx, actor } = await actorAt(url);
  const id = new URL(`/follows/${crypto.randomUUID()}`, origin);
  const activity = new Follow({ id, actor: ctx.getActorUri(identifier), object: actor.id });
  await ctx.sendActivity({ identifier }, recipient(actor), activity, { immediate: true });
  return { id: id.href };
}

// Addressed as Mastodon does: the mentioned group and its followers in cc.
async function post({ community, text, inReplyTo }) {
  const { ctx, actor } = await actorAt(community);
  const me = ctx.getActorUri(identifier);
  const key = crypto.randomUUID();
  const ccs = [ctx.getFollowersUri(identifier), actor.id];
  if (actor.followersId != null) ccs.push(actor.followersId);
  const note = new Note({
    id: ctx.getObjectUri(Note, { id: key }),
    attribution: me,
    content: `<p>${text}</p>`,
    replyTarget: inReplyTo == null ? null : new URL(inReplyTo),
    to: PUBLIC_COLLECTION,
    ccs,
    tags: [new Mention({ href: actor.id, name: `@${actor.preferredUsername}` })],
    published: Temporal.Now.instant(),
  });
  notes.set(key, note);
  const activity = new Create({
    id: new URL(`/notes/${key}#activity`, origin),
    actor: me,
    object: note,
    to: PUBLIC_COLLECTION,
    ccs,
  });
  await ctx.sendActivity({ identifier }, recipient(actor), activity, { immediate: true });
  return { id: note.id.href };
}

async function lookup(url) {
  const ctx = context();
  const documentLoader = await ctx.getDocumentLoader({ identifier });
  const object = await ctx.lookupObject(new URL(url), { documentLoader });
  if (object == null) throw new Error(`Fedify cannot read ${url}`);
  const answer = {
    type: object.constructor.name,
    id: object.id?.href ?? null,
    name: object.name?.toString() ?? null,
    content: object.content?.toString() ?? null,
    totalItems: object.totalItems ?? null,
  };
  if (isActor(object)) {
    answer.preferredUsername = object.preferredUsername?.toString() ?? null;
    answer.inbox = object.inboxId?.href ?? null;
    answer.outbox = object.outboxId?.href ?? null;
    answer.followers = object.followersId?.href ?? null;
    answer.sharedInbox = object.endpoints?.sharedInbox?.href ?? null;
    answer.publicKeys = (await Array.fromAsync(object.getPublicKeys({ documentLoader })))
      .map((key) => key.id?.href);
    answer.multikeys = (await Array.fromAsync(object.getAssertionMethods({ documentLoader })))
      .map((key) => key.id?.href);
  }
  if (typeof object.getItems === "function") {
    answer.items = (await Array.fromAsync(object.getItems({ documentLoader })))
      .map((item) => ({ type: item.constructor.name, id: item.id?.href ?? null }));
  }
  return answer;
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

createServer(async (request, response) => {
  try {
    const body = await bodyOf(request);
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) {
      for (const one of [value].flat()) headers.append(name, one);
    }
    const method = request.method ?? "GET";
    const answer = await federation.fetch(
      new Request(new URL(request.url, origin), {
        method, headers, body: method === "GET" || method === "HEAD" ? undefined : body,
      }),
      { contextData: undefined },
    );
    if (method === "POST") {
      const scheme = headers.has("signature-input") ? "rfc9421"
        : headers.has("signature") ? "cavage" : "none";
      knocks.push({ path: request.url, scheme, status: answer.status });
    }
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
}).listen(port, "127.0.0.1");

createServer(async (request, response) => {
  const url = new URL(request.url, `http://localhost:${controlPort}`);
  const reply = (status, value) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(value));
  };
  try {
    const body = await bodyOf(request);
    const asked = body.length > 0 ? JSON.parse(body.toString()) : {};
    switch (`${request.method} ${url.pathname}`) {
      case "GET /ready": return reply(200, { actor: `${origin}/users/${identifier}` });
      case "GET /received": return reply(200, received);
      case "GET /knocks": return reply(200, knocks);
      case "GET /lookup": return reply(200, await lookup(url.searchParams.get("url")));
      case "POST /follow": return reply(200, await follow(asked));
      case "POST /post": return reply(200, await post(asked));
      default: return reply(404, { error: "no such call" });
    }
  } catch (error) {
    console.error(error);
    reply(502, { error: String(error?.stack ?? error) });
  }
}).listen(controlPort, "127.0.0.1");
