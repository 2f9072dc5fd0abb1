// The interop server on grpc-js: prints its port, serves until standard input closes.
const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const INITIAL = 'x-grpc-test-echo-initial';
const TRAILING = 'x-grpc-test-echo-trailing-bin';
const definition = loader.loadSync(path.join(__dirname, 'testing.proto'), { keepCase: true, enums: Number, defaults: true });
const { testing } = grpc.loadPackageDefinition(definition).grpc;

const zeros = size => ({ body: Buffer.alloc(size) });

// Sends the initial metadata and returns the trailing.
function echoMetadata(call) {
  const initial = call.metadata.get(INITIAL);
  const trailing = call.metadata.get(TRAILING);
  const [headers, trailers] = [new grpc.Metadata(), new grpc.Metadata()];
  if (initial.length) headers.set(INITIAL, initial[0]);
  if (trailing.length) trailers.set(TRAILING, trailing[0]);
  call.sendMetadata(headers);
  return trailers;
}

const asked = (request, metadata) => request.response_status?.code
  ? { code: request.response_status.code, details: request.response_status.message, metadata } : null;

async function respond(call, request) {
  for (const { size, interval_us } of request.response_parameters) {
    if (interval_us) await new Promise(done => setTimeout(done, interval_us / 1000));
    call.write({ payload: zeros(size) });
  }
}

const service = {
  EmptyCall: (call, done) => done(null, {}, echoMetadata(call)),
  UnaryCall(call, done) {
    const trailers = echoMetadata(call);
    const status = asked(call.request, trailers);
    return status ? done(status) : done(null, { payload: zeros(call.request.response_size) }, trailers);
  },
  async StreamingOutputCall(call) {
    const trailers = echoMetadata(call);
    await respond(call, call.request);
    call.end(trailers);
  },
  StreamingInputCall(call, done) {
    let size = 0;
    call.on('data', request => { size += request.payload.body.length; });
    call.on('end', () => done(null, { aggregated_payload_size: size }));
  },
  FullDuplexCall(call) {
    const trailers = echoMetadata(call);
    let last = Promise.resolve();
    call.on('data', request => {
      last = last.then(async () => {
        await respond(call, request);
        const status = asked(request, trailers);
        if (status) call.emit('error', status);
      });
    });
    call.on('end', () => last.then(() => call.end(trailers)));
  },
};

const server = new grpc.Server();
server.addService(testing.TestService.service, service);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
process.stdin.resume().on('end', () => process.exit(0));
