import { useEffect, useState } from 'preact/hooks';
import { onEvent, streamState } from './events';
import { apiKey } from './key';
import { Problem } from './problem';
import { get, getAll } from './rest';
import type { FederationEvent } from './types';

export interface Resource<T> {
  /** The newest answer; undefined until the first. */
  data: T | undefined;
  /** Why the newest question has no answer; older data stay on the page. */
  error: Error | undefined;
  reload(): void;
}

const soonMs = 150;

export interface Freshness<T> {
  /** After which events the route is asked again. */
  when?: (event: FederationEvent) => boolean;
  /** The least time from one question to the next; for a large answer that every event would fetch anew. */
  everyMs?: number;
  /** Whether the route answers a list in pages, of which all are wanted. */
  all?: boolean;
  /** How an answer is brought up to date without asking for all of it again. */
  growth?: Growth<T>;
  /** Whether an answer misses something that comes by itself soon, without an event that says so. */
  waits?: (data: T) => boolean;
}

export interface Growth<T> {
  /** The query for what may have changed since an answer. */
  since: (known: T) => string;
  /** Both together; undefined where they are not of one history, so that all is asked for. */
  join: (known: T, fresh: T) => T | undefined;
}

// An answer that takes long is asked for less often, so that a page takes at most a fifth of the time of whoever answers; never more seldom than this.
const share = 4;
const seldomMs = 700;

const pollMs = 1_500;
const checkMs = 15_000;

const remembered = 200;
const answers = new Map<string, unknown>();

function remember(path: string, answer: unknown): void {
  answers.delete(path);
  answers.set(path, answer);
  if (answers.size > remembered) answers.delete(answers.keys().next().value!);
}

async function ask<T>(path: string, all: boolean, growth: Growth<T> | undefined, signal: AbortSignal): Promise<T> {
  const known = answers.get(path) as T | undefined;
  if (growth && known !== undefined) {
    const grown = growth.join(known, await get<T>(path + growth.since(known), signal));
    if (grown !== undefined) return grown;
  }
  return await (all ? getAll : get)<T>(path, signal);
}

/**
 * What a route answers, kept fresh: after each event that `when` selects, and by polling where the server streams no events or while
 * the answer waits for something.
 * At most one request is under way, and the next begins when it has ended. Where the path moves on, as from round to round, the earlier
 * answer stays until the next is there.
 */
export function useResource<T>(path: string | null, { when, everyMs = soonMs, all = false, growth, waits }: Freshness<T> = {}): Resource<T> {
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
    // A stream of events must not put off the next question again and again.
    let soon = false;
    let [took, ended] = [0, 0];
    // What comes within a moment is asked for at once.
    const restMs = () => Math.max(soonMs, ended + Math.max(everyMs, Math.min(seldomMs, share * took)) - performance.now());

    const load = async () => {
      if (busy) return void (again = true);
      [busy, again, soon] = [true, false, false];
      let waiting = false;
      const began = performance.now();
      try {
        const answer = await ask<T>(path, all, growth, stop.signal);
        remember(path, answer);
        entry.error = undefined;
        waiting = waits?.(answer) ?? false;
      } catch (e) {
        if (stop.signal.aborted) return;
        entry.error = e as Error;
      }
      ended = performance.now();
      [busy, soon, took] = [false, again, ended - began];
      redraw(n => n + 1);
      plan(again ? restMs() : state === 'live' && !waiting ? checkMs : pollMs);
    };
    const plan = (ms: number) => {
      clearTimeout(timer);
      // A route that this server lacks does not appear while the page is open.
      if (entry.error instanceof Problem && entry.error.isAbsent) return;
      timer = setTimeout(() => document.hidden ? plan(pollMs) : void load(), ms);
    };
    entry.reload = () => void load();
    const forget = onEvent(event => {
      if (!when?.(event)) return;
      if (busy) again = true;
      else if (!soon) {
        soon = true;
        plan(restMs());
      }
    });
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
