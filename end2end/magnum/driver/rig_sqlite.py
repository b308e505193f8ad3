"""Magnum's database in SQLite: a transaction that will write takes the lock for it at its start.

SQLite's plain BEGIN takes it at the first write. A transaction that reads first and writes later, as
every save of Magnum's does, then fails at once with "database is locked" when anybody else has
written in between, however long one is willing to wait. BEGIN IMMEDIATE waits its turn. Only where
something is written: Magnum leaves some reading transactions open (the list of templates and the
statistics run their query after the session's `with` has ended), and those must not hold the lock.
"""
import contextlib
import threading

from magnum.db.sqlalchemy import api
from sqlalchemy import event
from sqlalchemy.engine import Engine

_writing = threading.local()
_session_for_write = api._session_for_write


@contextlib.contextmanager
def _marked_session_for_write():
    _writing.depth = getattr(_writing, "depth", 0) + 1
    try:
        with _session_for_write() as session:
            yield session
    finally:
        _writing.depth -= 1


api._session_for_write = _marked_session_for_write


@event.listens_for(Engine, "before_cursor_execute", retval=True)
def _begin_immediate(conn, cursor, statement, parameters, context, executemany):
    if (statement == "BEGIN" and conn.dialect.name == "sqlite"
            and getattr(_writing, "depth", 0)):
        statement = "BEGIN IMMEDIATE"
    return statement, parameters
