// What can be asked of haproxy while it runs, through its master.
import { connect } from 'node:net';

const WITHIN_MILLIS = 5_000;

/** @returns the answer to one command for one of its workers */
export function ask(socket, worker, command) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    const connection = connect(socket);
    connection.setTimeout(WITHIN_MILLIS, () =>
      connection.destroy(new Error('haproxy does not answer')),
    );
    connection.on('error', reject);
    connection.on('data', chunk => chunks.push(chunk));
    connection.on('close', () =>
      resolve(Buffer.concat(chunks).toString().trim()),
    );
    connection.end(`@!${worker} ${command}\n`);
  });
}

/** What it says when it did what it was told. */
const DONE = /^$|changed|no need to change/;

const commandsFor = ({ name, address, weight }) => {
  if (!address) return [`set server ${name} state maint`];
  const [ip, port] = address.split(':');
  return [
    `set server ${name} addr ${ip} port ${port}`,
    `set server ${name} weight ${weight}`,
    `set server ${name} state ready`,
  ];
};

/**
 * @param servers - those that changed: `{ name, address?, weight }`
 * @throws an Error when haproxy did not do it
 */
export async function setServers(socket, worker, servers) {
  // Who comes before who goes: at no moment is there nobody.
  const ordered = [...servers].sort(
    (one, other) => Number(!one.address) - Number(!other.address),
  );
  for (const command of ordered.flatMap(commandsFor)) {
    const answer = await ask(socket, worker, command);
    if (!DONE.test(answer)) throw new Error(`${command}: ${answer}`);
  }
}
