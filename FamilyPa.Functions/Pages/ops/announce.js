import { byId } from '../shared/dom.js';

/** For eyes that do not see it happen. */
export const announce = text => { byId('announcer').textContent = text; };
