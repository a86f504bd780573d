import {
  gzipFixtures,
  limitFixtures,
  nameFixtures,
  tarFixtures,
} from './archives';
import type { HostileFixture } from './base';
import { protoFixtures, textFixtures, yamlFixtures } from './manifests';

export type { HostileFixture } from './base';

/** Everything an attacker or an accident may hand in, a class each. */
export const hostileFixtures: HostileFixture[] = [
  ...gzipFixtures,
  ...tarFixtures,
  ...nameFixtures,
  ...limitFixtures,
  ...yamlFixtures,
  ...protoFixtures,
  ...textFixtures,
];
