"""The catalogue in the CMS: each institution drafts and reviews its own products, places and service items."""
