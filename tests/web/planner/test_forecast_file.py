"""The page that forecasts a bare file: by its buttons, for its owner only, with an answer to everything wrong."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services import forecast_file, jobs, worker

PATH = "/demand/forecast-file"
UPLOAD = "/data/forecast-file/upload"
START = date(2025, 1, 6)
SALES = "item,day,qty\n" + "".join(
    f"{item},{START + timedelta(days=step)},{step % 7 + size}\n"
    for size, item in enumerate(("Tea", "Rice", "Soap"), 5)
    for step in range(140)
)
READING = {"encoding": "utf-8-sig", "delimiter": "", "numbers": "", "date_format": "", "header_row": ""}
COLUMNS = {"item": "item", "day": "day", "quantity": "qty"}
CHOICES = {"bucket": "week", "gaps": "no_demand", "horizon": 4, "mode": "fast", "options": ["whole_periods"]}
ROWS = {"startRow": 0, "endRow": 100, "filterModel": {}, "sortModel": []}

Visitors = Callable[..., Any]


@pytest.fixture
def analyst(database: Path, visitor: Visitors) -> Iterator[Any]:
    """Somebody with no files yet."""
    found = visitor("analyst")
    yield found
    for listed in forecast_file.own_files(viewer_behind(found)):
        listed.folder.remove()


def upload(visitor: Any, content: str | bytes, name: str = "sales.csv") -> Any:
    body = content.encode() if isinstance(content, str) else content
    return visitor.post(f"{UPLOAD}?name={name}", data=body, content_type="application/octet-stream")


def uploaded(visitor: Any, content: str = SALES) -> str:
    answer = upload(visitor, content)
    assert answer.status_code == 200, answer.text
    return str(answer.json["id"])


def press_start(visitor: Any, file_id: str, *, reading: dict[str, str] | None = None, **changed: Any) -> Any:
    """Press Forecast with everything as the page shows it, but for what is changed."""
    from callbacks.planner.forecast_file import Ids

    chosen = {**COLUMNS, **CHOICES, **changed}
    values = {f"{getattr(Ids, name)}.value": value for name, value in chosen.items()}
    return visitor.press(
        Ids.start, {f"{Ids.file}.data": file_id, **values}, many={Ids.reading: {**READING, **(reading or {})}}
    )


def started(visitor: Any, file_id: str, **changed: Any) -> UUID:
    answer = press_start(visitor, file_id, **changed)
    assert answer.status_code == 200, answer.text
    (written,) = answer.json["response"].values()
    return UUID(written["data"])


def forecast(visitor: Any, content: str = SALES, **changed: Any) -> str:
    file_id = uploaded(visitor, content)
    worker.run_job(started(visitor, file_id, **changed))
    return file_id


def page(visitor: Any, file_id: str) -> Any:
    return visitor.layout(PATH, f"?file={file_id}")


def listed(visitor: Any, file_id: str, **asked: Any) -> Any:
    from callbacks.planner.forecast_file import Ids

    request = {f"{Ids.rows}.getRowsRequest": {**ROWS, **asked}, f"{Ids.file}.data": file_id}
    return visitor.call(f"{Ids.rows}.getRowsResponse", request)


def ended(visitor: Any, file_id: str, state: str) -> Any:
    """What the page shows when its job has ended."""
    from callbacks.planner.forecast_file import Ids
    from components.job_progress import job_ended

    component = json.dumps(job_ended("file-forecast"), separators=(",", ":"), sort_keys=True)
    values = {f"{component}.data": {"state": state}, f"{Ids.file}.data": file_id}
    return visitor.call(f"{Ids.outcome}.children", values)


def names(answer: Any) -> list[str]:
    from callbacks.planner.forecast_file import Ids

    assert answer.status_code == 200, answer.text
    return [row["unique_id"] for row in answer.json["response"][Ids.rows]["getRowsResponse"]["rowData"]]


def error_of(answer: Any) -> str:
    return str(answer.json["error"])


def told(answer: Any) -> str:
    """What a press that did nothing says in a toast."""
    assert not any("data" in written for written in answer.json.get("response", {}).values())
    return str(answer.text)


def viewer_behind(visitor: Any) -> Any:
    from services import accounts

    with visitor.http.session_transaction() as session:
        return accounts.viewer_of_session(session["_user_id"])


# What it is for


def test_from_a_dropped_file_to_forecasts_chart_and_downloads(analyst: Any) -> None:
    file_id = uploaded(analyst)
    assert "What to forecast" in page(analyst, file_id).text
    worker.run_job(started(analyst, file_id))
    told = ended(analyst, file_id, "done").text
    for name in ("forecasts.csv", "forecasts.xlsx", "metrics.csv", "metrics.xlsx"):
        assert name in told
    shown = page(analyst, file_id).text
    assert "WMAPE at earlier dates" in shown
    assert "seasonal naive" in shown
    assert names(listed(analyst, file_id)) == ["Soap", "Rice", "Tea"]
    forecasts = analyst.get(f"/download/forecast-file/{file_id}/forecasts.csv")
    assert forecasts.text.splitlines()[0] == "unique_id,ds,y_hat,q0.1,q0.5,q0.9,method"
    assert len(forecasts.text.splitlines()) == 1 + 3 * 4
    assert "sales-metrics.csv" in analyst.get(f"/download/forecast-file/{file_id}/metrics.csv").headers.get(
        "Content-Disposition"
    )


def test_list_is_searched_sorted_and_paged_on_the_server(analyst: Any) -> None:
    file_id = forecast(analyst)
    search = {"unique_id": {"filterType": "text", "type": "contains", "filter": "E"}}
    assert names(listed(analyst, file_id, filterModel=search)) == ["Rice", "Tea"]
    by_name = [{"colId": "unique_id", "sort": "asc"}]
    assert names(listed(analyst, file_id, sortModel=by_name)) == ["Rice", "Soap", "Tea"]
    assert names(listed(analyst, file_id, sortModel=by_name, startRow=1, endRow=2)) == ["Soap"]


def test_chosen_series_is_drawn(analyst: Any) -> None:
    from callbacks.planner.forecast_file import Ids

    file_id = forecast(analyst)
    for selected, expected in (([{"position": 0}], "Rice"), ([{"position": 99}], ""), ([{"position": "x"}], "")):
        answer = analyst.call(
            f"{Ids.chart}.figure", {f"{Ids.rows}.selectedRows": selected, f"{Ids.file}.data": file_id}
        ).json["response"]
        assert answer[Ids.series]["children"].partition(" · ")[0] == expected
        assert bool(answer[Ids.chart]["figure"]["data"]) is bool(expected)


def test_preview_follows_the_reading_and_the_horizon_the_bucket(analyst: Any) -> None:
    from callbacks.planner.forecast_file import Ids

    file_id = uploaded(analyst)
    body = analyst.envelope(f"{Ids.preview}.rowData", {f"{Ids.file}.data": file_id}, index="delimiter")
    for item in (*body["inputs"], *body["state"]):
        for found in item if isinstance(item, list) else []:
            found["value"] = found["id"] if found["property"] == "id" else ";"
    seen = analyst.post("/_dash-update-component", json=body).json["response"]
    assert [column["headerName"] for column in seen[Ids.preview]["columnDefs"]] == ["item,day,qty"]
    assert [choice["value"] for choice in seen[Ids.day]["options"]] == ["item,day,qty"]
    answer = analyst.call(f"{Ids.horizon}.value", {f"{Ids.bucket}.value": "month"})
    assert answer.json["response"][Ids.horizon]["value"] == 6


def test_columns_are_proposed_anew_when_a_reading_has_others(analyst: Any) -> None:
    from callbacks.planner.forecast_file import Ids

    file_id = uploaded(analyst)
    for given, expected in (((None, None, "gone"), ("item", "day", "qty")), (("-", "day", "qty"), ("-", "day", "qty"))):
        columns = dict(zip((Ids.item, Ids.day, Ids.quantity), given, strict=True))
        values = {f"{name}.value": value for name, value in columns.items()} | {f"{Ids.file}.data": file_id}
        body = analyst.envelope(f"{Ids.preview}.rowData", values, index="delimiter")
        for found in body["inputs"][0]:
            found["value"] = ","
        seen = analyst.post("/_dash-update-component", json=body).json["response"]
        assert tuple(seen[name]["value"] for name in columns) == expected


def test_reload_finds_the_job_again_and_cancel_stops_it(analyst: Any) -> None:
    file_id = uploaded(analyst)
    job_id = started(analyst, file_id)
    assert str(job_id) in page(analyst, file_id).text
    assert "under way" in analyst.layout(PATH).text
    jobs.cancel(viewer_behind(analyst), job_id)
    worker.run_job(job_id)
    assert jobs.job(viewer_behind(analyst), job_id).state == "cancelled"
    assert "forecasts.csv" not in page(analyst, file_id).text
    assert "Cancelled" in ended(analyst, file_id, "cancelled").text
    assert "not forecast yet" in analyst.layout(PATH).text


def test_delete_takes_everything_and_leads_back(analyst: Any) -> None:
    from callbacks.planner.forecast_file import Ids

    file_id = forecast(analyst)
    answer = analyst.press(Ids.delete, {f"{Ids.file}.data": file_id})
    assert answer.json["response"][Ids.address]["href"] == PATH
    assert "no such file" in page(analyst, file_id).text
    assert analyst.get(f"/download/forecast-file/{file_id}/forecasts.csv").status_code == 404


def test_page_says_who_sees_a_file_and_how_long_it_is_kept(analyst: Any) -> None:
    shown = analyst.layout(PATH).text
    assert "Only you see your files" in shown
    assert "after 7 days" in shown
    assert "Only you see it" in page(analyst, uploaded(analyst)).text


# What goes wrong


@pytest.mark.parametrize(
    ("content", "why"),
    [("", "empty"), ("%PDF-1.7 no table", "PDF"), ("\x7fELF\x00\x00", "program"), ("<html><body>", "web page")],
    ids=["empty", "document", "program", "web page"],
)
def test_file_of_another_kind_is_refused_with_the_reason(analyst: Any, content: str, why: str) -> None:
    answer = upload(analyst, content)
    assert (answer.status_code, why in error_of(answer)) == (422, True)


def test_ambiguous_dates_are_asked_for_and_taken_as_answered(analyst: Any) -> None:
    file_id = uploaded(
        analyst, "item,day,qty\n" + "".join(f"A,0{1 + n % 9}/0{1 + n % 8}/2026,{n}\n" for n in range(72))
    )
    assert "Date format" in told(press_start(analyst, file_id))
    assert started(analyst, file_id, reading={"date_format": "DD/MM/YYYY"})


def test_without_a_date_column_nothing_starts(analyst: Any) -> None:
    file_id = uploaded(analyst, "item,qty\nA,1\nB,2\n")
    assert "holds the date" in told(press_start(analyst, file_id, day=None))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"horizon": None}, "horizon of 1 to 156"),
        ({"horizon": 10**9}, "horizon of 1 to 156"),
        ({"bucket": "year"}, "Reload the page"),
        ({"options": 5, "gaps": []}, "Reload the page"),
    ],
    ids=["no horizon", "endless", "unknown bucket", "nonsense"],
)
def test_choices_out_of_bounds_are_refused(analyst: Any, changed: dict[str, Any], message: str) -> None:
    assert message in told(press_start(analyst, uploaded(analyst), **changed))


def test_faults_are_listed_with_remedy_and_forecast_nothing_by_themselves(analyst: Any) -> None:
    file_id = forecast(analyst, SALES + "Tea,2025-05-01,many\n")
    shown = page(analyst, file_id).text
    assert "nothing was forecast" in shown
    assert "many" in shown
    assert "forecasts.csv" not in shown
    assert "faults in its rows" in analyst.layout(PATH).text
    faults = analyst.get(f"/download/forecast-file/{file_id}/problems.csv").text.splitlines()
    assert re.match(r"422,qty,many,.*Write a number", faults[1])
    worker.run_job(started(analyst, file_id, options=["good_only"]))
    assert names(listed(analyst, file_id)) == ["Soap", "Rice"]


def test_only_bad_rows_end_with_a_message(analyst: Any) -> None:
    file_id = uploaded(analyst, "item,day,qty\n" + "A,2026-01-01,x\n" * 9)
    job_id = started(analyst, file_id, options=["good_only"])
    worker.run_job(job_id)
    assert "No series without faults" in (jobs.job(viewer_behind(analyst), job_id).error or "")
    assert page(analyst, file_id).status_code == 200


UNKNOWN = "11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize("file_id", ["x", "' or 1=1", UNKNOWN, "../../etc/passwd"], ids=str)
def test_unknown_file_is_not_found(analyst: Any, file_id: str) -> None:
    from callbacks.planner.forecast_file import Ids

    assert press_start(analyst, file_id).status_code == 404
    assert listed(analyst, file_id).status_code == 404
    assert analyst.press(Ids.delete, {f"{Ids.file}.data": file_id}).status_code == 404
    assert "no such file" in page(analyst, file_id).text


def test_unknown_download_is_not_found(analyst: Any) -> None:
    file_id = forecast(analyst)
    assert analyst.get(f"/download/forecast-file/{file_id}/about.csv").status_code == 404


# Who may


@pytest.mark.parametrize("name", ["planner", "executive", "admin", "supplier", "customer", "oem"])
def test_another_person_gets_nothing_of_a_file_or_its_job(analyst: Any, visitor: Visitors, name: str) -> None:
    from callbacks.planner.forecast_file import Ids

    file_id = uploaded(analyst)
    job_id = started(analyst, file_id)
    other = visitor(name)
    assert "What to forecast" not in page(other, file_id).text
    answers = [
        press_start(other, file_id),
        listed(other, file_id),
        other.press(Ids.delete, {f"{Ids.file}.data": file_id}),
        *(other.get(f"/download/forecast-file/{file_id}/{what}.csv") for what in ("forecasts", "metrics", "problems")),
    ]
    assert {answer.status_code for answer in answers} <= {403, 404}
    assert not [answer for answer in answers if "sales.csv" in answer.text]
    # An administrator sees that a job runs, as of every job, and nothing of the file.
    assert follow(other, job_id).status_code in ((200,) if name == "admin" else (403, 404))
    worker.run_job(job_id)
    assert page(analyst, file_id).status_code == 200


def follow(visitor: Any, job_id: UUID) -> Any:
    from components.job_progress import Ids as Progress

    callback_id = next(
        found for found in visitor.app.callback_map if f'"type":"{Progress.line}"' in found and ".style" in found
    )
    body = visitor.envelope_of(callback_id, index="file-forecast")
    body["inputs"][0]["value"] = str(job_id)
    return visitor.post("/_dash-update-component", json=body)


@pytest.mark.parametrize("name", ["planner", "analyst", "executive", "admin", "supplier", "customer", "oem", ""])
def test_only_those_who_may_run_forecasts_can_upload(name: str, database: Path, visitor: Visitors) -> None:
    answer = upload(visitor(name), SALES)
    assert answer.status_code == (200 if name in ("planner", "analyst") else 403 if name else 401)


def test_upload_without_the_token_of_the_page_is_refused(analyst: Any) -> None:
    answer = analyst.http.post(f"{UPLOAD}?name=x.csv", data=io.BytesIO(SALES.encode()))
    assert answer.status_code in (400, 403)
