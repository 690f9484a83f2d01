/** What the planner decided by hand for the next plan: candidates that must be in it, that must not, that stand elsewhere, and new ones. */
import type { LonLat } from '../map/geometry';

/** What a programme asks the planner for; the plan form starts from it. */
export interface Goal {
  technology: '4g' | '5g';
  actions: number | null;
  inZones: number | null;
  quotas: Record<string, number>;
  /** The programme that it comes from; its weights apply. */
  programme?: string;
  /** Shares to reach at the least cost, 0–1. */
  targets?: { of: string; share: number }[];
  /** Places that must be served, by code. */
  mustServe?: string[];
}

export interface Added {
  id: string;
  position: [number, number];
}

class Choices {
  goal = $state.raw<Goal | null>(null);
  pinned = $state.raw<string[]>([]);
  forbidden = $state.raw<string[]>([]);
  added = $state.raw<Added[]>([]);
  /** Candidates that stand elsewhere, by id. */
  moved = $state.raw<Record<string, [number, number]>>({});
  /** What the next click on the map places: a new mast, or the candidate with this id. */
  placing = $state.raw<{ move: string | null } | null>(null);
  any = $derived(this.pinned.length + this.forbidden.length + this.added.length + Object.keys(this.moved).length > 0);

  pin(id: string): void {
    this.clear(id);
    this.pinned = [...this.pinned, id];
  }

  forbid(id: string): void {
    this.clear(id);
    this.forbidden = [...this.forbidden, id];
  }

  clear(id: string): void {
    this.pinned = this.pinned.filter((other) => other !== id);
    this.forbidden = this.forbidden.filter((other) => other !== id);
    this.added = this.added.filter((other) => other.id !== id);
    const { [id]: _, ...rest } = this.moved;
    this.moved = rest;
  }

  clearAll(): void {
    this.pinned = [];
    this.forbidden = [];
    this.added = [];
    this.moved = {};
  }

  /** The map was clicked while something is to be placed. */
  place(at: LonLat): void {
    const position: [number, number] = [Number(at[0].toFixed(6)), Number(at[1].toFixed(6))];
    const move = this.placing?.move ?? null;
    this.placing = null;
    if (move === null) this.added = [...this.added, { id: nextHandId(this.added), position }];
    else {
      this.clear(move);
      this.moved = { ...this.moved, [move]: position };
    }
  }

  /** The same as the body of a plan run: a candidate that moves is left out where it was and put where it is. */
  body(): { pinned?: string[]; forbidden?: string[]; added?: { id: string; position: [number, number]; action: string }[] } {
    const moved = Object.entries(this.moved);
    const added = [...this.added, ...moved.map(([id, position], index) => ({ id: `hand:moved-${index + 1}-${id.replace(/[^\w-]/g, '-')}`, position }))].map((one) => ({ ...one, action: 'new_tower' }));
    const forbidden = [...this.forbidden, ...moved.map(([id]) => id)];
    const pinned = [...this.pinned, ...added.map((one) => one.id)];
    return { ...(pinned.length > 0 ? { pinned } : {}), ...(forbidden.length > 0 ? { forbidden } : {}), ...(added.length > 0 ? { added } : {}) };
  }

  of(id: string): 'pinned' | 'forbidden' | null {
    return this.pinned.includes(id) ? 'pinned' : this.forbidden.includes(id) ? 'forbidden' : null;
  }
}

/** `hand:1`, `hand:2` and so on, also after one of them was taken back. */
export function nextHandId(added: readonly Added[]): string {
  return `hand:${Math.max(0, ...added.map((one) => Number(/^hand:(\d+)$/.exec(one.id)?.[1] ?? 0))) + 1}`;
}

export const choices = new Choices();
