/** Columns of a table and the order of its rows. */

export interface Column<Row> {
  key: string;
  /** Heading. */
  label: string;
  /** Unit or denominator, shown small under the heading and on hover. */
  unit?: string;
  hint?: string;
  /** What the rows are ordered by; numbers by size, text by the Vietnamese alphabet, unknown always last. */
  value: (row: Row) => number | string | null | undefined;
  /** What is shown; the value itself where absent. */
  text?: (row: Row) => string;
  kind?: 'text' | 'number' | 'share';
  /** Colours a cell that somebody must look at. */
  tone?: (row: Row) => 'good' | 'warn' | 'bad' | null;
  /** Things that can be done with the row, in this cell. */
  buttons?: (row: Row) => { label: string; pressed?: boolean; press: () => void; testid?: string }[];
  /** Width as a CSS grid track. */
  width?: string;
}

const UNSIZED: Record<'text' | 'number' | 'share', string> = {
  text: 'minmax(140px, 2fr)', number: 'minmax(112px, 1fr)', share: 'minmax(150px, 1fr)',
};

/** The CSS grid track of a column. */
export function track<Row>(column: Column<Row>): string {
  return column.width ?? UNSIZED[column.kind ?? 'text'];
}

/** The least width of a row, px: the sum of the tracks' least widths, the same for every row so that columns align. */
export function leastWidth<Row>(columns: readonly Column<Row>[]): number {
  return columns.reduce((sum, column) => sum + Number(/(\d+)px/.exec(track(column))?.[1] ?? 0), 0);
}

export interface Order {
  key: string;
  descending: boolean;
}

const alphabet = new Intl.Collator('vi', { numeric: true, sensitivity: 'base' });

function absent(value: number | string | null | undefined): boolean {
  return value === null || value === undefined || value === '' || (typeof value === 'number' && Number.isNaN(value));
}

/** A sorted copy; equal rows keep their order. */
export function ordered<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: Order | null): Row[] {
  const column = columns.find((candidate) => candidate.key === order?.key);
  if (!column || !order) return [...rows];
  const direction = order.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const left = column.value(a);
    const right = column.value(b);
    if (absent(left) || absent(right)) return Number(absent(left)) - Number(absent(right));
    if (typeof left === 'number' && typeof right === 'number') return direction * (left - right);
    return direction * alphabet.compare(String(left), String(right));
  });
}
