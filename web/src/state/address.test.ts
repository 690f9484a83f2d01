import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, START, type Address } from './address';

describe('the address bar', () => {
  it('restores exactly what was written', () => {
    const full: Address = {
      project: 'dự án/1?', room: 'areas', technology: '5g', operator: 'Viettel', run: 'c0ffee', compare: 'beef', plan: 'p1',
      selection: { kind: 'area', code: '18:001' }, camera: { zoom: 10.25, lat: 18.3, lon: 105.9 }, show: 'sites-,opacity=0.4',
    };
    expect(parseAddress(formatAddress(full))).toEqual(full);
  });

  it('opens the start for an empty or foreign hash', () => {
    for (const hash of ['', '#', '#/', '#/?x=%']) expect(parseAddress(hash)).toEqual(START);
  });

  it('ignores malformed parts and keeps the rest', () => {
    const read = parseAddress('#/demo/nowhere?tech=6g&sel=area:&at=1/2&op=VNPT');
    expect(read).toEqual({ ...START, project: 'demo', operator: 'VNPT' });
    expect(parseAddress('#/demo/map?at=5/99/10').camera).toBeNull();
    expect(parseAddress('#/%E0%A4%A/map').project).toBe('%E0%A4%A');
  });
});
