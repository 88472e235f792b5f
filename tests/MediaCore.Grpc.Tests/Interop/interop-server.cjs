// A server of gRPC's interoperability suite on @grpc/grpc-js. Takes a free port and writes "port N".
'use strict';
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const testing = grpc.loadPackageDefinition(loader.loadSync(`${__dirname}/Protos/interop.proto`, { keepCase: true })).grpc.testing;
const payload = (size) => ({ body: Buffer.alloc(size) });

const echo = (call) => {
  const initial = call.metadata.get('x-grpc-test-echo-initial');
  if (initial.length) {
    const headers = new grpc.Metadata();
    headers.set('x-grpc-test-echo-initial', initial[0]);
    call.sendMetadata(headers);
  }
  const trailing = call.metadata.get('x-grpc-test-echo-trailing-bin');
  const trailers = new grpc.Metadata();
  if (trailing.length) trailers.set('x-grpc-test-echo-trailing-bin', trailing[0]);
  return trailers;
};

const send = async (call, request) => {
  for (const parameters of request.response_parameters) {
    if (parameters.interval_us) await new Promise((done) => { setTimeout(done, parameters.interval_us / 1000); });
    if (!call.write({ payload: payload(parameters.size) }) && !call.cancelled) await new Promise((done) => { call.once('drain', done); });
  }
};

const server = new grpc.Server({ 'grpc.default_compression_algorithm': 2 });
server.addService(testing.TestService.service, {
  EmptyCall: (call, done) => done(null, {}),
  UnaryCall: (call, done) => {
    const trailers = echo(call);
    const { response_status: status, response_size: size } = call.request;
    if (status && status.code) done({ code: status.code, details: status.message, metadata: trailers });
    else done(null, { payload: payload(size) }, trailers);
  },
  StreamingOutputCall: async (call) => {
    const trailers = echo(call);
    await send(call, call.request);
    call.end(trailers);
  },
  StreamingInputCall: (call, done) => {
    let total = 0;
    call.on('data', (request) => { total += request.payload.body.length; });
    call.on('end', () => done(null, { aggregated_payload_size: total }));
    call.on('error', () => {});
  },
  FullDuplexCall: (call) => {
    const trailers = echo(call);
    let before = Promise.resolve();
    call.on('error', () => {});
    call.on('data', (request) => {
      const status = request.response_status;
      if (status && status.code) call.emit('error', { code: status.code, details: status.message, metadata: trailers });
      else before = before.then(() => send(call, request));
    });
    call.on('end', () => before.then(() => call.end(trailers)));
  },
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`port ${port}`);
});
