import { Button, Select, TextField } from '@backstage/ui';
import { useTexts } from '../../hooks/useTexts';
import { DateField } from '../Common/DateField';
import styles from './Activity.module.css';
import { ACTIVITY_TYPES, type ActivityFields } from './activityFilter';

const ANY = 'any';

/** What narrows an activity log. */
export function ActivityFilters(props: {
  fields: ActivityFields;
  /** Not among them: what the place decides already. */
  fixed: Array<keyof ActivityFields>;
  isFiltered: boolean;
  onChange: (field: keyof ActivityFields, value: string) => void;
  onClear: () => void;
}) {
  const { fields, fixed, onChange } = props;
  const t = useTexts();
  return (
    <div
      role="group"
      aria-label={t('activity.filters')}
      className={styles.filters}
    >
      <Select
        label={t('activity.filterType')}
        className={styles.wide}
        options={[
          { value: ANY, label: t('activity.anyType') },
          ...ACTIVITY_TYPES.map(type => ({
            value: type,
            label: t(`activity.${type}`),
          })),
        ]}
        value={ACTIVITY_TYPES.find(type => type === fields.type) ?? ANY}
        onChange={key => onChange('type', key === ANY ? '' : String(key))}
      />
      {!fixed.includes('runtime') && (
        <TextField
          label={t('activity.filterRuntime')}
          className={styles.filter}
          value={fields.runtime ?? ''}
          onChange={value => onChange('runtime', value)}
        />
      )}
      {!fixed.includes('version') && (
        <TextField
          label={t('activity.filterVersion')}
          className={styles.filter}
          value={fields.version ?? ''}
          onChange={value => onChange('version', value)}
        />
      )}
      <TextField
        label={t('activity.filterActor')}
        placeholder={t('activity.actorHint')}
        className={styles.wide}
        value={fields.actor ?? ''}
        onChange={value => onChange('actor', value)}
      />
      <DateField
        label={t('activity.filterSince')}
        className={styles.filter}
        value={fields.since ?? ''}
        onChange={value => onChange('since', value)}
      />
      <DateField
        label={t('activity.filterUntil')}
        className={styles.filter}
        value={fields.until ?? ''}
        onChange={value => onChange('until', value)}
      />
      {props.isFiltered && (
        <Button variant="tertiary" onPress={props.onClear}>
          {t('activity.clear')}
        </Button>
      )}
    </div>
  );
}
