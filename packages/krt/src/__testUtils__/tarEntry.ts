/** What an entry of a tar archive says, to be wrong in the one way a test wants. */
export interface TarEntryOptions {
  name: string;
  content?: string | Buffer;
  type?: string;
  /** Bytes by the header; those of the content by default. */
  size?: number;
  /** The field for the size as it is written. */
  sizeField?: Buffer;
  /** `ustar\0` + version by default. */
  magic?: string;
  prefix?: string;
  breakChecksum?: boolean;
}

/** Header, content and padding of one entry. */
export function tarEntry(options: TarEntryOptions): Buffer {
  const content = Buffer.from(options.content ?? '');
  const size = (options.size ?? content.length).toString(8);
  const block = Buffer.alloc(512);
  block.write(options.name, 0, 100);
  block.write('0000644\0', 100);
  block.write(`${size.padStart(11, '0')}\0`, 124);
  options.sizeField?.copy(block, 124);
  block.write('        ', 148);
  block.write(options.type ?? '0', 156);
  block.write(options.magic ?? 'ustar\x0000', 257);
  block.write(options.prefix ?? '', 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  if (options.breakChecksum) block.write('x', 0);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([block, content, padding]);
}

/** One record of a PAX extended header. */
export function paxRecord(key: string, value: string | Buffer): Buffer {
  const body = Buffer.concat([
    Buffer.from(` ${key}=`),
    Buffer.from(value),
    Buffer.from('\n'),
  ]);
  let length = body.length + 1;
  while (String(length).length + body.length !== length) length++;
  return Buffer.concat([Buffer.from(String(length)), body]);
}
