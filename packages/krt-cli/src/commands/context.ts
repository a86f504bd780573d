import type { Command } from 'commander';
import { Output } from '../output/Output';

/** Options every command has. */
export interface GlobalOptions {
  json?: boolean;
  color?: boolean;
  portal?: string;
}

export function outputOf(command: Command): Output {
  const { json = false, color = true } =
    command.optsWithGlobals<GlobalOptions>();
  return new Output({ json, noColor: !color });
}
