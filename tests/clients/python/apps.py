"""Logging in with Mastodon.py, as an app does."""

from mastodon import Mastodon

from world import BASE, Browser

OOB = "urn:ietf:wg:oauth:2.0:oob"
SCOPES = ["read", "write", "follow", "push"]


def log_in(account, community=None, scopes=None):
    """An app of its own for an account, or for it acting as a community."""
    scopes = scopes or SCOPES
    client_id, secret = Mastodon.create_app(
        "Essai", scopes=scopes, redirect_uris=OOB, website="https://app.example", api_base_url=BASE,
    )
    app = Mastodon(
        client_id=client_id, client_secret=secret, api_base_url=BASE, ratelimit_method="throw",
    )
    url = app.auth_request_url(redirect_uris=OOB, scopes=scopes, force_login=True, allow_http=True)
    code = Browser().log_in_and_consent(url, account, community)
    app.log_in(code=code, redirect_uri=OOB, scopes=scopes, allow_http=True)
    return app
