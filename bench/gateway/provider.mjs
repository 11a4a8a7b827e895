// A model provider that always takes the same time: `node provider.mjs LATENCY_MS`. Pieces of a stream follow each other by turns of the event loop.
import { createServer } from 'node:http';
import { completion, events } from './answers.mjs';

const latencyMs = Number(process.argv[2]);

const writeEvents = (response, at) => {
  if (at === events.length) return response.end();
  response.write(events[at]);
  setImmediate(writeEvents, response, at + 1);
};

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    const stream = Buffer.concat(chunks).includes('"stream":true');
    setTimeout(() => {
      if (!stream) return response.writeHead(200, { 'content-type': 'application/json', 'content-length': completion.length }).end(completion);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return writeEvents(response, 0);
    }, latencyMs);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening ${server.address().port}\n`));
