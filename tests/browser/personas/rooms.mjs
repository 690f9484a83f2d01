// Every room and card, on a desk and on a phone, in both languages and both themes: axe finds nothing serious, nothing is wider than the screen.
import { look } from './day.mjs';
import { VIEWS, visitAll } from './views.mjs';

export async function rooms(t, day) {
  // Each width, language and theme once: `npm run pictures` goes through all eight.
  for (const view of [VIEWS[0], VIEWS[7]]) await visitAll(t, day, view, (page, name) => look(page, `rooms/${name}`));
}
