"""Scenarios with unmodified clients; see README.md."""

import member
import moderator
import toot_cli
import world

world.main(
    {
        "member": member.run,
        "moderator": moderator.run,
        "toot": toot_cli.run,
    }
)
