"""The database that needs no installation, its roles, the queue of files, and what `up` stands on."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from queue import Empty
from typing import Any

import kombu
import psycopg
import pytest
from django.core.management import CommandError, call_command

from ijm.embedded import find, programs, roles, secrets, supervisor, totp, up, web
from ijm.embedded.cluster import Cluster
from ijm.embedded.files import Unsafe, private_folder, try_lock, write_private

ODD_NAME = "it's a ផ្ទះ place"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A server of its own in a folder with an awkward name, with roles and databases."""
    made = Cluster(tmp_path_factory.mktemp("embedded") / ODD_NAME / "pg", durable=False)
    made.start()
    roles.bootstrap(made)
    yield made
    made.stop()
    shutil.rmtree(made.home, ignore_errors=True)


def ask(cluster: Cluster, role: str, dbname: str, query: str) -> Any:
    with psycopg.connect(cluster.url(role, dbname), autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    return row and row[0]


# The server


def test_every_role_gets_in_where_it_belongs(cluster: Cluster) -> None:
    for url in roles.variables(cluster).values():
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_only_we_can_read_files_and_passwords(cluster: Cluster) -> None:
    assert mode(cluster.home) == mode(cluster.sockets) == mode(cluster.root / "passwords") == 0o700
    assert {mode(file) for file in (cluster.root / "passwords").iterdir()} == {0o600}
    assert not (cluster.home / "first-password").exists()


def test_the_server_does_not_listen_on_the_network(cluster: Cluster) -> None:
    with psycopg.connect(cluster.superuser_dsn()) as connection:
        said = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())
    assert said["listen_addresses"] == ""
    assert said["max_connections"] == "100"
    assert said["password_encryption"] == "scram-sha-256"
    assert said["log_min_error_statement"] == "panic"


def test_a_killed_server_starts_again_with_what_was_committed(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("ijm_owner", "ijm"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    pid = cluster.pid()
    assert pid is not None and cluster.alive()
    os.kill(pid, signal.SIGKILL)
    cluster.start()
    assert cluster.running()
    assert ask(cluster, "ijm_owner", "ijm", "SELECT count(*) FROM kept") == 1000
    with psycopg.connect(cluster.url("ijm_owner", "ijm"), autocommit=True) as connection:
        connection.execute("DROP TABLE kept")


def test_a_lock_file_with_the_number_of_another_program_is_void(cluster: Cluster) -> None:
    cluster.stop()
    assert not cluster.alive()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
    cluster.start()
    assert cluster.running() and cluster.pid() != os.getpid()


def test_starting_and_preparing_twice_changes_nothing(cluster: Cluster) -> None:
    pid, before = cluster.pid(), roles.variables(cluster)
    cluster.start()
    roles.bootstrap(cluster)
    assert cluster.pid() == pid and roles.variables(cluster) == before


def test_a_second_object_for_the_same_folder_finds_the_running_server(cluster: Cluster) -> None:
    again = Cluster(cluster.root)
    assert again.running() and again.home == cluster.home
    assert find.running_variables(cluster.root.parent)["DATABASE_URL"] == cluster.url("ijm_app", "ijm")


def test_where_no_server_runs_nothing_is_found_and_nothing_made(tmp_path: Path) -> None:
    assert find.running_variables(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []
    Cluster(tmp_path / "pg").stop()


def test_a_set_up_that_was_cut_off_is_begun_anew(tmp_path: Path) -> None:
    made = Cluster(tmp_path / "pg", durable=False)
    private_folder(made.home.parent if made.account.is_other else made.home, owner=made.owner)
    private_folder(made.home, owner=made.owner)
    (made.home / "data.new").mkdir()
    (made.home / "data.new" / "PG_VERSION").write_text("half")
    try:
        assert made.start().running()
    finally:
        made.stop()
        shutil.rmtree(made.home)


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    made = Cluster(tmp_path / ("long" * 30) / "pg")
    if not made.account.is_other:
        assert made.sockets.parent == Path("/tmp")
    assert len(os.fsencode(made.sockets / ".s.PGSQL.5432")) <= 100


def test_programs_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="IJM_PG_BIN"):
        programs.found(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server to another account")
def test_for_root_programs_it_cannot_read_are_copied_and_no_folder_is_opened(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(programs, "PROJECT", tmp_path)
    installed = programs.found(None).parent
    closed = tmp_path / "closed"
    shutil.copytree(installed, closed / installed.parent.name / installed.name)
    libraries = installed.parent.with_name(f"{installed.parent.name}.libs")
    shutil.copytree(libraries, closed / libraries.name)
    closed.chmod(0o700)
    made = Cluster(tmp_path / "pg", durable=False, bin_dir=closed / installed.parent.name / installed.name / "bin")
    try:
        made.start()
        assert made.running()
        assert made.bin.is_relative_to(programs.root_base()) and made.bin == Cluster(made.root, bin_dir=made.bin).bin
        assert mode(closed) == 0o700
    finally:
        made.stop()
        shutil.rmtree(programs.root_base(), ignore_errors=True)


# Roles


@pytest.mark.parametrize(("role", "dbname"), [
    ("ijm_app", "ijm_keys"), ("ijm_audit", "ijm_keys"), ("ijm_keys", "ijm"),
    ("ijm_app", "postgres"), ("ijm_keys", "postgres"), ("ijm_app", "template1"),
])
def test_a_role_may_not_even_connect_where_it_has_no_business(cluster: Cluster, role: str, dbname: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(cluster.url(role, dbname))


def test_a_wrong_password_is_refused(cluster: Cluster) -> None:
    wrong = cluster.url("ijm_app", "ijm").replace(cluster.password("ijm_app"), "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_no_role_is_mightier_than_declared(cluster: Cluster) -> None:
    with psycopg.connect(cluster.superuser_dsn()) as connection:
        mighty = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'ijm%'"
            " AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication)").fetchall()
        past_rows = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'ijm%' AND rolbypassrls").fetchall()
        members = connection.execute(
            "SELECT m.rolname, r.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member"
            " JOIN pg_roles r ON r.oid = a.roleid WHERE m.rolname LIKE 'ijm%' ORDER BY 1").fetchall()
        keeper = connection.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'ijm_keeper'").fetchone()
    assert mighty == []
    assert past_rows == [("ijm_backup",)]
    assert members == [("ijm_backup", "pg_read_all_data"), ("ijm_owner", "ijm_keeper")]
    assert keeper == (False,)


def test_the_application_may_make_nothing_and_not_linger(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("ijm_app", "ijm"), autocommit=True) as connection:
        for statement in ("CREATE TABLE t (n int)", "CREATE TEMP TABLE t (n int)", "CREATE SCHEMA s",
                          "CREATE DATABASE d", "SET ROLE ijm_keeper"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)  # type: ignore[arg-type]
    assert ask(cluster, "ijm_app", "ijm", "SHOW statement_timeout") == "5s"
    assert ask(cluster, "ijm_app", "ijm", "SHOW idle_in_transaction_session_timeout") == "1min"


def test_a_clone_has_its_rights_said_again(cluster: Cluster) -> None:
    with psycopg.connect(cluster.superuser_dsn(), autocommit=True) as connection:
        roles.create_database(connection, "copy", template="ijm")
        try:
            public = connection.execute(
                "SELECT datacl::text FROM pg_database WHERE datname = 'copy'").fetchone()
            assert public is not None and "{=" not in public[0] and ",=" not in public[0]
            assert ask(cluster, "ijm_app", "copy", "SELECT current_database()") == "copy"
        finally:
            roles.drop_template(connection, "copy")


def test_what_a_database_administrator_is_given_makes_the_same_roles_and_tells_no_password(cluster: Cluster) -> None:
    out = StringIO()
    call_command("provision", "--print", stdout=out)
    text = out.getvalue()
    assert text.startswith(roles.provision_sql()) and "CREATE EVENT TRIGGER guard_lock_change" in text
    for role, attributes in roles.ATTRIBUTES.items():
        assert f"CREATE ROLE {role} {attributes};" in text
        assert not (cluster.root / "passwords" / role).exists() or cluster.password(role) not in text


# Secrets and files


def test_secrets_are_made_once_and_for_us_only(tmp_path: Path) -> None:
    var = tmp_path / "var"
    secrets.prepare(var)
    made = {name: (var / name).read_bytes() for name in ("secret.key", "context.key", "passphrase", "root.key")}
    assert {mode(var / name) for name in made} == {0o600} and mode(var) == mode(var / "queue" / "in") == 0o700
    assert len(made["context.key"]) == 32 and len(made["secret.key"]) >= 50
    secrets.prepare(var, office_exists=True)
    assert made == {name: (var / name).read_bytes() for name in made}


def test_an_office_whose_root_lies_in_a_key_server_gets_no_root_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IJM_ROOT", "transit")
    secrets.prepare(tmp_path)
    assert (tmp_path / "secret.key").exists() and not {"root.key", "passphrase"} & {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("name", ["root.key", "context.key", "passphrase"])
def test_a_key_lost_is_never_replaced_in_silence(tmp_path: Path, name: str) -> None:
    secrets.prepare(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(SystemExit, match="put it back from your backup"):
        secrets.prepare(tmp_path, office_exists=True)


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "var").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Unsafe):
        private_folder(tmp_path / "var")


def test_an_open_folder_is_closed_and_a_lock_is_held_by_one(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    assert mode(private_folder(tmp_path / "open")) == 0o700
    first = try_lock(tmp_path / "lock")
    assert first is not None and try_lock(tmp_path / "lock") is None
    os.close(first)
    write_private(tmp_path / "file", b"one")
    write_private(tmp_path / "file", b"two")
    assert (tmp_path / "file").read_bytes() == b"two" and mode(tmp_path / "file") == 0o600


# The queue of files


@pytest.fixture
def connect(tmp_path: Path) -> Any:
    """Opens connections to one queue folder."""
    options = {"data_folder_in": str(tmp_path / "in"), "data_folder_out": str(tmp_path / "in"),
               "control_folder": str(tmp_path / "control")}
    (tmp_path / "in").mkdir()

    def connect() -> kombu.Connection:
        return kombu.Connection(transport="ijm.embedded.queue:Transport", transport_options=options)

    return connect


def read_all(connect: Any, queue: str, into: list[int], done: threading.Event) -> None:
    with connect() as connection, connection.channel() as channel:
        while True:
            finished = done.is_set()
            try:
                into.append(channel._get(queue)["n"])
            except Empty:
                if finished:
                    return


def write(connect: Any, queue: str, numbers: range) -> None:
    with connect() as connection, connection.channel() as channel:
        for n in numbers:
            channel._put(queue, {"n": n, "text": "ផ្ទះ" * 200})


def test_every_message_arrives_once_with_two_writers_and_two_readers(connect: Any, tmp_path: Path) -> None:
    done, mine, yours = threading.Event(), list[int](), list[int]()
    readers = [threading.Thread(target=read_all, args=(connect, "q", into, done)) for into in (mine, yours)]
    writers = [threading.Thread(target=write, args=(connect, "q", part)) for part in (range(300), range(300, 600))]
    for thread in readers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert sorted(mine + yours) == list(range(600))
    assert list((tmp_path / "in").iterdir()) == []


def test_messages_of_another_queue_stay_and_the_oldest_comes_first(connect: Any) -> None:
    with connect() as connection, connection.channel() as channel:
        for n in range(3):
            channel._put("q", {"n": n})
        channel._put("other", {"n": 9})
        assert [channel._get("q")["n"] for _ in range(3)] == [0, 1, 2]
        with pytest.raises(Empty):
            channel._get("q")
        assert channel._size("other") == 1


def test_celery_finds_our_transport_by_its_name() -> None:
    import ijm.celery
    from ijm.embedded.queue import Transport

    assert kombu.Connection("filesystem://").get_transport_cls() is Transport
    assert ijm.celery.app.main == "ijm"


def test_bindings_made_at_the_same_time_are_all_kept(connect: Any) -> None:
    def bind(number: int) -> None:
        with connect() as connection, connection.channel() as channel:
            channel._queue_bind("exchange", f"key{number}", "", f"queue{number}")

    threads = [threading.Thread(target=bind, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connect() as connection, connection.channel() as channel:
        assert {row.queue for row in channel.get_table("exchange")} == {f"queue{n}" for n in range(12)}
        channel._delete("queue3", "exchange", "key3", "")
        assert "queue3" not in {row.queue for row in channel.get_table("exchange")}
        assert channel.get_table("unknown") == []


# The demonstration's six digits


@pytest.mark.parametrize(("at", "code"), [
    (59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130"),
])
def test_the_six_digits_are_those_of_rfc_6238(at: int, code: str) -> None:
    assert totp.six_digits("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at) == code


def test_the_line_with_the_code_needs_a_demonstration(tmp_path: Path, monkeypatch: Any) -> None:
    assert totp.demo_line(tmp_path) == ""
    (tmp_path / "demo.totp").write_text("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n")
    monkeypatch.setattr("time.time", lambda: 59.0)
    assert "287082" in totp.demo_line(tmp_path) and " 1 s" in totp.demo_line(tmp_path)
    with pytest.raises(CommandError, match="no demonstration"):
        call_command("demo_code")


# What `up` does before anything runs


def test_a_taken_port_gives_the_next_one_unless_it_was_asked_for() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert web.free_port(port, ["127.0.0.1"], exactly=False) > port
        with pytest.raises(SystemExit, match=f"Port {port} is taken"):
            web.free_port(port, ["127.0.0.1"], exactly=True)
        assert not web.answers("127.0.0.1", web.free_port(port + 1, ["127.0.0.1"], exactly=False), "localhost")


def test_localhost_is_loopback_only() -> None:
    assert set(web.addresses("localhost")) <= {"127.0.0.1", "::1"}
    assert web.addresses("10.0.0.1") == ["10.0.0.1"]
    assert web.listening("::1", 80) == "[::1]:80" and web.listening("10.0.0.1", 80) == "10.0.0.1:80"


def test_invented_and_real_people_never_share_an_office(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("IJM_VAR", str(tmp_path))
    monkeypatch.setenv("IJM_MODE", "production")
    with pytest.raises(SystemExit, match="unset IJM_MODE"):
        up.Up(demo=True, port=None, bind="localhost")
    (tmp_path / "demo.password").write_text("x")
    with pytest.raises(SystemExit, match="holds the demonstration office"):
        up.Up(demo=False, port=None, bind="localhost")


def test_what_serves_people_never_gets_the_owners_logins(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("IJM_VAR", str(tmp_path))
    monkeypatch.setenv("IJM_MODE", "demo")
    office = up.Up(demo=True, port=None, bind="localhost")
    assert {"DATABASE_OWNER_URL", "KEYS_OWNER_URL"} <= set(office.environment)
    served = office._served()
    assert not [name for name in served if "OWNER" in name] and served["DATABASE_URL"]
    given = dict[str, dict[str, str]]()
    monkeypatch.setattr(office.supervisor, "start", lambda name, command, environment: given.setdefault(name, environment))
    office._start_parts(["localhost"], 8000)
    for login, process in (("ROTOR_DATABASE_URL", "worker"), ("LOG_DATABASE_URL", "log")):
        assert [name for name, environment in given.items() if login in environment] == [process]
    del office.environment["LOG_DATABASE_URL"]
    given.clear()
    office._start_parts(["localhost"], 8000)
    assert list(given) == ["web server", "worker"], "without its login the log is somebody else's to keep"


# Processes


def python(*lines: str) -> list[str]:
    return ["-c", "\n".join(lines)]


def test_a_step_that_fails_stops_the_start_with_its_own_exit_code(tmp_path: Path) -> None:
    chief = supervisor.Supervisor(tmp_path)
    chief.run(python("pass"), python("pass"), environment=os.environ)
    with pytest.raises(SystemExit) as failed:
        chief.run(python("raise SystemExit(3)"), environment=os.environ)
    assert failed.value.code == 3


def test_a_step_ends_when_someone_asks_us_to_stop(tmp_path: Path) -> None:
    chief = supervisor.Supervisor(tmp_path, asked_to_stop=True)
    with pytest.raises(supervisor.Stopped):
        chief.run(python("import time", "time.sleep(60)"), environment=os.environ)


def test_a_part_that_ends_is_noticed_and_one_that_will_not_is_ended(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(supervisor, "GRACE", 0.3)
    chief = supervisor.Supervisor(tmp_path)
    stubborn = chief.start("stubborn part", python(
        "import pathlib, signal, time", "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "pathlib.Path('deaf').touch()", "time.sleep(60)"), os.environ)
    assert chief.until((tmp_path / "deaf").exists, seconds=20)
    assert not chief.until(lambda: False, seconds=0.2)
    chief.start("short part", python("raise SystemExit(7)"), os.environ)
    with pytest.raises(supervisor.PartEnded, match=r"short part ended by itself \(exit code 7\)"):
        chief.until(lambda: False, seconds=20)
    chief.end()
    assert stubborn.process.returncode == -signal.SIGKILL and chief.parts == []


def test_only_the_very_same_processes_are_cleared_away() -> None:
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    born = supervisor.birthday(left.pid)
    assert supervisor.end_left_over({str(left.pid): "1", "999999999": born}) == 0
    assert supervisor.end_left_over({str(left.pid): born}) == 1
    assert left.wait() == -signal.SIGKILL
    assert supervisor.birthday(left.pid) == ""
