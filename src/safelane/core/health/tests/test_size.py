import pytest

from safelane.core.health.middleware import SizeLimit


def answer(length):
    told = []
    application = SizeLimit(lambda environ, start: [b"taken"], most=100)
    body = application({"CONTENT_LENGTH": length}, lambda *head: told.append(head))
    return told, b"".join(body)


@pytest.mark.parametrize("length", ["", "0", "100"])
def test_requests_up_to_the_limit_pass(length):
    assert answer(length) == ([], b"taken")


def test_a_longer_request_is_told_how_long_it_may_be():
    told, body = answer("101")
    assert told[0][0] == "413 Content Too Large"
    assert body == b"A request may be 100 bytes long, this one has 101.\n"
    assert ("Content-Length", str(len(body))) in told[0][1]
