import { describe, expect, it } from 'vitest';
import { leastWidth, ordered, type Column } from './table';

interface Row { name: string; share: number | null }
const columns: Column<Row>[] = [
  { key: 'name', label: 'Tên', value: (row) => row.name },
  { key: 'share', label: '%', value: (row) => row.share },
];
const rows: Row[] = [
  { name: 'Đức Thọ', share: 12 }, { name: 'Can Lộc', share: null }, { name: 'Ân Phú', share: 9 }, { name: 'Xã 10', share: 100 }, { name: 'Xã 9', share: 9 },
];
const names = (sorted: Row[]) => sorted.map((row) => row.name);

describe('the order of a table', () => {
  it('sorts names by the Vietnamese alphabet, numbers inside names by size', () => {
    expect(names(ordered(rows, columns, { key: 'name', descending: false }))).toEqual(['Ân Phú', 'Can Lộc', 'Đức Thọ', 'Xã 9', 'Xã 10']);
  });

  it('sorts numbers by size both ways, with unknown last and equal rows in place', () => {
    expect(names(ordered(rows, columns, { key: 'share', descending: false }))).toEqual(['Ân Phú', 'Xã 9', 'Đức Thọ', 'Xã 10', 'Can Lộc']);
    expect(names(ordered(rows, columns, { key: 'share', descending: true }))).toEqual(['Xã 10', 'Đức Thọ', 'Ân Phú', 'Xã 9', 'Can Lộc']);
  });

  it('leaves rows alone without an order', () => {
    expect(ordered(rows, columns, null)).toEqual(rows);
    expect(ordered(rows, columns, { key: 'nothing', descending: true })).toEqual(rows);
  });
});

it('gives every row the same least width', () => {
  const sized: Column<Row>[] = [...columns, { key: 'x', label: '', value: () => 1, width: '64px' }, { key: 'y', label: '', value: () => 1, kind: 'number' }];
  expect(leastWidth(sized)).toBe(140 + 140 + 64 + 112);
});
