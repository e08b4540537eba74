"""What is said of labelled rows before training: splits, labels, leakage, and what looks wrong. In English and Chinese."""

ROWS: dict[str, tuple[str, str]] = {
    # splits
    "split train": ("train", "训练集"),
    "split validation": ("validation", "验证集"),
    "split test": ("test", "测试集"),
    "split left out": ("left out", "未使用"),
    "in split": ("{note} ({split})", "{note}（{split}）"),
    "empty split": (
        "warning: the {split} split is empty: --split.{name} {share:g} of so few is none; give more, or a larger share",
        "warning: {split}为空：数据太少，--split.{name} {share:g} 不足一行；请提供更多数据或更大的比例",
    ),
    "no group": (
        "warning: {count} of {total} {rows} have no value in '{column}'; each is a group of its own",
        "warning: {total} {rows}中有 {count} {rows}的“{column}”为空；各自成为一组",
    ),
    "word for rows": ("rows", "行"),
    "word for documents": ("documents", "篇文档"),
    "documents in no split": (
        "{count:document is|documents are} in no split: {count:~it is a part of another|they are parts of others}, of which "
        "one is held out",
        "{count} 篇文档不属于任何划分：它们是其他文档的一部分，而其中之一已留作评测",
    ),
    "documents of others": (
        "{count:document is|documents are} in no split: {count:~it is a part of another|they are parts of others}",
        "{count} 篇文档不属于任何划分：它们是其他文档的一部分",
    ),
    "groups in several splits": (
        "warning: {count:value|values} of {column} {count:~stands|stand} in several splits, as the source itself is split",
        "warning: {column} 有 {count} 个取值出现在多个划分中，因为数据自带划分",
    ),
    # rows, labels
    "rows by split": ("{rows:row|rows}: {splits}", "共 {rows} 行：{splits}"),
    "count of split": ("{count} {split}", "{split} {count}"),
    "labels with shares": ("labels: {labels}", "标签：{labels}"),
    "labels of one row": (
        "warning: labels of 1 row each, which can be neither learned nor tested: {labels}",
        "warning: 只有 1 行的标签，既无法学习也无法评测：{labels}",
    ),
    "not trained on": ("not trained on: {reasons}", "不用于训练：{reasons}"),
    "unfit summaries that share no word with their text": (
        "{count} summaries that share no word with their text",
        "{count} 行的摘要与正文没有相同的词",
    ),
    "unfit sides of very different length": ("{count} sides of very different length", "{count} 行两侧长度悬殊"),
    "unfit repeated pairs": ("{count} repeated pairs", "{count} 行重复的句对"),
    "rows repeat": (
        "{rows} {count:~repeats|repeat} an earlier {earlier}; repeats stay in one split",
        "{rows}与之前的{earlier}重复；重复的行留在同一划分中",
    ),
    "rows contradict": (
        "warning: {rows} {count:~contradicts|contradict} an equal one, such as '{text}': {one} and {other}",
        "warning: {rows}与相同的一条标签矛盾，例如“{text}”：{one} 与 {other}",
    ),
    "texts leak": (
        "warning: {share:.1%} of the {split} texts repeat, contain or are part of training texts{such}; "
        "pass --split.group_by containment, or a column",
        "warning: {split}中 {share:.1%} 的文本与训练文本重复或互相包含{such}；请使用 --split.group_by containment 或指定一列",
    ),
    "rows leak": (
        "warning: {share:.1%} of the {split} rows repeat training rows{such}; --split.group_by keeps rows of one group in one "
        "split",
        "warning: {split}中 {share:.1%} 的行与训练行重复{such}；可用 --split.group_by 使同组的行留在同一划分",
    ),
    "such as": (", such as {example}", "，例如 {example}"),
    "one and the other": ("'{one}' and '{other}'", "“{one}”与“{other}”"),
    "in both": ("'{text}', which is in both", "两边都有的“{text}”"),
    "variants learned apart": (
        "warning: labels that differ by case, width or blanks alone are learned apart: {labels}",
        "warning: 仅大小写、全半角或空格不同的标签会被当作不同标签学习：{labels}",
    ),
    "labels never trained": (
        "warning: labels that no training row has: {labels}; counted as errors",
        "warning: 训练集中没有的标签：{labels}；将计为错误",
    ),
    "equal rows": (
        "{count:row is|rows are} equal to an earlier one in every column, such as '{example}'; equal rows may be "
        "different cases, so splits may part them; --split.group_by COLUMN keeps those of a case together",
        "{count} 行的所有列都与之前某行相同，例如“{example}”；相同的行可能是不同个案，因此可能分入不同划分；"
        "可用 --split.group_by 列名 使同一个案的行留在一起",
    ),
    "column tells the label": (
        "warning: column '{column}' alone tells the label (AUC {alone:.3f}; all others together {others:.3f}): if it is known "
        "only after the label is, leave it out",
        "warning: 仅凭列“{column}”就能得知标签（AUC {alone:.3f}；其他各列合计 {others:.3f}）：如果它在标签之后才知道，"
        "请不要使用",
    ),
    "gaps tell the label": (
        "warning: whether column '{column}' is empty tells the label (AUC {alone:.3f}; all others together {others:.3f}): if "
        "it "
        "is known only after the label is, leave it out",
        "warning: 列“{column}”是否为空就能得知标签（AUC {alone:.3f}；其他各列合计 {others:.3f}）：如果它在标签之后才知道，"
        "请不要使用",
    ),
    # how labels are written
    "classes are numbers": (
        "the model calls its classes {first} and so on, which is transformers' name for their numbers: the numbers in column "
        "'{column}' mean these; --label.names names them otherwise",
        "模型的类别名为 {first} 等，这是 transformers 给编号起的名称：列“{column}”中的数字即指这些类别；可用 --label.names "
        "另行命名",
    ),
    "whole numbers as floats": (
        "column '{column}': holds whole numbers as floats; labels like {cell} are called {name}",
        "列“{column}”：整数存成了浮点数；{cell} 这样的标签称为 {name}",
    ),
    "cell is one name": (
        "column '{column}': each cell is one name, as all its cells together say; --label.separator sets it",
        "列“{column}”：由全部单元格看出，每个单元格是一个名称；可用 --label.separator 指定",
    ),
    "separator of labels": (
        "column '{column}': {separator} parts the labels of a row, as all its cells together say; --label.separator sets it",
        "列“{column}”：由全部单元格看出，一行的多个标签以 {separator} 分隔；可用 --label.separator 指定",
    ),
    "labels unknown": (
        "warning: {place}: labels that the model does not know count as errors: {labels}; {fix}",
        "warning: {place}：模型不认识的标签计为错误：{labels}；{fix}",
    ),
    "label and rows": ("'{name}' ({count:row|rows})", "“{name}”（{count} 行）"),
    "label like another": (
        "'{name}' ({count:row|rows}, like '{other}' but for case, width or blanks)",
        "“{name}”（{count} 行，与“{other}”仅大小写、全半角或空格不同）",
    ),
    "rename says the same": (
        "--label.rename old=new says which are the same",
        "可用 --label.rename 旧=新 指明相同的标签",
    ),
    "rename without row": (
        "warning: --label.rename: no row has the label {labels}",
        "warning: --label.rename：没有任何行的标签是 {labels}",
    ),
}
