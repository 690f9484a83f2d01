/** What the reader chose for this browser: language, theme, sizes. */
import type { Language } from '../format/numbers';

export type Theme = 'light' | 'dark';

function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`phusong.${key}`);
  } catch {
    return null;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`phusong.${key}`, value);
  } catch {
    // Private windows may refuse storage; the choice then lasts as long as the page.
  }
}

class Preferences {
  language = $state<Language>('vi');
  theme = $state<Theme>('light');
  panelWidth = $state(384);
  drawerHeight = $state(300);
  /** The programme that was last looked at. */
  programme = $state('ha-tinh-529');

  /** Reads what was remembered; an address with `?lang=en` wins. */
  start(): void {
    const asked = new URLSearchParams(location.search).get('lang') ?? remembered('language');
    this.language = asked === 'en' ? 'en' : 'vi';
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const theme = new URLSearchParams(location.search).get('theme') ?? remembered('theme');
    this.theme = theme === 'dark' || theme === 'light' ? theme : dark ? 'dark' : 'light';
    this.panelWidth = clamp(Number(remembered('panel')) || 384, 320, 560);
    this.drawerHeight = Math.max(160, Number(remembered('drawer')) || 300);
    this.programme = remembered('programme') ?? this.programme;
    this.#apply();
  }

  setProgramme(key: string): void {
    this.programme = key;
    remember('programme', key);
  }

  setLanguage(language: Language): void {
    this.language = language;
    remember('language', language);
    this.#apply();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    remember('theme', theme);
    this.#apply();
  }

  setPanelWidth(width: number): void {
    this.panelWidth = clamp(width, 320, 560);
    remember('panel', String(Math.round(this.panelWidth)));
  }

  setDrawerHeight(height: number): void {
    this.drawerHeight = clamp(height, 120, Math.max(160, innerHeight - 120));
    remember('drawer', String(Math.round(this.drawerHeight)));
  }

  #apply(): void {
    document.documentElement.lang = this.language;
    document.documentElement.dataset.theme = this.theme;
    document.documentElement.style.colorScheme = this.theme;
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

export const preferences = new Preferences();
