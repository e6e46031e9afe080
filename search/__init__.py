"""One analysis chain, one document registry, two engines, one ranking. Knows no domain app: apps register with it."""
