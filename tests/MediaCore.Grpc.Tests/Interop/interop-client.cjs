// The cases of gRPC's interoperability suite by @grpc/grpc-js. usage: interop-client.cjs PORT
// Writes "NAME ok" or "NAME failed: why" for each case.
'use strict';
const assert = require('assert');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const testing = grpc.loadPackageDefinition(loader.loadSync(`${__dirname}/Protos/interop.proto`, { keepCase: true })).grpc.testing;
const address = `127.0.0.1:${process.argv[2]}`;
const connect = (options) => new testing.TestService(address, grpc.credentials.createInsecure(), options);
const client = connect();
const payload = (size) => ({ body: Buffer.alloc(size) });
const requestSizes = [27182, 8, 1828, 45904];
const responseSizes = [31415, 9, 2653, 58979];
const patience = () => ({ deadline: Date.now() + 60000 });

const unary = (invoke) => new Promise((done, fail) => {
  const result = { headers: null, status: null };
  const call = invoke((error, response) => (error ? fail(error) : done(Object.assign(result, { response }))));
  call.on('metadata', (headers) => { result.headers = headers; });
  call.on('status', (status) => { result.status = status; });
});

const failure = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('the call did not fail');
};

// Everything that a stream brings, to its end.
const collect = (call) => new Promise((done) => {
  const result = { responses: [], headers: null, error: null };
  call.on('metadata', (headers) => { result.headers = headers; });
  call.on('data', (response) => result.responses.push(response));
  call.on('error', (error) => { result.error = error; });
  call.on('status', (status) => done(Object.assign(result, { status })));
});

const cases = {
  async empty_unary() {
    assert.deepEqual((await unary((cb) => client.EmptyCall({}, patience(), cb))).response, {});
  },
  async large_unary() {
    const { response } = await unary((cb) => client.UnaryCall({ response_size: 314159, payload: payload(271828) }, patience(), cb));
    assert.equal(response.payload.body.length, 314159);
  },
  async client_streaming() {
    const { response } = await unary((cb) => {
      const call = client.StreamingInputCall(patience(), cb);
      requestSizes.forEach((size) => call.write({ payload: payload(size) }));
      call.end();
      return call;
    });
    assert.equal(response.aggregated_payload_size, 74922);
  },
  async server_streaming() {
    const { responses, status } = await collect(client.StreamingOutputCall({ response_parameters: responseSizes.map((size) => ({ size })) }, patience()));
    assert.deepEqual(responses.map((r) => r.payload.body.length), responseSizes);
    assert.equal(status.code, grpc.status.OK);
  },
  async ping_pong() {
    const call = client.FullDuplexCall(patience());
    const sizes = [];
    let next = 0;
    const ping = () => (next < 4 ? call.write({ response_parameters: [{ size: responseSizes[next] }], payload: payload(requestSizes[next++]) }) : call.end());
    call.on('data', (response) => { sizes.push(response.payload.body.length); ping(); });
    ping();
    const { status } = await collect(call);
    assert.deepEqual(sizes, responseSizes);
    assert.equal(status.code, grpc.status.OK);
  },
  async empty_stream() {
    const call = client.FullDuplexCall(patience());
    call.end();
    const { responses, status } = await collect(call);
    assert.deepEqual([responses.length, status.code], [0, grpc.status.OK]);
  },
  async cancel_after_begin() {
    const error = await failure(unary((cb) => {
      const call = client.StreamingInputCall(patience(), cb);
      setImmediate(() => call.cancel());
      return call;
    }));
    assert.equal(error.code, grpc.status.CANCELLED);
  },
  async cancel_after_first_response() {
    const call = client.FullDuplexCall(patience());
    call.on('data', () => call.cancel());
    call.write({ response_parameters: [{ size: 31415 }], payload: payload(27182) });
    const { responses, status } = await collect(call);
    assert.deepEqual([responses.length, status.code], [1, grpc.status.CANCELLED]);
  },
  async timeout_on_sleeping_server() {
    const call = client.FullDuplexCall({ deadline: Date.now() + 1 });
    call.write({ payload: payload(27182) });
    const { status } = await collect(call);
    assert.equal(status.code, grpc.status.DEADLINE_EXCEEDED);
  },
  async custom_metadata() {
    const metadata = new grpc.Metadata();
    metadata.set('x-grpc-test-echo-initial', 'test_initial_metadata_value');
    metadata.set('x-grpc-test-echo-trailing-bin', Buffer.from([0xab, 0xab, 0xab]));
    const check = (headers, status) => {
      assert.deepEqual(headers.get('x-grpc-test-echo-initial'), ['test_initial_metadata_value']);
      assert.deepEqual(status.metadata.get('x-grpc-test-echo-trailing-bin'), [Buffer.from([0xab, 0xab, 0xab])]);
    };
    const one = await unary((cb) => client.UnaryCall({ response_size: 314159, payload: payload(271828) }, metadata, patience(), cb));
    await new Promise(setImmediate);
    check(one.headers, one.status);
    const call = client.FullDuplexCall(metadata, patience());
    call.write({ response_parameters: [{ size: 314159 }], payload: payload(271828) });
    call.end();
    const many = await collect(call);
    assert.equal(many.responses.length, 1);
    check(many.headers, many.status);
  },
  async status_code_and_message() {
    const response_status = { code: 2, message: 'test status message' };
    const error = await failure(unary((cb) => client.UnaryCall({ response_status }, patience(), cb)));
    assert.deepEqual([error.code, error.details], [2, 'test status message']);
    const call = client.FullDuplexCall(patience());
    call.write({ response_status });
    call.end();
    const { status } = await collect(call);
    assert.deepEqual([status.code, status.details], [2, 'test status message']);
  },
  async special_status_message() {
    const message = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n';
    const error = await failure(unary((cb) => client.UnaryCall({ response_status: { code: 2, message } }, patience(), cb)));
    assert.deepEqual([error.code, error.details], [2, message]);
  },
  async unimplemented_method() {
    const error = await failure(unary((cb) => client.UnimplementedCall({}, patience(), cb)));
    assert.equal(error.code, grpc.status.UNIMPLEMENTED);
  },
  async unimplemented_service() {
    const other = new testing.UnimplementedService(address, grpc.credentials.createInsecure());
    const error = await failure(unary((cb) => other.UnimplementedCall({}, patience(), cb)));
    assert.equal(error.code, grpc.status.UNIMPLEMENTED);
  },
  async client_compressed_unary() {
    const compressing = connect({ 'grpc.default_compression_algorithm': 2 });
    const { response } = await unary((cb) => compressing.UnaryCall({ response_size: 314159, payload: payload(271828) }, patience(), cb));
    assert.equal(response.payload.body.length, 314159);
  },
  async client_compressed_streaming() {
    const compressing = connect({ 'grpc.default_compression_algorithm': 2 });
    const { response } = await unary((cb) => {
      const call = compressing.StreamingInputCall(patience(), cb);
      requestSizes.forEach((size) => call.write({ payload: payload(size) }));
      call.end();
      return call;
    });
    assert.equal(response.aggregated_payload_size, 74922);
  },
  async server_compressed() {
    const { responses, headers } = await collect(client.StreamingOutputCall({
      response_parameters: [{ size: 31415, compressed: { value: true } }, { size: 92653, compressed: { value: false } }],
    }, patience()));
    assert.deepEqual(responses.map((r) => r.payload.body.length), [31415, 92653]);
    assert.ok(headers);
  },
};

(async () => {
  for (const [name, run] of Object.entries(cases)) {
    try {
      await run();
      console.log(`${name} ok`);
    } catch (error) {
      console.log(`${name} failed: ${String(error.stack).replace(/\s*\n\s*/g, ' | ')}`);
    }
  }
  console.log('done');
  process.exit(0);
})();
