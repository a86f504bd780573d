import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCUMENT = join(__dirname, '../../../../../../docs/permissions.md');

const ANSWERS = [
  'allowed',
  'filtered',
  'no values',
  'not found',
  'not allowed',
] as const;

export type DocumentedAnswer = (typeof ANSWERS)[number];

/** By title of the column. */
type Row = Record<string, DocumentedAnswer>;

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim());
}

function toAnswer(cell: string): DocumentedAnswer {
  const answer = ANSWERS.find(each => each === cell);
  if (answer) return answer;
  throw new Error(`docs/permissions.md: "${cell}" is none of ${ANSWERS}`);
}

/** The tables of docs/permissions.md, by operation: `GET /runtimes`. */
export function readDocumentedAnswers(): Map<string, Row> {
  const rows = new Map<string, Row>();
  let titles: string[] | undefined;
  for (const line of readFileSync(DOCUMENT, 'utf8').split('\n')) {
    if (!line.startsWith('|')) {
      titles = undefined;
      continue;
    }
    const [first = '', ...cells] = cellsOf(line);
    if (first === 'operation') titles = cells;
    else if (titles && first.startsWith('`')) {
      const operation = first.replaceAll('`', '');
      if (rows.has(operation)) throw new Error(`${operation} is there twice`);
      const named = titles.map(
        (title, at) => [title, toAnswer(cells[at] ?? '')] as const,
      );
      rows.set(operation, Object.fromEntries(named));
    }
  }
  return rows;
}
