import { useHistory } from '../../api/history';
import { EventList } from '../../parts/event-list';
import { Panel } from '../../parts/panel';
import { Show } from '../../parts/states';

export function RunEvents({ run }: { run: string }) {
  const events = useHistory(200, run);
  return (
    <Panel title="Events" note={`of ${run}, the newest first`}>
      <Show of={events}>{all => <EventList events={all.slice(0, 200)} />}</Show>
    </Panel>
  );
}
