// Turns loaded rows into what the key pane draws: one flat list of folders and keys, ready for a virtualiser.
// A folder knows only the keys that are loaded; whoever shows its count says so.

import type { KeyRow } from "../../contracts/keys.ts";

export interface FolderItem {
  readonly kind: "folder";
  /** The names inside begin with it: `user:` or `user:123:`. */
  readonly path: string;
  readonly label: string;
  readonly depth: number;
  /** Loaded keys anywhere below. */
  readonly count: number;
  /** Memory of those whose memory is known. */
  readonly memoryBytes: number;
  readonly expanded: boolean;
}

export interface KeyItem<Row extends KeyRow = KeyRow> {
  readonly kind: "key";
  readonly row: Row;
  readonly label: string;
  readonly depth: number;
}

export type ListItem<Row extends KeyRow = KeyRow> = FolderItem | KeyItem<Row>;

interface Folder<Row extends KeyRow> {
  readonly path: string;
  readonly label: string;
  readonly folders: Map<string, Folder<Row>>;
  readonly keys: { label: string; row: Row }[];
  count: number;
  memoryBytes: number;
}

export function listItems<Row extends KeyRow>(rows: readonly Row[]): ListItem<Row>[] {
  return rows.map((row) => ({ kind: "key", row, label: row.logicalName, depth: 0 }));
}

/** The visible lines of the tree: folders first, then keys, both in the order the rows are in. */
export function treeItems<Row extends KeyRow>(
  rows: readonly Row[],
  delimiter: string,
  expanded: ReadonlySet<string>,
): ListItem<Row>[] {
  if (delimiter === "") return listItems(rows);
  const items: ListItem<Row>[] = [];
  addVisible(buildTree(rows, delimiter), 0, expanded, items);
  return items;
}

function buildTree<Row extends KeyRow>(rows: readonly Row[], delimiter: string): Folder<Row> {
  const root = emptyFolder<Row>("", "");
  for (const row of rows) {
    let folder = countIn(root, row);
    let from = 0;
    for (let at = row.logicalName.indexOf(delimiter); at !== -1; at = row.logicalName.indexOf(delimiter, from)) {
      folder = countIn(subfolder(folder, row.logicalName, from, at, delimiter), row);
      from = at + delimiter.length;
    }
    folder.keys.push({ label: row.logicalName.slice(from), row });
  }
  return root;
}

function emptyFolder<Row extends KeyRow>(path: string, label: string): Folder<Row> {
  return { path, label, folders: new Map(), keys: [], count: 0, memoryBytes: 0 };
}

function countIn<Row extends KeyRow>(folder: Folder<Row>, row: Row): Folder<Row> {
  folder.count += 1;
  folder.memoryBytes += row.memoryBytes ?? 0;
  return folder;
}

function subfolder<Row extends KeyRow>(parent: Folder<Row>, name: string, from: number, at: number, delimiter: string) {
  const label = name.slice(from, at);
  const known = parent.folders.get(label);
  if (known) return known;
  const folder = emptyFolder<Row>(name.slice(0, at) + delimiter, label);
  parent.folders.set(label, folder);
  return folder;
}

function addVisible<Row extends KeyRow>(
  parent: Folder<Row>,
  depth: number,
  expanded: ReadonlySet<string>,
  items: ListItem<Row>[],
): void {
  for (const folder of parent.folders.values()) {
    const isExpanded = expanded.has(folder.path);
    const { path, label, count, memoryBytes } = folder;
    items.push({ kind: "folder", path, label, depth, count, memoryBytes, expanded: isExpanded });
    if (isExpanded) addVisible(folder, depth + 1, expanded, items);
  }
  for (const { label, row } of parent.keys) items.push({ kind: "key", row, label, depth });
}

/** Folders above a name, outermost first; opening them makes the key visible. */
export function foldersAbove(logicalName: string, delimiter: string): string[] {
  if (delimiter === "") return [];
  const paths: string[] = [];
  for (let at = logicalName.indexOf(delimiter); at !== -1; at = logicalName.indexOf(delimiter, at + delimiter.length)) {
    paths.push(logicalName.slice(0, at + delimiter.length));
  }
  return paths;
}
