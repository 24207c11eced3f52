// Short notes at the lower edge, some of which can be undone while they are there.

import { byId, stamp } from '../shared/dom.js';

const STAYS = 8_000;
let undo = null;

/**
 * @param action {label, run}
 * @returns what changes its words while it is there
 */
export function toast(text, action) {
  const element = stamp('toast');
  const [words, button] = element.children;
  let timer;
  words.textContent = text;
  button.hidden = !action;
  const close = () => {
    clearTimeout(timer);
    element.remove();
    if (undo === act) undo = null;
  };
  const act = () => {
    close();
    action.run();
  };
  // Nothing goes away under the hand or the eye of who is about to use it.
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (element.matches(':hover, :focus-within') ? wait() : close()), STAYS);
  };
  if (action) {
    button.textContent = action.label;
    button.addEventListener('click', act);
    undo = act;
  }
  byId('toasts').replaceChildren(element);
  wait();
  return other => { words.textContent = other; };
}

addEventListener('keydown', event => {
  if (undo && event.key === 'z' && (event.ctrlKey || event.metaKey) && !event.target.closest?.('input, textarea, dialog')) {
    event.preventDefault();
    undo();
  }
});
