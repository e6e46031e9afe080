"""What institutions offer: products with rules and tariffs, outlets, service items; their editing and public pages."""
