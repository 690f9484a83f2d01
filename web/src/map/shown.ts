/** What the map shows, as a short text for the address bar: only what differs from the usual. */
import { SHOWN, type Shown } from './layers';

export type Display = Omit<Shown, 'theme'> & { quantity: string };

export const USUAL: Display = { ...SHOWN, quantity: 'signal' };

const SWITCHES = ['hillshade', 'communes', 'zones', 'villages', 'onlyUnserved', 'sites', 'onlyTechnology', 'signal', 'footprint', 'candidates', 'shares', 'reports', 'measured'] as const;

export function writeShown(display: Display): string | null {
  const parts: string[] = SWITCHES.filter((name) => display[name] !== USUAL[name]).map((name) => `${name}${display[name] ? '+' : '-'}`);
  if (display.signalOpacity !== USUAL.signalOpacity) parts.push(`opacity=${display.signalOpacity}`);
  if (display.quantity !== USUAL.quantity) parts.push(`quantity=${display.quantity}`);
  return parts.length > 0 ? parts.join(',') : null;
}

/** Reads what `writeShown` wrote; anything unknown is passed over. */
export function readShown(text: string | null): Display {
  const display = { ...USUAL };
  for (const part of (text ?? '').split(',')) {
    const name = SWITCHES.find((one) => part === `${one}+` || part === `${one}-`);
    if (name) display[name] = part.endsWith('+');
    const [key, value = ''] = part.split('=');
    const opacity = Number(value);
    if (key === 'opacity' && value !== '' && opacity >= 0 && opacity <= 1) display.signalOpacity = opacity;
    if (key === 'quantity' && /^[a-z_]+$/.test(value)) display.quantity = value;
  }
  return display;
}
