// Headers of tar archives (POSIX.1-2001): ustar, with a pax record where a name is too long for it.
const BLOCK = 512;
const NAME = 100;
const MAX_OCTAL_SIZE = 8 ** 11 - 1;
const TYPES = { file: '0', symlink: '2', directory: '5', pax: 'x' };

function put(block, offset, length, value) {
  Buffer.from(value).copy(block, offset, 0, length);
}

function octal(block, offset, length, value) {
  put(
    block,
    offset,
    length,
    `${value.toString(8).padStart(length - 1, '0')}\0`,
  );
}

function ustar({ name, type, mode, size, target = '', modifiedAt }) {
  const block = Buffer.alloc(BLOCK);
  put(block, 0, NAME, name);
  octal(block, 100, 8, mode);
  // Owner and group are root: whoever runs the image only reads.
  octal(block, 108, 8, 0);
  octal(block, 116, 8, 0);
  octal(block, 124, 12, size);
  octal(block, 136, 12, modifiedAt);
  put(block, 148, 8, ' '.repeat(8));
  put(block, 156, 1, type);
  put(block, 157, NAME, target);
  put(block, 257, 8, 'ustar\u000000');
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(block, 148, 8, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key, value) {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/** Zeros that follow the content of a file. */
export function paddingOf(size) {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** Two blocks of zeros end an archive. */
export const END = Buffer.alloc(2 * BLOCK);

/** @param modifiedAt - seconds since 1970, the same for every entry */
export function tarHeader({ path, kind, mode, size = 0, target }, modifiedAt) {
  const name = kind === 'directory' ? `${path}/` : path;
  const records = [];
  if (Buffer.byteLength(name) > NAME) records.push(paxRecord('path', name));
  if (target && Buffer.byteLength(target) > NAME) {
    records.push(paxRecord('linkpath', target));
  }
  if (size > MAX_OCTAL_SIZE) records.push(paxRecord('size', String(size)));
  const header = ustar({
    name,
    type: TYPES[kind],
    mode,
    size: Math.min(size, MAX_OCTAL_SIZE),
    target,
    modifiedAt,
  });
  if (records.length === 0) return header;
  const body = Buffer.from(records.join(''));
  const pax = ustar({
    name: 'pax',
    type: TYPES.pax,
    mode: 0o644,
    size: body.length,
    modifiedAt,
  });
  return Buffer.concat([pax, body, paddingOf(body.length), header]);
}
