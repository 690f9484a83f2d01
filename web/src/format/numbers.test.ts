import { describe, expect, it } from 'vitest';
import { date, dateTime, distance, duration, fileSize, fixed, groupCounts, money, number, percent, readDate, UNKNOWN } from './numbers';

describe('numbers as they are written in Vietnam and in English', () => {
  it('groups with points and decides with a comma in Vietnamese', () => {
    expect(number(1234.56, 'vi', 2)).toBe('1.234,56');
    expect(number(1234.56, 'en', 2)).toBe('1,234.56');
    expect(number(-105, 'vi')).toBe('−105');
    expect(fixed(3, 'vi', 1)).toBe('3,0');
    expect(fixed(-0.01, 'vi', 1)).toBe('0,0');
  });

  it('gives percentages one decimal', () => {
    expect(percent(92, 'vi')).toBe('92,0%');
    expect(percent(92.06, 'en')).toBe('92.1%');
  });

  it('says what is not known', () => {
    for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(number(value, 'vi')).toBe(UNKNOWN);
      expect(percent(value, 'vi')).toBe(UNKNOWN);
      expect(duration(value, 'vi')).toBe(UNKNOWN);
    }
    expect(date('not a date', 'vi')).toBe(UNKNOWN);
  });

  it('writes days as dd/mm/yyyy or ISO', () => {
    expect(date('2025-12-25', 'vi')).toBe('25/12/2025');
    expect(date('2025-12-25', 'en')).toBe('2025-12-25');
    expect(dateTime('2025-12-25T00:00:00', 'vi')).toBe('25/12/2025 00:00');
  });

  it('says durations as a person would', () => {
    expect(duration(0.2, 'vi')).toBe('dưới 1 giây');
    expect(duration(42.4, 'vi')).toBe('42 giây');
    expect(duration(600, 'en')).toBe('10 min');
    expect(duration(7260, 'vi')).toBe('2 giờ 1 phút');
  });

  it('reads days as they are written', () => {
    expect(readDate('25/12/2025', 'vi')).toBe('2025-12-25');
    expect(readDate(' 1.2.2026 ', 'vi')).toBe('2026-02-01');
    expect(readDate('2025-12-25', 'vi')).toBe('2025-12-25');
    expect(readDate('2025-12-25', 'en')).toBe('2025-12-25');
    expect(readDate('12/25/2025', 'vi')).toBeNull();
    expect(readDate('31/02/2025', 'vi')).toBeNull();
    expect(readDate('soon', 'en')).toBeNull();
  });

  it('groups the people that a sentence counts, and no code or year', () => {
    expect(groupCounts('thêm 23294 người có sóng ở MP0451, năm 2026', 'vi')).toBe('thêm 23.294 người có sóng ở MP0451, năm 2026');
    expect(groupCounts('Upgrade: 23294 more people with signal', 'en')).toBe('Upgrade: 23,294 more people with signal');
    expect(groupCounts('phục vụ ít hơn 1157 (quy ra người), đắt hơn 1180 triệu đồng', 'vi')).toBe('phục vụ ít hơn 1.157 (quy ra người), đắt hơn 1.180 triệu đồng');
    expect(groupCounts('would serve 1157 less (in people), costs 1180 million VND more', 'en')).toBe('would serve 1,157 less (in people), costs 1,180 million VND more');
    expect(groupCounts('đã ghép: thêm 23.294 người', 'vi')).toBe('đã ghép: thêm 23.294 người');
  });

  it('chooses units for sizes, distances and money', () => {
    expect(fileSize(999, 'vi')).toBe('999 B');
    expect(fileSize(1_530_000, 'vi')).toBe('1,5 MB');
    expect(distance(840, 'vi')).toBe('840 m');
    expect(distance(12_340, 'en')).toBe('12.3 km');
    expect(money(19_319, 'vi')).toBe('19.319 đồng');
    expect(money(350_000_000, 'vi')).toBe('350 triệu đồng');
    expect(money(1_250_000_000, 'en')).toBe('1.25 billion VND');
  });
});
