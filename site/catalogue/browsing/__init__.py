"""How the public finds, compares and keeps products: the list with facets, the comparison, favourites, feeds."""
