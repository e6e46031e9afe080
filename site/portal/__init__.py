"""The composition root: settings, addresses, task backend, page cache, health. It knows every app; none knows it."""
