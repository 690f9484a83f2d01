import { describe, expect, it } from 'vitest';
import { budgetBetween, levelsOf, modelLoss } from './point';

describe('a point query', () => {
  it('gathers one value per layer into a row per technology and operator, any operator first', () => {
    const values = [
      { technology: '5g', operator: null, quantity: 'signal', value: -112.5, cell: null },
      { technology: '4g', operator: 'VNPT', quantity: 'signal', value: null, cell: null },
      { technology: '4g', operator: null, quantity: 'throughput', value: 42, cell: null },
      { technology: '4g', operator: null, quantity: 'signal', value: -90, cell: null },
      { technology: '4g', operator: null, quantity: 'sinr', value: 7, cell: null },
      { technology: '4g', operator: null, quantity: 'probability', value: 0.93, cell: null },
      { technology: '4g', operator: null, quantity: 'best_server', value: null, cell: 'HT0001-4G-1' },
      { technology: '5g', operator: null, quantity: 'probability', value: 0.2, cell: null },
    ];
    expect(levelsOf({ values })).toEqual([
      { key: '4g-any', technology: '4g', operator: null, signal: -90, sinr: 7, speed: 42, server: 'HT0001-4G-1', served: true },
      { key: '4g-VNPT', technology: '4g', operator: 'VNPT', signal: null, sinr: null, speed: null, server: null, served: false },
      { key: '5g-any', technology: '5g', operator: null, signal: -112.5, sinr: null, speed: null, server: null, served: false },
    ]);
    expect(levelsOf({ values }, 0.95)[0]?.served).toBe(false);
  });

  it('reads rows with named quantities, and nothing where there is nothing', () => {
    expect(levelsOf({ levels: [{ technology: '4g', operator: 'any', signal_dbm: -80, served: true }] })[0]).toMatchObject({ operator: null, signal: -80, served: true });
    expect(levelsOf({})).toEqual([]);
  });

  it('tells the parts of a link, which add up to the level', () => {
    const budget = budgetBetween(32, 121.5, -98, -105);
    expect(budget).toEqual({ loss: 121.5, antenna: -8.5, threshold: -105, margin: 7 });
    expect(32 - budget.loss! + budget.antenna!).toBe(-98);
    expect(budgetBetween(32, null, -110, -105)).toEqual({ loss: null, antenna: null, threshold: -105, margin: -5 });
    expect(modelLoss({ losses: [{ model: 'free_space', loss_db: 90 }, { model: 'p1812', loss_db: 120 }] })).toBe(120);
    expect(modelLoss({})).toBeNull();
  });
});
