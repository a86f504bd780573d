import { useState } from 'react';
import type { VersionConfiguration } from '@konstellation/backstage-plugin-konstellation-common';
import { useTexts } from '../../hooks/useTexts';
import {
  byteLength,
  findTotalFault,
  findValueFault,
  formatKibibytes,
  type BoundFault,
} from './configurationBounds';
import {
  editDraft,
  findMissing,
  type ConfigurationEntry,
  type Draft,
} from './configurationDraft';
import { readTextFile } from './readTextFile';

/** A file that a value was taken from. */
export interface ValueSource {
  name: string;
  size: number;
}

/** What one does to a configuration before it is sent. */
export interface ConfigurationDraft {
  values: Draft;
  /** Inherited keys to confirm. */
  confirmed: string[];
  /** Keys that would be without a value. */
  missing: string[];
  /** How many keys are touched. */
  count: number;
  sourceOf(key: string): ValueSource | undefined;
  /** What is wrong with the value of a key, in a sentence. */
  faultOf(key: string): string | undefined;
  totalFault: string | undefined;
  hasFaults: boolean;
  edit(entry: ConfigurationEntry, value: string): void;
  takeFile(entry: ConfigurationEntry, file: File): Promise<void>;
  undo(key: string): void;
  confirm(keys: string[], isConfirmed: boolean): void;
  discard(): void;
}

/** Edits of a configuration, kept while the configuration is read again. */
export function useConfigurationDraft(
  configuration: VersionConfiguration,
): ConfigurationDraft {
  const t = useTexts();
  const { entries } = configuration;
  const [values, setValues] = useState<Draft>({});
  const [ticked, setTicked] = useState<string[]>([]);
  const [sources, setSources] = useState<Record<string, ValueSource>>({});
  const [fileFaults, setFileFaults] = useState<Record<string, string>>({});

  // Someone else may have confirmed a key meanwhile; one with another value needs no confirmation.
  const confirmed = ticked.filter(
    key =>
      !(key in values) &&
      entries.some(each => each.key === key && each.unconfirmed),
  );
  const word = ({ limit, size }: BoundFault) => ({
    limit: formatKibibytes(limit),
    size: formatKibibytes(size),
  });
  const faultOf = (key: string) => {
    const entry = entries.find(each => each.key === key);
    const fault =
      entry && key in values
        ? findValueFault(entry.type, byteLength(values[key]))
        : undefined;
    return fault ? t('configuration.tooLarge', word(fault)) : fileFaults[key];
  };
  const total = findTotalFault(entries, values);

  const forget = (key: string) => {
    const without = <T>({ [key]: _, ...others }: Record<string, T>) => others;
    setSources(without);
    setFileFaults(without);
  };
  const edit = (entry: ConfigurationEntry, value: string) => {
    forget(entry.key);
    setValues(current => editDraft(current, entry, value));
  };

  return {
    values,
    confirmed,
    missing: findMissing(entries, values),
    count: Object.keys(values).length + confirmed.length,
    sourceOf: key => sources[key],
    faultOf,
    totalFault: total && t('configuration.allTooLarge', word(total)),
    hasFaults:
      total !== undefined ||
      Object.keys(values).some(key => faultOf(key) !== undefined),
    edit,
    async takeFile(entry, file) {
      const { key, type } = entry;
      const fault = findValueFault(type, file.size);
      const text = fault ? undefined : await readTextFile(file);
      if (fault || text === undefined) {
        const sentence = fault
          ? t('configuration.tooLarge', word(fault))
          : t('configuration.notText', { file: file.name });
        setFileFaults(current => ({ ...current, [key]: sentence }));
        return;
      }
      edit(entry, text);
      setSources(current => ({
        ...current,
        [key]: { name: file.name, size: file.size },
      }));
    },
    undo(key) {
      forget(key);
      setValues(({ [key]: _, ...others }) => others);
    },
    confirm(keys, isConfirmed) {
      setTicked(current => {
        const others = current.filter(each => !keys.includes(each));
        return isConfirmed ? [...others, ...keys] : others;
      });
    },
    discard() {
      setValues({});
      setTicked([]);
      setSources({});
      setFileFaults({});
    },
  };
}
