import { resolve } from 'node:path';
import type { RootConfigService } from '@backstage/backend-plugin-api';
import { defaultImages, type PlayableImage } from './pods/images';

export interface EmbeddedConfig {
  enabled: boolean;
  allowInProduction: boolean;
  directory: string;
  frontPort: number;
  images: PlayableImage[];
}

/** Reads `konstellation.embedded`. */
export function readEmbeddedConfig(root: RootConfigService): EmbeddedConfig {
  const config = root.getOptionalConfig('konstellation.embedded');
  const configured = (config?.getOptionalConfigArray('images') ?? []).map(
    line => ({
      match: line.getString('match'),
      command: line.getStringArray('command'),
    }),
  );
  return {
    enabled: config?.getOptionalBoolean('enabled') ?? true,
    allowInProduction: config?.getOptionalBoolean('allowInProduction') ?? false,
    directory: resolve(
      config?.getOptionalString('directory') ?? '.konstellation/embedded',
    ),
    frontPort: config?.getOptionalNumber('front.port') ?? 7080,
    images: [...configured, ...defaultImages()],
  };
}
