/** The page's words. `vi.ts` is the master: `en.ts` must say the same things (checked by type and by test). */
import { preferences } from '../state/preferences.svelte';
import { en } from './en';
import { vi } from './vi';

export type MessageKey = keyof typeof vi;
export type Values = Record<string, string | number>;

const files = { vi, en } as const;

/** Fills `{name}` places in a sentence. */
export function fill(sentence: string, values: Values = {}): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** The sentence for `key` in the reader's language. */
export function t(key: MessageKey, values?: Values): string {
  return fill(files[preferences.language][key], values);
}

/** The word for a value that the service names, for example an action; the bare name where there is no word. */
export function word(group: string, name: string | null | undefined): string {
  if (!name) return '–';
  const key = `${group}.${name}`;
  return key in vi ? t(key as MessageKey) : name;
}

/** Picks the reader's language from a pair of texts. */
export function either(texts: { vi?: string | null | undefined; en?: string | null | undefined }): string {
  const [first, second] = preferences.language === 'vi' ? [texts.vi, texts.en] : [texts.en, texts.vi];
  return first || second || '';
}

/** A text that the service gives in both languages, or in one. */
export function said(text: { vi: string; en: string } | string | null | undefined): string {
  if (!text) return '';
  return typeof text === 'string' ? text : either(text);
}
