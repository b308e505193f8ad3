# How gunicorn serves Keystone and Magnum's API; read from RIG_BIND and RIG_ARGV.
import os
import sys

bind = os.environ["RIG_BIND"]
# One process: SQLite has one writer, and a second process is a second of everything in memory.
workers = 1
worker_class = "gthread"
threads = 8
timeout = 120
graceful_timeout = 3
control_socket_disable = True


def post_fork(server, worker):
    # Both applications read sys.argv when they are loaded; gunicorn's own is nothing to them.
    sys.argv = ["wsgi", *os.environ["RIG_ARGV"].split()]


def worker_exit(server, worker):
    # Threads of the application's would keep the process alive.
    os._exit(0)
