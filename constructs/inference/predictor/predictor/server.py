"""The process: start, drain, stop."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from types import FrameType

import uvicorn

from predictor.app import create_app
from predictor.log import Log
from predictor.service import Service
from predictor.web import Envelope

KEEP_ALIVE_SECONDS = 75
"""Longer than a load balancer keeps an idle connection (60 s at ALB), so that it is never closed under a request."""

BACKLOG = 2048
"""Connections that wait to be accepted."""


class DrainingServer(uvicorn.Server):
    """Goes on answering for a while after SIGTERM, until no new request is sent here any more.

    Kubernetes takes a pod off its endpoints and signals it at the same time, so requests keep arriving for seconds.
    A second SIGTERM, or SIGINT, ends the wait; requests in flight still finish, within the shutdown time.
    """

    def __init__(self, config: uvicorn.Config, service: Service, log: Log) -> None:
        super().__init__(config)
        self._service = service
        self._events = log
        self._drained_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begins the drain, or ends it. Unlike the parent's, it does not raise the signal again: the exit code is 0."""
        settings = self._service.settings
        again = self._drained_at is not None
        self._service.drain()
        seconds = 0.0 if again or sig == signal.SIGINT else settings.drain_seconds
        self._drained_at = time.monotonic() + seconds
        self._events.write("info", "draining", signal=signal.Signals(sig).name, seconds=seconds)

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second by the parent; true ends the server."""
        over = self._drained_at is not None and time.monotonic() >= self._drained_at
        return await super().on_tick(counter) or over

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Opens the port and says so, with the port that was taken."""
        await super().startup(sockets)
        if self.started:
            host, port = (sockets or self.servers[0].sockets)[0].getsockname()[:2]
            self._events.write("info", "listening", host=host, port=port)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Lets requests in flight finish."""
        await super().shutdown(sockets)
        self._events.write("info", "stopped", unfinished=self._service.in_flight)


class CannotListen(Exception):
    """The address is taken, not this machine's, or not allowed."""


def listen(host: str, port: int) -> socket.socket:
    """Opens the port.

    Raises:
        CannotListen: The address is taken, not this machine's, or not allowed.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise CannotListen(f"HOST {host} and PORT {port} cannot be listened on: {error}") from None
    # Connections inherit it. Without it the body of an answer waits 40 ms for the receipt of its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve(service: Service, log: Log) -> None:
    """Serves a loaded model until it is told to stop.

    Raises:
        CannotListen: HOST and PORT cannot be listened on.
    """
    settings = service.settings
    listener = listen(settings.host, settings.port)
    config = uvicorn.Config(
        Envelope(create_app(service), service, log),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(DrainingServer(config, service, log).serve(sockets=[listener]))
