// An object store as long as whoever started it. Writes `{ endpoint, credentials, bucket }`, or `{ problem }`, then a line `{ status }` for
// each request by a presigned URL.
//   node objectStoreServer.cjs HOST
import { randomBytes } from 'node:crypto';
import { S3Server } from '../../../plugins/konstellation-backend/src/__testUtils__/S3Server';

const say = line => process.stdout.write(`${JSON.stringify(line)}\n`);

S3Server.start({
  secret: randomBytes(18).toString('base64url'),
  host: process.argv[2],
  onPresigned: status => say({ status }),
}).then(
  ({ endpoint, options: { credentials, bucket } }) =>
    say({ endpoint, credentials, bucket }),
  error => say({ problem: error.message }),
);
process.stdin.on('close', () => process.exit()).resume();
