import { useSearchParams } from 'react-router-dom';
import type { ActivityFilter } from '@konstellation/backstage-plugin-konstellation-common';
import { usePaused } from '../../hooks/usePaused';
import {
  FILTER_FIELDS,
  toActivityFilter,
  type ActivityFields,
} from './activityFilter';

/** The filter of an activity log. It stands in the address of the page, so that it can be sent to someone. */
export function useActivityFilter(): {
  fields: ActivityFields;
  /** What the API is asked, once one stopped typing. */
  filter: ActivityFilter;
  isFiltered: boolean;
  set(field: keyof ActivityFields, value: string): void;
  clear(): void;
} {
  const [params, setParams] = useSearchParams();
  const fields: ActivityFields = Object.fromEntries(
    FILTER_FIELDS.flatMap(field => {
      const value = params.get(field);
      return value ? [[field, value]] : [];
    }),
  );
  const asked = usePaused(JSON.stringify(toActivityFilter(fields)));
  return {
    fields,
    filter: JSON.parse(asked),
    isFiltered: Object.keys(fields).length > 0,
    set(field, value) {
      setParams(
        current => {
          const next = new URLSearchParams(current);
          if (value) {
            next.set(field, value);
          } else {
            next.delete(field);
          }
          return next;
        },
        { replace: true },
      );
    },
    clear: () => setParams({}, { replace: true }),
  };
}
