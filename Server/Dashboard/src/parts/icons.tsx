const paths = {
  overview: 'M3 12h7V3H3zM14 21h7v-9h-7zM14 3v6h7V3zM3 21h7v-6H3z',
  runs: 'M3 17l5-6 4 4 8-10M15 5h5v5',
  fleet: 'M12 12m-3 0a3 3 0 106 0 3 3 0 10-6 0M5 5m-2 0a2 2 0 104 0 2 2 0 10-4 0M19 5m-2 0a2 2 0 104 0 2 2 0 10-4 0M12 21m-2 0a2 2 0 104 0 2 2 0 10-4 0M6.5 6.5l3.4 3.4M17.500 6.500l-3.400 3.400M12 15v4',
  adapters: 'M12 3l9 5-9 5-9-5zM3 13l9 5 9-5',
  events: 'M4 6h2M4 12h2M4 18h2M10 6h10M10 12h10M10 18h6',
  create: 'M12 5v14M5 12h14',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 5l12 7-12 7z',
  stop: 'M6 6h12v12H6z',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  warning: 'M12 4L2.500 20h19zM12 10v4M12 17v.5',
  check: 'M5 13l4 4L19 7',
  theme: 'M12 3a9 9 0 109 9 7 7 0 01-9-9z',
  key: 'M14 10m-4 0a4 4 0 108 0 4 4 0 10-8 0M10.500 12.500L4 19v2h3v-2h2v-2h2',
  close: 'M6 6l12 12M18 6L6 18',
  more: 'M9 6l6 6-6 6',
  empty: 'M4 7l8-4 8 4v10l-8 4-8-4zM4 7l8 4 8-4M12 11v10',
} as const;

export type IconName = keyof typeof paths;

export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d={paths[name]} /></svg>
);
