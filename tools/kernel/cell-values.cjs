// What this package adds to cells: values that end a cell are shown as what they are, and warnings are told.
const { createRequire } = require("node:module");
const path = require("node:path");
const { types } = require("node:util");
const { name: packageName } = require("../../package.json");

const requireFrom = (folder) => createRequire(path.join(folder, "cell.js"));

/** The package that cells import; undefined where it cannot be loaded. Cells that do not use it do not wait for it. */
function loadNotebookEntry() {
  try {
    return requireFrom(process.cwd())(`${packageName}/notebook`);
  } catch {
    return undefined;
  }
}

/** Shows a value as the last one of a cell. */
async function showValue(value) {
  const isObject = typeof value === "object" && value !== null;
  const show = isObject ? loadNotebookEntry()?.showValue : undefined;
  if (show) await show(value);
  else console.log(value);
}

/** Is it an entry of this package, by whatever name? */
function isEntry(id) {
  try {
    const folder = path.dirname(requireFrom(process.cwd()).resolve(id));
    return (
      path.basename(folder) === "dist" &&
      require(path.join(folder, "..", "package.json")).name === packageName
    );
  } catch {
    return false;
  }
}

/**
 * `require` for cells: functions of this package tell what the results that they return warn of.
 * @param tell called with a line for every warning
 */
function warnOfResults(requireInCell, tell) {
  const wrappers = new WeakMap();
  const report = (value) => {
    if (typeof value !== "object" || value === null) return value;
    if (types.isPromise(value)) return value.then(report);
    for (const line of loadNotebookEntry()?.warningLines?.(value) ?? []) tell(line);
    return value;
  };
  const wrap = (exported) => {
    if (typeof exported !== "function" || types.isProxy(exported) || /^class\b/.test(String(exported)))
      return exported;
    if (!wrappers.has(exported)) {
      const call = (target, self, values) => report(Reflect.apply(target, self, values));
      wrappers.set(exported, new Proxy(exported, { apply: call }));
    }
    return wrappers.get(exported);
  };
  return new Proxy(requireInCell, {
    apply(target, self, values) {
      const loaded = Reflect.apply(target, self, values);
      return isEntry(values[0]) ? new Proxy(loaded, { get: (entry, name) => wrap(entry[name]) }) : loaded;
    },
  });
}

module.exports = { showValue, warnOfResults };
