"""HTTP/1.1 against servers that write each byte themselves: well-behaved, careless and hostile."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from adapters import http1
from adapters.http1 import Answer, Broken, Pool, TooLarge, TooLate

HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@contextmanager
def server(*answers: bytes, close: bool = True) -> Iterator[socket.socket]:
    """A connection to a server that reads a request and writes the next answer, each in one piece."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        peer, _ = listening.accept()
        with peer:
            for answer in answers:
                if not peer.recv(65536):
                    return
                peer.sendall(answer)
            if not close:
                ended.wait(10)

    thread = threading.Thread(target=serve)
    thread.start()
    with socket.create_connection(listening.getsockname()) as channel:
        yield channel
        ended.set()
    thread.join()
    listening.close()


def ask(channel: socket.socket, *, method: str = "GET", seconds: float = 5, max_body: int = 10_000) -> Answer:
    deadline = time.monotonic() + seconds
    return http1.exchange(channel, HEAD, b"", method=method, deadline=deadline, read=5, max_body=max_body)


def test_a_counted_body_is_read_and_the_connection_kept() -> None:
    plain = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\nx-a: 2\r\n\r\nhi"
    with server(plain, plain, close=False) as channel:
        first, second = ask(channel), ask(channel)
    assert (first.status, first.body, first.headers["X-a"], first.is_reusable) == (200, b"hi", "1, 2", True)
    assert second.body == b"hi"


def test_chunks_trailers_and_interim_answers() -> None:
    body = b"5\r\nhello\r\n1;x=y\r\n!\r\n0\r\nSum: 7\r\n\r\n"
    early = b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
    with server(early + b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body) as channel:
        answer = ask(channel)
    assert (answer.status, answer.body, "link" in answer.headers) == (200, b"hello!", False)


def test_a_body_that_ends_with_the_connection() -> None:
    with server(b"HTTP/1.0 200 OK\r\n\r\nall of it") as channel:
        answer = ask(channel)
    assert (answer.body, answer.is_reusable) == (b"all of it", False)


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body(status: int) -> None:
    with server(f"HTTP/1.1 {status} X\r\n\r\n".encode(), close=False) as channel:
        assert ask(channel).body == b""


def test_head_has_no_body_whatever_its_length_says() -> None:
    with server(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", close=False) as channel:
        assert ask(channel, method="HEAD").body == b""


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA b: c\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 1000) for n in range(99)),
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000,
    ],
    ids=lambda answer: repr(answer[:60]),
)
def test_what_is_no_whole_answer_is_refused(answer: bytes) -> None:
    with server(answer) as channel, pytest.raises(Broken):
        ask(channel)


@pytest.mark.parametrize(
    "form", ["Content-Length: 20000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n4e20\r\n"]
)
def test_a_body_over_the_limit_is_refused(form: str) -> None:
    with server(f"HTTP/1.1 200 OK\r\n{form}".encode() + b"y" * 20000) as channel, pytest.raises(TooLarge):
        ask(channel)


def test_silence_and_dripping_end_in_time() -> None:
    with server(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nh", close=False) as channel:
        started = time.monotonic()
        with pytest.raises((TooLate, TimeoutError)):
            ask(channel, seconds=0.2)
    assert time.monotonic() - started < 2


def test_words_after_the_answer_do_not_reach_the_next_request() -> None:
    smuggled = (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    )
    with server(smuggled, close=False) as channel, pytest.raises(Broken):
        ask(channel)


def test_the_pool_hands_out_no_connection_that_was_closed() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    pool = Pool(lambda seconds: socket.create_connection(listening.getsockname(), seconds))
    first = pool.take(1)
    peer, _ = listening.accept()
    pool.give_back(first)
    assert pool.take(1) is first
    pool.give_back(first)
    peer.close()
    fresh = pool.take(1)
    assert fresh is not first
    assert first.fileno() == -1
    fresh.close()
    listening.close()
