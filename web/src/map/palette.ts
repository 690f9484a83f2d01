/** Colours of the map in both themes; kept beside the page's tokens in meaning and contrast. */
import type { Theme } from '../state/preferences.svelte';

export interface Palette {
  ground: string;
  hillshadeOpacity: number;
  hillshadeBrightness: [low: number, high: number];
  communeLine: string;
  communeLabel: string;
  zone: string;
  halo: string;
  served: string;
  unserved: string;
  hollow: string;
  unknown: string;
  selected: string;
  footprint: string;
  operators: Record<string, string>;
  actions: Record<string, string>;
  pinText: string;
  /** Percentage covered from 0 to 100, in steps; even in lightness, safe for colour-blind readers (cividis). */
  share: string[];
  /** Prediction less measurement: too low, right, too high (blue to orange over a neutral middle, safe for colour-blind readers). */
  error: string[];
}

const light: Palette = {
  ground: '#eceae3',
  hillshadeOpacity: 0.9,
  hillshadeBrightness: [0.12, 1],
  communeLine: '#7d7a70',
  communeLabel: '#26272b',
  zone: '#6a3d9a',
  halo: '#ffffff',
  served: '#5c9e8f',
  unserved: '#a3200f',
  hollow: '#b4690e',
  unknown: '#7d7a70',
  selected: '#2b3a8f',
  footprint: '#1f5f8b',
  operators: { Viettel: '#c2480a', VNPT: '#0067a3', MobiFone: '#00795a', other: '#5c5f66' },
  actions: { upgrade: '#2b3a8f', co_locate: '#0f766e', new_tower: '#9a3412', pole_small_cell: '#6b21a8', leo: '#475569' },
  pinText: '#ffffff',
  share: ['#00224e', '#35456c', '#666970', '#948e77', '#c8b866', '#fee838'],
  error: ['#1f4e9c', '#7fa8d9', '#e7e4dc', '#f0a868', '#b2500b'],
};

const dark: Palette = {
  ...light,
  ground: '#16191f',
  hillshadeOpacity: 0.55,
  hillshadeBrightness: [0, 0.42],
  communeLine: '#7b8290',
  communeLabel: '#d9d7d1',
  zone: '#dcc2fb',
  halo: '#14171c',
  served: '#4f9486',
  unserved: '#ff8a6b',
  hollow: '#efb050',
  unknown: '#9a9a9b',
  selected: '#c3ccff',
  footprint: '#8fc7ee',
  operators: { Viettel: '#ff9a5c', VNPT: '#5fb6ee', MobiFone: '#3fcf9f', other: '#b3b5ba' },
  actions: { upgrade: '#5468d4', co_locate: '#148f85', new_tower: '#c2500f', pole_small_cell: '#9333ea', leo: '#64748b' },
};

export const palettes: Record<Theme, Palette> = { light, dark };
/** dB at which the colours of `Palette.error` stand. */
export const ERROR_STEPS_DB = [-20, -8, 0, 8, 20] as const;
export const SHARE_STEPS = [20, 40, 60, 80, 95] as const;

export function operatorColour(palette: Palette, operator: string | null | undefined): string {
  return palette.operators[operator ?? ''] ?? palette.operators.other!;
}
