"""A moderator acts as the community, with Mastodon.py: any app moderates."""

from apps import log_in
from world import eventually, refused, step


def run():
    step("log in: a member, and a moderator as two communities")
    bea = log_in("bea")
    closed = log_in("mod", community="utilo")
    group = closed.me()
    assert group.acct == "utilo" and group.group

    step("the join queue is the list of follow requests")
    bea.account_follow(group)
    queue = closed.follow_requests()
    assert [a.acct for a in queue] == ["bea"]
    told = [n.type for n in closed.notifications()]
    assert "follow_request" in told
    closed.follow_request_authorize(queue[0])
    assert bea.account_relationships(group)[0].following

    step("a post is removed by unboosting it, and can be boosted again")
    post = bea.status_post("Bonjour @utilo")
    shown = lambda: [s.reblog.id for s in bea.account_statuses(group) if s.reblog]
    assert shown() == [post.id]
    closed.status_unreblog(post)
    assert shown() == []
    closed.status_reblog(post)
    assert shown() == [post.id]

    step("pin is feature")
    closed.status_pin(post)
    assert [(s.reblog or s).id for s in bea.account_statuses(group, pinned=True)] == [post.id]
    closed.status_unpin(post)

    step("the profile is the description, its fields the rules")
    closed.account_update_credentials(
        note="Usages du numérique", fields=[("Règle 1", "Rester courtois"), ("Règle 2", "Citer ses sources")]
    )
    told = bea.account(group)
    assert "Usages" in told.note
    assert any("courtois" in field.value for field in told.fields)

    step("a held post is a notification, and boosting approves it")
    held = log_in("mod", community="labacces")
    acces = held.me()
    bea.account_follow(acces)
    waiting = bea.status_post("Première fois chez @labacces")
    assert [s for s in bea.account_statuses(acces) if s.reblog] == []
    note = eventually(
        "the held post told to the community",
        lambda: [n for n in held.notifications(types=["mention"]) if n.status.id == waiting.id],
    )[0]
    assert note.account.acct == "bea"
    held.status_reblog(waiting)
    assert [s.reblog.id for s in bea.account_statuses(acces) if s.reblog] == [waiting.id]

    step("block is ban, unblock ends it")
    assert closed.account_block(bea.me()).blocking
    error = refused(bea.status_post, "Encore @utilo")
    assert "422" in str(error) or "ban" in str(error).lower() or "exclu" in str(error).lower()
    assert not closed.account_unblock(bea.me()).blocking

    step("whoever holds no role is not offered the community")
    refused(log_in, "bea", "utilo")
