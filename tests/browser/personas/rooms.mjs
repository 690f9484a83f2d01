// Every room in both languages and both themes, on a desk and on a phone: axe finds nothing serious, nothing is wider than the screen.
import { look } from './day.mjs';
import { VIEWS, visitAll } from './views.mjs';

export async function rooms(t, day) {
  // Each language, each theme and each width once; `pictures.mjs` goes through all of them.
  for (const view of [VIEWS[0], VIEWS[3], VIEWS[5], VIEWS[6]]) {
    await visitAll(t, day, view, (page, name) => look(page, `rooms/${name}`));
  }
}
