"""Tariffs → dated cash flows → effective APR. Imports no Django."""
