"""Make the database ready and tell, as a last line of JSON, who can sign in with which password.

A process of its own, so that the supervisor stays small and holds no connection.

Usage: python -m commands.preparation [--demo]
"""

from __future__ import annotations

import json
import sys

from data.schema import prepare
from services import demo


def main(*, with_demo: bool) -> None:
    prepare()
    if with_demo and not demo.demo_loaded():
        _tell("Loading the demo company; the first time this takes about a minute ...")
        demo.load_demo()
    demo.refresh_password()  # what is printed below must work, also after TANDEM_DEMO_PASSWORD was changed
    password = demo.demo_password() if demo.demo_loaded() else ""
    _tell(json.dumps({email: password for email in demo.DEMO_EMAILS if password}))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(with_demo="--demo" in sys.argv[1:])
