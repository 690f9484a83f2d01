/**
 * What the address bar holds: everything that is needed to show the same view again.
 * `#/PROJECT/ROOM?tech=5g&op=any&run=…&plan=…&sel=area:123&at=10.2/18.30/105.90`
 */
import { ANY_OPERATOR, type Technology } from '../api/types';

export const ROOMS = ['data', 'map', 'areas', 'plan', 'sharing', 'programme', 'reports', 'signal', 'jobs', 'users', 'audit', 'settings'] as const;
export type Room = (typeof ROOMS)[number];

export interface Camera {
  zoom: number;
  lat: number;
  lon: number;
}

export const SELECTION_KINDS = ['area', 'place', 'site', 'candidate'] as const;
export type SelectionKind = (typeof SELECTION_KINDS)[number];

export interface Selection {
  kind: SelectionKind;
  code: string;
}

export interface Address {
  project: string | null;
  room: Room;
  technology: Technology;
  operator: string;
  /** The coverage run that every figure comes from; `null` = the newest. */
  run: string | null;
  /** The run it is compared with by swipe, if any. */
  compare: string | null;
  plan: string | null;
  selection: Selection | null;
  camera: Camera | null;
  /** What the map shows where it differs from the usual, for example `sites-,shares+,opacity=0.4`. */
  show: string | null;
}

export const START: Address = {
  project: null, room: 'map', technology: '4g', operator: ANY_OPERATOR,
  run: null, compare: null, plan: null, selection: null, camera: null, show: null,
};

const TECHNOLOGIES: readonly Technology[] = ['2g', '3g', '4g', '5g'];

function parseCamera(text: string | null): Camera | null {
  const parts = (text ?? '').split('/').map(Number);
  const [zoom, lat, lon] = parts;
  if (parts.length !== 3 || zoom === undefined || lat === undefined || lon === undefined) return null;
  if (![zoom, lat, lon].every(Number.isFinite)) return null;
  if (zoom < 0 || zoom > 24 || Math.abs(lat) > 85 || Math.abs(lon) > 180) return null;
  return { zoom, lat, lon };
}

function parseSelection(text: string | null): Selection | null {
  const colon = (text ?? '').indexOf(':');
  if (!text || colon < 1 || colon === text.length - 1) return null;
  const kind = text.slice(0, colon) as SelectionKind;
  return SELECTION_KINDS.includes(kind) ? { kind, code: text.slice(colon + 1) } : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Reads a hash. Anything unknown or malformed falls back to the start value: a bad link still opens. */
export function parseAddress(hash: string): Address {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [project = '', room = ''] = path.split('/').map(decode);
  const values = new URLSearchParams(search);
  const technology = values.get('tech') as Technology;
  return {
    project: project === '' ? null : project,
    room: (ROOMS as readonly string[]).includes(room) ? (room as Room) : START.room,
    technology: TECHNOLOGIES.includes(technology) ? technology : START.technology,
    operator: values.get('op') || START.operator,
    run: values.get('run') || null,
    compare: values.get('compare') || null,
    plan: values.get('plan') || null,
    selection: parseSelection(values.get('sel')),
    camera: parseCamera(values.get('at')),
    show: values.get('show') || null,
  };
}

/** Writes a hash that `parseAddress` reads back to the same address. */
export function formatAddress(address: Address): string {
  if (address.project === null) return '#/';
  const values = new URLSearchParams({ tech: address.technology, op: address.operator });
  if (address.run) values.set('run', address.run);
  if (address.compare) values.set('compare', address.compare);
  if (address.plan) values.set('plan', address.plan);
  if (address.selection) values.set('sel', `${address.selection.kind}:${address.selection.code}`);
  if (address.camera) {
    const { zoom, lat, lon } = address.camera;
    values.set('at', `${zoom.toFixed(2)}/${lat.toFixed(5)}/${lon.toFixed(5)}`);
  }
  if (address.show) values.set('show', address.show);
  return `#/${encodeURIComponent(address.project)}/${address.room}?${values.toString()}`;
}
