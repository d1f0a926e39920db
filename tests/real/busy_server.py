# SPDX-License-Identifier: MIT
# busy_server.py ROLE TRUTH [NUMBER]: fifty clients of a server that has a connection to each of three upstreams.
# `upstream` and `talker` are one process each: what talker N says, the server asks upstream N. `silent` is all other
# clients. Each writes to the file TRUTH who it is: its pid and the descriptors of its connections.
import json
import os
import selectors
import socket
import sys
import time

SERVER_PORT, UPSTREAM_PORTS, CLIENTS, TALKERS = 9000, (9001, 9002, 9003), 50, 2


def listen(port):
    return socket.create_server(("127.0.0.1", port), backlog=CLIENTS)


def connect(port):
    return socket.create_connection(("127.0.0.1", port))


def tell(path, sockets):
    with open(path + ".new", "w") as file:
        json.dump({"pid": os.getpid(), "fds": [s.fileno() for s in sockets]}, file)
    os.rename(path + ".new", path)


def heard(sockets):  # (socket, bytes), until one of them is closed
    selector = selectors.DefaultSelector()
    for one in sockets:
        selector.register(one, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            said = key.fileobj.recv(100)
            if not said:
                return
            yield key.fileobj, said


def upstream(truth, number):
    with listen(UPSTREAM_PORTS[number]) as listener:
        tell(truth + ".listens", [listener])
        accepted, _ = listener.accept()
    tell(truth, [accepted])
    for _, said in heard([accepted]):
        accepted.send(said)


def server(truth):
    ups = [connect(port) for port in UPSTREAM_PORTS]
    with listen(SERVER_PORT) as listener:
        tell(truth + ".listens", [listener])
        clients = [listener.accept()[0] for _ in range(CLIENTS)]
    tell(truth, clients + ups)
    asker = {}
    for one, said in heard(clients + ups):
        if one in ups:
            asker[one].send(said)
        else:
            up = ups[int(said[:1])]
            asker[up] = one
            up.send(said)


def talker(truth, number):
    connection = connect(SERVER_PORT)
    tell(truth, [connection])
    said = str(number).encode()
    connection.send(said)
    for _ in heard([connection]):
        time.sleep(0.02)
        connection.send(said)


def silent(truth):
    connections = [connect(SERVER_PORT) for _ in range(CLIENTS - TALKERS)]
    tell(truth, connections)
    for _ in heard(connections):
        pass


role, truth, *number = sys.argv[1:]
with open("/proc/self/comm", "w") as comm:
    comm.write(role)
{"upstream": upstream, "server": server, "talker": talker, "silent": silent}[role](truth, *map(int, number))
