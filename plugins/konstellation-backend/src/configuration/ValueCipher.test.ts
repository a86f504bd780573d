import { generateKey, readKey, ValueCipher } from './ValueCipher';

const place = { versionUid: 'v', revision: 1, key: 'PASSWORD' };

describe('ValueCipher', () => {
  const first = generateKey();
  const second = { ...generateKey(), id: 'second' };

  it('decrypts what it encrypted, never the same way twice', () => {
    const cipher = new ValueCipher([first]);
    const one = cipher.encrypt('secret', place);
    expect(cipher.encrypt('secret', place)).not.toBe(one);
    expect(cipher.decrypt(one, first.id, place)).toBe('secret');
  });

  it('decrypts with every key it has, and encrypts with the first', () => {
    const stored = new ValueCipher([first]).encrypt('secret', place);
    const rotated = new ValueCipher([second, first]);
    expect(rotated.keyId).toBe('second');
    expect(rotated.decrypt(stored, first.id, place)).toBe('secret');
    expect(() =>
      new ValueCipher([second]).decrypt(stored, first.id, place),
    ).toThrow(`the encryption key "${first.id}" is not configured`);
  });

  it('decrypts nothing that was moved, changed or encrypted with another key of the same id', () => {
    const cipher = new ValueCipher([first]);
    const stored = cipher.encrypt('secret', place);
    const changed = `${stored.slice(0, -2)}AA`;
    const cases = [
      () => cipher.decrypt(stored, first.id, { ...place, key: 'OTHER' }),
      () => cipher.decrypt(stored, first.id, { ...place, revision: 2 }),
      () => cipher.decrypt(changed, first.id, place),
      () =>
        new ValueCipher([{ ...second, id: first.id }]).decrypt(
          stored,
          first.id,
          place,
        ),
    ];
    for (const decrypt of cases) expect(decrypt).toThrow('cannot be decrypted');
  });

  it('says what is wrong with a key without showing it', () => {
    expect(() => readKey('a', 'c2hvcnQ=')).toThrow(
      'base64 of 32 bytes, not of 5',
    );
    expect(() => readKey('a', 'c2hvcnQ=')).not.toThrow('c2hvcnQ');
    expect(() => new ValueCipher([first, first])).toThrow('the same id');
  });
});
