import type { ReactNode } from 'react';
import styles from './AmountTable.module.css';

/** Amounts of resources, a row each; it scrolls for itself where there is no room. */
export function AmountTable(props: {
  caption: string;
  /** Titles of the columns, that of the resource first. */
  columns: string[];
  rows: Array<{ resource: string; title?: string; cells: ReactNode[] }>;
}) {
  const { caption, columns, rows } = props;
  return (
    <div className={styles.scroller}>
      <table className={styles.table}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(title => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ resource, title = resource, cells }) => (
            <tr key={resource}>
              <th scope="row">{title}</th>
              {cells.map((cell, at) => (
                <td key={columns[at + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
