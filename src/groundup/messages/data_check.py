"""What the check of labelled data says: headings and findings. In English and Chinese."""

DATA_CHECK: dict[str, tuple[str, str]] = {
    # check of labelled data
    "check of the data": ("Check of the data", "数据检查"),
    "findings": ("Findings", "检查结果"),
    "nothing wrong": ("Nothing was found that would spoil the experiment.", "没有发现会影响实验的问题。"),
    "worth knowing": ("{count} findings are worth knowing before training", "训练之前有 {count} 项值得注意"),
    "level ruin": ("RUINS  ", "致命"),
    "level warning": ("warning", "警告"),
    "level note": ("note   ", "说明"),
    "row": ("row", "行"),
    "repeats": ("Repeats, contradictions, leakage", "重复、矛盾与泄漏"),
    "leak exact": ("the same text", "相同文本"),
    "leak near": ("nearly the same", "近似相同"),
    "leak contained": ("a part or the whole of one", "互相包含"),
    "other columns": ("Other columns", "其他列"),
    "column": ("column", "列"),
    "different values": ("different values", "不同取值数"),
    "told by value": ("label accuracy by its values", "由取值得知标签的比例"),
    "told by order": ("label accuracy by its order", "由次序得知标签的比例"),
    "how columns tell": (
        "Share of rows whose label is that of the other rows with the same value (digits of ids left aside), or of the row "
        "before in the order of the column.",
        "标签与同取值的其他行（忽略编号中的数字）相同，或与按该列排序的前一行相同的行所占比例。",
    ),
    "doubtful labels": ("Labels that look wrong", "可疑标签"),
    "suggested": ("suggested", "建议"),
    "margin": ("margin", "差值"),
    "how suspected": (
        "{count} rows, {shown} shown; about {share} % of the labels are estimated to be wrong. Out-of-fold probabilities of "
        "{method}, confident learning (Northcutt et al., 2021). They are rows to look at, not errors: hard "
        "rows are among them.",
        "{count} 行，列出 {shown} 行；估计约 {share}% 的标签有误。由{method}的折外概率经置信学习得出"
        "（Northcutt 等，2021）。这些只是值得查看的行，其中也有难例。",
    ),
    "finding UNFIT": ("fine-tuning would refuse it ({code} {place}: {what})", "微调会拒绝这份数据（{code} {place}：{what}）"),
    "finding FAULTY_ROWS": (
        "{rows} of {read} rows cannot be used, {limit} are tolerated; the first: {first} {what}",
        "{read} 行中有 {rows} 行无法使用（容许 {limit} 行）；第一处：{first} {what}",
    ),
    "finding REPEATED": (
        "{rows} rows ({share} %) repeat an earlier text; repeats stay in one split",
        "{rows} 行（{share}%）与之前的文本重复；重复的行留在同一划分中",
    ),
    "finding CONTRADICTIONS": (
        "{rows} rows contradict an equal text, such as '{text}': {one} and {other}",
        "{rows} 行与相同文本的标签矛盾，例如“{text}”：{one} 与 {other}",
    ),
    "finding LEAKAGE": (
        "{share} % of the {split} texts repeat, contain or are part of training texts, such as {example}; "
        "pass --split.group_by containment, or a column",
        "{split} 中 {share}% 的文本与训练文本重复或互相包含，例如 {example}；请使用 --split.group_by containment 或指定一列",
    ),
    "finding FEW_ROWS": (
        "{count} labels have fewer than {limit} training rows: {labels}",
        "{count} 个标签的训练行少于 {limit}：{labels}",
    ),
    "finding IMBALANCE": (
        "the rarest label, {label}, has {share} % of the training rows ({rows}); judge by macro F1",
        "最少的标签 {label} 只占训练行的 {share}%（{rows} 行）；请以宏平均 F1 评判",
    ),
    "finding NOT_IN_SPLIT": (
        "{count} labels have no row in the {split} split: {labels}",
        "{count} 个标签在 {split} 中没有任何行：{labels}",
    ),
    "finding NEVER_TRAINED": (
        "labels that no training row has: {labels}; they count as errors",
        "训练集中没有的标签：{labels}；将全部计为错误",
    ),
    "finding LABEL_VARIANTS": (
        "labels that differ by case, width or blanks alone are learned apart: {labels}",
        "仅大小写、全半角或空格不同的标签会被当作不同标签学习：{labels}",
    ),
    "finding READING": ("{told}", "{told}"),
    "finding BROKEN_TEXT": (
        "{rows} texts show a broken encoding or markup, such as '{text}'; groundup prepare repairs them",
        "{rows} 条文本有编码损坏或标记残留，例如“{text}”；groundup prepare 可以修复",
    ),
    "finding PERSONAL": (
        "{rows} texts hold e-mail addresses, telephone or card numbers or other personal data",
        "{rows} 条文本含有邮箱、电话、卡号等个人信息",
    ),
    "finding LABEL_IN_TEXT": (
        "{share} % of the texts hold the name of one label, and in {right} % of these it is the row's own",
        "{share}% 的文本含有某个标签的名称，其中 {right}% 正是该行的标签",
    ),
    "finding TEXT_IS_LABEL": (
        "the {texts} different texts tell {share} % of the labels: is this the column with the text?",
        "仅有的 {texts} 种文本就能得知 {share}% 的标签：这一列是文本吗？",
    ),
    "finding MARK": (
        "the word '{word}' stands in {inside} % of the rows of {label} and in {outside} % of the others",
        "“{word}”出现在 {label} 的 {inside}% 的行中，而其他行只有 {outside}%",
    ),
    "finding LENGTH_TELLS": (
        "the length of a text alone tells {share} % of the labels",
        "仅凭文本长度就能得知 {share}% 的标签",
    ),
    "finding COLUMN_TELLS": (
        "column '{column}' tells {share} % of the labels; it does no harm while no model reads it, but how did it come about?",
        "“{column}”列能得知 {share}% 的标签；只要模型不读它就无妨，但请查明其来由",
    ),
    "finding TOO_LONG": (
        "{share} % of the training rows are longer than {limit} tokens and would be cut; --max_length changes that",
        "{share}% 的训练行超过 {limit} 个词元，将被截断；可用 --max_length 调整",
    ),
    "finding NO_BASELINE": ("the baseline could not be scored: {what}", "无法评估基线：{what}"),
    "finding BASELINE": (
        "{method} reaches accuracy {accuracy} by cross-validation on {rows} rows; always the same label {majority}",
        "{method}在 {rows} 行上交叉验证的准确率为 {accuracy}；总是回答同一标签为 {majority}",
    ),
    "finding NOTHING_LEARNED": (
        "the rows say nothing about the label: {method} reaches {accuracy}, always the same label {majority}",
        "各行内容与标签无关：{method}准确率 {accuracy}，总是回答同一标签为 {majority}",
    ),
    "finding SUSPECTS": (
        "{rows} labels look wrong, an estimated {share} %; first '{text}': {given}, rather {suggested}",
        "{rows} 个标签可疑，估计有 {share}% 有误；首例“{text}”：标为 {given}，更像 {suggested}",
    ),
}
