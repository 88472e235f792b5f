// A centre: the npm package smpp as a server. Says what comes; does what a line of its standard input says.
// node centre.cjs <node_modules> [<certificate> <key>, for TLS]
'use strict';
const smpp = require(`${process.argv[2]}/smpp`);
const say = (what, more) => console.log(`${what} ${JSON.stringify(more ?? {})}`);
let bound = null;
let throttle = 0;
let last = 0x1a;
const textOf = (pdu) => (pdu.short_message && pdu.short_message.message !== undefined ? pdu.short_message.message : pdu.message_payload && pdu.message_payload.message);
const headerOf = (pdu) => (pdu.short_message && pdu.short_message.udh ? pdu.short_message.udh.map((e) => Buffer.from(e).toString('hex')).join('') : '');
const [certificate, key] = process.argv.slice(3).map((file) => require('fs').readFileSync(file));
const server = smpp.createServer(key ? { cert: certificate, key } : {}, (session) => {
  session.on('error', () => {});
  for (const kind of ['bind_transceiver', 'bind_transmitter', 'bind_receiver']) {
    session.on(kind, (pdu) => {
      if (pdu.password !== 'secret') {
        say('refused', { system_id: pdu.system_id });
        session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }));
        return;
      }
      session.send(pdu.response({ system_id: 'centre' }));
      if (kind !== 'bind_transmitter') bound = session;
      say('bound', { kind });
    });
  }
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => { say('unbind'); session.send(pdu.response()); session.close(); });
  session.on('deliver_sm_resp', (pdu) => say('answer', { status: pdu.command_status }));
  session.on('submit_sm', (pdu) => {
    if (throttle > 0) {
      throttle--;
      session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
      return;
    }
    if (pdu.destination_addr === '000') {
      session.send(pdu.response({ command_status: smpp.ESME_RINVDSTADR }));
      return;
    }
    const id = (++last).toString(16).toUpperCase().padStart(8, '0');
    session.send(pdu.response({ message_id: id }));
    say('submit', { id, from: pdu.source_addr, ton: pdu.source_addr_ton, to: pdu.destination_addr, coding: pdu.data_coding, header: headerOf(pdu), text: textOf(pdu), registered: pdu.registered_delivery, validity: pdu.validity_period });
  });
});
server.listen(0, '127.0.0.1', () => say('listening', { port: server.address().port }));
require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line);
  if (command.throttle) throttle = command.throttle;
  if (command.drop) for (const session of server.sessions) session.destroy();
  if (command.deliver) {
    const pdu = { ...command.deliver };
    if (pdu.hex) { pdu.short_message = Buffer.from(pdu.hex, 'hex'); delete pdu.hex; }
    bound.deliver_sm(pdu);
  }
});
