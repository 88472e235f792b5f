#!/usr/bin/env python3
"""An answering bot: answers, records, asks for a number, connects whoever knows it with a phone, hangs up when there is nothing left to do.

The bot keeps nothing in its memory. Each command says in its identifier which step of which call it is, so the event that ends it says all
that is needed to take the next one:

    offered -> answer -> record
                      -> ask:1 -> dial -> the two talk -> bye -> hangup
                         ask:2 -> ...
                         ask:3 -> bye -> hangup

The resume token of the last event whose commands were all replied to is kept in a file. Whatever happens to the connection or to the bot,
it goes on from there: events come again, the same commands are sent again under the same identifiers, and the server does none of them twice.
"""
import argparse
import json
import os
import queue
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "generated"))  # made by generate.sh

import grpc
from google.protobuf.duration_pb2 import Duration
from mediacore.v1 import call_control_pb2 as control, call_control_pb2_grpc as rpc, calls_pb2 as calls, commands_pb2 as commands

ATTEMPTS = 3
WELCOME = "Welcome. Please enter your number, then the hash key."
WRONG = "That is not right. Please enter your number, then the hash key."
GOODBYE = "Thank you for calling. Goodbye."


class Bot:
    def __init__(self, options):
        self.options = options
        self.requests = queue.Queue()  # what the session is to send
        self.waiting = {}  # command_id -> command that was not replied to
        self.seen = ""  # token of the last event
        self.epoch = 0  # under which this session has its calls

    def run(self):
        """A session after the other, until the bot is stopped."""
        while True:
            channel = grpc.insecure_channel(self.options.server)
            try:
                self.serve(rpc.CallControlStub(channel))
            except grpc.RpcError as error:
                say("session ended:", error.code().name, error.details())
                if error.code() in (grpc.StatusCode.ABORTED, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.UNAUTHENTICATED):
                    return  # another bot of this name has taken over, or the options are wrong
            finally:
                self.requests.put(None)
                channel.close()
            time.sleep(1)

    def serve(self, stub):
        self.requests, self.waiting, self.seen = queue.Queue(), {}, ""
        self.requests.put(control.SessionRequest(open=control.Open(
            controller=self.options.name, applications=[self.options.application], auto_claim=True, resume_token=self.read_token(),
            on_lost=commands.ReleasePolicy.Value("RELEASE_POLICY_" + self.options.on_lost), grace=Duration(seconds=self.options.grace))))
        for message in stub.Session(iter(self.requests.get, None)):
            kind = message.WhichOneof("kind")
            if kind == "opened":
                self.epoch = message.opened.epoch
                say("opened", message.opened.epoch, "complete" if message.opened.complete else "incomplete", *message.opened.call_ids)
            elif kind == "reply":
                self.on_reply(message.reply)
            else:
                self.on_event(message.event)
            if self.seen and not self.waiting:
                self.write_token(self.seen)

    def on_reply(self, reply):
        call_id, _, step = reply.command_id.partition(":")
        command = self.waiting.pop(reply.command_id, None)
        if reply.status == commands.CommandReply.STATUS_UNAVAILABLE and command is not None:  # not begun, and may come again as it is
            time.sleep(0.1)
            self.put(reply.command_id, command)
        elif reply.status != commands.CommandReply.STATUS_ACCEPTED:
            say("refused", reply.command_id, commands.CommandReply.Status.Name(reply.status), reply.problem)
            if step == "dial":
                self.on_step(call_id, step, done=False)
            elif step not in ("record", "hangup"):
                self.send(call_id, "hangup", hangup=commands.HangupRequest())

    def on_event(self, event):
        self.seen = event.resume_token
        kind = event.WhichOneof("kind")
        detail = event.call_ended.record.json if kind == "call_ended" else " ".join(str(getattr(event, kind)).split())
        say("event", event.call_id, event.sequence, kind, event.leg_id, detail)
        if kind == "call_offered":  # ours already: auto_claim
            self.send(event.call_id, "answer", answer=commands.AnswerRequest())
        elif kind == "snapshot":  # a call of ours whose events are gone: what it waited for may have been among them
            call = event.snapshot.call
            if call.phase == calls.CALL_PHASE_ANSWERED and len(call.legs) == 1 and all(c.endswith(":record") for c in call.open_commands):
                self.speak(event.call_id, "bye", GOODBYE)
        elif kind == "command_ended":
            ended = event.command_ended
            call_id, _, step = ended.command_id.partition(":")
            if ended.outcome != ended.OUTCOME_HUNG_UP:
                self.on_step(call_id, step, ended.outcome == ended.OUTCOME_COMPLETED, ended.gather.digits)
        elif kind == "leg_changed" and not event.leg_id.endswith("-0"):
            changed = event.leg_changed
            if changed.phase == calls.LEG_PHASE_ENDED and changed.sip_status == 200:  # they have talked
                self.speak(event.call_id, "bye", GOODBYE)

    def on_step(self, call_id, step, done, digits=""):
        """A command has ended, or was refused: the next one."""
        if step == "answer" and done:
            self.send(call_id, "record", record_start=commands.RecordStartRequest(layout=commands.RecordStartRequest.LAYOUT_STEREO))
            self.ask(call_id, 1)
        elif step.startswith("ask:"):
            attempt = int(step[4:])
            if digits == self.options.number:
                phone = {"uri" if self.options.phone.startswith("sip:") else "account": self.options.phone}
                self.send(call_id, "dial", dial=commands.DialRequest(destinations=[calls.Destination(**phone)]))
            elif attempt < ATTEMPTS:
                self.ask(call_id, attempt + 1)
            else:
                self.speak(call_id, "bye", GOODBYE)
        elif step == "dial" and not done:
            self.speak(call_id, "bye", "Nobody can take your call. " + GOODBYE)
        elif step == "bye" or (step == "answer" and not done):
            self.send(call_id, "hangup", hangup=commands.HangupRequest())

    def ask(self, call_id, attempt):
        prompt = [calls.Media(speech=calls.Speech(text=WELCOME if attempt == 1 else WRONG))]
        wait = Duration(seconds=self.options.patience)
        self.send(call_id, f"ask:{attempt}", gather=commands.GatherRequest(max_digits=16, initial_timeout=wait, prompt=prompt))

    def speak(self, call_id, step, text):
        self.send(call_id, step, say=commands.SayRequest(speech=calls.Speech(text=text)))

    def send(self, call_id, step, **verb):
        command = control.Command(**verb)
        target = getattr(command, command.WhichOneof("verb")).target
        target.call_id, target.command_id = call_id, f"{call_id}:{step}"
        target.epoch = self.epoch  # a call that is ours no longer goes its own way
        self.put(target.command_id, command)

    def put(self, command_id, command):
        self.waiting[command_id] = command
        self.requests.put(control.SessionRequest(command=command))

    def read_token(self):
        if not os.path.exists(self.options.state):
            return ""
        with open(self.options.state, encoding="ascii") as file:
            return json.load(file)["resume_token"]

    def write_token(self, token):
        with open(self.options.state + ".new", "w", encoding="ascii") as file:
            json.dump({"resume_token": token}, file)
        os.replace(self.options.state + ".new", self.options.state)
        self.seen = ""


def say(*words):
    print(*words, flush=True)


def main():
    options = argparse.ArgumentParser(description="An answering bot on MediaCore's control interface.")
    options.add_argument("--server", default="127.0.0.1:50051", help="address of the control interface")
    options.add_argument("--name", default="answering-bot", help="name of the controller")
    options.add_argument("--application", default="answering-bot", help="the application whose calls it takes")
    options.add_argument("--number", default="1234", help="what callers have to enter")
    options.add_argument("--phone", default="1001", help="account or SIP URI that they are connected with then")
    options.add_argument("--patience", type=int, default=10, help="seconds until the first digit")
    options.add_argument("--on-lost", default="NEXT_STEP", choices=["CONTINUE", "NEXT_STEP", "HANG_UP"], help="what becomes of its calls when it is gone")
    options.add_argument("--grace", type=int, default=5, help="seconds that they wait for it before")
    options.add_argument("--state", default="answering-bot.json", help="file of the resume token")
    try:
        Bot(options.parse_args()).run()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
