import { recentEvents } from './events';
import { useResource, type Resource } from './resource';
import type { FederationEvent } from './types';

/** The newest events, the newest first: those on record when the page was opened, and those that came since. Of one run, or of all. */
export function useHistory(limit: number, run?: string): Resource<FederationEvent[]> {
  const recorded = useResource<FederationEvent[]>(`/events?after=-${limit}&limit=${limit}${run ? `&run=${encodeURIComponent(run)}` : ''}`);
  const live = recentEvents.value.filter(e => !run || e.run === run);
  if (!recorded.data && live.length === 0) return recorded;
  const bySequence = new Map([...recorded.data ?? [], ...live].map(e => [e.sequence, e]));
  return { ...recorded, data: [...bySequence.values()].sort((a, b) => b.sequence - a.sequence) };
}
