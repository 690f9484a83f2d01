/** Who is here, who may what, and who did what: sessions, accounts, tokens, the audit log. */
import { asProblem, request } from './client';

export const ROLES = ['administrator', 'planner', 'operator', 'zone_board', 'commune', 'auditor', 'public'] as const;
export type Role = (typeof ROLES)[number];

export interface Person {
  id?: string;
  name: string;
  display_name?: string | null;
  role: Role;
  operator?: string | null;
  totp?: boolean;
}

/** What the role allows; the service checks every request itself, the page only hides what would be refused. */
export interface May {
  edit: boolean;
  upload: boolean;
  rows: boolean;
  plans: boolean;
  accounts: boolean;
  audit: boolean;
}

export interface Session {
  mode: 'single_user' | 'accounts';
  user: Person | null;
  may: May;
  expires_at: string | null;
  /** Where the house's own sign-in service is entered, if there is one. */
  sign_in_service?: string | null;
}

export interface Account extends Person {
  id: string;
  disabled: boolean;
  locked: boolean;
  has_password: boolean;
  created_at: string;
  last_seen_at: string | null;
}

export interface Invitation {
  link: string;
  expires_at: string;
}

export interface Token {
  id: string;
  name: string;
  scope: 'read' | 'write';
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  token?: string;
}

export interface AuditEntry {
  sequence: number;
  at: string;
  who: string;
  action: string;
  project: string | null;
  subject: string | null;
  details: unknown;
  hash: string;
}

const part = encodeURIComponent;
const everything: May = { edit: true, upload: true, rows: true, plans: true, accounts: false, audit: false };

export const people = {
  /** A service without accounts answers 404: then there is one user, who may everything. */
  session: async (): Promise<Session> => {
    try {
      return await request<Session>('/api/session');
    } catch (error) {
      if (asProblem(error).document.status !== 404) throw error;
      return { mode: 'single_user', user: null, may: everything, expires_at: null };
    }
  },
  signIn: (name: string, password: string, code?: string) => request<Session>('/api/session', { method: 'POST', body: { name, password, ...(code ? { code } : {}) } }),
  signOut: () => request<null>('/api/session', { method: 'DELETE' }),
  setUp: (token: string, password: string, displayName?: string) => request<Session>('/api/setup', { method: 'POST', body: { token, password, ...(displayName ? { display_name: displayName } : {}) } }),
  changePassword: (current: string, next: string) => request<null>('/api/session/password', { method: 'POST', body: { current, new: next } }),
  totpSecret: () => request<{ secret: string; uri: string }>('/api/session/totp', { method: 'POST' }),
  totpOn: (code: string) => request<null>('/api/session/totp', { method: 'PUT', body: { code } }),
  totpOff: (password: string) => request<null>('/api/session/totp', { method: 'DELETE', body: { password } }),

  accounts: () => request<Account[]>('/api/users'),
  invite: (person: { name: string; display_name: string; role: Role; operator?: string }) =>
    request<{ user: Account; invitation: Invitation }>('/api/users', { method: 'POST', body: person }),
  change: (id: string, change: Partial<Pick<Account, 'display_name' | 'role' | 'operator' | 'disabled'>>) =>
    request<Account>(`/api/users/${part(id)}`, { method: 'PATCH', body: change }),
  remove: (id: string) => request<null>(`/api/users/${part(id)}`, { method: 'DELETE' }),
  newInvitation: (id: string) => request<Invitation>(`/api/users/${part(id)}/invitation`, { method: 'POST' }),

  tokens: () => request<Token[]>('/api/tokens'),
  makeToken: (name: string, scope: 'read' | 'write', days: number) => request<Token>('/api/tokens', { method: 'POST', body: { name, scope, days } }),
  revokeToken: (id: string) => request<null>(`/api/tokens/${part(id)}`, { method: 'DELETE' }),

  audit: (after: number, limit: number) => request<{ entries: AuditEntry[]; total: number }>(`/api/audit?after=${after}&limit=${limit}&newest=true`),
  verification: () => request<{ sound: boolean; entries: number; first_broken: number | null }>('/api/audit/verification'),
};
