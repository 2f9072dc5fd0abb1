import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { shown } from '../theme';

export interface Line { label: string; values: (number | null)[]; dashed?: boolean }

interface Props { title: string; x: number[]; lines: Line[]; format: Format; /** Steps of the axis are powers of two. */ binary?: boolean; xLabel?: string }

/** A value as text; on an axis with as many digits as its steps need. */
type Format = (value: number, step?: number) => string;

const heightPx = 220;

/** Curves over rounds. What a canvas shows is also there as a table, for who cannot see it. */
export function Chart({ title, x, lines, format, binary = false, xLabel = 'Round' }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const labels = lines.map(l => l.label).join('|');
  const look = shown.value;
  const [asTable, showTable] = useState(false);

  useEffect(() => {
    const element = place.current!;
    const chart = new uPlot(options(element, lines, format, binary), table(x, lines), element);
    plot.current = chart;
    const watch = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: heightPx }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [labels, look]);

  useEffect(() => plot.current?.setData(table(x, lines)), [x, lines]);

  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{title}</span>
        <ul class="legend">
          {lines.map((l, i) => <li key={l.label} class={`series-${i + 1} ${l.dashed ? 'dashed' : ''}`}>{l.label} <b>{last(l.values, format)}</b></li>)}
        </ul>
      </figcaption>
      <div ref={place} class="plot" aria-hidden="true" />
      <details class="data" onToggle={e => showTable(e.currentTarget.open)}>
        <summary>{title} as a table</summary>
        {asTable && <div class="scroll" tabIndex={0} role="group" aria-label={`${title}, values`}>
          <table>
            <thead><tr><th scope="col">{xLabel}</th>{lines.map(l => <th key={l.label} scope="col">{l.label}</th>)}</tr></thead>
            <tbody>
              {x.map((at, i) => <tr key={at}><th scope="row">{at}</th>{lines.map(l => <td key={l.label}>{cell(l.values[i], format)}</td>)}</tr>)}
            </tbody>
          </table>
        </div>}
      </details>
    </figure>
  );
}

const table = (x: number[], lines: Line[]): uPlot.AlignedData => [x, ...lines.map(l => l.values)];

const cell = (value: number | null | undefined, format: Format) => value === null || value === undefined ? '–' : format(value);

const last = (values: (number | null)[], format: Format): string => cell(values.findLast(v => v !== null), format);

const powersOfTwo = Array.from({ length: 50 }, (_, i) => 2 ** i);

function options(element: HTMLElement, lines: Line[], format: Format, binary: boolean): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `12px ${style.fontFamily}`;
  const axis = { stroke: colour('--muted'), font, grid: { stroke: colour('--grid'), width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth || 300,
    height: heightPx,
    legend: { show: false },
    cursor: { points: { size: 7 }, drag: { x: false, y: false } },
    scales: { x: { time: false, range: (_, min, max) => min === max ? [min - 1, max + 1] : [min, max] }, y: { range: room } },
    axes: [
      { ...axis, size: 30, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] },
      { ...axis, size: 62, values: (_, ticks, _axis, _space, step) => ticks.map(v => format(v, step)), ...binary && { incrs: powersOfTwo } },
    ],
    series: [
      {},
      ...lines.map((l, i) => {
        const stroke = colour(`--series-${i + 1}`);
        return { label: l.label, stroke, width: 2, spanGaps: true, ...(l.dashed && { dash: [6, 4] }), points: { show: l.values.length < 40, size: 5, fill: stroke } };
      }),
    ],
    plugins: [reader(lines, format)],
  };
}

const room: uPlot.Range.Function = (_, min, max) => {
  if (min === null || max === null) return [0, 1];
  const space = (max - min || Math.abs(max) || 1) * 0.12;
  return [min >= 0 && min - space < 0 ? 0 : min - space, max + space];
};

/** The values under the pointer. */
function reader(lines: Line[], format: Format): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = 'reader';
  return {
    hooks: {
      init: plot => void plot.over.append(box),
      setCursor: plot => {
        const at = plot.cursor.idx;
        const shows = at !== null && at !== undefined && plot.cursor.left! >= 0;
        box.hidden = !shows;
        if (!shows) return;
        box.replaceChildren(...[`Round ${plot.data[0][at]}`, ...lines.map((l, i) => `${l.label}: ${cell(plot.data[i + 1]![at], format)}`)].map(text => {
          const line = document.createElement('div');
          line.textContent = text;
          return line;
        }));
        const left = plot.valToPos(plot.data[0][at]!, 'x');
        const toLeft = left > plot.over.clientWidth / 2;
        box.style.left = toLeft ? 'auto' : `${left + 10}px`;
        box.style.right = toLeft ? `${plot.over.clientWidth - left + 10}px` : 'auto';
      },
    },
  };
}
