import { createTranslationRef } from '@backstage/core-plugin-api/alpha';
import {
  commonMessages,
  nodeStatusMessages,
  notFoundMessages,
  statusMessages,
} from './common';
import { activityMessages } from './activity';
import { commandMessages } from './commands';
import {
  configurationMessages,
  importMessages,
  reviewMessages,
  revisionMessages,
} from './configuration';
import { docsMessages } from './docs';
import { entityMessages } from './entity';
import { graphMessages } from './graph';
import { logsMessages } from './logs';
import { predictionsMessages } from './predictions';
import {
  publicationsMessages,
  runtimeMessages,
  settingsMessages,
  versionsMessages,
} from './runtime';
import { createRuntimeMessages, runtimesMessages } from './runtimes';
import { solutionsMessages } from './solutions';
import { uploadMessages } from './upload';
import { versionMessages } from './version';

/**
 * Every text of the pages.
 * @alpha
 */
export const konstellationTranslationRef = createTranslationRef({
  id: 'plugin.konstellation',
  messages: {
    pluginTitle: 'Konstellation',
    common: commonMessages,
    notFound: notFoundMessages,
    status: statusMessages,
    nodeStatus: nodeStatusMessages,
    runtimes: runtimesMessages,
    createRuntime: createRuntimeMessages,
    runtime: runtimeMessages,
    versions: versionsMessages,
    publications: publicationsMessages,
    solutions: solutionsMessages,
    settings: settingsMessages,
    activity: activityMessages,
    upload: uploadMessages,
    version: versionMessages,
    commands: commandMessages,
    graph: graphMessages,
    configuration: configurationMessages,
    importEnv: importMessages,
    review: reviewMessages,
    revisions: revisionMessages,
    logs: logsMessages,
    predictions: predictionsMessages,
    docs: docsMessages,
    entity: entityMessages,
  },
});
