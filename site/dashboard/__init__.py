"""Landing pages of an enterprise's own place and of the work place; figures that drill down to records."""
