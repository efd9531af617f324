"""A program that uses the API over HTTP."""

from __future__ import annotations

import os
from typing import Any

from werkzeug.test import TestResponse

API = "/api/v1"


class ApiClient:
    """A test client with a token in its header and no cookies."""

    def __init__(self, credential: str | None = None) -> None:
        import app

        self.http = app.server.test_client(use_cookies=False)
        self.credential = credential

    @classmethod
    def of(cls, name: str = "") -> ApiClient:
        """A client of ``name``@demo.tandem.example; "" for nobody."""
        from services.api_tokens import sign_in

        if not name:
            return cls()
        password = os.environ["TANDEM_DEMO_PASSWORD"]
        return cls(sign_in(f"{name}@demo.tandem.example", password, address="192.0.2.1", agent="tests").access_token)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.open("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> TestResponse:
        return self.open("POST", path, **kwargs)

    def patch(self, path: str, **kwargs: Any) -> TestResponse:
        return self.open("PATCH", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        return self.open("DELETE", path, **kwargs)

    def change(self, path: str, do: str = "", body: Any = None, *, method: str = "POST") -> TestResponse:
        """Do something with a thing as it is seen now."""
        seen = self.get(path).headers["ETag"]
        more = {} if body is None else {"json": body}
        return self.open(method, f"{path}/{do}" if do else path, headers={"If-Match": seen}, **more)

    def items(self, path: str) -> list[Any]:
        """A whole list, page by page."""
        found: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            more = f"&cursor={cursor}" if cursor else ""
            answer = self.get(f"{path}{'&' if '?' in path else '?'}limit=1{more}")
            assert answer.status_code == 200, answer.text
            found, cursor = [*found, *answer.json["items"]], answer.json["next"]
        return found

    def open(self, method: str, path: str, headers: dict[str, str] | None = None, **kwargs: Any) -> TestResponse:
        known = {"Authorization": f"Bearer {self.credential}"} if self.credential else {}
        return self.http.open(f"{API}{path}", method=method, headers={**known, **(headers or {})}, **kwargs)
