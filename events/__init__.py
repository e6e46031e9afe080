"""Events: announced, registered, let in. Capacity is never exceeded; check-ins are append-only."""
