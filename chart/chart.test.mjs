// What the chart makes of values, and what it refuses. UPDATE_GOLDEN=1 writes what it makes anew.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { findHelm } from '../tools/dev-cluster/helm.mjs';
import { RBAC_DOCUMENT, withTable } from './tests/rbacTable.mjs';
import { REFUSALS } from './tests/refusals.mjs';
import {
  CASES,
  CHART,
  goldenOf,
  helm,
  NAMESPACE,
  objectsOf,
  RELEASE,
  render,
  valuesOf,
} from './tests/renders.mjs';

const { problem } = await findHelm();
const OF_THE_CLUSTER = /^(Cluster|ValidatingAdmissionPolicy)/;

/** What somebody who installs the chart reads. */
const notes = name =>
  helm(
    ...['install', RELEASE, CHART, '--namespace', NAMESPACE],
    ...['--dry-run=client', '--values', valuesOf(name)],
  ).then(text => text.slice(text.indexOf('NOTES:')));

describe('the chart', { skip: problem }, () => {
  for (const name of CASES) {
    it(`makes of values/${name}.yaml what is in golden/${name}.yaml`, async () => {
      const text = await render(name);
      if (process.env.UPDATE_GOLDEN) writeFileSync(goldenOf(name), text);
      assert.equal(text, readFileSync(goldenOf(name), 'utf8'));
    });

    it(`has nothing that helm warns of with values/${name}.yaml`, async () => {
      const said = await helm('lint', '--strict', CHART, '-f', valuesOf(name));
      assert.match(said, /0 chart\(s\) failed/);
    });
  }

  it('gives the rights that docs/rbac.md lists', async () => {
    const read = () => readFileSync(RBAC_DOCUMENT, 'utf8');
    const document = withTable(read());
    if (process.env.UPDATE_GOLDEN) writeFileSync(RBAC_DOCUMENT, document);
    assert.equal(read(), document);
  });

  for (const [title, [values, message]] of Object.entries(REFUSALS)) {
    it(`refuses ${title}`, async () => {
      await assert.rejects(render('minimal', values), error => {
        assert.ok(error.message.includes(message), error.message);
        return true;
      });
    });
  }

  it('says all that is wrong at once', async () => {
    const values = { 'image.registry': '', 'portal.url': '', replicas: 2 };
    await assert.rejects(render('minimal', values), ({ message }) =>
      ['image-registry-missing', 'portal-url-missing', 'replicas-on-sqlite']
        .map(code => message.includes(code))
        .every(Boolean),
    );
  });

  it('restricted, has nothing of the whole cluster, and rights in the listed namespaces alone', async () => {
    const objects = objectsOf(await render('restricted'));
    assert.deepEqual(
      objects.filter(({ kind }) => OF_THE_CLUSTER.test(kind)),
      [],
    );
    const roles = objects.filter(({ kind }) => /^Role(Binding)?$/.test(kind));
    assert.deepEqual(
      roles.map(({ kind, namespace }) => `${kind} ${namespace}`).sort(),
      ['team-a', 'team-b']
        .flatMap(namespace => [`Role ${namespace}`, `RoleBinding ${namespace}`])
        .sort(),
    );
  });

  it('starts the portal anew with another configuration, and not with another volume', async () => {
    const sumOf = async values =>
      /checksum\/config: (\w+)/.exec(await render('minimal', values))[1];
    const before = await sumOf({});
    assert.notEqual(await sumOf({ 'portal.title': 'Another' }), before);
    assert.equal(await sumOf({ 'persistence.size': '30Gi' }), before);
  });

  it('lets values go over the configuration it makes', async () => {
    const text = await render('minimal', {
      appConfig: { app: { title: 'Over' }, auth: { environment: 'test' } },
    });
    assert.match(text, /^ +title: Over$/m);
    assert.match(text, /^ +environment: test$/m);
    assert.match(text, /dangerouslyAllowOutsideDevelopment: true/);
  });

  it('lets other providers be where the image is another', async () => {
    const text = await render('minimal', {
      'image.repository': 'example/portal',
      'auth.providers': { github: { production: {} } },
    });
    assert.match(text, /^ +github:$/m);
    await render('elsewhere');
  });

  it('lets the provider ask for a login, unless it is said otherwise', async () => {
    assert.match(await render('production'), /^ +prompt: auto$/m);
    const text = await render('production', {
      'auth.providers.oidc.production.prompt': 'login',
    });
    assert.match(text, /^ +prompt: login$/m);
    assert.doesNotMatch(text, /prompt: auto/);
  });

  it('warns of guests, of what everyone may do, and of rights without bounds', async () => {
    const minimal = await notes('minimal');
    assert.match(minimal, /WARNING: auth\.allowGuest is true/);
    assert.match(minimal, /WARNING: auth\.roles is not set\. EVERYONE/);
    const elsewhere = await notes('elsewhere');
    assert.match(elsewhere, /WARNING: rbac\.confine is false/);
    assert.doesNotMatch(elsewhere, /allowGuest/);
    assert.match(elsewhere, /With github, of which the image has to have/);
    assert.match(elsewhere, /example\/portal may have a policy of its own/);
  });

  it('says where the provider sends people back to', async () => {
    const production = await notes('production');
    assert.match(
      production,
      /With Keycloak, by OpenID Connect\..+\n +https:\/\/portal\.example\.com\/api\/auth\/oidc\/handler\/frame$/m,
    );
    assert.match(production, /Roles decide/);
    assert.doesNotMatch(production, /WARNING/);
  });
});
