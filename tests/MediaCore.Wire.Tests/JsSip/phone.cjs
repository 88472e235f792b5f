// A JsSIP phone without a browser: signalling is JsSIP's own, the peer connection is scripted, for the media is the test's.
//   node phone.cjs URL ACCOUNT PASSWORD RTP_PORT
// Reads one command as JSON per line, writes one event per line: a word, then its details.
'use strict';
const readline = require('node:readline');
const WebSocket = require('ws');

const [url, account, password, rtpPort] = process.argv.slice(2);
const domain = new URL(url).hostname;
let version = 0;
const tell = (...words) => process.stdout.write(words.join(' ') + '\n');

/** Speaks plain RTP/AVP from the port that the test gave; finds the candidates at once. */
class ScriptedPeerConnection extends EventTarget {
  signalingState = 'stable';
  iceGatheringState = 'complete';
  iceConnectionState = 'connected';
  localDescription = null;
  remoteDescription = null;

  #describe(type) {
    version++;
    return Promise.resolve({
      type,
      sdp: `v=0\r\no=- 4711 ${version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${rtpPort} RTP/AVP 0 101\r\n`
        + 'a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n',
    });
  }

  createOffer() { return this.#describe('offer'); }
  createAnswer() { return this.#describe('answer'); }
  setLocalDescription(description) {
    this.localDescription = description;
    this.signalingState = description.type === 'offer' ? 'have-local-offer' : 'stable';
    return Promise.resolve();
  }
  setRemoteDescription(description) {
    this.remoteDescription = description;
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
    tell('description', JSON.stringify(description.sdp));
    return Promise.resolve();
  }
  getSenders() { return []; }
  close() { this.signalingState = 'closed'; }
}

globalThis.window = globalThis;
// JsSIP tells of its first registration only; of the refreshes the answers tell.
globalThis.WebSocket = class extends WebSocket {
  constructor(...details) {
    super(...details);
    this.on('message', data => {
      const text = data.toString();
      const [, status] = /^SIP\/2\.0 (\d+)/.exec(text) ?? [];
      const [, method] = /\r\nCSeq: *\d+ +(\w+)/i.exec(text) ?? [];
      if (status) {
        tell('response', method, status, (/\r\n(Contact: .*)\r\n/i.exec(text) ?? [, ''])[1]);
      }
    });
  }
};
globalThis.RTCPeerConnection = ScriptedPeerConnection;
globalThis.RTCSessionDescription = class { constructor(init) { Object.assign(this, init); } };
const JsSIP = require('jssip');

const ua = new JsSIP.UA({
  sockets: [new JsSIP.WebSocketInterface(url)],
  uri: `sip:${account}@${domain}`,
  password,
  register: false,
  register_expires: 120,
  session_timers: false,
  connection_recovery_min_interval: 1,
  connection_recovery_max_interval: 1,
});
const media = { mediaStream: { getTracks: () => [], getAudioTracks: () => [], getVideoTracks: () => [] }, pcConfig: { iceServers: [] } };
let session = null;

ua.on('connected', () => tell('connected'));
ua.on('disconnected', () => tell('disconnected'));
ua.on('registered', e => tell('registered', e.response.getHeader('Contact')));
ua.on('unregistered', () => tell('unregistered'));
ua.on('registrationFailed', e => tell('registrationFailed', e.response?.status_code ?? 0));
ua.on('newMessage', e => {
  if (e.originator === 'remote') {
    tell('message', e.request.from.uri.user, JSON.stringify(e.request.body));
  }
});
ua.on('newRTCSession', e => {
  session = e.session;
  tell(e.originator === 'remote' ? 'incoming' : 'outgoing', e.request.from.uri.user);
  session.on('progress', p => tell('progress', p.originator, p.response?.status_code ?? 0));
  session.on('accepted', a => tell('accepted', a.originator));
  session.on('confirmed', c => tell('confirmed', c.originator));
  session.on('failed', f => tell('failed', f.originator, f.message?.status_code ?? 0, f.cause));
  session.on('ended', f => tell('ended', f.originator, f.cause));
  session.on('hold', h => tell('hold', h.originator));
  session.on('unhold', h => tell('unhold', h.originator));
  session.on('newDTMF', d => tell('dtmf', d.originator, d.dtmf.tone));
  session.on('refer', r => { tell('refer', r.request.refer_to.uri.toString()); r.accept(() => {}, media); });
});

const commands = {
  register: () => ua.register(),
  unregister: () => ua.unregister(),
  call: c => ua.call(`sip:${c.to}@${domain}`, media),
  answer: () => session.answer(media),
  reject: c => session.terminate({ status_code: c.status }),
  hangup: () => session.terminate(),
  hold: () => session.hold({}, () => tell('held')),
  unhold: () => session.unhold({}, () => tell('resumed')),
  dtmf: c => session.sendDTMF(c.tones, { transportType: 'INFO', duration: 160, interToneGap: 70 }),
  refer: c => session.refer(`sip:${c.to}@${domain}`, { eventHandlers: {
    requestSucceeded: () => tell('referAccepted'), requestFailed: f => tell('referRefused', f.cause),
    accepted: a => tell('referDone', a.status_line.status_code), failed: f => tell('referFailed', f.status_line.status_code) } }),
  message: c => ua.sendMessage(`sip:${c.to}@${domain}`, c.text, { contentType: 'text/plain',
    eventHandlers: { succeeded: s => tell('messageSent', s.response.status_code), failed: f => tell('messageFailed', f.response?.status_code ?? 0) } }),
  options: c => ua.sendOptions(`sip:${c.to}`, '', { eventHandlers: {
    succeeded: s => tell('optionsSucceeded', s.response.status_code), failed: f => tell('optionsFailed', f.response?.status_code ?? 0) } }),
};

readline.createInterface({ input: process.stdin }).on('line', line => {
  const command = JSON.parse(line);
  commands[command.do](command);
}).on('close', () => process.exit(0));
ua.start();
