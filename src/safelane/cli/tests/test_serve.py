import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def server(workspace):
    port = free_port()
    process = workspace.start("serve", env={"SAFELANE_PORT": str(port)})
    wait_for(port, process)
    yield process, port, workspace
    process.kill()
    process.communicate()


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_for(port, process):
    for _ in range(600):
        try:
            return get(port, "/health")
        except OSError:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return answer.read().decode()


def test_health_tells_no_secret(server):
    _process, port, workspace = server
    text = get(port, "/health")
    report = json.loads(text)
    assert report["status"] == "ok"
    assert report["database"] == {"ok": True, "vendor": "sqlite"}
    assert report["worker"]["running"]
    assert report["audit"]["chains"] == 2
    assert str(workspace.folder) not in text


def test_health_says_503_when_the_database_is_gone(server):
    _process, port, workspace = server
    for path in workspace.folder.glob("safelane.sqlite3*"):
        path.unlink()
    (workspace.folder / "safelane.sqlite3").mkdir()
    with pytest.raises(urllib.error.HTTPError) as caught:
        for _ in range(20):  # threads that still hold the old file end one by one
            get(port, "/health")
    assert caught.value.code == 503
    assert json.loads(caught.value.read())["status"] == "failing"


@pytest.mark.parametrize("name", ["files", "safelane.sqlite3"])
def test_health_says_503_while_something_cannot_be_written(workspace, name):
    port, path = free_port(), workspace.folder / name
    env = {"SAFELANE_PORT": str(port)}
    script = "rights" if os.name == "posix" and os.geteuid() == 0 else ""
    process = workspace.start("serve", env=env, script=script)
    try:
        wait_for(port, process)
        mode = path.stat().st_mode
        path.chmod(mode & ~0o222)
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(port, "/health")
        text = caught.value.read().decode()
        path.chmod(mode)
        assert json.loads(get(port, "/health"))["writing"] == {"ok": True}
    finally:
        process.kill()
        process.communicate()
    assert caught.value.code == 503
    assert "cannot be written" in json.loads(text)["writing"]["detail"]
    assert str(workspace.folder) not in text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_calmly(server, number):
    process, _port, _workspace = server
    process.send_signal(number)
    _out, err = process.communicate(timeout=40)
    assert process.returncode == 0, err
    assert "Stopped." in err
    assert "Traceback" not in err


def test_a_taken_port_is_exit_code_4(server):
    _process, port, workspace = server
    done = workspace.run("serve", env={"SAFELANE_PORT": str(port)})
    assert done.returncode == 4
    assert "SAFELANE_PORT" in done.stderr


def test_granian_serves_behind_a_proxy_and_stops_calmly(workspace):
    port = free_port()
    env = {"SAFELANE_PORT": str(port), "SAFELANE_WEB_SERVER": "granian"}
    process = workspace.start("serve", env=env)
    try:
        assert json.loads(wait_for(port, process))["worker"]["running"]
        assert workspace.run("serve", env=env).returncode == 4
        process.send_signal(signal.SIGTERM)
        _out, err = process.communicate(timeout=40)
    finally:
        process.kill()
    assert process.returncode == 0, err
    assert "Stopped." in err
    assert "Traceback" not in err
