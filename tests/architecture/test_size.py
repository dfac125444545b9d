"""Short functions, short modules, small folders."""

import statistics
from collections import Counter

from tests.architecture.sources import PACKAGE, all_modules, is_test, product_modules

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
MEDIAN_FUNCTION = 12
FULLEST_FOLDER = 16
# One template or one migration more is not one room more.
UNCOUNTED = {"tests", "migrations", "templates", "templatetags", "parts", "icons"}


def test_no_module_is_longer_than_two():
    long = {m.name: m.lines for m in all_modules() if m.lines > LONGEST_MODULE}
    assert not long


def test_functions_are_short():
    long = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in all_modules()
        for function in module.functions()
        if function.end_lineno - function.lineno >= LONGEST_FUNCTION
    ]
    assert not long


def test_the_middle_function_is_very_short():
    lengths = [
        function.end_lineno - function.lineno + 1
        for module in product_modules()
        for function in module.functions()
    ]
    assert statistics.median(lengths) <= MEDIAN_FUNCTION


def test_folders_hold_few_modules():
    count = Counter(
        path.parent
        for path in PACKAGE.rglob("*.py")
        if not is_test(path)
        and path.name != "__init__.py"
        and not UNCOUNTED & set(path.parts)
    )
    full = {
        folder.relative_to(PACKAGE).as_posix(): number
        for folder, number in count.items()
        if number > FULLEST_FOLDER
    }
    assert not full


# Lines that hold one tag of Django's, which cannot be broken, or an empty cell.
UNBREAKABLE = 15
LONGEST_TEMPLATE_LINE = 140


def test_template_lines_can_be_read():
    long = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in PACKAGE.rglob("*.html")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if len(line) > LONGEST_TEMPLATE_LINE
    ]
    assert len(long) <= UNBREAKABLE, long
