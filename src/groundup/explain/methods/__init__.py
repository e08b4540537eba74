"""Methods: each is a function from a subject to its explanation. All are listed in registry.py."""
