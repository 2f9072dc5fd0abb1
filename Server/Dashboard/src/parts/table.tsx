import type { ComponentChildren } from 'preact';

export interface Column<T> { name: string; cell: (row: T) => ComponentChildren; numeric?: boolean }

interface Props<T> { caption: string; columns: Column<T>[]; rows: readonly T[]; rowKey: (row: T) => string | number }

/** A table that becomes a list of labelled values where the screen is narrow. */
export function Table<T>({ caption, columns, rows, rowKey }: Props<T>) {
  return (
    <table class="table">
      <caption class="visually-hidden">{caption}</caption>
      <thead><tr>{columns.map(c => <th key={c.name} scope="col" class={c.numeric ? 'numeric' : ''}>{c.name}</th>)}</tr></thead>
      <tbody>
        {rows.map(row => (
          <tr key={rowKey(row)}>
            {columns.map(c => <td key={c.name} data-name={c.name} class={c.numeric ? 'numeric' : ''}><span>{c.cell(row)}</span></td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
