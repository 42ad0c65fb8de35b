/** Words of mapping files. */
export const mappingWords: readonly string[] = [
  ...["target", "type", "factors", "permutation", "split", "keep", "bypass", "passthrough"],
  ...["temporal", "spatial", "dataspace", "memory", "buffer", "inter_pe_spatial_dummy", "mac"],
  ...["M=8", "N=4", "K=16", "M=2", "K=0", "MNK", "KNM"],
];
