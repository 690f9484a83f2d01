/** Shapes of the legend's symbols in a square of 24: an operator is a hue and a shape, an action too. The map draws the same ones, see `icons.ts`. */
const CIRCLE = 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z';

const operators: Record<string, string> = { Viettel: CIRCLE, VNPT: 'M4 4h16v16H4z', MobiFone: 'M12 3 22 20.5H2z', other: 'm12 2 10 10-10 10L2 12z' };

const actions: Record<string, string> = {
  upgrade: CIRCLE, co_locate: 'M3.5 3.5h17v17h-17z', new_tower: 'm12 1.5 10.5 9L18.3 21H5.7L1.5 10.5z', pole_small_cell: 'm12 1 11 11-11 11L1 12z', leo: 'M6.5 3h11L23 12l-5.5 9h-11L1 12z',
};

export const operatorShape = (operator: string): string => operators[operator] ?? operators.other!;
export const actionShape = (action: string): string => actions[action] ?? CIRCLE;

/** Thirds of a disc, in the order of the operators: a mast that several share. */
export const SHARED_SHAPES: readonly [operator: string, path: string][] = [
  ['Viettel', 'M12 12V3a9 9 0 0 1 7.8 13.5z'], ['VNPT', 'M12 12l7.8 4.5a9 9 0 0 1-15.6 0z'], ['MobiFone', 'M12 12 4.2 16.5A9 9 0 0 1 12 3z'],
];
