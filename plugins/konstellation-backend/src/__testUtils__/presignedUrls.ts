import { createHash, createHmac } from 'node:crypto';

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

const encoded = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** `20261127T100000Z` as milliseconds. */
function timeOf(text: string): number {
  return Date.parse(
    text.replace(
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
      '$1-$2-$3T$4:$5:$6Z',
    ),
  );
}

/**
 * What is wrong with a presigned request, as S3 finds it; undefined where it is good.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function problemOfPresigned(
  request: { method: string; url: URL; host: string },
  secret: string,
): string | undefined {
  const { searchParams, pathname } = request.url;
  const of = (name: string) => searchParams.get(`X-Amz-${name}`) ?? '';
  const date = of('Date');
  const expiry = timeOf(date) + Number(of('Expires')) * 1_000;
  // Of a time nobody can read the comparison is false too.
  if (!(Date.now() < expiry)) return 'Request has expired';
  if (of('SignedHeaders') !== 'host') return 'other headers are signed';
  const [, ...scope] = of('Credential').split('/');
  const query = [...searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const canonical = [
    request.method,
    pathname,
    query,
    `host:${request.host}\n`,
    'host',
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const text = [
    'AWS4-HMAC-SHA256',
    date,
    scope.join('/'),
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, text).toString('hex') === of('Signature')
    ? undefined
    : 'The request signature does not match';
}
