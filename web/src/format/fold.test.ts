import { describe, expect, it } from 'vitest';
import { fold, matchScore } from './fold';

describe('search without tone marks', () => {
  it('folds composed and decomposed Vietnamese to the same key', () => {
    expect(fold('Vũng Áng')).toBe('vung ang');
    expect(fold('Vũng Áng'.normalize('NFD'))).toBe('vung ang');
    expect(fold('ĐỨC  Thọ')).toBe('duc tho');
    expect(fold('Hương Sơn')).toBe('huong son');
  });

  it('ranks whole names above prefixes above later words above fragments', () => {
    const scores = ['Kỳ Anh', 'Kỳ Anh Đông', 'Xã Kỳ Anh', 'Bakỳ anhx'].map((name) => matchScore('ky anh', name));
    expect(scores).toEqual([4, 3, 2, 1]);
    expect(matchScore('anh ky', 'Kỳ Anh')).toBe(0.5);
    expect(matchScore('thach ha', 'Kỳ Anh')).toBe(0);
    expect(matchScore('  ', 'Kỳ Anh')).toBe(0);
  });
});
