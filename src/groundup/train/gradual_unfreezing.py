"""Gradual unfreezing of blocks, from the top down (Howard and Ruder, 2018, arXiv:1801.06146)."""

from __future__ import annotations

from dataclasses import dataclass

from groundup.errors import InputError
from groundup.nn.model import Model


@dataclass(frozen=True)
class GradualUnfreezing:
    """The number of frozen blocks as a function of the update's number. A resumed run needs no state.

    `stages` are pairs (first update, blocks frozen from then on). Updates rise from 1; blocks fall. With 0 frozen blocks the
    embedding is trained, too. Raises InputError for other stages.
    """

    stages: tuple[tuple[int, int], ...]

    def __post_init__(self):
        updates, blocks = [u for u, _ in self.stages], [b for _, b in self.stages]
        rising = updates == sorted(set(updates)) and updates[:1] == [1]
        if not (rising and blocks == sorted(set(blocks), reverse=True) and min(blocks) >= 0):
            raise InputError(
                "BAD_UNFREEZING",
                "stages",
                f"{list(self.stages)} is not a list of (update, frozen blocks)",
                "let updates rise from 1 and blocks fall, like [(1, 4), (100, 2), (200, 0)]",
            )

    def __call__(self, number: int) -> int:
        return next(blocks for first, blocks in reversed(self.stages) if first <= number)

    @property
    def final_frozen(self) -> int:
        """Blocks that are still frozen at the end."""
        return self.stages[-1][1]

    def prepare(self, model: Model) -> None:
        """Make every parameter trainable that any stage trains. Call it before the optimizer and the averages are made."""
        model.freeze(self.final_frozen)


def unfreeze_gradually(blocks: int, every: int, final_frozen: int = 0) -> GradualUnfreezing:
    """`blocks` frozen at first, and one fewer after each `every` updates, down to `final_frozen`."""
    if every < 1 or not 0 <= final_frozen <= blocks:
        raise InputError(
            "BAD_UNFREEZING", "every", f"from {blocks} to {final_frozen} blocks every {every} updates", "let blocks fall"
        )
    return GradualUnfreezing(tuple((1 + i * every, blocks - i) for i in range(blocks - final_frozen + 1)))
