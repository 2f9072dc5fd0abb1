import { useState } from 'preact/hooks';
import { post } from '../api/rest';
import { paths, useFleet } from '../api/routes';
import type { Client } from '../api/types';
import { ago, bytes, count, percent } from '../format';
import { Badge } from '../parts/badge';
import { Confirm } from '../parts/dialog';
import { FleetMap } from '../parts/fleet-map';
import { Head } from '../parts/head';
import { usePages } from '../parts/pages';
import { phaseName } from '../parts/phases';
import { Panel, Progress } from '../parts/panel';
import { Empty, Show } from '../parts/states';
import { Table } from '../parts/table';
import { attempt } from '../parts/toast';
import { LabelsDialog } from './labels';
import { NoClients } from './overview';

export function FleetPage() {
  const fleet = useFleet();
  return (
    <>
      <Head title="Fleet" note={<span class="muted">Every client that ever connected, and what those who are here say about themselves.</span>} />
      <Show of={fleet}>{all => all.length === 0 ? <NoClients /> : <List clients={all} changed={fleet.reload} />}</Show>
    </>
  );
}

function List({ clients, changed }: { clients: Client[]; changed: () => void }) {
  const [text, setText] = useState('');
  const [state, setState] = useState('');
  const states = [...new Set(clients.map(stateOf))].sort();
  const found = clients.filter(c => (!state || stateOf(c) === state) && matches(c, text.trim().toLowerCase()));
  const { shown, turner } = usePages(found);
  return (
    <>
      <Panel title="At a glance" note={`${count(clients.length)} known`}><FleetMap clients={clients} /></Panel>
      <div class="filters">
        <label class="field inline"><span>Search</span><input type="search" value={text} onInput={e => setText(e.currentTarget.value)} placeholder="Id, label, device or run" /></label>
        <label class="field inline"><span>State</span>
          <select value={state} onChange={e => setState(e.currentTarget.value)}><option value="">All</option>{states.map(s => <option key={s}>{s}</option>)}</select>
        </label>
      </div>
      {found.length === 0 ? <Empty title="No client matches"><button onClick={() => { setText(''); setState(''); }}>Show all</button></Empty> : (
        <div class="panel">
          <Table<Client> caption="Clients" rows={shown} rowKey={c => c.id} columns={[
            { name: 'Client', cell: c => <><b>{c.id}</b>{c.software && <small class="muted block">{c.software}</small>}</> },
            { name: 'State', cell: c => <Badge state={stateOf(c)} /> },
            { name: 'Now', cell: c => <Now client={c} /> },
            { name: 'Device', cell: c => c.device ? <>{c.device.kind} <small class="muted block">{[c.device.memoryBytes > 0 && bytes(c.device.memoryBytes), c.device.stepsPerSecond > 0 && `${c.device.stepsPerSecond.toFixed(1)} steps/s`].filter(Boolean).join(', ')}</small></> : '–' },
            { name: 'Labels', cell: c => <Labels labels={c.labels} /> },
            { name: 'Heard', cell: c => c.lastHeardMs ? ago(c.lastHeardMs) : '–' },
            { name: 'Actions', cell: c => <Actions client={c} changed={changed} /> },
          ]} />
        </div>
      )}
      {turner}
    </>
  );
}

const stateOf = (c: Client): string => c.revoked ? 'Revoked' : c.approved === false ? 'Pending' : c.draining ? 'Draining' : c.state;

const matches = (c: Client, text: string): boolean =>
  [c.id, c.device?.kind, c.device?.name, ...c.joined ?? [], ...Object.entries(c.labels ?? {}).map(([k, v]) => `${k}=${v}`)].some(part => part?.toLowerCase().includes(text));

function Now({ client }: { client: Client }) {
  const p = client.progress;
  if (!p) return <span class="muted">{client.joined?.length ? client.joined.join(', ') : '–'}</span>;
  return (
    <span class="now">
      <span>{phaseName(p.phase)}{p.steps > 0 && <small class="muted"> {percent(p.step / p.steps, 0)}</small>}</span>
      {p.steps > 0 && <Progress value={p.step} of={p.steps} label={`${client.id}: ${phaseName(p.phase)}`} />}
    </span>
  );
}

const Labels = ({ labels }: { labels: Record<string, string> | undefined }) => {
  const all = Object.entries(labels ?? {});
  return all.length === 0 ? <>–</> : <span class="labels">{all.map(([k, v]) => <code key={k}>{k}={v}</code>)}</span>;
};

function Actions({ client, changed }: { client: Client; changed: () => void }) {
  const [open, setOpen] = useState<'labels' | 'revoke' | null>(null);
  const state = stateOf(client);
  const tell = async (verb: string, words: string) => {
    await attempt(words, () => post(paths.client(client.id, `/${verb}`)));
    changed();
  };
  const button = (verb: string, name: string, words: string) => <button class="small" aria-label={`${name} ${client.id}`} onClick={() => void tell(verb, words)}>{name}</button>;
  return (
    <span class="row-actions">
      {state === 'Pending' && button('approve', 'Approve', `${client.id} may take part.`)}
      {state === 'Draining' || state === 'Drained' ? button('undrain', 'Undrain', `${client.id} gets work again.`)
        : state !== 'Revoked' && state !== 'Pending' && button('drain', 'Drain', `${client.id} finishes its work and gets no more.`)}
      <button class="small" aria-label={`Labels of ${client.id}`} onClick={() => setOpen('labels')}>Labels</button>
      {state !== 'Revoked' && <button class="small danger" aria-label={`Revoke ${client.id}`} onClick={() => setOpen('revoke')}>Revoke</button>}
      {open === 'labels' && <LabelsDialog client={client} onClose={() => setOpen(null)} changed={changed} />}
      {open === 'revoke' && <Confirm title={`Revoke ${client.id}?`} yes="Revoke" onClose={() => setOpen(null)} onYes={() => void tell('revoke', `${client.id} is shut out.`)}
        text={<p>Its stream ends at once and its credentials stop working. To come back it needs a new join token. To let it finish its work first, drain it.</p>} />}
    </span>
  );
}
