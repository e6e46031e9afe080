"""From one Chinese sentence to the facts of a financing need. Imports no Django."""
