// docs/rbac.md, written from the one source of the rules.
import { join } from 'node:path';
import { root } from '../../tools/toolchain.mjs';
import { RULES } from './rights.mjs';

export const RBAC_DOCUMENT = join(root, 'docs/rbac.md');

/** As text of the column "where": the condition of a rule. */
const WHEN = {
  ingress: 'with Ingresses',
  gateway: 'with Gateways',
  gatewayForGrpc: 'with Gateways and hosts or ports of gRPC',
  blockOwnerDeletion: '`rbac.blockOwnerDeletion`',
  proxies: '`rbac.proxies`',
};

const BEGIN =
  '<!-- Written by the tests of the chart from chart/files/rbac.json with UPDATE_GOLDEN=1. -->\n';

const TITLES = ['resource', 'clusterWide', 'restricted', 'when', 'why'];

/** With columns of one width, as Prettier has them. */
function tableOf(titles, rows) {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map(row => row[column].length)),
  );
  const line = cells =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |`;
  const rule = widths.map(width => '-'.repeat(width));
  return [titles, rule, ...rows].map(line).join('\n');
}

/** @returns the document with its table as the rules are now */
export function withTable(document) {
  const [before] = document.split(BEGIN);
  const rows = RULES.map(
    ({ apiGroup, resource, when, clusterWide, restricted, why }) => [
      `\`${apiGroup ? `${resource}.${apiGroup}` : resource}\``,
      clusterWide.join(', '),
      restricted.join(', ') || 'nothing',
      when ? WHEN[when] : 'always',
      why,
    ],
  );
  return `${before}${BEGIN}\n${tableOf(TITLES, rows)}\n`;
}
