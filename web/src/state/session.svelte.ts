/** Who is signed in. Without accounts there is one local user. */
import { people, type May, type Session } from '../api/people';
import type { Room } from './address';
import { forgetOffline } from './offline';

const NOTHING: May = { edit: false, upload: false, rows: false, plans: false, accounts: false, audit: false };

class SessionState {
  /** `null` until the service has answered. */
  now = $state.raw<Session | null>(null);
  /** What the page shows before the answer comes is the same for everybody, so that nothing flickers. */
  may = $derived(this.now?.may ?? NOTHING);
  role = $derived(this.now?.user?.role ?? 'administrator');
  signInNeeded = $derived(this.now !== null && this.now.mode === 'accounts' && this.now.user === null);
  /** The department's own people, auditors included: they see plans and papers as a whole. */
  department = $derived(['administrator', 'planner', 'auditor'].includes(this.role));
  /** The operator whose lists this account sees, if it is an operator's. */
  operator = $derived(this.now?.user?.operator ?? null);

  async load(): Promise<void> {
    try {
      this.now = await people.session();
    } catch {
      // The service is away: what is asked next says so.
    }
  }

  take(session: Session): void {
    this.now = session;
  }

  async signOut(): Promise<void> {
    await people.signOut();
    await forgetOffline();
    location.hash = '#/';
    await this.load();
  }

  /** Whether a room of the rail is of use to this account. */
  sees(room: Room): boolean {
    return seesRoom(room, this.role, this.may);
  }
}

/** Rooms by what an account may. The commune officer has the map, the villages and the report form. */
export function seesRoom(room: Room, role: string, may: May): boolean {
  switch (room) {
    case 'data': return may.edit || may.upload;
    case 'plan': case 'sharing': return may.plans || may.edit;
    case 'programme': return may.plans || may.edit || role === 'zone_board' || role === 'auditor' || role === 'operator';
    case 'jobs': return may.edit;
    case 'users': return may.accounts;
    case 'audit': return may.audit;
    case 'signal': return role !== 'public' && role !== 'auditor';
    default: return true;
  }
}

export const session = new SessionState();
