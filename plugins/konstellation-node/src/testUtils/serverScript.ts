/**
 * A container of the contract, for Node: answers with what it is told to, on the port it is given. Whoever plays it brings it where its
 * containers are made of: into a file, or an image. What it writes to its console is the log that is read back.
 */
export const serverScript = `const http = require('node:http');

const { ANSWER = '', EXIT_CODE, EXIT_AFTER = '0', LINES = '0' } = process.env;

console.log(\`hello from \${ANSWER || 'nobody'}\`);
for (let line = 1; line <= Number(LINES); line++) console.log(\`line \${line}\`);
if (EXIT_CODE) {
  console.error('giving up');
  setTimeout(() => process.exit(Number(EXIT_CODE)), Number(EXIT_AFTER));
}
process.on('SIGTERM', () => {
  console.log('told to end');
  process.exit(0);
});

http
  .createServer((request, response) => {
    if (request.url === '/say') console.log('said');
    if (request.url === '/echo') {
      response.writeHead(200, { 'x-method': request.method });
      request.pipe(response);
      return;
    }
    response.end(request.url === '/env' ? JSON.stringify(process.env) : ANSWER);
  })
  .listen(Number(process.env.KRT_PORT_HTTP), process.env.KRT_HOST);
`;
