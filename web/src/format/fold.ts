/**
 * Folds text for search: no tone marks, no case, đ as d, single spaces.
 * "Vũng Áng" and "vung  ang" fold to the same key.
 */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/đ/g, 'd')
    .replace(/\s+/g, ' ')
    .trim();
}

/** How well `query` (any case, with or without marks) matches `text`: 0 = not at all, higher is better. */
export function matchScore(query: string, text: string): number {
  const needle = fold(query);
  if (needle === '') return 0;
  const hay = fold(text);
  if (hay === needle) return 4;
  if (hay.startsWith(needle)) return 3;
  const at = hay.indexOf(needle);
  if (at > 0) return hay[at - 1] === ' ' ? 2 : 1;
  const words = needle.split(' ');
  return words.length > 1 && words.every((word) => hay.includes(word)) ? 0.5 : 0;
}
