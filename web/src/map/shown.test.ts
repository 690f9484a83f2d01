import { describe, expect, it } from 'vitest';
import { readShown, USUAL, writeShown } from './shown';

describe('what the map shows, in the address', () => {
  it('is nothing when it is the usual, and restores what differs', () => {
    expect(writeShown(USUAL)).toBeNull();
    const other = { ...USUAL, sites: false, shares: true, signal: false, signalOpacity: 0.4, quantity: 'best_server' };
    expect(writeShown(other)).toBe('sites-,signal-,shares+,opacity=0.4,quantity=best_server');
    expect(readShown(writeShown(other))).toEqual(other);
  });

  it('passes over what it does not know', () => {
    expect(readShown('nothing+,opacity=7,opacity=,quantity=<b>,sites')).toEqual(USUAL);
    expect(readShown(null)).toEqual(USUAL);
  });
});
