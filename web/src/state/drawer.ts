/** What the drawer at the bottom shows. */
export const DRAWER_VIEWS = ['communes', 'zones', 'places', 'sites', 'candidates', 'import', 'profile', 'figure', 'difference', 'versions'] as const;
export type DrawerView = (typeof DRAWER_VIEWS)[number];
