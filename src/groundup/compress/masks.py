"""Single weights of the blocks' matrices become zero. Nothing becomes faster or smaller but a packed file: the kernels here
multiply by zeros as by other numbers.

magnitude: the smallest. wanda: the smallest |w| * |x|, x the column of inputs, within each row (Sun et al., 2023,
arXiv:2306.11695).
"""

from __future__ import annotations
