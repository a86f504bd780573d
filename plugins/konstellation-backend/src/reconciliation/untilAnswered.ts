import type { ClusterEndpoint } from '@konstellation/backstage-plugin-konstellation-node';
import { whoAnswers } from './gates';

/**
 * Pauses until an address is asked again. At first a switch is through in a moment, or it takes as long as the nodes of a cluster take
 * to learn of it, some hundred milliseconds; who asks on and on then takes from callers what they need.
 */
const ASK_SOONEST_MILLIS = 5;
const ASK_LATEST_MILLIS = 20;
const ASK_LATER_BY = 1.5;
const ASK_FOR_MILLIS = 3_000;
/**
 * How long one answer is waited for. A connection that is opened while a node replaces its rules may lead nowhere for good: kube-proxy
 * takes away that a Service without endpoints refuses before it says where it leads. The next one finds its way.
 */
const FIRST_PATIENCE_MILLIS = 100;
/** Who is not answered for so long is not let in: not every network refuses. */
const LAST_PATIENCE_MILLIS = 1_000;

const sleep = (millis: number) =>
  new Promise(resolve => setTimeout(resolve, millis));

/**
 * Asks at an address until the release, or nobody, answers.
 *
 * @param findAddress - asked until there is one, which then stays
 * @param release - undefined: until nobody does
 * @returns whether that was seen in time
 */
export async function untilAnswered(
  findAddress: () => Promise<ClusterEndpoint | undefined>,
  release: string | undefined,
): Promise<boolean> {
  const deadline = Date.now() + ASK_FOR_MILLIS;
  let pause = ASK_SOONEST_MILLIS;
  let patience = FIRST_PATIENCE_MILLIS;
  let address: ClusterEndpoint | undefined;
  for (;;) {
    address ??= await findAddress();
    const seen = await whoAnswers(address, patience);
    const isKnown = seen !== undefined || patience >= LAST_PATIENCE_MILLIS;
    if (isKnown && seen?.release === release) return true;
    if (!seen) patience = Math.min(patience * 2, LAST_PATIENCE_MILLIS);
    await sleep(pause);
    if (Date.now() >= deadline) return false;
    pause = Math.min(pause * ASK_LATER_BY, ASK_LATEST_MILLIS);
  }
}
