"""/desk/products/: an institution's products and when they were confirmed, and the reviews that wait for a decision."""
