import { mockServices } from '@backstage/backend-test-utils';
import { readConfig } from './readConfig';

const read = (serviceRoles: Record<string, string>) =>
  readConfig(
    mockServices.rootConfig({ data: { konstellation: { serviceRoles } } }),
  ).serviceRoles;

describe('readConfig', () => {
  it('takes service subjects of any characters', () => {
    const roles = {
      ci: 'manager',
      'external:github:repo:acme/prices.v2:ref:refs/heads/main': 'viewer',
    };
    expect(read(roles)).toEqual(roles);
  });

  it.each(['links', 'owner', ''])('refuses the service role "%s"', role => {
    expect(() => read({ ci: role })).toThrow(
      `konstellation.serviceRoles.ci is "${role}", it must be viewer, manager or admin`,
    );
  });
});
