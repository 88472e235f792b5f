// Asks a server of perf/MediaCore.GrpcEcho/echo.proto over 8 connections and says what its process spent and what arrived, as one line of JSON.
//   node grpc_client.js PORT SERVER_PID CALLS MESSAGES      NODE_PATH: where @grpc/grpc-js and @grpc/proto-loader are
// A reply counts when it has the call's id, number and payload; a streamed message when it has the next number of its stream.
'use strict';
const fs = require('fs');
const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const CONNECTIONS = 8, AT_ONCE = 16, TICKS_PER_SECOND = 100, PAYLOAD = Buffer.alloc(64, 0x5a);
const [port, pid, calls, messages] = process.argv.slice(2).map(Number);
const { Echo } = grpc.loadPackageDefinition(loader.loadSync(path.join(__dirname, '../MediaCore.GrpcEcho/echo.proto'), { keepCase: true, longs: Number, defaults: true })).bench;
const clients = Array.from({ length: CONNECTIONS }, () => new Echo(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 }));

/** User and system time of the server so far, in seconds (proc(5)). */
function serverSeconds() {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** So many unary calls; how many replies were right. An error ends the program. */
function unary(count) {
  let sent = 0, right = 0;
  const one = client => new Promise((resolve, reject) => {
    const seq = ++sent, call_id = `c${seq}`;
    client.Unary({ call_id, seq, payload: PAYLOAD }, (error, reply) => {
      if (error) return reject(error);
      right += reply.seq === seq && reply.call_id === call_id && PAYLOAD.equals(reply.payload);
      resolve();
    });
  });
  const line = async client => { while (sent < count) await one(client); };
  return Promise.all(clients.flatMap(client => Array.from({ length: AT_ONCE }, () => line(client)))).then(() => right);
}

/** One stream down each connection; how many messages came in their order. */
function stream(count) {
  const down = client => new Promise((resolve, reject) => {
    let right = 0;
    client.Down({ call_id: 'x', seq: count / CONNECTIONS })
      .on('data', message => { right += message.seq === right; })
      .on('error', reject)
      .on('end', () => resolve(right));
  });
  return Promise.all(clients.map(down)).then(counts => counts.reduce((sum, right) => sum + right, 0));
}

async function measure(work, count) {
  const cpu = serverSeconds(), started = process.hrtime.bigint();
  const right = await work(count);
  return { asked: count, right, cpu_s: serverSeconds() - cpu, wall_s: Number(process.hrtime.bigint() - started) / 1e9 };
}

(async () => {
  await unary(calls / 4);
  console.log(JSON.stringify({ unary: await measure(unary, calls), stream: await measure(stream, messages) }));
  process.exit(0);
})();
