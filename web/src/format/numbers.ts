/**
 * Numbers, dates and durations as they are written in Vietnam (1.234,56 · 25/12/2025) and in English
 * (1,234.56 · 2025-12-25). Every function takes the language, so that nothing depends on the machine's locale.
 */
export type Language = 'vi' | 'en';

/** Shown where a figure is not known. */
export const UNKNOWN = '–';

const locales: Record<Language, string> = { vi: 'vi-VN', en: 'en-GB' };
const cache = new Map<string, Intl.NumberFormat>();

function formatter(language: Language, decimals: number, fixed: boolean): Intl.NumberFormat {
  const key = `${language}${decimals}${fixed}`;
  let found = cache.get(key);
  if (!found) {
    found = new Intl.NumberFormat(locales[language], {
      minimumFractionDigits: fixed ? decimals : 0,
      maximumFractionDigits: decimals,
      useGrouping: true,
    });
    cache.set(key, found);
  }
  return found;
}

function known(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** A count or quantity with at most `decimals` decimals; a true minus sign. */
export function number(value: number | null | undefined, language: Language, decimals = 0): string {
  if (!known(value)) return UNKNOWN;
  const text = formatter(language, decimals, false).format(value);
  return text === '-0' ? '0' : text.replace('-', '−');
}

/** Counts of people and millions in a sentence of the service, grouped as the reader's language does; codes and years stay. */
export function groupCounts(sentence: string, language: Language): string {
  return sentence.replace(/(?<![\p{L}\d.,])\d{4,}(?= (?:người|thôn|triệu đồng|\(quy ra người\)|(?:more )?people|villages|million VND|(?:more|less) \(in people\)))/gu, (digits) => number(Number(digits), language));
}

/** A quantity with exactly `decimals` decimals, for columns that align. */
export function fixed(value: number | null | undefined, language: Language, decimals: number): string {
  if (!known(value)) return UNKNOWN;
  return formatter(language, decimals, true).format(value).replace(/^-(?=[0.,]*$)/, '').replace('-', '−');
}

/** A percentage from 0–100, with one decimal where nothing else is asked; the sign stands close in both languages. */
export function percent(value: number | null | undefined, language: Language, decimals = 1): string {
  if (!known(value)) return UNKNOWN;
  return `${fixed(value, language, decimals)}%`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** A calendar day from an ISO date or instant; instants are shown in the reader's own time zone. */
export function date(iso: string | null | undefined, language: Language): string {
  if (!iso) return UNKNOWN;
  const plain = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  let day: [string, string, string];
  if (plain) day = [plain[1]!, plain[2]!, plain[3]!];
  else {
    const instant = new Date(iso);
    if (Number.isNaN(instant.getTime())) return UNKNOWN;
    day = [String(instant.getFullYear()), twoDigits(instant.getMonth() + 1), twoDigits(instant.getDate())];
  }
  return language === 'vi' ? `${day[2]}/${day[1]}/${day[0]}` : day.join('-');
}

/** Reads a day as it is written in the language, or in ISO form; `null` where it is none. */
export function readDate(text: string, language: Language): string | null {
  const [, a = '', b = '', c = ''] = /^\s*(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})\s*$/.exec(text) ?? [];
  const [year, month, day] = a.length === 4 || language === 'en' ? [a, b, c] : [c, b, a];
  const iso = `${year}-${(month ?? '').padStart(2, '0')}-${(day ?? '').padStart(2, '0')}`;
  const instant = new Date(`${iso}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(iso) && !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(iso) ? iso : null;
}

/** Day and 24-hour time. */
export function dateTime(iso: string | null | undefined, language: Language): string {
  if (!iso) return UNKNOWN;
  const instant = new Date(iso);
  if (Number.isNaN(instant.getTime())) return UNKNOWN;
  return `${date(iso, language)} ${twoDigits(instant.getHours())}:${twoDigits(instant.getMinutes())}`;
}

/** A remaining time, rounded as a person would say it. */
export function duration(seconds: number | null | undefined, language: Language): string {
  if (!known(seconds) || seconds < 0) return UNKNOWN;
  const vi = language === 'vi';
  if (seconds < 1) return vi ? 'dưới 1 giây' : 'under 1 s';
  if (seconds < 90) return `${Math.round(seconds)} ${vi ? 'giây' : 's'}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} ${vi ? 'phút' : 'min'}`;
  const hours = Math.floor(minutes / 60);
  return `${hours} ${vi ? 'giờ' : 'h'} ${minutes % 60} ${vi ? 'phút' : 'min'}`;
}

/** A file size in decimal units. */
export function fileSize(bytes: number, language: Language): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${number(value, language, unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}

/** A distance: metres below 1 km, kilometres above. */
export function distance(metres: number | null | undefined, language: Language): string {
  if (!known(metres)) return UNKNOWN;
  return metres < 1000 ? `${number(metres, language)} m` : `${number(metres / 1000, language, metres < 10_000 ? 2 : 1)} km`;
}

/** Money in đồng, shortened to million or billion as the trade does; small sums in full. */
export function money(dong: number | null | undefined, language: Language): string {
  if (!known(dong)) return UNKNOWN;
  const [million, billion] = language === 'vi' ? ['triệu đồng', 'tỷ đồng'] : ['million VND', 'billion VND'];
  if (Math.abs(dong) >= 1e9) return `${number(dong / 1e9, language, 2)} ${billion}`;
  if (Math.abs(dong) < 1e5) return `${number(dong, language)} ${language === 'vi' ? 'đồng' : 'VND'}`;
  return `${number(dong / 1e6, language, 1)} ${million}`;
}
