"""A slow line between a client and a server on loopback: TCP, forwarded no faster than it is told."""

import contextlib
import socket
import threading
import time

_PIECE_BYTES = 1024


class Line(threading.Thread):
    """One connection from `address` on to `server`; what comes back from there comes at `bytes_per_second`.

    The line takes what it forwards out of a small buffer, so that the server sees it acknowledged as it goes, as on a
    real one. A pause of this machine is made up for: the rate is that since the beginning.
    """

    def __init__(self, server, bytes_per_second):
        super().__init__(daemon=True)
        self.server, self.rate = server, bytes_per_second
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        self.carried = 0  # bytes, from the server
        self.is_closed_by_server = threading.Event()
        self.start()

    def open_wide(self):
        """As fast as it can from now on."""
        self.rate = None

    def close(self):
        for each in (self.listener, getattr(self, "near", None), getattr(self, "far", None)):
            if each is not None:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()

    def run(self):
        with contextlib.suppress(OSError):
            self.near, _ = self.listener.accept()
            self.far = socket.socket()
            self.far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            self.far.connect(self.server)
            threading.Thread(target=self._forward, daemon=True).start()
            self._carry()

    def _forward(self):
        with contextlib.suppress(OSError):
            while data := self.near.recv(65536):
                self.far.sendall(data)
            self.far.shutdown(socket.SHUT_WR)

    def _carry(self):
        began = time.monotonic()
        while True:
            rate = self.rate
            if rate is not None and self.carried >= rate * (time.monotonic() - began):
                time.sleep(min(0.02, 1 / rate))
                continue
            data = self._read(_PIECE_BYTES if rate is None else min(_PIECE_BYTES, rate))
            if not data:
                self.is_closed_by_server.set()
                self.near.shutdown(socket.SHUT_WR)
                return
            self.carried += len(data)
            self.near.sendall(data)

    def _read(self, count):
        try:
            return self.far.recv(count)
        except ConnectionResetError:
            return b""
