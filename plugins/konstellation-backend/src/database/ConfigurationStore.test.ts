import { eachDatabase } from '../__testUtils__/databases';
import { ACTOR, testStores } from '../__testUtils__/stores';
import { generateKey } from '../configuration/ValueCipher';

jest.setTimeout(60_000);

describe('ConfigurationStore', () => {
  eachDatabase(({ init }) => {
    const first = { ...generateKey(), id: 'first' };
    const second = { ...generateKey(), id: 'second' };

    async function withValues() {
      const knex = await init();
      const stores = await testStores(knex, [first]);
      await stores.createRuntime('prices');
      const { uid } = await stores.createVersion('prices', 'v1');
      const configure = (values: Record<string, string>) =>
        stores.commands.configure('prices', 'v1', {
          values,
          confirm: [],
          replace: 'beside',
          actor: ACTOR,
          comment: 'why not',
          check: () => undefined,
        });
      await configure({ CURRENCY: 'CAD', PASSWORD: 'hunter2' });
      return { knex, uid, configure, ...stores };
    }

    it('keeps values where nobody reads them', async () => {
      const { knex, uid, configurations } = await withValues();
      const rows = await knex('configuration_revisions');
      expect(JSON.stringify(rows)).not.toContain('hunter2');
      expect(await configurations.values(uid, 1)).toEqual({
        CURRENCY: { value: 'CAD' },
        PASSWORD: { value: 'hunter2' },
      });
    });

    it('numbers changes and says what they did to which key, without values', async () => {
      const { uid, configure, configurations } = await withValues();
      await configure({ CURRENCY: 'USD', PASSWORD: '' });
      await configure({ CURRENCY: 'USD' });
      const { items } = await configurations.list(
        { uid, configurationRevision: 2 },
        {},
      );
      expect(items).toMatchObject([
        {
          revision: 2,
          current: true,
          comment: 'why not',
          createdBy: ACTOR,
          changes: [
            { key: 'CURRENCY', change: 'changed' },
            { key: 'PASSWORD', change: 'removed' },
          ],
        },
        {
          revision: 1,
          changes: [
            { key: 'CURRENCY', change: 'set' },
            { key: 'PASSWORD', change: 'set' },
          ],
        },
        { revision: 0, changes: [] },
      ]);
    });

    it('does not begin without a key that values need, and rotates by adding one', async () => {
      const { knex, uid } = await withValues();
      const lacking = await testStores(knex, [second]);
      await expect(lacking.configurations.checkKeys()).rejects.toThrow(
        'konstellation.encryption.keys lacks keys that stored values are encrypted with: "first" (2 configuration revisions)',
      );
      const rotated = await testStores(knex, [second, first]);
      await rotated.configurations.checkKeys();
      expect(await rotated.configurations.reencrypt()).toBe(2);
      expect(await rotated.configurations.reencrypt()).toBe(0);
      const after = await testStores(knex, [second]);
      await after.configurations.checkKeys();
      expect(await after.configurations.values(uid, 1)).toMatchObject({
        PASSWORD: { value: 'hunter2' },
      });
    });

    it('takes nothing over from a version that is being deleted', async () => {
      const { knex, createVersion, configurations } = await withValues();
      const heir = await createVersion('prices', 'v2');
      expect(await configurations.values(heir.uid, 0)).toMatchObject({
        PASSWORD: { value: 'hunter2', inheritedFrom: 'v1' },
      });
      await knex('versions').update({ deleting: true });
      const other = await createVersion('prices', 'v3');
      expect(await configurations.values(other.uid, 0)).toEqual({});
    });

    it('reads and encrypts values from before they were encrypted', async () => {
      const { knex, uid, configurations } = await withValues();
      await knex('configuration_revisions')
        .where({ version_uid: uid, revision: 1 })
        .update({
          entries: JSON.stringify({
            CURRENCY: { value: 'CAD', inheritedFrom: 'v0' },
          }),
          secrets: null,
          key_id: null,
          changes: null,
        });
      const expected = { CURRENCY: { value: 'CAD', inheritedFrom: 'v0' } };
      expect(await configurations.values(uid, 1)).toEqual(expected);
      expect(await configurations.reencrypt()).toBe(1);
      expect(await configurations.values(uid, 1)).toEqual(expected);
      const row = await knex('configuration_revisions')
        .where({ version_uid: uid, revision: 1 })
        .first();
      expect(row.entries).not.toContain('CAD');
    });
  });
});
