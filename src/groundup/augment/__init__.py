"""More training examples from those there are: by rules, and with models."""
