import type { Room } from './address';

/** `g`, then one of these letters, goes to a room. */
export const ROOM_LETTERS: Readonly<Record<string, Room>> = {
  d: 'data', m: 'map', a: 'areas', p: 'plan', s: 'sharing', k: 'programme', r: 'reports', f: 'signal', j: 'jobs', u: 'users', l: 'audit', c: 'settings',
};
