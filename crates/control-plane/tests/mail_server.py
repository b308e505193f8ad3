"""A mail server for tests, on aiosmtpd: it prints its port, and then each mail it gets, as JSON, a line
each. It knows one user, refuses mail to nobody@, and is busy as often as its argument says. It ends with
its standard input."""

import asyncio
import json
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, AuthResult


def say(what):
    print(json.dumps(what), flush=True)


class Handler:
    def __init__(self, busy):
        self.busy = busy

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 There is no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.busy:
            self.busy -= 1
            say({"busy": True})
            return "451 Come back later"
        message = message_from_bytes(envelope.content, policy=policy.default)
        say({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "user": session.auth_data,
            "head": {name.lower(): str(value) for name, value in message.items()},
            "text": message.get_content().replace("\r\n", "\n"),
        })
        return "250 Taken"


def authenticate(server, session, envelope, mechanism, data):
    if data.login == b"carina" and data.password == b"hunter2 &":
        return AuthResult(success=True, auth_data="carina")
    return AuthResult(success=False, handled=False)


async def main():
    handler = Handler(int(sys.argv[1]))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, authenticator=authenticate, auth_required=True, auth_require_tls=False),
        "127.0.0.1",
        0,
    )
    say({"port": server.sockets[0].getsockname()[1]})
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
