/** What the planner decided by hand for the next plan: candidates that must be in it, and candidates that must not. */
/** What a programme asks the planner for; the plan form starts from it. */
export interface Goal {
  technology: '4g' | '5g';
  actions: number | null;
  inZones: number | null;
  quotas: Record<string, number>;
}

class Choices {
  goal = $state.raw<Goal | null>(null);
  pinned = $state.raw<string[]>([]);
  forbidden = $state.raw<string[]>([]);

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
  }

  of(id: string): 'pinned' | 'forbidden' | null {
    return this.pinned.includes(id) ? 'pinned' : this.forbidden.includes(id) ? 'forbidden' : null;
  }
}

export const choices = new Choices();
