import { formatQuantity, parseQuantity } from './quantity';

describe('quantities', () => {
  it.each([
    ['500m', 0.5],
    ['2', 2],
    ['1.5', 1.5],
    ['256Mi', 256 * 2 ** 20],
    ['8Gi', 8 * 2 ** 30],
    ['1k', 1_000],
    ['1M', 1e6],
    ['', undefined],
    ['much', undefined],
    ['1 Gi', undefined],
  ])('reads %j', (text, value) => {
    expect(parseQuantity(text)).toBe(value);
  });

  it.each([
    [0.5, '4', '500m'],
    [2, '4', '2'],
    [1.25, '2500m', '1250m'],
    [256 * 2 ** 20, '8Gi', '256Mi'],
    [1.5 * 2 ** 30, '8Gi', '1536Mi'],
    [0, '8Gi', '0'],
  ])('writes %d beside %s as %s', (value, like, text) => {
    expect(formatQuantity(value, like)).toBe(text);
  });
});
