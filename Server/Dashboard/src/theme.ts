import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';
const store = 'federated.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

export const theme = signal<Theme>((localStorage.getItem(store) as Theme | null) ?? 'system');

/** What is on the screen. */
export const shown = signal<'light' | 'dark'>('light');

export function startTheme(): void {
  const show = () => {
    shown.value = theme.value === 'system' ? (dark.matches ? 'dark' : 'light') : theme.value;
    document.documentElement.dataset['theme'] = shown.value;
  };
  effect(() => {
    localStorage.setItem(store, theme.value);
    show();
  });
  dark.addEventListener('change', show);
}

export function nextTheme(): void {
  theme.value = theme.value === 'system' ? 'light' : theme.value === 'light' ? 'dark' : 'system';
}
