"""What a container runs and what stands in front of it: entry point, compose file, image, and a real nginx."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from data import embedded
from data.embedded import place as place_module

PROJECT = Path(__file__).parents[2]
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
ENTRYPOINT = PROJECT / "deploy" / "entrypoint.sh"
COMPOSE = (PROJECT / "compose.yaml").read_text()
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (scripts/system-packages.sh)")


# The compose file


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(COMPOSE)["services"])


def test_compose_holds_the_five_services_in_their_order(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {"db", "migrate", "app", "worker", "nginx"}
    assert services["migrate"]["depends_on"]["db"]["condition"] == "service_healthy"
    for late in ("app", "worker"):
        assert services[late]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["nginx"]["depends_on"]["app"]["condition"] == "service_healthy"


def test_only_migrations_know_the_owner_of_the_tables(services: dict[str, dict[str, Any]]) -> None:
    assert "tandem_owner" in services["migrate"]["environment"]["DATABASE_OWNER_URL"]
    for name in ("app", "worker"):
        environment = services[name]["environment"]
        assert environment["DATABASE_URL"].startswith("postgresql://tandem_app:")
        assert not any("OWNER" in f"{key}{value}" for key, value in environment.items())


def test_nginx_is_the_only_door(services: dict[str, dict[str, Any]]) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    assert yaml.safe_load(COMPOSE)["networks"]["inside"]["internal"] is True


def test_compose_holds_no_secret_and_refuses_to_start_without_one() -> None:
    for line in COMPOSE.splitlines():
        if re.search(r"(PASSWORD|SECRET|_URL).*:", line) and not line.lstrip().startswith("#"):
            assert re.search(r"\$\{\w+:\?", line), line


def test_our_containers_cannot_change_their_own_code(services: dict[str, dict[str, Any]]) -> None:
    for name in ("migrate", "app", "worker"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]


def test_images_are_pinned(services: dict[str, dict[str, Any]]) -> None:
    foreign = [service["image"] for service in services.values() if "build" not in service]
    bases = re.findall(r"^FROM (\S+)", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)
    assert len(foreign) == len(bases) == 2
    for image in [*foreign, *bases]:
        assert re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-[a-z-]+", image), image


def test_the_compose_file_is_tidy_yaml() -> None:
    rules = "{extends: default, rules: {line-length: {max: 130}, document-start: disable, braces: disable}}"
    command = [sys.executable, "-m", "yamllint", "--strict", "-d", rules, "compose.yaml", ".pre-commit-config.yaml"]
    linted = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert linted.stdout + linted.stderr == ""


def test_every_setting_is_explained_in_the_example() -> None:
    code = "".join((PROJECT / "core" / f"{name}.py").read_text() for name in ("settings", "clock"))
    read = set(re.findall(r'"((?:TANDEM|DATABASE)_[A-Z_]+|HOST|PORT)"', code))
    used = set(re.findall(r"\$\{(\w+)", COMPOSE))
    explained = set(re.findall(r"^(?:# )?([A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    assert {"DATABASE_URL", "TANDEM_SECRET_KEY"} <= read
    assert read | used <= explained


# The image


def test_the_image_runs_as_a_user_without_rights() -> None:
    lines = (PROJECT / "Dockerfile").read_text().splitlines()
    last_user = [line for line in lines if line.startswith("USER ")][-1]
    assert re.fullmatch(r"USER \d{4,}:\d{4,}", last_user)
    assert any(line.startswith("HEALTHCHECK") for line in lines)


def test_the_image_installs_by_hash_and_holds_no_secret() -> None:
    text = (PROJECT / "Dockerfile").read_text()
    assert text.count("--require-hashes") == 2
    assert not re.search(r"(PASSWORD|SECRET|TOKEN|_URL)\s*=", text)


def test_the_image_takes_all_code_and_nothing_else() -> None:
    lines = (PROJECT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    taken = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    packages = {path.parent.name for path in PROJECT.glob("*/*.py")} - {"tests", "benchmarks", "scripts", "docs"}
    modules = {path.name for path in PROJECT.glob("*.py")} - {"conftest.py"}
    assert rules[0] == "*"
    assert packages | modules <= taken
    assert not taken & {".env", ".git", "var", "tests", ".venv"}


# The entry point


@pytest.fixture
def enter(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the entry point with programs that only tell how they were called."""
    for name in ("gunicorn", "python"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "{name} $* in $PWD"\n')
        program.chmod(0o755)

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(ENTRYPOINT), *arguments], cwd="/", env={"PATH": f"{tmp_path}:/usr/bin:/bin", **environment},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


@pytest.mark.parametrize(
    ("arguments", "called"),
    [
        ([], "gunicorn --config gunicorn.conf.py app:server"),
        (["web"], "gunicorn --config gunicorn.conf.py app:server"),
        (["worker", "--concurrency", "4"], "python cli.py worker --concurrency 4"),
        (["migrate"], "python cli.py db upgrade"),
        (["demo", "load"], "python cli.py demo load"),
    ],
)
def test_the_first_argument_says_what_a_container_does(
    enter: Callable[..., subprocess.CompletedProcess[str]], arguments: list[str], called: str
) -> None:
    done = enter(*arguments, DATABASE_URL="postgresql://x", DATABASE_OWNER_URL="postgresql://y")
    assert done.stdout == f"{called} in {PROJECT}\n"


@pytest.mark.parametrize(
    ("arguments", "environment", "missing"),
    [(["web"], {}, "DATABASE_URL"), (["migrate"], {"DATABASE_URL": "postgresql://x"}, "DATABASE_OWNER_URL")],
)
def test_a_container_without_its_database_says_so(
    enter: Callable[..., subprocess.CompletedProcess[str]],
    arguments: list[str],
    environment: dict[str, str],
    missing: str,
) -> None:
    done = enter(*arguments, **environment)
    assert done.returncode != 0
    assert f"set {missing}" in done.stderr


def test_a_container_is_healthy_when_it_is_ready(upstream: int) -> None:
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    for port, healthy in ((upstream, True), (free_port(), False)):
        done = subprocess.run(
            [str(ENTRYPOINT), "healthy"], env=environment | {"PORT": str(port)}, capture_output=True, check=False
        )
        assert (done.returncode == 0) is healthy
    assert Upstream.seen[-1] == "/health/ready"


@pytest.mark.parametrize(
    "script",
    ["deploy/entrypoint.sh", "deploy/app-role.sh", "scripts/install.sh", "scripts/system-packages.sh", ".ci/run"],
)
def test_scripts_are_runnable_and_free_of_syntax_errors(script: str) -> None:
    path = PROJECT / script
    assert os.access(path, os.X_OK)
    shell = path.read_text().splitlines()[0].removeprefix("#!").split()
    subprocess.run([*shell, "-n", str(path)], check=True)


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder that nginx's workers and PostgreSQL can enter when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="tandem-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_containers_migrate_an_new_database_and_its_app_role_can_sign_in(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place_module, "SYSTEM_FOLDER", open_folder / "system")
    server = embedded.start(open_folder / "home", durable=False)
    owner = server.owner_url.replace("+psycopg", "")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("drop role tandem_app")
    folder = server.owner_url.rpartition("=")[2]
    base = {"PATH": f"{Path(sys.executable).parent}:{server.programs}:/usr/bin:/bin", "TANDEM_HOME": str(open_folder)}
    role = {"POSTGRES_USER": "tandem_owner", "POSTGRES_DB": "tandem", "TANDEM_APP_PASSWORD": "it's", "PGHOST": folder}
    subprocess.run([str(PROJECT / "deploy" / "app-role.sh")], env=base | role, check=True, capture_output=True)
    addresses = {"DATABASE_URL": server.app_url, "DATABASE_OWNER_URL": owner}
    migrated = subprocess.run(
        [str(ENTRYPOINT), "migrate"], env=base | addresses, capture_output=True, text=True, check=False
    )
    assert migrated.returncode == 0, migrated.stderr
    with psycopg.connect(server.app_url.replace("+psycopg", "")) as connection:
        owned = "select count(*) from pg_class where relowner = 'tandem_app'::regrole"
        assert connection.execute(owned).fetchone() == (0,)
    with psycopg.connect(owner) as connection:
        found = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
        assert found is not None
        assert found[0] > 20
    embedded.remove(open_folder / "home")


# nginx


class Upstream(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    protocol_version = "HTTP/1.1"
    seen: list[str] = []  # noqa: RUF012 (one list for the one server of this module)

    def _answer(self) -> None:
        self.seen.append(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = json.dumps({"path": self.path, "headers": dict(self.headers), "bytes": len(body)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("X-Frame-Options", "DENY")
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = _answer  # noqa: N815 (names given by http.server)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configured(folder: Path, *, upstream: int, plain: int, tls: int | None = None) -> Path:
    """The shipped configuration, its fixed addresses exchanged for those of this test."""
    text = (PROJECT / "deploy" / "nginx.conf").read_text()
    text = text.replace("/tmp/", f"{folder}/").replace("/dev/stderr", f"{folder}/error.log")
    text = text.replace("/dev/stdout", f"{folder}/access.log").replace("worker_processes auto", "worker_processes 1")
    text = text.replace("app:8050", f"127.0.0.1:{upstream}").replace("listen 8080", f"listen 127.0.0.1:{plain}")
    if tls is not None:
        text = text.replace("#tls ", "").replace("listen 8443", f"listen 127.0.0.1:{tls}")
        text = text.replace("/etc/nginx/tls", str(folder))
    file = folder / "nginx.conf"
    file.write_text(text)
    return file


@contextmanager
def running_nginx(file: Path, port: int) -> Iterator[None]:
    assert NGINX is not None
    command = [NGINX, "-e", str(file.parent / "early.log"), "-c", str(file), "-g", "daemon off;"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: answers(port))
            yield
        finally:
            process.terminate()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def upstream() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def door(open_folder: Path, upstream: int) -> Iterator[int]:
    """A real nginx with the shipped configuration; its port."""
    folder = open_folder / "nginx"
    folder.mkdir()
    port = free_port()
    with running_nginx(configured(folder, upstream=upstream, plain=port), port):
        yield port


def ask(port: int, path: str, *, source: str = "127.0.0.1", **options: Any) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10, source_address=(source, 0))
    connection.request(options.pop("method", "GET"), path, **options)
    response = connection.getresponse()
    response.text = response.read().decode()  # type: ignore[attr-defined]
    connection.close()
    return response


@needs_nginx
def test_nginx_accepts_its_configuration(open_folder: Path) -> None:
    folder = open_folder / "checked"
    folder.mkdir()
    file = configured(folder, upstream=1, plain=free_port())
    assert NGINX is not None
    command = [NGINX, "-t", "-e", str(folder / "early.log"), "-c", str(file)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr


@needs_nginx
def test_a_client_cannot_forge_where_it_comes_from(door: int) -> None:
    forged = {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Proto": "https", "Forwarded": "for=10.0.0.1", "Proxy": "x"}
    forged["Host"] = "tandem.example"
    answer = ask(door, "/portal?q=1", source="127.0.0.9", headers=forged)
    seen = json.loads(answer.text)["headers"]  # type: ignore[attr-defined]
    assert seen["X-Forwarded-For"] == "127.0.0.9"
    assert seen["X-Forwarded-Proto"] == "http"
    assert seen["X-Forwarded-Host"] == seen["Host"] == "tandem.example"
    assert not {"Forwarded", "Proxy"} & set(seen)


@needs_nginx
def test_security_headers_of_the_app_arrive_once(door: int) -> None:
    answer = ask(door, "/")
    assert answer.headers.get_all("X-Frame-Options") == ["DENY"]
    assert answer.headers["Server"] == "nginx"


@needs_nginx
def test_files_up_to_the_limit_pass_and_larger_ones_are_refused(door: int) -> None:
    body = b"x" * 5_000_000
    assert json.loads(ask(door, "/upload", method="POST", body=body).text)["bytes"] == len(body)  # type: ignore[attr-defined]
    with socket.create_connection(("127.0.0.1", door), timeout=10) as client:
        client.sendall(b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 230000000\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 413")


@needs_nginx
def test_slow_clients_never_reach_the_web_server(door: int) -> None:
    Upstream.seen.clear()
    slow = [socket.create_connection(("127.0.0.1", door), timeout=10) for _ in range(100)]
    for number, client in enumerate(slow):
        client.sendall(f"POST /slow-{number} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nonly so much".encode())
    began = time.monotonic()
    assert ask(door, "/quick").status == 200
    assert time.monotonic() - began < 1
    assert Upstream.seen == ["/quick"]
    for client in slow:
        client.close()


@needs_nginx
def test_readiness_is_for_the_machine_itself(door: int) -> None:
    assert ask(door, "/health/ready").status == 200
    assert ask(door, "/health/ready", source="127.0.0.9").status == 403
    assert ask(door, "/health/live", source="127.0.0.9").status == 200


@needs_nginx
def test_the_access_log_holds_no_query(door: int, open_folder: Path) -> None:
    ask(door, "/orders?customer=canary")
    log = open_folder / "nginx" / "access.log"
    wait_until(lambda: "GET /orders" in log.read_text())
    assert "canary" not in log.read_text()


@needs_nginx
def test_while_the_app_is_away_people_get_a_page_that_says_so(open_folder: Path) -> None:
    folder = open_folder / "alone"
    folder.mkdir()
    port = free_port()
    with running_nginx(configured(folder, upstream=free_port(), plain=port), port):
        answer = ask(port, "/")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert "Please try again" in answer.text  # type: ignore[attr-defined]


@needs_nginx
def test_the_tls_example_works_as_written(open_folder: Path, upstream: int) -> None:
    folder = open_folder / "tls"
    folder.mkdir()
    write_certificate(folder)
    plain, tls = free_port(), free_port()
    with running_nginx(configured(folder, upstream=upstream, plain=plain, tls=tls), tls):
        trust = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
        connection = http.client.HTTPSConnection("localhost", tls, timeout=10, context=trust)
        connection.request("GET", "/")
        secure = json.loads(connection.getresponse().read())
        connection.close()
        redirected = ask(plain, "/orders?page=2", headers={"Host": "tandem.example"})
    assert secure["headers"]["X-Forwarded-Proto"] == "https"
    assert (redirected.status, redirected.headers["Location"]) == (308, "https://tandem.example/orders?page=2")


def write_certificate(folder: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain_text = serialization.NoEncryption()
    pkcs8 = serialization.PrivateFormat.PKCS8
    (folder / "privkey.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain_text))
