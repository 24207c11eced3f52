// The board: who is there, which view they look at, and what keeps it up to date.

import '../shared/report.js';
import { byId } from '../shared/dom.js';
import { ApiError, Unreachable } from './api.js';
import { Board } from './board-view.js';
import { Family } from './family.js';
import { LAST_SEEN, forget, recall } from './last-seen.js';
import { finishSignOut, leave, showSignIn } from './session.js';
import { showSkeleton, showTrouble } from './states.js';

let board = null;

async function start() {
  if (location.pathname === '/board/sign-in') return showSignIn(start);
  byId('sign-in').hidden = true;
  byId('board').hidden = false;
  showSkeleton();
  const seen = recall();
  try {
    await finishSignOut();
    const family = await Family.load();
    // Removes what another member saw on this device, or this one of another family.
    if (seen?.family.me.user_id !== family.me.user_id || seen.family.id !== family.id) forget();
    board = new Board(family);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return;
    if (!(error instanceof Unreachable) || !seen) return showTrouble(error, start);
    board = new Board(new Family(seen.family), seen);
  }
  board.open();
}

addEventListener('familypa:signed-out', () => {
  board?.close();
  board = null;
  leave(start);
});

// A member signed in or out in another tab.
addEventListener('storage', event => { if (event.key === LAST_SEEN && !event.newValue) location.reload(); });

// A link that is opened while its page is already there.
addEventListener('hashchange', () => { if (location.pathname === '/board/sign-in') start(); });

if ('serviceWorker' in navigator) navigator.serviceWorker.register('/board/sw.js', { scope: '/board' }).catch(() => {});
start();
