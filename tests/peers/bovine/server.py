"""An independent ActivityPub server on bovine, as a peer for Archipel's tests.

One actor, `bov`. Everything is in memory. PORT speaks ActivityPub, CONTROL_PORT a
small API for the test that drives it: see README.md.
"""

import asyncio
import json
import os
import uuid

import aiohttp
from aiohttp import web
from bovine import BovineClient
from bovine.activitystreams import Actor, OrderedCollection, factories_for_actor_object
from bovine.crypto import (
    build_validate_http_signature_raw,
    generate_rsa_public_private_key,
)
from bovine.crypto.types import CryptographicIdentifier

PORT = int(os.environ.get("PORT", "9711"))
CONTROL_PORT = int(os.environ.get("CONTROL_PORT", "9712"))
ORIGIN = f"http://localhost:{PORT}"
ACTOR = f"{ORIGIN}/users/bov"
JSON = "application/activity+json"

public_key, private_key = generate_rsa_public_private_key()
profile = Actor(
    id=ACTOR,
    name="Bovine",
    preferred_username="bov",
    inbox=f"{ACTOR}/inbox",
    outbox=f"{ACTOR}/outbox",
    followers=f"{ACTOR}/followers",
    following=f"{ACTOR}/following",
    public_key=public_key,
    public_key_name="main-key",
).build()

objects = {ACTOR: profile}
for name in ("outbox", "followers", "following"):
    objects[f"{ACTOR}/{name}"] = OrderedCollection(f"{ACTOR}/{name}", count=0).build()
received = []
knocks = []


def new_id():
    return f"{ORIGIN}/o/{uuid.uuid4()}"


activities, notes = factories_for_actor_object(profile, id_generator=new_id)
client = BovineClient(
    actor_id=ACTOR, public_key_url=f"{ACTOR}#main-key", secret=private_key
)


async def key_of(key_id):
    document = await client.get(key_id)
    key = document.get("publicKey", document)
    return CryptographicIdentifier.from_pem(key["publicKeyPem"], key["owner"])


verified = build_validate_http_signature_raw(key_of)


# What other servers see.


async def inbox(request):
    body = await request.read()
    headers = {name.lower(): value for name, value in request.headers.items()}

    async def whole():
        return body

    signer = await verified("post", str(request.url), headers, whole)
    status = 202 if signer else 401
    knocks.append({"path": request.path, "status": status, "signer": signer})
    if signer:
        activity = json.loads(body)
        kept = activity.get("actor") == signer
        received.append({**activity, "by_its_actor": kept})
    return web.Response(status=status)


async def document(request):
    found = objects.get(f"{ORIGIN}{request.path}")
    if found is None:
        raise web.HTTPNotFound
    return web.json_response(found, content_type=JSON)


async def webfinger(request):
    link = {"rel": "self", "type": JSON, "href": ACTOR}
    answer = {"subject": request.query["resource"], "links": [link]}
    return web.json_response(answer, content_type="application/jrd+json")


async def nodeinfo_links(_request):
    schema = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    links = [{"rel": schema, "href": f"{ORIGIN}/nodeinfo/2.0"}]
    return web.json_response({"links": links})


async def nodeinfo(_request):
    software = {"name": os.environ.get("SOFTWARE", "bovine"), "version": "0.5"}
    usage = {"users": {}}
    answer = {"version": "2.0", "software": software, "protocols": ["activitypub"]}
    return web.json_response({**answer, "usage": usage, "openRegistrations": False})


# What the test asks for.


async def inbox_of(actor):
    return (await client.get(actor))["inbox"]


async def send(target, activity):
    response = await client.client.post(await inbox_of(target), json.dumps(activity))
    return web.json_response(
        {"id": activity["id"], "status": response.status, "activity": activity}
    )


def activity_of(built):
    return {"id": new_id(), **built}


async def follow(request):
    asked = await request.json()
    activity = activity_of(activities.follow(asked["actor"]).build())
    objects[activity["id"]] = activity
    return await send(asked["actor"], activity)


async def unfollow(request):
    asked = await request.json()
    followed = objects[asked["follow"]]
    undo = activities.undo(followed, include_activity=True).build()
    return await send(followed["object"], activity_of(undo))


async def post(request):
    asked = await request.json()
    community, text = asked["community"], asked["text"]
    parent = asked.get("in_reply_to")
    if parent:
        note = notes.reply(await client.get(parent), content=text).as_public()
    else:
        note = notes.note(content=text).as_public()
    note.cc.add(community)
    built = note.build()
    objects[built["id"]] = built
    answer = await send(community, activity_of(activities.create(built).build()))
    return web.json_response({"note": built["id"], **json.loads(answer.text)})


async def edit(request):
    asked = await request.json()
    note = {**objects[asked["note"]], "content": asked["text"]}
    note["updated"] = asked["updated"]
    objects[note["id"]] = note
    return await send(
        asked["community"], activity_of(activities.update(note).build())
    )


async def delete(request):
    asked = await request.json()
    objects.pop(asked["note"])
    gone = activities.delete(asked["note"]).as_public().build()
    return await send(asked["community"], activity_of(gone))


async def ready(_request):
    return web.Response()


async def heard(_request):
    return web.json_response({"received": received, "knocks": knocks})


async def lookup(request):
    return web.json_response(await client.get(request.query["url"]))


async def serve(routes, port):
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "localhost", port).start()


async def main():
    await serve(
        [
            web.post("/users/bov/inbox", inbox),
            web.get("/.well-known/webfinger", webfinger),
            web.get("/.well-known/nodeinfo", nodeinfo_links),
            web.get("/nodeinfo/2.0", nodeinfo),
            web.get("/{path:.*}", document),
        ],
        PORT,
    )
    # Its own actor is served now, which the client reads first.
    await client.init(session=aiohttp.ClientSession())
    await serve(
        [
            web.get("/ready", ready),
            web.get("/heard", heard),
            web.get("/lookup", lookup),
            web.post("/follow", follow),
            web.post("/unfollow", unfollow),
            web.post("/post", post),
            web.post("/edit", edit),
            web.post("/delete", delete),
        ],
        CONTROL_PORT,
    )
    while True:
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(main())
