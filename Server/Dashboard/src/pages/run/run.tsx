import { useState } from 'preact/hooks';
import { post } from '../../api/rest';
import { paths, useRun } from '../../api/routes';
import type { Run } from '../../api/types';
import { count, short } from '../../format';
import { ended, RunBadge } from '../../parts/badge';
import { Confirm } from '../../parts/dialog';
import { Head } from '../../parts/head';
import { Icon } from '../../parts/icons';
import { Figure, Progress } from '../../parts/panel';
import { published } from '../../parts/run-card';
import { Show } from '../../parts/states';
import { attempt } from '../../parts/toast';
import { MissingPage } from '../missing';
import { Curves } from './curves';
import { Layers } from './layers';
import { Privacy } from './privacy';
import { Rounds } from './rounds';
import { RunEvents } from './run-events';
import { Settings } from './settings';
import { Stages } from './stages';

const parts = [['curves', 'Curves'], ['rounds', 'Rounds'], ['layers', 'Layers'], ['privacy', 'Privacy'], ['events', 'Events'], ['settings', 'Settings']] as const;

export function RunPage({ run: id, part, round }: { run: string; part: string; round?: string }) {
  const run = useRun(id);
  if (!parts.some(([name]) => name === part)) return <MissingPage />;
  return (
    <Show of={run}>
      {r => (
        <>
          <Head title={r.id} above={<a href="/runs">Runs</a>} note={<><RunBadge run={r} /><span class="muted">{r.strategy} · settings {short(r.specDigest)}</span></>} actions={<Actions run={r} changed={run.reload} />} />
          {r.lastError && <p class="failure" role="alert"><Icon name="warning" /><span>{r.lastError}</span></p>}
          <Standing run={r} />
          <nav class="tabs" aria-label={`Parts of ${r.id}`}>
            {parts.map(([name, words]) => <a key={name} href={name === 'curves' ? `/runs/${r.id}` : `/runs/${r.id}/${name}`} aria-current={name === part ? 'page' : undefined}>{words}</a>)}
          </nav>
          <Part run={r} part={part} round={round} />
        </>
      )}
    </Show>
  );
}

function Part({ run, part, round }: { run: Run; part: string; round: string | undefined }) {
  switch (part) {
    case 'rounds': return <Rounds run={run} chosen={round} />;
    case 'layers': return <Layers run={run} />;
    case 'privacy': return <Privacy run={run} />;
    case 'events': return <RunEvents run={run.id} />;
    case 'settings': return <Settings run={run} />;
    default: return <Curves run={run.id} />;
  }
}

const Standing = ({ run }: { run: Run }) => (
  <section class="panel standing" aria-label="Where the run stands">
    <dl class="figures">
      <Figure label="Rounds published" value={count(published(run))} note={`of ${count(run.rounds)}`} />
      <Figure label="Version" value={run.version} note={<a href={`/adapters/${run.id}`}>adapters</a>} />
      <Figure label="Clients joined" value={run.joined.length} note={`${run.spec.cohort?.size ?? '–'} per round`} />
      <Figure label="Attempt" value={run.attempt} note={`at round ${Math.min(run.round, run.rounds)}`} />
    </dl>
    <Progress value={published(run)} of={run.rounds} label="Rounds published" />
    <Stages run={run} />
  </section>
);

function Actions({ run, changed }: { run: Run; changed: () => void }) {
  const [asking, ask] = useState(false);
  if (ended(run)) return <a class="button" href={`/adapters/${run.id}`}><Icon name="adapters" />Adapters</a>;
  const tell = async (verb: string, words: string) => {
    await attempt(words, () => post(paths.run(run.id, `/${verb}`)));
    changed();
  };
  return (
    <>
      {run.paused
        ? <button onClick={() => tell('resume', `${run.id} goes on.`)}><Icon name="play" />Resume</button>
        : <button onClick={() => tell('pause', `${run.id} pauses after the round under way.`)}><Icon name="pause" />Pause</button>}
      <button class="danger" onClick={() => ask(true)}><Icon name="stop" />Stop</button>
      {asking && <Confirm title={`Stop ${run.id}?`} yes="Stop the run" onClose={() => ask(false)} onYes={() => void tell('stop', `${run.id} is stopped.`)}
        text={<p>The round under way is given up, its clients are told, and the run cannot go on afterwards. Published versions stay. To interrupt it for a while, pause it instead.</p>} />}
    </>
  );
}
