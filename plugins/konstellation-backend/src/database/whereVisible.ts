import type { Knex } from 'knex';
import type { RuntimeQuery } from '../permissions/rules';
import type { Visibility } from '../permissions/visibility';

function whereQuery(builder: Knex.QueryBuilder, query: RuntimeQuery): void {
  if (query.field !== 'label') {
    void builder.whereIn(`runtimes.${query.field}`, query.values);
    return;
  }
  const { label, value } = query;
  void builder.whereExists(labels => {
    void labels
      .from('runtime_labels')
      .whereRaw('runtime_labels.runtime = runtimes.id')
      .where('runtime_labels.label', label)
      .select('runtime_labels.runtime');
    if (value !== undefined) void labels.where('runtime_labels.value', value);
  });
}

/** Narrows a query of `runtimes` to those that are visible. */
export function whereVisible(
  builder: Knex.QueryBuilder,
  visibility: Visibility,
): void {
  switch (visibility.is) {
    case 'all':
      return;
    case 'none':
      void builder.whereRaw('1 = 0');
      return;
    case 'query':
      whereQuery(builder, visibility.query);
      return;
    case 'not': {
      const { of } = visibility;
      void builder.whereNot(part => whereEmptyIsAll(part, of));
      return;
    }
    case 'allOf':
      for (const of of visibility.of) {
        void builder.where(part => whereEmptyIsAll(part, of));
      }
      return;
    case 'anyOf': {
      const parts = visibility.of;
      void builder.where(any => {
        void any.whereRaw('1 = 0');
        for (const of of parts) {
          void any.orWhere(part => whereEmptyIsAll(part, of));
        }
      });
      return;
    }
    default: {
      const never: never = visibility;
      throw new Error(`unknown condition ${JSON.stringify(never)}`);
    }
  }
}

/** A group without a condition would vanish from the statement; here it means everything. */
function whereEmptyIsAll(
  builder: Knex.QueryBuilder,
  visibility: Visibility,
): void {
  void builder.whereRaw('1 = 1');
  whereVisible(builder, visibility);
}
