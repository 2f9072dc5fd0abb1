import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { streamState } from './api/events';
import { KeyDialog, KeyButton } from './key';
import { Icon, type IconName } from './parts/icons';
import { Toasts } from './parts/toast';
import { AdapterPage } from './pages/adapter';
import { AdaptersPage } from './pages/adapters';
import { CreatePage } from './pages/create';
import { EventsPage } from './pages/events';
import { FleetPage } from './pages/fleet';
import { MissingPage } from './pages/missing';
import { OverviewPage } from './pages/overview';
import { RunPage } from './pages/run/run';
import { RunsPage } from './pages/runs';
import { match, path } from './router';
import { nextTheme, theme } from './theme';

interface Route { pattern: string; title: (found: Record<string, string>) => string; page: (found: Record<string, string>) => ComponentChildren }

const routes: Route[] = [
  { pattern: '/', title: () => 'Overview', page: () => <OverviewPage /> },
  { pattern: '/runs', title: () => 'Runs', page: () => <RunsPage /> },
  { pattern: '/new', title: () => 'New run', page: () => <CreatePage /> },
  { pattern: '/runs/:run', title: f => f['run']!, page: f => <RunPage key={f['run']} run={f['run']!} part="curves" /> },
  { pattern: '/runs/:run/:part', title: f => `${f['run']}, ${f['part']}`, page: f => <RunPage key={f['run']} run={f['run']!} part={f['part']!} /> },
  { pattern: '/runs/:run/rounds/:round', title: f => `${f['run']}, round ${f['round']}`, page: f => <RunPage key={f['run']} run={f['run']!} part="rounds" round={f['round']!} /> },
  { pattern: '/fleet', title: () => 'Fleet', page: () => <FleetPage /> },
  { pattern: '/adapters', title: () => 'Adapters', page: () => <AdaptersPage /> },
  { pattern: '/adapters/:run', title: f => `Adapters of ${f['run']}`, page: f => <AdapterPage key={f['run']} run={f['run']!} /> },
  { pattern: '/events', title: () => 'Events', page: () => <EventsPage /> },
];

const places: { to: string; name: string; icon: IconName }[] = [
  { to: '/', name: 'Overview', icon: 'overview' },
  { to: '/runs', name: 'Runs', icon: 'runs' },
  { to: '/fleet', name: 'Fleet', icon: 'fleet' },
  { to: '/adapters', name: 'Adapters', icon: 'adapters' },
  { to: '/events', name: 'Events', icon: 'events' },
];

export function App() {
  const address = path.value;
  const found = routes.map(r => ({ route: r, values: match(r.pattern, address) })).find(r => r.values);
  const title = found ? found.route.title(found.values!) : 'Not found';
  useEffect(() => { document.title = `${title} · Federated`; }, [title]);
  return (
    <>
      <a class="skip" href="#main">Skip to the content</a>
      <header class="top">
        <a class="brand" href="/"><img src="/icon.svg" alt="" width="28" height="28" />Federated</a>
        <Places address={address} />
        <div class="tools">
          <Stream />
          <KeyButton />
          <button class="bare" onClick={nextTheme} title={`Colours: ${theme.value}`} aria-label={`Colours: ${theme.value}; change`}><Icon name="theme" /></button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>{found ? found.route.page(found.values!) : <MissingPage />}</main>
      <Toasts />
      <KeyDialog />
    </>
  );
}

const Places = ({ address }: { address: string }) => (
  <nav class="places" aria-label="Pages">
    {places.map(p => {
      const here = p.to === '/' ? address === '/' : address === p.to || address.startsWith(p.to + '/');
      return <a key={p.to} href={p.to} aria-current={here ? 'page' : undefined}><Icon name={p.icon} /><span>{p.name}</span></a>;
    })}
  </nav>
);

const streams = {
  connecting: ['wait', 'Connecting', 'Opening the event stream'],
  live: ['ok', 'Live', 'Changes appear as they happen'],
  lost: ['bad', 'Reconnecting', 'The coordinator does not answer; trying again'],
  absent: ['wait', 'Polling', 'This coordinator streams no events; the page asks every other second'],
} as const;

function Stream() {
  const [tone, name, title] = streams[streamState.value];
  return <span class={`stream ${tone}`} role="status" title={title}><i /><span>{name}</span></span>;
}
