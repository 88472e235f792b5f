// A program: the npm package smpp as a client. Says what comes; does what a line of its standard input says.
// node program.cjs <node_modules> <port> <password> [<authority's certificate, for TLS>]
'use strict';
const smpp = require(`${process.argv[2]}/smpp`);
const say = (what, more) => console.log(`${what} ${JSON.stringify(more ?? {})}`);
const authority = process.argv[5];
const session = authority
  ? new smpp.connect({ host: 'localhost', port: Number(process.argv[3]), tls: true, ca: require('fs').readFileSync(authority) })
  : new smpp.connect({ host: '127.0.0.1', port: Number(process.argv[3]) });
session.on('error', (e) => say('error', { message: String(e) }));
session.on('close', () => say('closed'));
session.on('enquire_link', (pdu) => session.send(pdu.response()));
session.on('unbind', (pdu) => { say('unbind'); session.send(pdu.response()); session.close(); });
session.on('deliver_sm', (pdu) => {
  session.send(pdu.response());
  const m = pdu.short_message;
  say('deliver', { from: pdu.source_addr, to: pdu.destination_addr, esm: pdu.esm_class, coding: pdu.data_coding, text: Buffer.isBuffer(m) ? m.toString('latin1') : m.message, header: m.udh ? m.udh.map((e) => Buffer.from(e).toString('hex')).join('') : '', receipted: pdu.receipted_message_id, state: pdu.message_state });
});
session.on(authority ? 'secureConnect' : 'connect', () => session.bind_transceiver({ system_id: 'crm', password: process.argv[4] }, (pdu) => say('bind', { status: pdu.command_status, centre: pdu.system_id })));
require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { command, hex, ...fields } = JSON.parse(line, (name, value) => (value === null ? undefined : value));
  if (hex) fields.short_message = Buffer.from(hex, 'hex');
  if (fields.short_message && fields.short_message.udh) fields.short_message.udh = Buffer.from(fields.short_message.udh, 'hex');
  session[command](fields, (pdu) => say(command, { status: pdu.command_status, id: pdu.message_id, state: pdu.message_state }));
});
