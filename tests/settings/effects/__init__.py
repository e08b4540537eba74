"""What each setting of each command changes: command -> setting, as help names it -> Effect or Kept."""

from tests.settings.effects import asking, preparing, several, training
from tests.settings.effects.effect import Effect, Kept

EFFECTS: dict[str, dict[str, Effect | Kept]] = {
    "prepare": preparing.PREPARE,
    "pretrain": training.PRETRAIN,
    "columns": preparing.COLUMNS,
    "check": preparing.CHECK,
    "curve": several.CURVE,
    "finetune": training.FINETUNE,
    "multitask": several.MULTITASK,
    "evaluate": asking.EVALUATE,
    "glue": several.GLUE,
    "compare": asking.COMPARE,
    "compress": several.COMPRESS,
    "ladder": several.LADDER,
    "generate": asking.GENERATE,
    "export": asking.EXPORT,
    "predict": asking.PREDICT,
    "explain": asking.EXPLAIN,
    "keywords": asking.KEYWORDS,
    "inspect": preparing.INSPECT,
    "models": preparing.MODELS,
    "size": preparing.SIZE,
    "run": preparing.RUN,
    "verify": preparing.VERIFY,
    "bundle": preparing.BUNDLE,
    "demo": preparing.DEMO,
}
