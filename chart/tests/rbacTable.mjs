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

/** @returns the document with its table as the rules are now */
export function withTable(document) {
  const [before] = document.split(BEGIN);
  const rows = RULES.map(
    ({ apiGroup, resource, when, clusterWide, restricted, why }) =>
      [
        `\`${apiGroup ? `${resource}.${apiGroup}` : resource}\``,
        clusterWide.join(', '),
        restricted.join(', ') || 'nothing',
        when ? WHEN[when] : 'always',
        why,
      ].join(' | '),
  );
  const table = [
    'resource | clusterWide | restricted | when | why',
    '--- | --- | --- | --- | ---',
    ...rows,
  ].map(row => `| ${row} |`);
  return `${before}${BEGIN}\n${table.join('\n')}\n`;
}
