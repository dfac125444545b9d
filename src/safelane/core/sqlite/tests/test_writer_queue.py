import multiprocessing
import threading
import time

import pytest
from django.db import OperationalError, connections

from safelane.core.sqlite import writer_queue
from safelane.core.sqlite.writer_queue import Turns


def test_threads_come_in_their_order(tmp_path):
    turns, order, threads = Turns(tmp_path / "lock", 10), [], []
    turns.enter()

    def write(number):
        turns.enter()
        order.append(number)
        turns.leave()

    for number in range(20):
        thread = threading.Thread(target=write, args=(number,))
        thread.start()
        threads.append(thread)
        wait_until(lambda number=number: len(turns._waiting) == number + 2)
    turns.leave()
    for thread in threads:
        thread.join()
    assert order == list(range(20))


def test_one_at_a_time_across_processes(tmp_path):
    counter = tmp_path / "counter"
    counter.write_text("0")
    context = multiprocessing.get_context("spawn")
    arguments = (tmp_path / "lock", counter, 40)
    processes = [context.Process(target=count, args=arguments) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert counter.read_text() == "120"


def count(lock, counter, times):
    turns = Turns(lock, 30)
    for _ in range(times):
        turns.enter()
        counter.write_text(str(int(counter.read_text()) + 1))
        turns.leave()


def test_who_waits_too_long_is_told_and_blocks_nobody(tmp_path):
    turns, faults = Turns(tmp_path / "lock", 0.2), []
    turns.enter()

    def write():
        try:
            turns.enter()
        except OperationalError as error:
            faults.append(str(error))

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    turns.leave()
    assert faults == ["database is locked: other writers took too long"]
    turns.enter()
    turns.leave()


def test_behind_a_long_write_only_a_few_wait(tmp_path, monkeypatch):
    """Else a large import would hold all threads of a server, and stop reading too."""
    monkeypatch.setattr(writer_queue, "ELSEWHERE", 0.0)
    importing, server = (Turns(tmp_path / "lock", 20) for _ in range(2))
    importing.enter()
    written, threads = [], []

    def write():
        server.enter()
        written.append(1)
        server.leave()

    for number in range(1 + writer_queue.MOST_WAITING):
        threads.append(threading.Thread(target=write))
        threads[-1].start()
        wait_until(lambda number=number: len(server._waiting) == number + 1)
    began = time.monotonic()
    with pytest.raises(OperationalError, match="other writers took too long"):
        server.enter()
    assert time.monotonic() - began < 5
    importing.leave()
    for thread in threads:
        thread.join()
    assert len(written) == 1 + writer_queue.MOST_WAITING
    server.enter()  # nothing is left of the refusal
    server.leave()


@pytest.mark.parametrize("name", ["LONG", "ELSEWHERE"])
def test_those_who_came_early_are_sent_away_too(tmp_path, monkeypatch, name):
    """Else whoever writes in the first seconds would take all threads with them."""
    monkeypatch.setattr(writer_queue, name, 0.5)
    importing, server = (Turns(tmp_path / "lock", 20) for _ in range(2))
    if name == "LONG":  # the write is one of the server's own
        importing = server
    importing.enter()
    threads, written, refused = crowd(server, 8)
    waiting = writer_queue.MOST_WAITING + (importing is not server)
    wait_until(lambda: len(refused) == 8 - waiting)
    importing.leave()
    for thread in threads:
        thread.join()
    assert len(written) == waiting


def test_it_is_no_less_long_when_the_first_gives_up(tmp_path):
    importing, server = (Turns(tmp_path / "lock", 2) for _ in range(2))
    importing.enter()
    (first,), _written, refused = crowd(server, 1)
    time.sleep(1.5)
    threads, _written, _refused = crowd(server, writer_queue.MOST_WAITING)
    first.join()
    assert len(refused) == 1
    threads += crowd(server, 1)[0]
    began = time.monotonic()
    with pytest.raises(OperationalError):
        server.enter()
    assert time.monotonic() - began < 0.7
    importing.leave()
    for thread in threads:
        thread.join()


def crowd(turns, size):
    """Let some threads write one after the other; note who may and who may not."""
    written, refused, threads = [], [], []

    def write():
        try:
            turns.enter()
        except OperationalError:
            refused.append(1)
        else:
            written.append(1)
            turns.leave()

    for _ in range(size):
        known = len(turns._waiting)
        threads.append(threading.Thread(target=write))
        threads[-1].start()
        wait_until(lambda known=known: len(turns._waiting) == known + 1)
    return threads, written, refused


def test_a_folder_that_cannot_be_written_is_left_to_the_write_itself(tmp_path):
    turns = Turns(tmp_path / "missing" / "lock", 1)
    turns.enter()
    turns.leave()


@pytest.mark.django_db
def test_the_tests_run_on_this_backend():
    connection = connections["default"]
    if connection.vendor == "sqlite":
        assert type(connection).__module__ == "safelane.core.sqlite.base"


def wait_until(true):
    for _ in range(1000):
        if true():
            return
        time.sleep(0.002)
    raise AssertionError("waited too long")
