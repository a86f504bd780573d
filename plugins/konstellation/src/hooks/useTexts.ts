import {
  useTranslationRef,
  type TranslationFunction,
} from '@backstage/core-plugin-api/alpha';
import { konstellationTranslationRef } from '../translation';

/** The texts of the pages in the user's language: `t('runtimes.title')`. */
export function useTexts(): Texts {
  return useTranslationRef(konstellationTranslationRef).t;
}

/** Type of what {@link useTexts} returns, for pure functions that word something. */
export type Texts = TranslationFunction<
  (typeof konstellationTranslationRef)['T']
>;
