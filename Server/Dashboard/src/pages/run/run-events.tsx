import { recentEvents } from '../../api/events';
import { useResource } from '../../api/resource';
import type { FederationEvent } from '../../api/types';
import { EventList } from '../../parts/event-list';
import { Panel } from '../../parts/panel';

export function RunEvents({ run }: { run: string }) {
  const older = useResource<FederationEvent[]>(`/events?run=${encodeURIComponent(run)}&after=-2000&limit=1000`);
  const live = recentEvents.value.filter(e => e.run === run);
  const from = live.at(-1)?.sequence ?? Infinity;
  const rest = (older.data ?? []).filter(e => e.sequence < from).sort((a, b) => b.sequence - a.sequence);
  return <Panel title="Events" note={`of ${run}, the newest first`}><EventList events={[...live, ...rest].slice(0, 200)} /></Panel>;
}
