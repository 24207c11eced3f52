// What a view shows while it has nothing to show.

import { byId, stamp, useIcon } from '../shared/dom.js';
import { Unreachable, explain } from './api.js';

export function showSkeleton() {
  byId('view').replaceChildren(stamp('skeleton'));
}

export function state(icon, heading, text, action) {
  const element = stamp('state');
  const [, title, words, button] = element.children;
  useIcon(element, icon);
  title.textContent = heading;
  words.textContent = text;
  button.hidden = !action;
  if (action) {
    button.textContent = action.label;
    button.addEventListener('click', action.run);
  }
  return element;
}

export function showTrouble(error, again) {
  const [icon, heading] = error instanceof Unreachable ? ['offline', 'You are offline'] : ['review', 'The board could not be loaded'];
  const text = error instanceof Unreachable ? 'This device has no saved tasks to show.' : `${explain(error)}${error.requestId ? ` (${error.requestId.slice(0, 8)})` : ''}`;
  const element = state(icon, heading, text, { label: 'Try again', run: again });
  element.setAttribute('role', 'alert');
  byId('view').replaceChildren(element);
}
