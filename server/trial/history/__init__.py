"""A made-up past of a whole county, with known truth: for benchmarks, for the simulator, and to try the reports on."""
