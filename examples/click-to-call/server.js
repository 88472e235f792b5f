// Click to call: a web page posts who wants to talk with whom; the agent's phone rings, then the customer's, and the two are bridged.
//
//   POST   /calls {"from": "1001", "to": "carrier/+12025550123"}   201 {"id": "..."}
//   GET    /calls/ID          {"state": "ringing customer", "progress": [...]}
//   GET    /calls/ID/events   the same as it happens, as server-sent events, until the call is over
//   DELETE /calls/ID          hangs both up
//
// A party is the name of an account, TRUNK/NUMBER, or a SIP URI. Each party is a call of its own on the server, whose identifier is chosen
// here: ID-agent and ID-customer. So every event says by itself what it is about.
"use strict";
const crypto = require("node:crypto");
const http = require("node:http");
const path = require("node:path");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");

const PORT = Number(process.env.PORT ?? 8088);
const SERVER = process.env.MEDIACORE_SERVER ?? "127.0.0.1:50051";
const PROTOS = path.join(__dirname, "../../src/MediaCore.Control/Protos");
const REMEMBERED = 1000; // conversations that are over and can still be asked about

const definition = loader.loadSync("mediacore/v1/call_control.proto", { includeDirs: [PROTOS], enums: String, longs: Number, oneofs: true, defaults: true });
const client = new (grpc.loadPackageDefinition(definition).mediacore.v1.CallControl)(SERVER, grpc.credentials.createInsecure());
const conversations = new Map(); // id -> { state, progress, to, callerNumber, listeners, open: roles whose calls are up }
const waiting = new Map(); // commandId -> command that was not replied to
let session;
let resumeToken = "";

// One session for all conversations. When it is lost it is opened again, and what happened meanwhile is told then. Commands that were not
// replied to are sent again: the server does none of them twice.
function openSession() {
  session = client.session();
  session.write({ open: { controller: "click-to-call", resumeToken, onLost: "RELEASE_POLICY_CONTINUE" } });
  waiting.forEach((command) => session.write({ command }));
  session.on("data", (message) => {
    if (message.kind === "reply") onReply(message.reply);
    if (message.kind === "event") {
      resumeToken = message.event.resumeToken;
      onEvent(message.event);
    }
  });
  session.on("error", (error) => console.error(`session: ${error.message}`));
  session.on("status", () => setTimeout(openSession, 1000));
}

// Every command has an identifier, here its call and what it is; the call is one of a conversation.
function send(id, role, verb, request = {}) {
  const callId = `${id}-${role}`;
  const commandId = `${callId}:${verb}`;
  const command = { [verb]: { ...request, target: { callId, commandId } } };
  waiting.set(commandId, command);
  session.write({ command });
}

function destination(party) {
  if (party.startsWith("sip:")) return { uri: party };
  const slash = party.indexOf("/");
  return slash < 0 ? { account: party } : { trunk: { trunk: party.slice(0, slash), number: party.slice(slash + 1) } };
}

function dial(id, role, party, callerNumber = "") {
  conversations.get(id).open.add(role);
  report(id, `calling ${role}`);
  send(id, role, "originate", { destinations: [destination(party)], callerNumber, ringTime: { seconds: 30 }, application: "click-to-call" });
}

// "ID-agent:originate" -> [ID, "agent", "originate"]
function parse(commandId) {
  const [callId, verb] = commandId.split(":");
  const hyphen = callId.lastIndexOf("-");
  return [callId.slice(0, hyphen), callId.slice(hyphen + 1), verb];
}

function onReply(reply) {
  waiting.delete(reply.commandId);
  const [id, role, verb] = parse(reply.commandId);
  if (reply.status === "STATUS_ACCEPTED" || !conversations.has(id)) return;
  if (verb === "originate") {
    over(id, role, reply.problem); // there is no call, and no event will come
  } else if (reply.status !== "STATUS_NOT_FOUND") {
    console.error(`${reply.commandId}: ${reply.status} ${reply.problem}`);
    if (verb === "bridge") hangUp(id);
  }
}

function onEvent(event) {
  const [id, role] = parse(event.callId);
  if (!conversations.has(id)) return;
  if (event.kind === "legChanged" && event.legChanged.phase === "LEG_PHASE_RINGING") report(id, `ringing ${role}`);
  if (event.kind === "bridged" && role === "agent") report(id, "connected");
  if (event.kind === "commandEnded") onEnded(id, role, parse(event.commandEnded.commandId)[2], event.commandEnded);
  if (event.kind === "callEnded") over(id, role, `${event.callEnded.record.endReason} (${event.callEnded.record.sipStatus})`);
}

function onEnded(id, role, verb, ended) {
  const done = ended.outcome === "OUTCOME_COMPLETED";
  const conversation = conversations.get(id);
  if (verb === "originate" && done && role === "agent") {
    send(id, "agent", "play", { media: [{ countryTone: { name: "NAME_RINGBACK", duration: { seconds: 30 } } }] });
    dial(id, "customer", conversation.to, conversation.callerNumber);
  } else if (verb === "originate" && done) {
    send(id, "agent", "stopPlayback");
    send(id, "agent", "bridge", { otherCallId: `${id}-customer` });
  } else if (verb === "bridge" && !done) {
    hangUp(id); // the one left over must not wait in silence
  }
}

// One call of a conversation is over: so is the other. (A call that nobody has answered ends by itself.)
function over(id, role, why) {
  const conversation = conversations.get(id);
  if (!conversation.open.delete(role)) return;
  report(id, `${role} has left: ${why}`);
  if (conversation.open.size > 0) hangUp(id);
  else {
    report(id, "over");
    conversation.listeners.forEach((listener) => listener.end());
    const gone = [...conversations].filter(([, c]) => c.state === "over").slice(0, -REMEMBERED);
    gone.forEach(([old]) => conversations.delete(old));
  }
}

function hangUp(id) {
  conversations.get(id).open.forEach((role) => send(id, role, "hangup"));
}

function report(id, state) {
  const conversation = conversations.get(id);
  conversation.state = state;
  conversation.progress.push(state);
  conversation.listeners.forEach((listener) => listener.write(`data: ${state}\n\n`));
}

function answer(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(body && JSON.stringify(body));
}

async function handle(request, response) {
  const [, collection, id, what] = request.url.split("/");
  if (collection !== "calls") return answer(response, 404);
  if (request.method === "POST" && !id) {
    let text = "";
    for await (const chunk of request) if ((text += chunk).length > 10000) return answer(response, 413);
    const { from, to, callerNumber } = JSON.parse(text);
    if (typeof from !== "string" || typeof to !== "string") return answer(response, 400, { error: "from and to say who talks with whom" });
    const created = crypto.randomUUID();
    conversations.set(created, { state: "", progress: [], to, callerNumber, listeners: new Set(), open: new Set() });
    dial(created, "agent", from, callerNumber);
    return answer(response, 201, { id: created });
  }
  const conversation = conversations.get(id);
  if (!conversation) return answer(response, 404);
  if (request.method === "DELETE") {
    hangUp(id);
    return answer(response, 202, {});
  }
  if (what !== "events") return answer(response, 200, { state: conversation.state, progress: conversation.progress });
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  conversation.progress.forEach((state) => response.write(`data: ${state}\n\n`));
  if (conversation.state === "over") return response.end();
  conversation.listeners.add(response);
  request.on("close", () => conversation.listeners.delete(response));
}

openSession();
http
  .createServer((request, response) => handle(request, response).catch((error) => answer(response, 400, { error: error.message })))
  .listen(PORT, "127.0.0.1", function () {
    console.log(`click-to-call on http://127.0.0.1:${this.address().port}`);
  });
