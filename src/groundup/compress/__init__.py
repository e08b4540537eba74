"""Smaller and faster models from a model: students, pruned and int8 ones, other formats; and what that costs."""
