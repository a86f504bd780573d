import { useTexts } from '../../hooks/useTexts';
import styles from './Predictions.module.css';

/** Name and type of a field, as a JSON Schema describes it. */
export interface RequestField {
  name: string;
  type: string;
}

/** The fields at the top of an object schema; deeper ones stay in the schema shown below them. */
export function listFields(schema: Record<string, unknown>): RequestField[] {
  const { properties } = schema;
  if (typeof properties !== 'object' || properties === null) {
    return [];
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    type: describeType(property),
  }));
}

function describeType(property: unknown): string {
  if (typeof property !== 'object' || property === null) {
    return '';
  }
  if ('enum' in property && Array.isArray(property.enum)) {
    return property.enum.join(' | ');
  }
  if ('items' in property) {
    return `${describeType(property.items)}[]`;
  }
  if ('type' in property) {
    return Array.isArray(property.type)
      ? property.type.join(' | ')
      : String(property.type);
  }
  return 'object';
}

/** What a request may hold. */
export function RequestFields(props: {
  type: string;
  schema: Record<string, unknown>;
}) {
  const t = useTexts();
  return (
    <details className={styles.schema} open>
      <summary>{t('predictions.schema', { type: props.type })}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('predictions.field')}</th>
            <th scope="col">{t('predictions.type')}</th>
          </tr>
        </thead>
        <tbody>
          {listFields(props.schema).map(field => (
            <tr key={field.name}>
              <td>{field.name}</td>
              <td>{field.type}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
