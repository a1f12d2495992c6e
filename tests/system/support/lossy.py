"""A line between the primary and one secondary that loses what it carries, or is cut: UDP and TCP, on loopback.

It has an address of its own, at which the secondary finds its primary (port 53) and the primary its secondary (port 5353).
What goes on comes from that address, too. A datagram is lost as on a bad line; of TCP, which would send it again, a
connection is lost as it begins.
"""

import contextlib
import random
import selectors
import socket
import threading

TO_PRIMARY, TO_SECONDARY = 53, 5353
_PATIENCE_S = 0.1


class LossyLine:
    """Until close(). `share`: so many of what passes are lost; 1.0: the line is cut."""

    def __init__(self, address, primary, secondary, share, seed):
        self.address, self.share = address, share
        self.random = random.Random(seed)
        self.lost = self.passed = 0
        self.ended = threading.Event()
        self.ways = []
        self.connections = set()
        for port, to in ((TO_PRIMARY, primary), (TO_SECONDARY, secondary)):
            udp = socket.socket(type=socket.SOCK_DGRAM)
            udp.bind((address, port))
            tcp = socket.create_server((address, port))
            tcp.settimeout(_PATIENCE_S)
            for work, sock in ((self._datagrams, udp), (self._connections, tcp)):
                thread = threading.Thread(target=work, args=(sock, to), daemon=True)
                thread.start()
                self.ways.append((thread, sock))

    def cut(self):
        self.share, self.mended_share = 1.0, self.share
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def mend(self):
        self.share = self.mended_share

    def close(self):
        self.ended.set()
        for thread, sock in self.ways:
            thread.join()
            sock.close()

    def _is_lost(self):
        lost = self.random.random() < self.share
        self.lost, self.passed = self.lost + lost, self.passed + (not lost)
        return lost

    def _datagrams(self, near, to):
        """One socket on for each who sends here, so that answers find their way back."""
        onward = {}
        with selectors.DefaultSelector() as ready:
            ready.register(near, selectors.EVENT_READ, None)
            while not self.ended.is_set():
                for key, _ in ready.select(_PATIENCE_S):
                    with contextlib.suppress(OSError):  # nobody listens there, at present
                        if key.data is None:
                            data, client = near.recvfrom(65535)
                            if client not in onward:
                                onward[client] = socket.socket(type=socket.SOCK_DGRAM)
                                onward[client].bind((self.address, 0))
                                onward[client].connect(to)
                                ready.register(onward[client], selectors.EVENT_READ, client)
                            if not self._is_lost():
                                onward[client].send(data)
                        else:
                            data = key.fileobj.recv(65535)
                            if not self._is_lost():
                                near.sendto(data, key.data)
                while len(onward) > 100:  # whose questions were answered long ago
                    oldest = onward.pop(next(iter(onward)))
                    ready.unregister(oldest)
                    oldest.close()
        for sock in onward.values():
            sock.close()

    def _connections(self, listener, to):
        while not self.ended.is_set():
            with contextlib.suppress(TimeoutError, OSError):
                near, _ = listener.accept()
                if self._is_lost():
                    near.close()
                    continue
                threading.Thread(target=self._join, args=(near, to), daemon=True).start()

    def _join(self, near, to):
        with contextlib.suppress(OSError), near, socket.socket() as far:
            far.bind((self.address, 0))
            far.connect(to)
            self.connections |= {near, far}
            back = threading.Thread(target=self._pipe, args=(far, near), daemon=True)
            back.start()
            self._pipe(near, far)
            back.join()
            self.connections -= {near, far}

    @staticmethod
    def _pipe(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
