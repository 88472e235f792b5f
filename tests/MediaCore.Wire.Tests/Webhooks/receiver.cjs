// A receiver of webhooks that checks signatures with the reference library: POST /secret adds a secret, anything else is an event. Says by how many of its secrets the event is signed.
const http = require('node:http');
const { Webhook } = require('standardwebhooks');

const secrets = [];
const server = http.createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const body = Buffer.concat(pieces).toString('utf8');
    if (request.url === '/secret') {
      secrets.push(body);
    } else {
      const verified = secrets.filter((secret) => {
        try {
          new Webhook(secret).verify(body, request.headers);
          return true;
        } catch (error) {
          console.log(`refused ${error.message}`);
          return false;
        }
      });
      const event = JSON.parse(body);
      console.log(`told ${event.type} ${verified.length} ${request.headers['webhook-id']} ${JSON.stringify(event)}`);
    }
    response.writeHead(204).end();
  });
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
