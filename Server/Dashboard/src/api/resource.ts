import { useEffect, useState } from 'preact/hooks';
import { onEvent, streamState } from './events';
import { apiKey } from './key';
import { Problem } from './problem';
import { get } from './rest';
import type { FederationEvent } from './types';

export interface Resource<T> {
  /** The newest answer; undefined until the first. */
  data: T | undefined;
  /** Why the newest question has no answer; older data stay on the page. */
  error: Error | undefined;
  reload(): void;
}

const soonMs = 150;
const pollMs = 1_500;
const checkMs = 15_000;

const remembered = 200;
const answers = new Map<string, unknown>();

function remember(path: string, answer: unknown): void {
  answers.delete(path);
  answers.set(path, answer);
  if (answers.size > remembered) answers.delete(answers.keys().next().value!);
}

/**
 * What a route answers, kept fresh: after each event that `when` selects, and by polling where the server streams no events.
 * At most one request is under way, and the next begins when it has ended. Where the path moves on, as from round to round, the earlier
 * answer stays until the next is there.
 */
export function useResource<T>(path: string | null, when: (event: FederationEvent) => boolean = () => false): Resource<T> {
  const [, redraw] = useState(0);
  const [entry] = useState(() => ({ path: '', error: undefined as Error | undefined, shown: undefined as T | undefined, reload: () => {} }));
  const state = streamState.value;
  const key = apiKey.value;

  useEffect(() => {
    if (path === null) return;
    entry.path = path;
    entry.error = undefined;
    const stop = new AbortController();
    let [busy, again] = [false, false];
    let timer: ReturnType<typeof setTimeout> | undefined;

    const load = async () => {
      if (busy) return void (again = true);
      [busy, again] = [true, false];
      try {
        remember(path, await get<T>(path, stop.signal));
        entry.error = undefined;
      } catch (e) {
        if (stop.signal.aborted) return;
        entry.error = e as Error;
      }
      busy = false;
      redraw(n => n + 1);
      plan(again ? soonMs : state === 'live' ? checkMs : pollMs);
    };
    const plan = (ms: number) => {
      clearTimeout(timer);
      // A route that this server lacks does not appear while the page is open.
      if (entry.error instanceof Problem && entry.error.isAbsent) return;
      timer = setTimeout(() => document.hidden ? plan(pollMs) : void load(), ms);
    };
    entry.reload = () => void load();
    const forget = onEvent(event => { if (when(event)) busy ? again = true : plan(soonMs); });
    void load();
    return () => {
      stop.abort();
      clearTimeout(timer);
      forget();
    };
  }, [path, state, key]);

  if (path !== null && answers.has(path)) entry.shown = answers.get(path) as T;
  return {
    data: path === null ? undefined : entry.shown,
    error: entry.path === path ? entry.error : undefined,
    reload: () => entry.reload(),
  };
}
