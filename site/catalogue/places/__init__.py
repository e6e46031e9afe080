"""Outlets and service items in public: hours, distance, map, list."""
