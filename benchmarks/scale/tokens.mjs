// People who call the measured portals: tokens as the auth backend of Backstage issues them, signed with a key of this run.
import { generateKeyPairSync, sign } from 'node:crypto';

const LIFETIME_SECONDS = 24 * 60 * 60;

const encode = value =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/** @returns `{ jwks, tokenOf }`: what the auth backend publishes, and a token for an entity ref */
export function createIssuer() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
  });
  const kid = 'scale';
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256' };
  const signed = (typ, claims) => {
    const text = `${encode({ typ, alg: 'ES256', kid })}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(text), {
      key: privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return { text, signature: signature.toString('base64url') };
  };
  return {
    jwks: { keys: [jwk] },
    tokenOf(sub) {
      const iat = Math.floor(Date.now() / 1_000);
      const claims = { sub, iat, exp: iat + LIFETIME_SECONDS };
      // What plugins pass on to each other is the token without what only the portal itself needs.
      const limited = signed('vnd.backstage.limited-user', claims);
      const { text, signature } = signed('vnd.backstage.user', {
        ...claims,
        ent: [sub],
        aud: 'backstage',
        uip: limited.signature,
      });
      return `${text}.${signature}`;
    },
  };
}
