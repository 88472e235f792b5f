"""Holds N answered calls through an SBC, with RTP ports of our choice on both sides: the caller and the callee in one small program."""
import base64
import re
import select
import socket
import time

import measurement as m

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n"
SECURE_SDP = SDP.replace("RTP/AVP", "RTP/SAVP") + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}\r\n"
KEY = bytes(range(1, 31))             # of what every caller sends: a measurement, not a secret
ANSWER_WITHIN_S = 10


def header(message, name):
    return re.search(rf"^{name}: *(.*?)\r$", message, re.M | re.I).group(1)


def media_port(message):
    return int(re.search(r"^m=audio (\d+)", message, re.M).group(1))


class AnchoredCalls:
    """Call i sends RTP from port first+4i to the relay and gets it there; its callee has port first+4i+2."""

    def __init__(self, count, server_port, first_media_port=6000, answer=SDP, secure=False):
        self._secure = secure
        self._server = ("127.0.0.1", server_port)
        self._caller = self._bind(0)
        self._callee = self._bind(5090)
        self._first = first_media_port
        self._answer_sdp = answer
        self._calls = [{"relay_b": 0, "relay_a": 0, "to": "", "contact": "", "bye": False, "key": ""} for _ in range(count)]
        self._run = f"{time.time_ns():x}"

    @staticmethod
    def _bind(port):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        s.bind(("127.0.0.1", port))
        return s

    def __enter__(self):
        self.place()
        return self

    def __exit__(self, *unused):
        self.hang_up()
        self._caller.close()
        self._callee.close()

    def place(self):
        """Sets all calls up; each must be answered."""
        for i in range(len(self._calls)):
            self._send(i, "INVITE", 1, f"sip:{self._number(i)}@127.0.0.1:{self._server[1]}", self._offer(self._first + 4 * i))
            self._until(lambda: self._calls[i]["to"], f"answer of call {i}")
            self._send(i, "ACK", 1, self._calls[i]["contact"], "")

    def hang_up(self):
        """Ends all calls; each BYE must be answered."""
        for i, call in enumerate(self._calls):
            self._send(i, "BYE", 2, call["contact"], "")
            self._until(lambda: call["bye"], f"answer to the BYE of call {i}")

    def write(self, path):
        """The lines that the generator reads: localA relayA localB relayB and, with SRTP, the relay's key towards A."""
        with open(path, "w", encoding="ascii") as file:
            for i, call in enumerate(self._calls):
                a = self._first + 4 * i
                file.write(f"{a} {call['relay_a']} {a + 2} {call['relay_b']} {call['key']}\n")

    def _offer(self, port):
        return SECURE_SDP.format(port=port, key=base64.b64encode(KEY).decode()) if self._secure else SDP.format(port=port)

    @staticmethod
    def _number(i):
        return f"+1800555{i:05d}"

    def _send(self, i, method, cseq, uri, body):
        host, port = self._caller.getsockname()
        to = self._calls[i]["to"] or f"<sip:{self._number(i)}@127.0.0.1:{self._server[1]}>"
        content = "Content-Type: application/sdp\r\n" if body else ""
        self._caller.sendto((
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{self._run}.{i}.{method}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:+15550100@{host}:{port}>;tag=c{i}\r\nTo: {to}\r\nCall-ID: {self._run}.{i}\r\nCSeq: {cseq} {method}\r\n"
            f"Contact: <sip:caller@{host}:{port}>\r\n{content}Content-Length: {len(body)}\r\n\r\n{body}").encode(), self._server)

    def _until(self, condition, what):
        deadline = time.monotonic() + ANSWER_WITHIN_S
        while not condition():
            ready, _, _ = select.select([self._caller, self._callee], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise m.Unmeasurable(f"the {what} did not come within {ANSWER_WITHIN_S} s")
            if self._callee in ready:
                message, source = self._callee.recvfrom(65536)
                self._answer(message.decode(), source)
            if self._caller in ready:
                self._hear(self._caller.recv(65536).decode())

    def _answer(self, request, source):
        method = request.split(" ", 1)[0]
        if method == "ACK":
            return
        body = tag = ""
        if method == "INVITE":
            i = int(re.match(r"INVITE sip:\+1800555(\d{5})@", request).group(1))
            self._calls[i]["relay_b"] = media_port(request)
            body, tag = self._answer_sdp.format(port=self._first + 4 * i + 2), f";tag=s{i}"
        content = "Contact: <sip:callee@127.0.0.1:5090>\r\nContent-Type: application/sdp\r\n" if body else ""
        self._callee.sendto((
            f"SIP/2.0 200 OK\r\nVia: {header(request, 'Via')}\r\nFrom: {header(request, 'From')}\r\nTo: {header(request, 'To')}{tag}\r\n"
            f"Call-ID: {header(request, 'Call-ID')}\r\nCSeq: {header(request, 'CSeq')}\r\n{content}Content-Length: {len(body)}\r\n\r\n{body}").encode(), source)

    def _hear(self, message):
        if message.startswith("BYE "):
            raise m.Unmeasurable("the server ended a call that was to be held")
        status = int(message.split(" ", 2)[1])
        call = self._calls[int(header(message, "Call-ID").rsplit(".", 1)[1])]
        method = header(message, "CSeq").split()[1]
        if status >= 300:
            raise m.Unmeasurable(f"a call was refused: {message.splitlines()[0]}")
        if status < 200:
            return
        if method == "BYE":
            call["bye"] = True
        elif not call["to"]:
            call["to"] = header(message, "To")
            call["contact"] = re.search(r"<([^>]*)>", header(message, "Contact")).group(1)
            call["relay_a"] = media_port(message)
            if self._secure:
                call["key"] = base64.b64decode(re.search(r"inline:([A-Za-z0-9+/=]+)", message).group(1)).hex()
