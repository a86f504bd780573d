// A container: answers with what it is told to, on the port it is given.
const http = require('node:http');

console.log(`hello from ${process.env.ANSWER ?? 'nobody'}`);
if (process.env.EXIT_CODE) {
  console.error('giving up');
  process.exit(Number(process.env.EXIT_CODE));
}
http
  .createServer((request, response) => {
    const answer =
      request.url === '/env'
        ? JSON.stringify(process.env)
        : process.env.ANSWER ?? '';
    response.end(answer);
  })
  .listen(Number(process.env.KRT_PORT_HTTP), process.env.KRT_HOST);
