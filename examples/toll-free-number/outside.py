#!/usr/bin/env python3
"""What is around a phone system: a mail server, a provider of texts and a program with a webhook. Prints what each of them gets.

The webhook's secret stands in the file that --secret names, once setup.sh has made it; events are checked against it as Standard Webhooks says.
"""
import argparse
import base64
import email
import email.policy
import hashlib
import hmac
import json
import pathlib
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MAX_BODY = 8 << 20
printing = threading.Lock()


def say(kind: str, text: str) -> None:
    with printing:
        print(f"{kind:8} {text}", flush=True)


def is_signed(secret: str, headers, body: bytes) -> bool:
    """Whether an event comes from who knows the secret, and was signed within the last five minutes."""
    stamp = headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers.get('webhook-id', '')}.{stamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected, one) for one in headers.get("webhook-signature", "").split(" "))


class Web(BaseHTTPRequestHandler):
    """POST /texts is the provider's, POST /events the webhook's."""

    secret_file = pathlib.Path()

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        if length > MAX_BODY:
            self.send_error(413)
            return
        body = self.rfile.read(length)
        if self.path == "/texts":
            text = json.loads(body)
            say("text", f"to {text['to']}: {text['text']}")
            self.answer(200, json.dumps({"id": text["message_id"]}).encode())
        elif not self.secret_file.exists() or not is_signed(self.secret_file.read_text().strip(), self.headers, body):
            say("event", "refused: not signed with the webhook's secret")
            self.answer(401, b"")
        else:
            event = json.loads(body)
            say("event", f"{event['type']} {json.dumps(event['data'])[:200]}")
            self.answer(204, b"")

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments) -> None:
        """Nothing: what came is printed."""


class Mail(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as one mail takes."""

    def handle(self) -> None:
        self.wfile.write(b"220 outside\r\n")
        while line := self.rfile.readline(1000):
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines, size = [], 0
                while (part := self.rfile.readline(1000)) not in (b".\r\n", b""):
                    size += len(part)
                    lines.append(part[1:] if part.startswith(b"..") else part)
                    if size > MAX_BODY:
                        return
                self.show(b"".join(lines))
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 outside\r\n")

    @staticmethod
    def show(data: bytes) -> None:
        mail = email.message_from_bytes(data, policy=email.policy.default)
        files = [part.get_filename() for part in mail.iter_attachments()]
        say("mail", f"to {mail['To']}: {mail['Subject']}" + (f" with {', '.join(name or '?' for name in files)}" if files else ""))


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--secret", type=pathlib.Path, required=True, help="file with the webhook's secret")
    parser.add_argument("--http", type=int, default=8025)
    parser.add_argument("--smtp", type=int, default=8026)
    arguments = parser.parse_args()
    Web.secret_file = arguments.secret
    web = ThreadingHTTPServer(("127.0.0.1", arguments.http), Web)
    mail = MailServer(("127.0.0.1", arguments.smtp), Mail)
    threading.Thread(target=mail.serve_forever, daemon=True).start()
    say("ready", f"texts and events at http://127.0.0.1:{web.server_port}, mail at port {mail.server_address[1]}")
    try:
        web.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
