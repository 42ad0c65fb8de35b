// tslab's compiler of cells, told to do less, since every cell waits for it. By itself, tslab loads the types of all
// packages that are installed, makes two programs for every cell (one only to learn which names it declares), keeps a
// record of what depends on what, for which each program needs a type checker, looks for the same modules again and
// again, and checks the JavaScript that it has just written.
// It is also told where to find this package: `import … from "raella"` works in notebooks in any folder.
const Module = require("node:module");
const path = require("node:path");
const { adaptSource } = require("./adapt-source.cjs");
const { requireFromTslab, resolveFromTslab } = require("./tslab-modules-path.cjs");

const typescript = "@tslab/typescript-for-tslab";
const ts = requireFromTslab(typescript);
const root = path.join(__dirname, "..", "..");
const { name: packageName } = require("../../package.json");

/** What is asked of the compiler now: also complaints about declarations, or help; and whether declarations failed. */
const state = { checksDeclarations: false, declarationsFailed: false, helps: false };

/** "The inferred type of … cannot be named without a reference to …" */
const notPortable = 2742;

/** What tslab's compiler is given for TypeScript. */
const adaptedTypescript = Object.create(ts, {
  // As it is, without being copied.
  __esModule: { value: true },
  createWatchCompilerHost: { value: createWatchCompilerHost },
  getPreEmitDiagnosticsOfFiles: { value: getDiagnostics },
  transpileModule: { value: transpileWithoutChecking },
});

function createWatchCompilerHost(rootFiles, options, system, _createProgram, ...rest) {
  const adapted = { ...options, ...typesInScope(options), paths: pathsOfThisPackage() };
  const host = ts.createWatchCompilerHost(
    rootFiles,
    adapted,
    withoutWatching(system),
    createProgram,
    ...rest,
  );
  const cache = ts.createModuleResolutionCache(system.getCurrentDirectory(), (file) => file, adapted);
  const resolve = (name, file, given, redirect) => {
    const resolution = ts.resolveModuleName(name, file, given, host, cache, redirect);
    if (resolution.resolvedModule !== undefined || isInstalled(file) || Module.isBuiltin(name))
      return resolution;
    // What was missing may have been installed before this cell.
    return ts.resolveModuleName(name, file, given, host, undefined, redirect);
  };
  return Object.assign(host, {
    resolveModuleNameLiterals: (literals, file, redirect, given) =>
      literals.map(({ text }) => resolve(text, file, given, redirect)),
    getModuleResolutionCache: () => cache,
    hasInvalidatedResolutions: () => false,
  });
}

/** Complaints about a cell; without those about its declarations, which show when they are written. */
function getDiagnostics(program, files) {
  const quick = Object.create(program, { getDeclarationDiagnostics: { value: () => [] } });
  return ts.getPreEmitDiagnosticsOfFiles(state.checksDeclarations ? program : quick, files);
}

/** Of types that need no import, those of Node only. They come with tslab if the notebook's folder has none. */
function typesInScope({ typeRoots }) {
  const own = path.dirname(path.dirname(resolveFromTslab("@types/node/package.json")));
  return { types: ["node"], typeRoots: [...typeRoots, own] };
}

/** Where the types of this package are, unless the notebook's folder has one installed. */
function pathsOfThisPackage() {
  const folders = Module._nodeModulePaths(process.cwd()).map((folder) => path.join(folder, packageName));
  if (folders.some((folder) => ts.sys.directoryExists(folder))) return {};
  return {
    [packageName]: [path.join(root, "dist", "index.d.ts")],
    [`${packageName}/*`]: [path.join(root, "dist", "*.d.ts")],
  };
}

function isInstalled(file) {
  return file.includes("/node_modules/") || file.startsWith(`${root}/dist/`);
}

/** What is installed does not change while a notebook is open; hundreds of files need not be looked at every second. */
function withoutWatching(system) {
  const watchFile = (file, ...rest) =>
    isInstalled(file) ? { close: () => undefined } : system.watchFile(file, ...rest);
  return Object.create(system, { watchFile: { value: watchFile } });
}

/** A program that works out what depends on what only if a cell imports source files. */
function createProgram(rootNames, options, host, ...rest) {
  const builder = ts.createAbstractBuilder(rootNames, options, host, ...rest);
  const program = builder.getProgram();
  // Help looks at how the parts of a file belong together, which only a checker finds out.
  if (state.helps) program.getTypeChecker();
  const isAlone = (file) =>
    program.getSourceFiles().every((other) => other === file || other.isDeclarationFile);
  return {
    ...builder,
    getAllDependencies: (file) =>
      isAlone(file)
        ? [file.fileName]
        : ts.createSemanticDiagnosticsBuilderProgram(program, host).getAllDependencies(file),
    emit: (file, write, token, onlyDeclarations, transformers) => {
      const all = { ...transformers, before: [interruptible] };
      const emitted = builder.emit(file, write, token, onlyDeclarations, all);
      // A type that other folders could not name is no mistake of a cell: its name holds on this machine.
      const isMistake = ({ code }) => code !== notPortable;
      state.declarationsFailed ||= emitted.diagnostics.some(isMistake);
      return { ...emitted, diagnostics: emitted.diagnostics.filter(isMistake) };
    },
  };
}

/** What waits is known to its cell: `await x` becomes `__tslab__.goOn(__tslab__.cell(), await x)`. See cell-context.cjs. */
function interruptible(context) {
  const { factory } = context;
  const call = (name, ...values) => {
    const callee = factory.createPropertyAccessExpression(factory.createIdentifier("__tslab__"), name);
    return factory.createCallExpression(callee, undefined, values);
  };
  const visit = (node) => {
    const visited = ts.visitEachChild(node, visit, context);
    if (ts.isAwaitExpression(visited)) return call("goOn", call("cell"), visited);
    if (!ts.isForOfStatement(visited) || visited.awaitModifier === undefined) return visited;
    const { awaitModifier, initializer, expression, statement } = visited;
    const values = call("iterate", expression);
    return factory.updateForOfStatement(visited, awaitModifier, initializer, values, statement);
  };
  return (file) => ts.visitEachChild(file, visit, context);
}

/** From modules of ECMAScript to those of Node. Files without a library count as libraries, which need not be checked. */
function transpileWithoutChecking(source, { compilerOptions, ...rest }) {
  const mark = '/// <reference no-default-lib="true"/>\n';
  const options = { ...rest, compilerOptions: { ...compilerOptions, skipDefaultLibCheck: true } };
  const { outputText, ...more } = ts.transpileModule(mark + source, options);
  return { ...more, outputText: outputText.replace(mark, "") };
}

/** Loads tslab's compiler with the adapted TypeScript, for whoever asks for that module from now on. */
function loadConverter() {
  const file = resolveFromTslab("./dist/converter.js");
  const converter = new Module(file, module);
  const load = converter.require;
  converter.require = (id) => (id === typescript ? adaptedTypescript : load.call(converter, id));
  converter.load(file);
  require.cache[file] = converter;
  return converter.exports;
}

/** Where a cell, or what it imports, asks for this package and has none installed, it gets this one. */
function offerThisPackage() {
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function (request, ...rest) {
    try {
      return resolve.call(this, request, ...rest);
    } catch (error) {
      const isWanted = request === packageName || request.startsWith(`${packageName}/`);
      if (error.code !== "MODULE_NOT_FOUND" || !isWanted) throw error;
      return require.resolve(request);
    }
  };
}

const { createConverter } = loadConverter();
offerThisPackage();

/** As tslab's converter for cells in TypeScript. */
function createCompiler() {
  const converter = createConverter({ isJS: false, isBrowser: false });

  function during(what, work) {
    state[what] = true;
    try {
      return work();
    } finally {
      state[what] = false;
    }
  }

  function convert(earlier, source) {
    const adapted = adaptSource(source);
    state.declarationsFailed = false;
    const converted = converter.convert(earlier, adapted);
    if (!state.declarationsFailed) return converted;
    const again = during("checksDeclarations", () => converter.convert(earlier, adapted));
    return { ...converted, diagnostics: again.diagnostics };
  }

  return {
    ...converter,
    convert,
    complete: (...values) => during("helps", () => converter.complete(...values)),
    inspect: (...values) => during("helps", () => converter.inspect(...values)),
  };
}

module.exports = { createCompiler };
