import { errorOfAnswer, errorOfConnection } from './statusErrors';

function errorOf(code: number, status: unknown) {
  const { name, message } = errorOfAnswer({
    cluster: 'prod',
    what: 'apply Deployment kre-shop/v-1',
    code,
    body: typeof status === 'string' ? status : JSON.stringify(status),
  });
  return { name, message };
}

describe('errors of an API server', () => {
  it('names the right that is missing', () => {
    expect(
      errorOf(403, {
        message:
          'deployments.apps "v-1" is forbidden: User "system:serviceaccount:portal:konstellation" cannot patch resource "deployments" in API group "apps" in the namespace "kre-shop"',
      }),
    ).toEqual({
      name: 'NotAllowedError',
      message:
        'the portal may not patch deployments.apps in the namespace "kre-shop": grant its account the verb "patch" on "deployments.apps"',
    });
    expect(
      errorOf(403, {
        message:
          'namespaces is forbidden: User "x" cannot list resource "namespaces" in API group "" at the cluster scope',
      }).message,
    ).toBe(
      'the portal may not list namespaces: grant its account the verb "list" on "namespaces"',
    );
  });

  it.each([
    [
      'a quota',
      'pods "p" is forbidden: exceeded quota: runtime, requested: pods=1, used: pods=5, limited: pods=5',
    ],
    [
      'a webhook',
      'admission webhook "policy.example.com" denied the request: images come from our registry',
    ],
  ])('tells the words of %s as they are', (_, message) => {
    expect(errorOf(403, { message })).toEqual({
      name: 'InputError',
      message: `apply Deployment kre-shop/v-1: ${message}`,
    });
  });

  it.each([
    [400, 'InputError'],
    [401, 'NotAllowedError'],
    [404, 'NotFoundError'],
    [409, 'ConflictError'],
    [410, 'GoneError'],
    [422, 'InputError'],
    [429, 'ServiceUnavailableError'],
    [500, 'ServiceUnavailableError'],
    [503, 'ServiceUnavailableError'],
  ])('%d is a %s', (code, name) => {
    expect(errorOf(code, { message: 'because' }).name).toBe(name);
  });

  it('tells what is no Status as well', () => {
    expect(errorOf(502, '<html>Bad gateway</html>').message).toBe(
      'the cluster "prod" could not answer. apply Deployment kre-shop/v-1: <html>Bad gateway</html>',
    );
    expect(errorOf(503, '').message).toContain('status 503');
  });

  it('says why a cluster cannot be reached', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), {
      code: 'ECONNREFUSED',
    });
    expect(
      errorOfConnection({ cluster: 'prod', server: 'https://10.0.0.1', cause }),
    ).toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining(
        'the cluster "prod" cannot be reached at https://10.0.0.1: nothing answers there',
      ),
    });
  });
});
