"""`safelane serve` and `safelane worker`: the two long-running commands."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safelane.cli.console import emit, errors, steps
from safelane.cli.workspace import require_writable, set_up, site_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from safelane.core.jobs.worker import Worker

app = typer.Typer()
STOP_SECONDS = 15


@app.command("serve")
def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on (SAFELANE_HOST).")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on (SAFELANE_PORT).")
    ] = None,
    worker: Annotated[bool, typer.Option(help="Run jobs in this process too.")] = True,
) -> None:
    """Serve the pages, the API and the maps, and run jobs, until Ctrl-C.

    Exit code 3: there is no workspace, or migrations are missing; nothing is changed.
    Exit code 4: the port is taken, or the database cannot be reached.
    """
    set_up()
    serve_forever(host=host, port=port, with_worker=worker)


def serve_forever(
    *, host: str | None = None, port: int | None = None, with_worker: bool = True
) -> None:
    """Serve the workspace that Django is set up for, until interrupted."""
    from safelane.cli.bootstrap import collect_static
    from safelane.config.env import current_env
    from safelane.config.webservers import server_for

    require_writable()
    with steps() as progress:
        collect_static(progress)
    server = server_for(current_env(), host, port)
    errors.print(f"Safelane listens at http://{server.address} — Ctrl-C stops it.")
    with _worker_thread(with_worker), _terminated_like_interrupted():
        server.run()
    server.close()
    errors.print("Stopped.")


@contextmanager
def _worker_thread(wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    from safelane.core.jobs.worker import Worker

    worker = Worker()
    thread = threading.Thread(target=worker.run, name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(timeout=STOP_SECONDS)


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Let SIGTERM end the process as calmly as Ctrl-C does."""

    def stop(_number: int, _frame: Any) -> None:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


@app.command("worker")
def worker(
    once: Annotated[
        bool, typer.Option("--once", help="Run what waits now, then end.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Run jobs until Ctrl-C. Start several, on several machines, with PostgreSQL.

    All of them need the same data folder. A job of a worker that was killed goes on
    with the next one.
    """
    set_up()
    require_writable()
    from safelane.core.jobs.worker import Worker, recover_interrupted, run_waiting_jobs

    if once:
        recover_interrupted()
        count = run_waiting_jobs()
        emit({"jobs": count}, as_json=as_json, text=f"{count} jobs were run.")
        return
    errors.print(f"The worker for {site_url('')} runs — Ctrl-C stops it.")
    runner = Worker()
    with _stopping(runner):
        runner.run()


@contextmanager
def _stopping(runner: Worker) -> Iterator[None]:
    def stop(_number: int, _frame: Any) -> None:
        runner.stop()

    before = signal.signal(signal.SIGINT, stop), signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])
