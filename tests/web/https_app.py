"""The app as it answers behind its public https address; prints what test_sign_in.py and test_answers.py look at."""

from __future__ import annotations

import json
import os
import re
import sys

HOST = "tandem.example.com"
os.environ["TANDEM_PUBLIC_URL"] = f"https://{HOST}"

import app  # noqa: E402


def main() -> None:
    visitor = app.server.test_client()
    base = f"https://{HOST}"
    form = visitor.get("/login", base_url=base)
    found = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
    assert found is not None
    typed = {
        "email": "planner@demo.tandem.example",
        "password": os.environ["TANDEM_DEMO_PASSWORD"],
        "csrf_token": found.group(1),
    }
    answer = visitor.post("/login", base_url=base, data=typed, headers={"Origin": base})
    hosts = (HOST, f"{HOST}:8443", "127.0.0.1:8050", "localhost", "evil.example", f"{HOST}.evil.example", "")
    sys.stdout.write(
        json.dumps(
            {
                "status": answer.status_code,
                "location": answer.location,
                "cookies": form.headers.getlist("Set-Cookie") + answer.headers.getlist("Set-Cookie"),
                "hsts": form.headers["Strict-Transport-Security"],
                "poisoned": [
                    visitor.post("/forgot", data={"email": typed["email"]}, base_url=base, headers=forged).status_code
                    for forged in ({"Host": "evil.example"}, {"Host": f"{HOST}@evil.example"})
                ],
                "hosts": {host: visitor.get("/health/live", headers={"Host": host}).status_code for host in hosts},
            }
        )
    )


if __name__ == "__main__":
    main()
