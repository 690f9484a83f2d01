/** Says an action's id in words: "Nâng cấp 4G lên 5G · Viettel · MP0451". */
import { codeOf, nameOf } from '../map/features';
import { t, word } from '../messages';
import { partsOf } from '../state/candidate';
import { workspace } from '../state/workspace.svelte';

/** New masts are named after the village that they are for. */
function placeName(code: string): string {
  const place = workspace.collections.places.value?.features.find((feature) => codeOf(feature) === code);
  return place ? nameOf(place) : code;
}

export function actionName(id: string): string {
  const parts = partsOf(id);
  if (!parts) return id;
  if (parts.action === 'hand') return t('plan.hand', { at: parts.rest.join(' ') });
  return [word('action_type', parts.action), ...parts.rest.map(placeName)].join(' · ');
}
