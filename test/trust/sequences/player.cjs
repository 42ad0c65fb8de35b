"use strict";

// Plays a sequence of steps in a process of its own and prints what the calls return, one JSON text a line:
//   node player.cjs < {entry, folder, isRemembering, steps}
// A call may edit what it got, in place and as deep as it goes: that must throw or have no effect on later calls.
const fs = require("node:fs");
const path = require("node:path");

/** Estimators as a user would write them in a notebook. */
const estimators = {
  router: {
    name: "my router",
    classNames: ["isaac_router"],
    accuracyPercent: 99,
    parameters: {},
    actions: ["read", "write", "update", "idle"],
    areaUm2: () => 1000,
    energyPj: (action) => (action === "read" ? 777 : 0),
  },
  converter: {
    name: "my converter",
    classNames: ["isaac_adc"],
    accuracyPercent: 98,
    parameters: {
      resolution: { kind: "number", unit: "bit", description: "resolution" },
    },
    actions: ["convert", "read", "write", "update", "idle"],
    areaUm2: ({ resolution }) => 100 * resolution,
    energyPj: (action, { resolution }) => (action === "convert" || action === "read" ? resolution / 3 : 0),
  },
};

/** Tries to change everything in a value. */
function edit(value, seen = new Set()) {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  for (const key of Object.keys(value)) edit(value[key], seen);
  const attempt = (change) => {
    try {
      change();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  };
  for (const key of Object.keys(value)) {
    const item = value[key];
    attempt(() => {
      value[key] =
        typeof item === "number" ? item * 3 + 1 : typeof item === "string" ? `${item} edited` : [item];
    });
  }
  if (Array.isArray(value)) {
    attempt(() => value.push("edited"));
    attempt(() => value.reverse());
  }
  attempt(() => {
    value.edited = 1;
  });
}

/** Calls by name: what they are given, and the library. Returned values are what the library returned. */
const calls = {
  layer: (raella, options) => raella.runLayer(options),
  mapped: (raella, options) => raella.mapLayer(options),
  specification: (raella, options) => raella.getSpec(options),
  layers: (raella, options) => raella.runLayers(options),
  network: (raella, options) => raella.runNetwork(options),
  sweep: (raella, { description, ...options }) => raella.sweep(description, options),
  diagnosis: (raella, options) => raella.diagnoseLayer(options),
  tables: (raella, options) => raella.estimate(raella.getSpec(options)),
  explanation: (raella, { level, action, ...options }) =>
    raella.explainEnergy(raella.getSpec(options), level, action),
  component: (raella, { component, action, workspace }) =>
    raella.componentEnergy(component, action, { workspace }),
  own: (raella, { search, ...options }) => raella.runLayer(raella.loadSpecification(options), { search }),
  given: (raella, { number, ...options }) => {
    const specification = raella.loadSpecification(options);
    const space = raella.buildMapSpace(specification);
    const mapping = raella.mappingAt(space, number % space.factorizations);
    const mapped = raella.evaluateGivenMapping(specification, mapping);
    return [space, mapping, mapped, raella.resultOf(mapped)];
  },
  /** A specification of the caller's, which the caller goes on editing. */
  edited: (raella, { name, depth, workspace, ...options }, kept) => {
    const key = JSON.stringify([workspace, options]);
    const mine = kept.get(key) ?? JSON.parse(JSON.stringify(raella.getSpec({ ...options, workspace })));
    kept.set(key, mine);
    for (const level of mine.levels) if (level.name === name) level.attributes.depth = depth;
    const mapped = raella.mapLayer(mine);
    return [mapped.evaluation, raella.resultOf(mapped), raella.buildMapSpace(mine).size];
  },
  lists: (raella, { workspace }) => [
    raella.listArchitectures(workspace),
    raella.listDnns(workspace),
    raella.listLayers("resnet18", workspace),
    raella.loadComponentGroups(workspace),
    raella.componentModels({ workspace }),
    raella.defaultGreedySteps,
    raella.fidelityDifferences,
    raella.estimationDifferences,
    raella.planSweep({ architectures: "raella", dnns: "resnet18", variables: { ADC_RESOLUTION: [5, 6] } }),
    raella.chartRow([raella.layerChart(raella.runLayer({ ...smallestLayer, workspace }))]),
  ],
};

const smallestLayer = { architecture: "raella", dnn: "resnet18", layer: 0 };

async function outcome(compute) {
  try {
    return { value: await compute() };
  } catch (error) {
    if (error?.constructor?.name?.startsWith("Raella")) return { error: error.message };
    return { fault: String(error?.stack ?? error) };
  }
}

async function play({ entry, memory, folder, isRemembering, steps, codeCache }) {
  // Processes start faster with the code that the first one has compiled.
  require("node:module").enableCompileCache?.(codeCache);
  const entries = ["index", "advanced", "charts", "sweep"].map((name) =>
    path.join(path.dirname(entry), name),
  );
  const raella = Object.assign({}, ...entries.map((file) => require(file)));
  if (!isRemembering) require(memory).setRemembering("nothing");
  const removals = new Map();
  const kept = new Map();
  for (const step of steps) {
    if (step.do === "write") {
      write(folder, step);
      // What was read before says nothing of the files as they are now.
      kept.clear();
    } else if (step.do === "register")
      removals.set(
        step.name,
        step.name === "library"
          ? raella.registerComponentLibrary(path.join(folder, "library"))
          : raella.registerEstimator(estimators[step.name]),
      );
    else if (step.do === "remove") {
      removals.get(step.name)();
      removals.delete(step.name);
    } else {
      const result = await outcome(() => calls[step.call](raella, step.options, kept));
      // The fresh process need not name the workspace, which is its own.
      const text = JSON.stringify(result, (key, value) => (key === "workspace" ? undefined : value));
      if (step.edit) edit(result.value);
      process.stdout.write(`${text}\n`);
    }
  }
}

/** Writes a file; with the time of the last change that it had before, as copying tools do. */
function write(folder, { file, text, keepsTime }) {
  const name = path.join(folder, file);
  const before = fs.statSync(name, { throwIfNoEntry: false });
  fs.writeFileSync(name, text);
  if (keepsTime && before) fs.utimesSync(name, before.atime, before.mtime);
}

void play(JSON.parse(fs.readFileSync(0, "utf8")));
