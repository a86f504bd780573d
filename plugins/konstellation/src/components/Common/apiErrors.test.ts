import { ConflictError, ResponseError } from '@backstage/errors';
import { answeredError } from '../../__testUtils__/answeredError';
import { describeError, findErrorName } from './apiErrors';

describe('errors of the API', () => {
  it('have the name and the sentence of the server', async () => {
    const error = await answeredError(409, 'ConflictError', 'it is changing');
    expect(error).toBeInstanceOf(ResponseError);
    expect(findErrorName(error)).toBe('ConflictError');
    expect(describeError(error)).toBe('it is changing');
  });

  it('may be others', () => {
    const error = new ConflictError('it is changing');
    expect(findErrorName(error)).toBe('ConflictError');
    expect(describeError(error)).toBe('it is changing');
  });
});
