"""Somebody who uses the app over HTTP as a browser would, without a browser."""

from __future__ import annotations

import json
import re
from typing import Any

from werkzeug.test import TestResponse


class Visitor:
    """A Flask test client with the manners of Dash's renderer: cookie, CSRF token, whole envelopes."""

    def __init__(self, name: str = "") -> None:
        import app

        self.app = app.app
        self.name = name
        self.http = app.server.test_client()

    @classmethod
    def of(cls, name: str = "") -> Visitor:
        """A visitor signed in as ``name``@demo.tandem.example through a real session row; "" for nobody."""
        made = cls(name)
        if name:
            made._plant_session()
        return made

    def _plant_session(self) -> None:
        import os

        from services.accounts import sign_in

        opened = sign_in(
            f"{self.name}@demo.tandem.example", os.environ["TANDEM_DEMO_PASSWORD"], address="127.0.0.1", agent="tests"
        )
        with self.http.session_transaction() as session:
            session["_user_id"] = opened.token
            session["_fresh"] = True
        self.http.get("/account")

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """The whole answer, read and closed, as a browser has it."""
        return self.http.get(path, buffered=True, **kwargs)

    def post(self, path: str, **kwargs: Any) -> TestResponse:
        headers = {"X-CSRFToken": self.csrf_token(), **kwargs.pop("headers", {})}
        return self.http.post(path, headers=headers, **kwargs)

    def csrf_token(self) -> str:
        cookie = self.http.get_cookie("_csrf_token")
        if cookie is None:
            self.http.get("/login")
            cookie = self.http.get_cookie("_csrf_token")
        assert cookie is not None
        return str(cookie.value)

    def login(self, email: str, password: str, **form: str) -> TestResponse:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/login").text)
        assert token
        typed = {"email": email, "password": password, "csrf_token": token.group(1), **form}
        answer = self.http.post("/login", data=typed)
        if answer.status_code == 302:
            self.get("/account")  # as a browser goes on; it brings the CSRF token of the new session
        return answer

    def layout(self, path: str, search: str = "") -> TestResponse:
        """What the page router answers for a browser path."""
        return self.call(
            "_pages_content.children",
            {"_pages_location.pathname": path, "_pages_location.search": search},
        )

    def call(self, output: str, values: dict[str, Any] | None = None, *, triggered: str | None = None) -> TestResponse:
        """Call the callback that writes ``output`` ("id.property"), with ``values`` for its inputs and states."""
        return self.post("/_dash-update-component", json=self.envelope(output, values, triggered=triggered))

    def press(
        self,
        component_id: str,
        values: dict[str, Any] | None = None,
        *,
        many: dict[str, dict[str, Any]] | None = None,
    ) -> TestResponse:
        """Click a button: call the callback that listens to its ``n_clicks``.

        ``many`` gives the components behind an ALL: by the type in their id, the value of each index.
        """
        listens = f"{component_id}.n_clicks"
        callback_id = next(
            found
            for found, spec in self.app.callback_map.items()
            if "callback" in spec and any(f"{item['id']}.{item['property']}" == listens for item in spec["inputs"])
        )
        body = self.envelope_of(callback_id, {listens: 1, **(values or {})}, triggered=listens)
        for kind, by_index in (many or {}).items():
            for arguments in (body["inputs"], body["state"]):
                arguments[:] = [_spread(item, kind, by_index) for item in arguments]
        return self.post("/_dash-update-component", json=body)

    def envelope(
        self, output: str, values: dict[str, Any] | None = None, *, triggered: str | None = None, index: Any = "probe"
    ) -> dict[str, Any]:
        callback_id, _spec = self._find(output)
        return self.envelope_of(callback_id, values, triggered=triggered, index=index)

    def envelope_of(
        self,
        callback_id: str,
        values: dict[str, Any] | None = None,
        *,
        triggered: str | None = None,
        index: Any = "probe",
    ) -> dict[str, Any]:
        """A whole call; ``index`` stands wherever the callback has a wildcard in an id."""
        spec = self.app.callback_map[callback_id]
        several = isinstance(spec["output"], (list, tuple))
        outputs = [
            _item(o.component_id_str(), o.component_property, index)
            for o in (spec["output"] if several else [spec["output"]])
        ]

        def argument(item: dict[str, Any]) -> Any:
            value = (values or {}).get(f"{item['id']}.{item['property']}")
            return _item(item["id"], item["property"], index, value=value)

        first = spec["inputs"][0]
        return {
            "output": callback_id,
            "outputs": outputs if several else outputs[0],
            "inputs": [argument(item) for item in spec["inputs"]],
            "state": [argument(item) for item in spec["state"]],
            "changedPropIds": [triggered or f"{_written(first['id'], index)}.{first['property']}"],
        }

    def _find(self, output: str) -> tuple[str, dict[str, Any]]:
        for callback_id, spec in self.app.callback_map.items():
            names = callback_id.strip(".").split("...") if callback_id.startswith("..") else [callback_id]
            if "callback" in spec and any(name.partition("@")[0] == output for name in names):
                return callback_id, spec
        raise AssertionError(f"no callback writes {output}")


def _item(component_id: str, component_property: str, index: Any, **value: Any) -> Any:
    """One entry of an envelope; a list of one where the callback asks for ALL."""
    found = _concrete(component_id, index)
    if value and component_property == "id":
        value = {"value": found}
    made = {"id": found, "property": component_property, **value}
    return [made] if '["ALL"]' in component_id or '["ALLSMALLER"]' in component_id else made


def _spread(item: Any, kind: str, by_index: dict[str, Any]) -> Any:
    """The list that stands for an ALL, one entry an index; anything else unchanged."""
    if not isinstance(item, list) or item[0]["id"]["type"] != kind:
        return item
    entries = [({**item[0]["id"], "index": index}, value) for index, value in by_index.items()]
    shown = item[0]["property"]
    return [{"id": made, "property": shown, "value": made if shown == "id" else value} for made, value in entries]


def _concrete(component_id: str, index: Any) -> Any:
    if not component_id.startswith("{"):
        return component_id
    return {key: index if isinstance(value, list) else value for key, value in json.loads(component_id).items()}


def _written(component_id: str, index: Any) -> str:
    """An id as the renderer writes it into a text."""
    found = _concrete(component_id, index)
    return found if isinstance(found, str) else json.dumps(found, sort_keys=True, separators=(",", ":"))
