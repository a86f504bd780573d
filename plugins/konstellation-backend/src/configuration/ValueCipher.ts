import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomBytes,
} from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** A key of the configuration: its name, and 32 bytes. */
export interface EncryptionKey {
  id: string;
  key: Buffer;
}

/** What a value belongs to: moved elsewhere it cannot be decrypted. */
export interface ValuePlace {
  versionUid: string;
  revision: number;
  key: string;
}

function aad({ versionUid, revision, key }: ValuePlace): Buffer {
  return Buffer.from(JSON.stringify([versionUid, revision, key]));
}

/** @param text - base64 of 32 bytes @throws Error that says what is wrong, without the text */
export function readKey(id: string, text: string): EncryptionKey {
  const key = Buffer.from(text, 'base64');
  if (key.length !== KEY_BYTES) {
    throw new Error(
      `the encryption key "${id}" must be base64 of ${KEY_BYTES} bytes, not of ${key.length}; make one with: openssl rand -base64 32`,
    );
  }
  return { id, key };
}

/** A new key, named after itself. */
export function generateKey(): EncryptionKey {
  const key = randomBytes(KEY_BYTES);
  const id = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return { id: `local-${id}`, key };
}

/**
 * Encrypts values of configurations with AES-256-GCM (NIST SP 800-38D): a random IV of 96 bits each, bound to the place the value
 * lies in. The first key encrypts, every key decrypts.
 */
export class ValueCipher {
  readonly #keys: Map<string, Buffer>;
  readonly #current: EncryptionKey;

  /** @throws Error without a key, or with two of one name */
  constructor(keys: readonly EncryptionKey[]) {
    const [current] = keys;
    if (!current) throw new Error('there is no encryption key');
    this.#current = current;
    this.#keys = new Map(keys.map(({ id, key }) => [id, key]));
    if (this.#keys.size !== keys.length) {
      throw new Error('two encryption keys have the same id');
    }
  }

  /** Name of the key that encrypts. */
  get keyId(): string {
    return this.#current.id;
  }

  knows(keyId: string): boolean {
    return this.#keys.has(keyId);
  }

  /** @returns base64 of IV, tag and ciphertext */
  encrypt(value: string, place: ValuePlace): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#current.key, iv);
    cipher.setAAD(aad(place));
    const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64');
  }

  /** @throws Error naming the key or the place, never the value */
  decrypt(stored: string, keyId: string, place: ValuePlace): string {
    const key = this.#keys.get(keyId);
    if (!key)
      throw new Error(`the encryption key "${keyId}" is not configured`);
    const bytes = Buffer.from(stored, 'base64');
    const decipher = createDecipheriv(
      ALGORITHM,
      key,
      bytes.subarray(0, IV_BYTES),
    );
    decipher.setAAD(aad(place));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      return Buffer.concat([
        decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)),
        decipher.final(),
      ]).toString('utf8');
    } catch {
      throw new Error(
        `the value of ${place.key} cannot be decrypted with the key "${keyId}": another key has the same id, or the row was changed`,
      );
    }
  }
}
