"""What a run becomes: a report, plots, comparisons, sweeps, tables."""
