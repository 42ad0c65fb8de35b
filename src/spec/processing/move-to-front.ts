/** Makes an item of a list the first one, so that what was used last is found first. */
export function moveToFront<T>(items: T[], index: number): void {
  const item = items[index];
  for (let position = index; position > 0; position--) items[position] = items[position - 1];
  items[0] = item;
}
