"""The faults that tests must notice still fit the code, and the tool can tell."""

from collections import Counter

from tests.mutate import (
    Fault,
    chosen,
    fail_anyway,
    read_faults,
    stale,
    summarise,
    try_fault,
)

IN_SCOPE = {"scope", "precision", "dates", "filters"}
FEWEST = 80


def test_every_fault_still_fits_the_code():
    assert [fault.name for fault in stale(read_faults())] == []


def test_most_faults_are_about_who_sees_what_and_when():
    kinds = Counter(fault.kind for fault in read_faults())
    assert kinds.total() >= FEWEST
    assert sum(kinds[kind] for kind in IN_SCOPE) * 2 >= kinds.total()


def fault(find, put):
    return Fault("less", "other", "room.py", find, put, ("test_room.py",))


def room(folder):
    """Write a room of one function, with a test that looks at one side of a limit."""
    (folder / "room.py").write_text("def is_old(age):\n    return age >= 60\n")
    test = "from room import is_old\n\ndef test_old():\n    assert is_old(61)\n"
    (folder / "test_room.py").write_text(test)
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    return folder


def test_a_fault_is_killed_or_survives_or_is_stale(tmp_path):
    here = room(tmp_path)
    before = (here / "room.py").read_text()
    by = "test_room.py::test_old"
    assert try_fault(fault(">= 60", "< 60"), here) == ("killed", by)
    assert try_fault(fault(">= 60", "> 60"), here) == ("SURVIVED", "")
    assert try_fault(fault(">= 61", "> 61"), here) == ("STALE", "")
    assert try_fault(fault("age >= 60", "age >= ("), here)[0] == "BROKEN"
    assert (here / "room.py").read_text() == before


def test_a_test_that_fails_without_the_fault_notices_nothing(tmp_path):
    here = room(tmp_path)
    more = "\ndef test_young():\n    assert is_old(59)\n"
    (here / "test_room.py").write_text((here / "test_room.py").read_text() + more)
    noticed = {"good": "test_room.py::test_old", "bad": "test_room.py::test_young"}
    results = {"good": "killed", "bad": "killed", "none": "SURVIVED"}
    assert fail_anyway(noticed, results, here) == {"bad": "BROKEN"}


def test_a_survivor_or_a_stale_fault_fails_the_run(capsys):
    faults = read_faults()[:20]
    good = {f.name: "killed" for f in faults}
    assert summarise(faults, good) == 0
    assert summarise(faults, good | {faults[0].name: "SURVIVED"}) == 0  # 95 %
    two = {f.name: "SURVIVED" for f in faults[:2]}
    assert summarise(faults, good | two) == 1
    assert faults[1].name in capsys.readouterr().out
    assert summarise(faults, good | {faults[0].name: "STALE"}) == 1
    assert summarise([], {}) == 1


def test_words_choose_kinds_and_rooms():
    faults = read_faults()
    found = chosen(faults, ["dates"])
    assert {f.name for f in faults if f.kind == "dates"} <= {f.name for f in found}
    assert all("dates" in f"{f.kind} {f.file} {f.name}" for f in found)
    assert {f.file for f in chosen(faults, ["core/scope/policy"])} == {
        "src/safelane/core/scope/policy.py"
    }
