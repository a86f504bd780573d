import {
  BOUNDS,
  byteLength,
  findTotalFault,
  findValueFault,
  formatKibibytes,
} from './configurationBounds';

const entry = (key: string, value: string) => ({
  key,
  type: 'file' as const,
  isSet: true,
  value,
});

describe('bounds of a configuration', () => {
  it('are of bytes, and may be reached', () => {
    expect(byteLength('ñ')).toBe(2);
    expect(findValueFault('variable', BOUNDS.variable)).toBeUndefined();
    expect(findValueFault('variable', BOUNDS.variable + 1)).toEqual({
      limit: 32_768,
      size: 32_769,
    });
    expect(findValueFault('file', BOUNDS.variable + 1)).toBeUndefined();
  });

  it('hold for all values together, as they would be', () => {
    const entries = ['A', 'B', 'C', 'D'].map(key =>
      entry(key, 'x'.repeat(BOUNDS.file)),
    );
    expect(findTotalFault(entries, {})?.size).toBe(4 * BOUNDS.file);
    expect(findTotalFault(entries, { D: '' })).toBeUndefined();
  });

  it('never read as reached when they are passed', () => {
    expect(formatKibibytes(BOUNDS.variable)).toBe('32 KiB');
    expect(formatKibibytes(BOUNDS.variable + 1)).toBe('32.1 KiB');
    expect(formatKibibytes(12)).toBe('12 B');
  });
});
