// The interop client on grpc-js: reads a case per line, runs it against the port of its argument, answers 'ok' or what went wrong.
const assert = require('assert');
const path = require('path');
const readline = require('readline');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const definition = loader.loadSync(path.join(__dirname, 'testing.proto'), { keepCase: true, enums: Number, defaults: true });
const { testing } = grpc.loadPackageDefinition(definition).grpc;
const address = `127.0.0.1:${process.argv[2]}`;
const plain = grpc.credentials.createInsecure();
const client = new testing.TestService(address, plain);
const gzipClient = new testing.TestService(address, plain, { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip });

const REQUEST_SIZES = [27182, 8, 1828, 45904];
const RESPONSE_SIZES = [31415, 9, 2653, 58979];
const INITIAL = 'x-grpc-test-echo-initial';
const TRAILING = 'x-grpc-test-echo-trailing-bin';
const SPECIAL = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n';

const limit = () => ({ deadline: Date.now() + 20_000 });
const zeros = size => ({ body: Buffer.alloc(size) });
const large = fields => ({ response_size: 314159, payload: zeros(271828), ...fields });
const output = (sizes, fields) => ({ response_parameters: sizes.map(size => ({ size })), ...fields });

const unary = (method, request, metadata = new grpc.Metadata(), on = client) => new Promise((resolve, reject) => {
  const result = {};
  const call = on[method](request, metadata, limit(), (error, response) => { Object.assign(result, { error, response }); });
  call.on('metadata', headers => { result.headers = headers; });
  call.on('status', status => { result.status = status; return result.error ? reject(result.error) : resolve(result); });
});

// Collects the responses; 'turn' is called after each.
const stream = (call, turn = () => {}) => new Promise((resolve, reject) => {
  const result = { sizes: [] };
  call.on('metadata', headers => { result.headers = headers; });
  call.on('data', response => { result.sizes.push(response.payload.body.length); turn(result.sizes.length); });
  call.on('status', status => { result.status = status; });
  call.on('error', reject);
  call.on('end', () => setImmediate(() => resolve(result)));
});

async function fails(code, promise, details) {
  const error = await promise.then(() => assert.fail(`the call did not end in ${code}`), reason => reason);
  assert.strictEqual(error.code, code, error.stack);
  if (details !== undefined) assert.strictEqual(error.details, details);
}

function expectLarge({ response }) {
  assert.ok(response.payload.body.equals(Buffer.alloc(314159)));
}

function expectEcho({ headers, status }) {
  assert.deepStrictEqual(headers.get(INITIAL), ['test_initial_metadata_value']);
  assert.deepStrictEqual(status.metadata.get(TRAILING), [Buffer.from([0xab, 0xab, 0xab])]);
}

function duplex(request, metadata = new grpc.Metadata()) {
  const call = client.FullDuplexCall(metadata, limit());
  if (request) call.write(request);
  call.end();
  return call;
}

const cases = {
  async empty_unary() { assert.deepStrictEqual((await unary('EmptyCall', {})).response, {}); },
  async large_unary() { expectLarge(await unary('UnaryCall', large())); },
  client_streaming: () => new Promise((resolve, reject) => {
    const call = client.StreamingInputCall(new grpc.Metadata(), limit(), (error, response) =>
      error ? reject(error) : resolve(assert.strictEqual(response.aggregated_payload_size, 74922)));
    REQUEST_SIZES.forEach(size => call.write({ payload: zeros(size) }));
    call.end();
  }),
  async server_streaming() {
    const { sizes } = await stream(client.StreamingOutputCall(output(RESPONSE_SIZES), new grpc.Metadata(), limit()));
    assert.deepStrictEqual(sizes, RESPONSE_SIZES);
  },
  async ping_pong() {
    const call = client.FullDuplexCall(new grpc.Metadata(), limit());
    const ping = turn => turn < 4 ? call.write(output([RESPONSE_SIZES[turn]], { payload: zeros(REQUEST_SIZES[turn]) })) : call.end();
    ping(0);
    assert.deepStrictEqual((await stream(call, ping)).sizes, RESPONSE_SIZES);
  },
  async empty_stream() { assert.deepStrictEqual((await stream(duplex())).sizes, []); },
  async client_compressed_unary() {
    const probe = large({ expect_compressed: { value: true } });
    await fails(grpc.status.INVALID_ARGUMENT, unary('UnaryCall', probe));
    expectLarge(await unary('UnaryCall', probe, undefined, gzipClient));
    expectLarge(await unary('UnaryCall', large({ expect_compressed: { value: false } })));
  },
  async server_compressed_unary() {
    for (const value of [true, false]) expectLarge(await unary('UnaryCall', large({ response_compressed: { value } })));
  },
  async custom_metadata() {
    const metadata = new grpc.Metadata();
    metadata.set(INITIAL, 'test_initial_metadata_value');
    metadata.set(TRAILING, Buffer.from([0xab, 0xab, 0xab]));
    expectEcho(await unary('UnaryCall', large(), metadata));
    expectEcho(await stream(duplex(output([314159]), metadata)));
  },
  async status_code_and_message() {
    const response_status = { code: 2, message: 'test status message' };
    await fails(2, unary('UnaryCall', { response_status }), response_status.message);
    await fails(2, stream(duplex(output([], { response_status }))), response_status.message);
  },
  special_status_message: () => fails(2, unary('UnaryCall', { response_status: { code: 2, message: SPECIAL } }), SPECIAL),
  unimplemented_method: () => fails(grpc.status.UNIMPLEMENTED, unary('UnimplementedCall', {})),
  unimplemented_service: () =>
    fails(grpc.status.UNIMPLEMENTED, unary('UnimplementedCall', {}, undefined, new testing.UnimplementedService(address, plain))),
  cancel_after_begin: () => fails(grpc.status.CANCELLED, new Promise((resolve, reject) => {
    const call = client.StreamingInputCall(new grpc.Metadata(), limit(), error => error ? reject(error) : resolve());
    call.cancel();
  })),
  cancel_after_first_response() {
    const call = client.FullDuplexCall(new grpc.Metadata(), limit());
    call.write(output([31415]));
    return fails(grpc.status.CANCELLED, stream(call, () => call.cancel()));
  },
  timeout_on_sleeping_server() {
    const call = client.FullDuplexCall(new grpc.Metadata(), { deadline: Date.now() + 1 });
    call.on('error', () => {});
    call.write({ payload: zeros(27182) });
    return fails(grpc.status.DEADLINE_EXCEEDED, stream(call));
  },
};

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    try {
      await cases[line.trim()]();
      console.log('ok');
    } catch (error) {
      console.log(String(error.stack).replaceAll('\n', ' | '));
    }
  }
  process.exit(0);
})();
