"""The benchmarks: the product against the bare driver on the same rows, ratios in a plain table."""
