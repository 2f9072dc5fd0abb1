import { signal } from '@preact/signals';

export const path = signal(location.pathname);

export function go(to: string): void {
  if (to !== location.pathname) history.pushState(null, '', to);
  path.value = to;
  scrollTo(0, 0);
}

/** Links within the page change its address without loading it again. */
export function startRouter(): void {
  addEventListener('popstate', () => { path.value = location.pathname; });
  addEventListener('click', event => {
    const link = (event.target as Element).closest?.('a');
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.target || link.download || link.pathname.startsWith('/api/')) return;
    if (link.hash && link.pathname === location.pathname) return;
    event.preventDefault();
    go(link.pathname);
    document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
  });
}

/** The parts of an address that a pattern names: `/runs/:run` of `/runs/a` is `{ run: 'a' }`. */
export function match(pattern: string, address: string): Record<string, string> | null {
  const [wanted, given] = [pattern, address].map(p => p.replace(/\/+$/, '').split('/')) as [string[], string[]];
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    if (part.startsWith(':')) found[part.slice(1)] = safeDecode(given[i]!);
    else if (part !== given[i]) return null;
  }
  return found;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
