import { describe, expect, it } from 'vitest';
import type { May } from '../api/people';
import { ROOMS } from './address';
import { seesRoom } from './session.svelte';

const none: May = { edit: false, upload: false, rows: false, plans: false, accounts: false, audit: false };
const rooms = (role: string, may: Partial<May>) => ROOMS.filter((room) => seesRoom(room, role, { ...none, ...may }));

describe('the rooms of an account', () => {
  it('are all for the administrator', () => {
    expect(rooms('administrator', { edit: true, upload: true, rows: true, plans: true, accounts: true, audit: true })).toEqual([...ROOMS]);
  });
  it('are the map, the villages and the report form for a commune officer', () => {
    expect(rooms('commune', {})).toEqual(['map', 'areas', 'reports', 'signal', 'settings']);
  });
  it('never show accounts or the log to an operator', () => {
    const seen = rooms('operator', { upload: true, rows: true, plans: true });
    expect(seen).not.toContain('users');
    expect(seen).not.toContain('audit');
    expect(seen).toContain('data');
  });
});
