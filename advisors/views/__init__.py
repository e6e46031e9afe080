"""Pages of advisors: public ones, the desk's, an enterprise's own, and calendars."""
