import fc from 'fast-check';
import { formatEnv, parseEnv } from './env';

describe('parseEnv', () => {
  it('reads what people write', () => {
    expect(
      parseEnv(
        [
          '# comment',
          'PLAIN=a b # why',
          'HASH=a#b',
          'export EXPORTED = yes',
          `SINGLE='no \\n $escape' # literal`,
          'DOUBLE="two\\nlines, \\"quoted\\", \\$HOME, C:\\dir"',
          'LONG="first',
          'second"',
          'TICKS=`it\'s "fine"`',
          'EMPTY=',
          '',
        ].join('\r\n'),
      ),
    ).toEqual({
      PLAIN: 'a b',
      HASH: 'a#b',
      EXPORTED: 'yes',
      SINGLE: 'no \\n $escape',
      DOUBLE: 'two\nlines, "quoted", $HOME, C:\\dir',
      LONG: 'first\nsecond',
      TICKS: `it's "fine"`,
      EMPTY: '',
    });
  });

  it.each([
    ['A=1\nB', 'line 2: write it as KEY=value'],
    ['A=1\nB C=2', 'line 2: write it as KEY=value'],
    ['A-B=1', 'line 1: the name before ='],
    ['A="secret\nB=2', 'line 1: the quote before the value of A is not closed'],
    ['A="x" y', 'line 1: there is text after the closing quote of A'],
    ['A=1\nA=2', 'line 2: its key was given before'],
  ])('refuses %j', (text, problem) => {
    expect(() => parseEnv(text)).toThrow(problem);
    expect(() => parseEnv(text)).not.toThrow('secret');
  });

  it('reads what formatEnv writes', () => {
    const keys = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/);
    const values = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(keys, values), given => {
        const wanted = Object.fromEntries(Object.entries(given));
        expect(parseEnv(formatEnv(wanted))).toEqual(wanted);
      }),
    );
  });
});
