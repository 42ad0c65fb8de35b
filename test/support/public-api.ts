// What users may rely on, whichever entry it comes from; but for own networks.
export * from "../../src/index";
export * from "../../src/advanced";
export * from "../../src/charts";
export * from "../../src/notebook";
export * from "../../src/sweep";
