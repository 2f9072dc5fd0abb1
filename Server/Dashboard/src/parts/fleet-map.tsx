import type { Client } from '../api/types';
import { count } from '../format';

const most = 1_000;

type Kind = 'working' | 'connected' | 'away' | 'barred';

const kinds: Record<Kind, string> = { working: 'Working', connected: 'Connected', away: 'Away', barred: 'Held back' };

const kindOf = (c: Client): Kind => c.revoked || c.approved === false || c.draining || ['Pending', 'Revoked', 'Draining', 'Drained'].includes(c.state) ? 'barred'
  : c.state !== 'Connected' ? 'away'
  : c.progress ? 'working' : 'connected';

/** Every client as one square: a thousand fit, and what differs stands out. */
export function FleetMap({ clients }: { clients: Client[] }) {
  const all = clients.map(c => ({ id: c.id, kind: kindOf(c) }));
  const totals = (Object.keys(kinds) as Kind[]).map(kind => ({ kind, n: all.filter(c => c.kind === kind).length })).filter(t => t.n > 0);
  const words = totals.map(t => `${t.n} ${kinds[t.kind].toLowerCase()}`).join(', ');
  return (
    <div class="fleet-map">
      <div class="squares" role="img" aria-label={`Clients: ${words}`}>
        {all.slice(0, most).map(c => <i key={c.id} class={c.kind} title={`${c.id}: ${kinds[c.kind].toLowerCase()}`} />)}
      </div>
      <ul class="squares-legend">{totals.map(t => <li key={t.kind}><i class={t.kind} />{kinds[t.kind]} <b>{count(t.n)}</b></li>)}</ul>
    </div>
  );
}
