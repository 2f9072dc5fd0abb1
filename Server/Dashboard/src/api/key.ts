import { signal } from '@preact/signals';

const store = 'federated.key';

/** The operator's API key; kept for this tab only, and empty where the server asks for none. */
export const apiKey = signal(sessionStorage.getItem(store) ?? '');

/** Whether the server has asked for a key, or for a better one. */
export const keyWanted = signal(false);

export function useKey(key: string): void {
  apiKey.value = key;
  keyWanted.value = false;
  if (key) sessionStorage.setItem(store, key);
  else sessionStorage.removeItem(store);
}
