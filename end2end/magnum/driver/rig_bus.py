"""The bus between Magnum's API and its conductor: a folder of files, in place of RabbitMQ.

Installed with the rest from PyPI, it needs no broker, no root and no port, and leaves API and
conductor what they are in a real cloud: two processes, of which one may die. What is sent to a
conductor that does not run waits for it, as in a broker's queue; what it had taken when it died is
lost, as with a broker (Magnum's calls are acknowledged before they are done).

transport_url = rig:///bus    the folder, relative to where the processes run
"""
import os
import pathlib
import threading
import time
import uuid

import oslo_messaging
from oslo_messaging._drivers import base
from oslo_messaging._drivers import common
from oslo_serialization import jsonutils

POLL_SECONDS = 0.02


def _put(folder, name, content):
    """Writes a file that others see whole or not at all."""
    new = folder / ("." + name)
    new.write_text(jsonutils.dumps(content))
    new.rename(folder / name)


def _take(file):
    """The content of a file that is then gone; nothing if somebody else had it first."""
    try:
        text = file.read_text()
        file.unlink()
    except FileNotFoundError:
        return None
    return jsonutils.loads(text)


class _Incoming(base.RpcIncomingMessage):

    def __init__(self, envelope, answers):
        super().__init__(envelope["context"], envelope["message"], envelope["id"])
        self._answers = answers if envelope["answer"] else None

    def reply(self, reply=None, failure=None):
        if self._answers:
            failure = failure and common.serialize_remote_exception(failure)
            _put(self._answers, self.msg_id, {"reply": reply, "failure": failure})

    def requeue(self):
        """Nobody asks for it: require_features says that it cannot be had."""

    def heartbeat(self):
        """Callers wait for their whole time."""


class _Listener(base.PollStyleListener):

    def __init__(self, queue, answers):
        super().__init__()
        self._queue, self._answers = queue, answers
        self._stopped = threading.Event()

    @base.batch_poll_helper
    def poll(self, timeout=None):
        until = None if timeout is None else time.monotonic() + timeout
        while not self._stopped.is_set():
            for name in sorted(os.listdir(self._queue)):
                envelope = None if name.startswith(".") else _take(self._queue / name)
                if envelope:
                    return _Incoming(envelope, self._answers)
            if until is not None and time.monotonic() >= until:
                break
            time.sleep(POLL_SECONDS)
        return None

    def stop(self):
        self._stopped.set()


class BusDriver(base.BaseDriver):

    def __init__(self, conf, url, default_exchange=None, allowed_remote_exmods=None):
        super().__init__(conf, url, default_exchange, allowed_remote_exmods)
        self._folder = pathlib.Path(url.virtual_host).absolute()
        self._answers = self._make("answers")

    def _make(self, name):
        folder = self._folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def send(self, target, ctxt, message, wait_for_reply=None, timeout=None,
             call_monitor_timeout=None, retry=None, transport_options=None):
        name = "%020d-%s" % (time.time_ns(), uuid.uuid4())
        _put(self._make(target.topic), name, {
            "id": name, "context": ctxt, "message": message, "answer": bool(wait_for_reply)})
        if not wait_for_reply:
            return None
        until = None if timeout is None else time.monotonic() + timeout
        while until is None or time.monotonic() < until:
            answer = _take(self._answers / name)
            if answer:
                if answer["failure"]:
                    raise common.deserialize_remote_exception(
                        answer["failure"], self._allowed_remote_exmods)
                return answer["reply"]
            time.sleep(POLL_SECONDS)
        raise oslo_messaging.MessagingTimeout("Timed out waiting for a reply to message ID %s" % name)

    def send_notification(self, target, ctxt, message, version, retry=None):
        """Nobody listens: Magnum's own notifications are off."""

    def listen(self, target, batch_size, batch_timeout):
        listener = _Listener(self._make(target.topic), self._answers)
        return base.PollStyleListenerAdapter(listener, batch_size, batch_timeout)

    def listen_for_notifications(self, targets_and_priorities, pool, batch_size, batch_timeout):
        raise NotImplementedError

    def cleanup(self):
        """Nothing is held open."""
