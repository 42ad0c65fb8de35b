/** A command whose code is loaded when it is run, so that one does not pay for the imports of the others. */
export function lazy<Given extends unknown[]>(
  load: () => Promise<(...given: Given) => Promise<void> | void>,
): (...given: Given) => Promise<void> {
  return async (...given) => {
    const command = await load();
    await command(...given);
  };
}
