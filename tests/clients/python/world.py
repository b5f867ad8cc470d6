"""What the scenarios are told, and a browser without JavaScript for the login pages."""

import os
import re
import sys
import time
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from bs4 import BeautifulSoup

# The server under test and a second one.
BASE = os.environ.get("BASE", "")
OTHER = os.environ.get("OTHER", "")
# Accounts of the server under test, all with this password.
PASSWORD = os.environ.get("PASSWORD", "")
# An instant for what arrives over the network.
PATIENCE = 30


def step(words):
    print(f"- {words}", flush=True)


def eventually(words, ask):
    """Asks until the answer is something, and gives it."""
    end = time.monotonic() + PATIENCE
    while True:
        found = ask()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {words}")
        time.sleep(0.1)


def refused(call, *args, **kwargs):
    """The error that a call must raise."""
    try:
        call(*args, **kwargs)
    except Exception as error:  # the libraries have many kinds
        return error
    raise AssertionError("this had to be refused")


class Browser:
    """Fills forms and follows links, with cookies and nothing else."""

    def __init__(self):
        self.session = requests.Session()
        self.page = None

    def open(self, url):
        self._take(self.session.get(url, allow_redirects=False))

    def _take(self, response):
        for _ in range(10):
            if response.status_code not in (301, 302, 303, 307, 308):
                break
            target = urljoin(response.url, response.headers["location"])
            if not target.startswith(BASE):
                self.page, self.url = None, target
                return
            response = self.session.get(target, allow_redirects=False)
        assert response.status_code == 200, f"{response.status_code}: {response.text[:2000]}"
        self.url = response.url
        self.page = BeautifulSoup(response.text, "html.parser")

    def fields(self, form):
        values = {}
        for field in form.find_all("input"):
            name, kind = field.get("name"), field.get("type", "text")
            if not name or kind == "submit":
                continue
            if kind in ("radio", "checkbox") and not field.has_attr("checked"):
                continue
            values[name] = field.get("value", "on" if kind == "checkbox" else "")
        return values

    def submit(self, form, **changed):
        values = {**self.fields(form), **changed}
        button = form.find("button", attrs={"name": True})
        if button and button["name"] not in values:
            values[button["name"]] = button.get("value", "")
        target = urljoin(self.url, form.get("action") or self.url)
        origin = {"Origin": BASE, "Referer": self.url}
        self._take(self.session.post(target, data=values, headers=origin, allow_redirects=False))

    def log_in_and_consent(self, url, account, community=None):
        """The code that an app gets for an account, or for it acting as a community."""
        self.open(url)
        form = self.page.find("form")
        if form.find("input", attrs={"type": "password"}):
            login = form.find("input", attrs={"type": "text"}) or form.find(
                "input", attrs={"autocomplete": re.compile("username")}
            )
            secret = form.find("input", attrs={"type": "password"})
            self.submit(form, **{login["name"]: account, secret["name"]: PASSWORD})
        assert self.page is not None, f"no consent page: {self.url}"
        form = next(f for f in self.page.find_all("form") if not f.find("input", type="password"))
        changed = {}
        if community:
            label = next(
                label
                for label in form.find_all("label")
                if community in label.get_text() and label.find("input", type="radio")
            )
            radio = label.find("input", type="radio")
            changed[radio["name"]] = radio["value"]
        self.submit(form, **changed)
        if self.page is None:
            return parse_qs(urlsplit(self.url).query)["code"][0]
        shown = self.page.find("code") or self.page.find("input", attrs={"readonly": True})
        return (shown.get("value") or shown.get_text()).strip()


def main(scenarios):
    name = sys.argv[1]
    scenarios[name]()
    print(f"{name}: all steps hold")
