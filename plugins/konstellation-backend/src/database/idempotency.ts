import { AsyncLocalStorage } from 'node:async_hooks';
import type { Knex } from 'knex';

const running = new AsyncLocalStorage<{ key: string; owner: string }>();

/** Runs a write that carries an Idempotency-Key: its first transaction notes that it took effect. */
export function runOnce<T>(
  request: { key: string; owner: string },
  work: () => Promise<T>,
): Promise<T> {
  return running.run(request, work);
}

/** Runs what a request sets off, but is no part of it. */
export function outsideOfRequest(work: () => void): void {
  running.exit(work);
}

/**
 * Notes in the transaction of a command that the request which gave it took effect, so that it is known even if the process dies
 * before it answers.
 * @param subject - name of what it made or changed, where the request does not say it
 */
export async function markCommitted(
  tx: Knex.Transaction,
  subject: string | undefined,
): Promise<void> {
  const request = running.getStore();
  if (!request) return;
  await tx('idempotency_keys')
    .where({ key: request.key, owner: request.owner })
    .update({ committed: true, subject: subject ?? null });
}
