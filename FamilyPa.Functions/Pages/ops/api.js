// Client of the operators' API. The function key or the access token stays in this tab's session storage and is sent in a header only, because URLs
// appear in logs and histories.

const SLOT = 'familypa.operator';
const PATIENCE = 60_000;

/** An error response. `code` is the stable code of its problem details. */
export class ApiError extends Error {
  constructor(status, problem) {
    const fields = Object.entries(problem.errors ?? {}).map(([field, why]) => `${field}: ${[why].flat().join(' ')}`);
    super([problem.detail ?? problem.title ?? `HTTP ${status}`, ...fields].join(' '));
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code;
  }
}

export const hasKey = () => sessionStorage.getItem(SLOT) !== null;

export const forgetKey = () => sessionStorage.removeItem(SLOT);

/** @returns {Promise<boolean>} whether the server accepts the key or token */
export async function useKey(key) {
  sessionStorage.setItem(SLOT, key);
  try {
    await get('/api/admin/overview?hours=1');
    return true;
  } catch (error) {
    forgetKey();
    if (error.status === 401 || error.status === 403) return false;
    throw error;
  }
}

export const get = path => call('GET', path);

export const post = (path, body) => call('POST', path, body);

async function call(method, path, body) {
  const secret = sessionStorage.getItem(SLOT) ?? '';
  const isToken = secret.split('.').length === 3;
  let response;
  try {
    response = await fetch(isToken ? path.replace('/api/admin', '/api/operator') : path, {
      method,
      headers: {
        Accept: 'application/json',
        ...(isToken ? { Authorization: `Bearer ${secret}` } : { 'x-functions-key': secret }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch (error) {
    throw new Error('The app did not answer.', { cause: error });
  }
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  // A reader stays signed in.
  if (response.status === 401 || (response.status === 403 && problem.code !== 'role_required')) dispatchEvent(new Event('familypa:signed-out'));
  throw new ApiError(response.status, problem);
}
