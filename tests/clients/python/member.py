"""What a member does with an app: the whole of it, with Mastodon.py."""

import base64
import datetime
import threading

from mastodon import Mastodon, StreamListener

from apps import log_in
from world import BASE, OTHER, eventually, refused, step

# One red pixel, as PNG.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


def run():
    step("what the server says of itself")
    stranger = Mastodon(api_base_url=BASE)
    instance = stranger.instance_v2()
    assert instance.configuration.statuses.max_characters >= 500
    assert stranger.instance_v1().uri == BASE.split("://")[1]
    assert instance.api_versions["mastodon"] >= 6
    assert stranger.instance_nodeinfo().metadata.upstream.name == "mastodon"
    assert stranger.instance_health()

    step("log in: two members, each through the pages")
    ada, bea = log_in("ada"), log_in("bea")
    me, her = ada.me(), bea.me()
    assert me.acct == "ada" and me.source.privacy == "public"
    assert ada.app_verify_credentials().name == "Essai"
    ada.preferences()

    step("change the profile, with a picture")
    changed = ada.account_update_credentials(
        display_name="Ada", note="Bonjour\n\ndeux lignes", avatar=PICTURE,
        avatar_mime_type="image/png", fields=[("Lieu", "Rennes"), ("Site", "https://app.example")],
    )
    assert changed.display_name == "Ada" and "<p>" in changed.note
    assert [field.name for field in changed.fields] == ["Lieu", "Site"]
    assert "assets" not in changed.avatar

    step("find communities here: directory, search, first-try resolve")
    group = ada.account_lookup("tilab")
    assert group.group and not group.locked
    assert any(found.acct == "tilab" for found in ada.directory(local=True, order="active"))
    assert ada.search_v2("!tilab", result_type="accounts").accounts[0].acct == "tilab"
    closed = ada.account_lookup("utilo")
    assert closed.locked

    step("join one, ask to join another")
    relation = ada.account_follow(group)
    assert relation.following and relation.showing_reblogs
    relation = ada.account_follow(closed)
    assert relation.requested and not relation.following
    relation = ada.account_unfollow(closed)
    assert not relation.requested
    bea.account_follow(group)
    ada.account_follow(closed)

    step("post to the community: picture, content warning, language")
    media = ada.media_post(PICTURE, mime_type="image/png", description="Un point rouge")
    assert media.url and media.blurhash
    media = ada.media_update(media, description="Un point bien rouge", focus=(0.5, -0.5))
    thread = ada.status_post(
        "Bonjour @tilab, voici #essai https://app.example/page",
        media_ids=[media], spoiler_text="Image", sensitive=True, language="fr",
        idempotency_key="la-clé",
    )
    again = ada.status_post(
        "Bonjour @tilab, voici #essai https://app.example/page", idempotency_key="la-clé"
    )
    assert again.id == thread.id, "an Idempotency-Key answers with the same post"
    assert thread.media_attachments[0].description == "Un point bien rouge"
    assert thread.spoiler_text == "Image" and thread.language == "fr"
    assert [tag.name for tag in thread.tags] == ["essai"]
    assert any(mention.acct == "tilab" for mention in thread.mentions)
    assert 'class="u-url mention"' in thread.content

    step("it is at home with the other member, as a boost of the community")
    entry = eventually(
        "the thread at home",
        lambda: next((s for s in bea.timeline_home() if s.reblog and s.reblog.id == thread.id), None),
    )
    assert entry.account.acct == "tilab" and entry.account.group
    own = [s for s in ada.timeline_home() if (s.reblog or s).id == thread.id]
    assert len(own) == 1 and own[0].reblog is None, "one's own post is shown once, unwrapped"
    feed = stranger.account_statuses(group)
    assert [s.reblog.id for s in feed if s.reblog] == [thread.id]
    assert any(s.id == thread.id for s in stranger.timeline_local())
    assert any(s.id == thread.id for s in stranger.timeline_hashtag("essai"))

    step("reply without naming the community, threads, edit, history, source")
    reply = bea.status_reply(thread, "Bien vu !")
    assert reply.in_reply_to_id == thread.id
    context = ada.status_context(thread)
    assert [s.id for s in context.descendants] == [reply.id]
    assert [s.id for s in ada.status_context(reply).ancestors] == [thread.id]
    assert ada.status(thread).replies_count == 1
    edited = bea.status_update(reply, "Très bien vu !")
    assert "Très bien" in edited.content and edited.edited_at
    assert len(bea.status_history(reply)) == 2
    assert bea.status_source(reply).text.endswith("Très bien vu !")
    refused(ada.status_update, reply, "non")

    step("favourite, boost, bookmark, pin, mute")
    assert bea.status_favourite(thread).favourited
    assert bea.status_reblog(thread).reblog.id == thread.id
    assert bea.status_bookmark(thread).bookmarked
    assert [s.id for s in bea.favourites()] == [thread.id]
    assert [s.id for s in bea.bookmarks()] == [thread.id]
    assert [a.acct for a in ada.status_favourited_by(thread)] == ["bea"]
    assert "bea" in [a.acct for a in ada.status_reblogged_by(thread)]
    assert ada.status(thread).favourites_count == 1
    assert ada.status_pin(thread).pinned
    assert [s.id for s in stranger.account_statuses(me, pinned=True)] == [thread.id]
    assert not ada.status_unpin(thread).pinned
    assert ada.status_mute(thread).muted and not ada.status_unmute(thread).muted

    step("notifications, one by one and in groups")
    kinds = lambda: {n.type for n in ada.notifications()}
    eventually("three kinds", lambda: {"favourite", "reblog", "mention"} <= kinds())
    mention = next(n for n in ada.notifications(types=["mention"]))
    assert mention.status.id == reply.id and ada.notifications(id=mention.id).id == mention.id
    assert ada.notifications_unread_count().count >= 3
    groups = ada.grouped_notifications()
    favourite = next(g for g in groups.notification_groups if g.type == "favourite")
    assert favourite.sample_account_ids and favourite.status_id == thread.id
    ada.markers_set(["notifications"], [mention.id])
    assert str(ada.markers_get(["notifications"]).notifications.last_read_id) == str(mention.id)
    policy = ada.notifications_policy()
    assert policy.for_not_following in ("accept", "filter", "drop")
    ada.notifications_dismiss(mention)
    refused(ada.notifications, id=mention.id)

    step("a poll")
    poll = ada.make_poll(["Oui", "Non"], expires_in=600, multiple=False)
    asked = ada.status_post("Qui vient ? @tilab", poll=poll)
    voted = bea.poll_vote(asked.poll, [1])
    assert voted.voted and voted.own_votes == [1] and voted.options[1].votes_count == 1
    assert ada.poll(asked.poll).votes_count == 1
    refused(bea.poll_vote, asked.poll, [0])

    step("lists: a feed of a community")
    feed = ada.list_create("Communautés", replies_policy="none")
    ada.list_accounts_add(feed, [group])
    assert [a.acct for a in ada.list_accounts(feed)] == ["tilab"]
    assert [li.title for li in ada.account_lists(group)] == ["Communautés"]
    assert any(s.reblog and s.reblog.id == asked.id for s in bea.timeline_home())
    listed = ada.timeline_list(feed)
    assert any((s.reblog or s).id == asked.id for s in listed), "boosts of members are in lists"
    ada.list_update(feed, "Mes communautés")
    ada.list_accounts_delete(feed, [group])
    ada.list_delete(feed)
    assert ada.lists() == []

    step("filters")
    kept = bea.create_filter_v2("Rouge", ["home", "thread"], "warn", keywords_attributes=[
        {"keyword": "Qui vient", "whole_word": False}
    ])
    seen = next(s for s in bea.timeline_home() if (s.reblog or s).id == asked.id)
    hits = (seen.reblog or seen).filtered or seen.filtered
    assert hits and hits[0].filter.title == "Rouge"
    bea.delete_filter_v2(kept)

    step("mutes and blocks")
    assert ada.account_mute(her, notifications=True).muting
    assert [a.acct for a in ada.mutes()] == ["bea"]
    assert not ada.account_unmute(her).muting
    ada.account_note_set(her, "collègue")
    assert ada.account_relationships(her)[0].note == "collègue"
    assert ada.account_block(her).blocking
    assert bea.account_relationships(me)[0].blocked_by
    assert [a.acct for a in ada.blocks()] == ["bea"]
    assert not ada.account_unblock(her).blocking
    ada.domain_block("spam.example")
    assert "spam.example" in ada.domain_blocks()
    ada.domain_unblock("spam.example")

    step("visibility: followers, direct")
    ada.account_follow(her)
    quiet = bea.status_post("Pour qui me suit", visibility="private")
    eventually("it at home", lambda: [s for s in ada.timeline_home() if s.id == quiet.id])
    refused(stranger.status, quiet)
    letter = bea.status_post("Entre nous, @ada", visibility="direct")
    refused(stranger.status, letter)
    talks = eventually("the conversation", lambda: ada.conversations())
    assert talks[0].last_status.id == letter.id and talks[0].unread
    ada.conversations_read(talks[0])
    assert not ada.conversations()[0].unread

    step("scheduled posts")
    later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=2)
    planned = ada.status_post("Plus tard", scheduled_at=later)
    assert planned.params.text == "Plus tard"
    moved = ada.scheduled_status_update(planned, later + datetime.timedelta(hours=1))
    assert moved.scheduled_at > planned.scheduled_at
    ada.scheduled_status_delete(planned)
    assert ada.scheduled_statuses() == []

    step("hashtags")
    assert ada.tag_follow("essai").following
    assert [t.name for t in ada.followed_tags()] == ["essai"]
    ada.tag_unfollow("essai")
    ada.trending_tags()

    step("streaming")
    heard, events = Heard(), threading.Event()
    heard.told = events
    handle = ada.stream_user(heard, run_async=True, reconnect_async=False)
    eventually("the stream", handle.is_receiving)
    flowing = bea.status_post("En direct pour @tilab")
    eventually("the new thread", lambda: [s for s in heard.updates if (s.reblog or s).id == flowing.id])
    bea.status_reply(asked, "@ada je viens")
    eventually("a mention", lambda: [n for n in heard.notifications if n.type == "mention"])
    bea.status_delete(flowing)
    eventually("its end", lambda: str(flowing.id) in [str(i) for i in heard.deletes])
    handle.close()

    step("reports")
    report = ada.report(her, status_ids=[reply], comment="hors sujet", category="other")
    assert report.target_account.acct == "bea" and not report.action_taken

    step("pages of a timeline, walked to their end")
    for number in range(12):
        ada.status_post(f"Numéro {number}", visibility="unlisted")
    page = ada.account_statuses(me, limit=5)
    walked = list(page)
    while page := ada.fetch_next(page):
        walked += page
    ids = [s.id for s in walked]
    assert len(ids) == len(set(ids)) and len(ids) >= 14
    assert ids == sorted(ids, key=int, reverse=True)

    step("delete: the text comes back")
    gone = ada.status_delete(asked)
    assert gone.text.startswith("Qui vient")
    refused(ada.status, asked)

    if OTHER:
        across(ada)


class Heard(StreamListener):
    def __init__(self):
        self.updates, self.notifications, self.deletes = [], [], []

    def on_update(self, status):
        self.updates.append(status)

    def on_notification(self, notification):
        self.notifications.append(notification)

    def on_delete(self, status_id):
        self.deletes.append(status_id)


def across(ada):
    host = OTHER.split("://")[1]
    step("resolve at the first try, by handle, Lemmy's way and by address; nothing is empty")
    found = ada.search_v2(f"@atelier@{host}", resolve=True).accounts
    assert found and found[0].group and found[0].acct == f"atelier@{host}"
    group = found[0]
    assert ada.search_v2(f"!atelier@{host}", resolve=True).accounts[0].id == group.id
    assert ada.search_v2(f"{OTHER}/c/atelier", resolve=True).accounts[0].id == group.id
    eventually("what was posted before", lambda: ada.account_statuses(group))

    step("join there, post there")
    ada.account_follow(group)
    eventually("the answer", lambda: ada.account_relationships(group)[0].following)
    sent = ada.status_post(f"Bonjour @atelier@{host}")
    there = Mastodon(api_base_url=OTHER)
    eventually(
        "the post in the community there",
        lambda: [
            s
            for s in there.account_statuses(there.account_lookup("atelier"))
            if s.reblog and s.reblog.uri == sent.uri
        ],
    )
    step("a post there, by its address")
    theirs = there.account_statuses(there.account_lookup("atelier"))[-1].reblog
    resolved = ada.search_v2(theirs.url, resolve=True).statuses
    assert resolved and resolved[0].uri == theirs.uri
