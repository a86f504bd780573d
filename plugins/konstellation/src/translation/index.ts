import { createTranslationRef } from '@backstage/core-plugin-api/alpha';
import { commonMessages, nodeStatusMessages, statusMessages } from './common';
import {
  activityMessages,
  publicationsMessages,
  runtimeMessages,
  settingsMessages,
  versionsMessages,
} from './runtime';
import { createRuntimeMessages, runtimesMessages } from './runtimes';
import { uploadMessages } from './upload';
import {
  commandMessages,
  configurationMessages,
  docsMessages,
  entityMessages,
  graphMessages,
  logsMessages,
  predictionsMessages,
  versionMessages,
} from './version';

/**
 * Every text of the pages.
 * @alpha
 */
export const konstellationTranslationRef = createTranslationRef({
  id: 'plugin.konstellation',
  messages: {
    pluginTitle: 'Konstellation',
    common: commonMessages,
    status: statusMessages,
    nodeStatus: nodeStatusMessages,
    runtimes: runtimesMessages,
    createRuntime: createRuntimeMessages,
    runtime: runtimeMessages,
    versions: versionsMessages,
    publications: publicationsMessages,
    settings: settingsMessages,
    activity: activityMessages,
    upload: uploadMessages,
    version: versionMessages,
    commands: commandMessages,
    graph: graphMessages,
    configuration: configurationMessages,
    logs: logsMessages,
    predictions: predictionsMessages,
    docs: docsMessages,
    entity: entityMessages,
  },
});
