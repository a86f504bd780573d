import { makeRuntime } from '../../__testUtils__/fixtures';
import { deriveSolutionAddress } from './solutionAddress';

describe('deriveSolutionAddress', () => {
  it('puts the solution before the host of the runtime', () => {
    expect(deriveSolutionAddress(makeRuntime(), 'rent')).toBe(
      'http://rent--price-estimation.localhost:7080',
    );
  });
});
