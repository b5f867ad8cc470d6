"""A day with toot, the command line client."""

import os
import subprocess
import sys
import tempfile

from world import BASE, Browser, step

TOOT = os.path.join(os.path.dirname(sys.executable), "toot")


class Toot:
    def __init__(self, home):
        self.env = {**os.environ, "XDG_CONFIG_HOME": home, "BROWSER": "true"}

    def __call__(self, *args, given=""):
        done = subprocess.run(
            [TOOT, "--no-color", *args], input=given, env=self.env, text=True, capture_output=True,
            timeout=60, check=False,
        )
        assert done.returncode == 0, f"toot {' '.join(args)}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def log_in(self, account):
        """Its login prints the address of the consent page and waits for the code."""
        login = subprocess.Popen(
            [TOOT, "--no-color", "login", "-i", BASE], env=self.env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        login.stdin.write("n\n")
        login.stdin.flush()
        said, url = [], None
        while line := login.stdout.readline():
            said.append(line)
            url = next((word for word in line.split() if "/oauth/authorize" in word), None)
            if url:
                break
        assert url, "".join(said)
        code = Browser().log_in_and_consent(url, account)
        rest, _ = login.communicate(f"{code}\n", timeout=60)
        assert login.returncode == 0, "".join(said) + rest


def run():
    with tempfile.TemporaryDirectory() as home:
        toot = Toot(home)
        step("log in")
        toot.log_in("ada")
        assert "@ada" in toot("whoami")
        assert "Archipel" in toot("instance") or "archipel" in toot("instance")
        step("join, post, read")
        toot("follow", "tilab")
        assert "tilab" in toot("following", "ada")
        toot("post", "Depuis un terminal @tilab", "--language", "fr", "--visibility", "public")
        shown = toot("timelines", "account", "ada")
        assert "terminal" in shown
        assert "terminal" in toot("timelines", "home")
        step("search, notifications, lists, tags")
        assert "tilab" in toot("search", "tilab")
        toot("notifications")
        toot("lists", "create", "Veille")
        toot("lists", "add", "Veille", "tilab")
        assert "Veille" in toot("lists", "list")
        toot("tags", "follow", "essai")
        assert "essai" in toot("tags", "followed")
        step("a profile")
        toot("update-account", "--display-name", "Ada L.")
        assert "Ada L." in toot("whoami")
        toot("mute", "bea")
        assert "bea" in toot("muted")
        toot("unmute", "bea")
        toot("block", "bea")
        assert "bea" in toot("blocked")
        toot("unblock", "bea")
        toot("logout", f"ada@{BASE.split('://')[1]}")
