"""What is said of model folders as they are read: what of them was not used, or was inferred. In English and Chinese."""

MODELS: dict[str, tuple[str, str]] = {
    "tensors unused": (
        "{folder}: {count:tensor|tensors} of a head that is not read here {count:~was|were} not used: {name}",
        "{folder}：不读取的头有 {count} 个张量未使用：{name}",
    ),
    "code not run": ("{place}: the code named in `auto_map` was not run", "{place}：未运行 `auto_map` 指定的代码"),
    "weights converted": (
        "{folder}: weights stored as {types} were converted to float32",
        "{folder}：以 {types} 存储的权重已转换为 float32",
    ),
    "family of tensors": (
        "model_type is missing; the tensors are those of {family}",
        "缺少 model_type；从张量看属于 {family}",
    ),
    "heads of tensors": (
        "architectures names no class; the heads are those whose tensors are there",
        "architectures 未指明类；按现有张量确定头",
    ),
    "heads differ": (
        "the heads described under `{key}` are not those of the tensors, which were read",
        "`{key}` 描述的头与张量不符，以张量为准",
    ),
    "classifier of texts": (
        "architectures {value} does not say what the classifier is for; it is read as one of whole texts",
        "architectures {value} 未说明分类头的用途；按整篇文本的分类读取",
    ),
    "classifier of tokens": (
        "architectures {value} does not say what the classifier is for; it is read as one of each token",
        "architectures {value} 未说明分类头的用途；按逐个词元的分类读取",
    ),
    "keys unused": (
        "keys that are not known here were not used: {keys}",
        "未使用不认识的键：{keys}",
    ),
    "adapter merged": (
        "the adapter {adapter} is merged into its base {base}",
        "适配器 {adapter} 已并入基座 {base}",
    ),
    "labels of another head": (
        "id2label is of another head; the labels of the adapter's are not known: LABEL_0, LABEL_1 ...",
        "id2label 属于另一个头；适配器的标签未知：LABEL_0、LABEL_1……",
    ),
    "embedding as head": (
        "tie_word_embeddings is false and there is no lm_head.weight: the word embedding stands for it",
        "tie_word_embeddings 为 false 却没有 lm_head.weight：以词嵌入代替",
    ),
}
