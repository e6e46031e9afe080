"""The one analysis chain of both engines. Imports no Django."""
