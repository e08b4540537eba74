"""What the check of labelled data says: headings and findings. In English and Chinese."""

DATA_CHECK: dict[str, tuple[str, str]] = {
    # check of labelled data
    "check of the data": ("Check of the data", "数据检查"),
    "findings": ("Findings", "检查结果"),
    "nothing wrong": ("Nothing was found that would spoil the experiment.", "没有发现会影响实验的问题。"),
    "worth knowing": ("{count:finding is|findings are} worth knowing before training", "训练之前有 {count} 项值得注意"),
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
        "{count:row|rows}, {shown} shown; about {share} % of the labels are estimated to be wrong. Out-of-fold probabilities "
        "of "
        "{method}, confident learning (Northcutt et al., 2021). They are rows to look at, not errors: hard "
        "rows are among them.",
        "{count} 行，列出 {shown} 行；估计约 {share}% 的标签有误。由{method}的折外概率经置信学习得出"
        "（Northcutt 等，2021）。这些只是值得查看的行，其中也有难例。",
    ),
    "surprising labels": ("Labels that a simple method does not expect", "简单方法未预期的标签"),
    "how surprising": (
        "{count:row|rows}, {shown} shown, whose label {method} did not expect from the other rows (out-of-fold probabilities, "
        "confident learning, Northcutt et al., 2021). Rows with the same cells may have different labels: rows to look at, not "
        "errors.",
        "{count} 行，列出 {shown} 行：{method}由其他行的折外概率未预期其标签（置信学习，Northcutt 等，2021）。"
        "单元格相同的行标签也可能不同：只是值得查看，并不是错误。",
    ),
    "not measured": ("not measured", "未测量"),
    "title of equal rows": ("Equal rows", "相同的行"),
    "title of contradictions": ("Equal rows with different labels", "标签不同的相同行"),
    "leak rows exact": ("equal", "相同"),
    "leak rows near": ("nearly equal", "近似相同"),
    "leak rows contained": ("a part of one", "互相包含"),
    "columns of the table": ("Columns", "各列"),
    "is a": ("read as", "读作"),
    "why this kind": ("because", "原因"),
    "missing cells": ("missing", "缺失"),
    "most frequent values": ("most frequent", "最常见的值"),
    "cells are number": ("number", "数值"),
    "cells are category": ("category", "类别"),
    "cells are date": ("date", "日期"),
    "cells are text": ("text", "文本"),
    "cells are id": ("id", "编号"),
    "cells are constant": ("constant", "常量"),
    "finding UNFIT": (
        "fine-tuning would refuse it ({code} {place}: {what}{fix})",
        "微调会拒绝这份数据（{code} {place}：{what}{fix}）",
    ),
    "finding FAULTY_ROWS": (
        "{rows} of {read:row|rows} cannot be used, {limit} are tolerated; the first: {first} {what}",
        "{read} 行中有 {rows} 行无法使用（容许 {limit} 行）；第一处：{first} {what}",
    ),
    "finding REPEATED": (
        "{rows} ({share} %) repeat an earlier {earlier}, such as '{example}'; repeats stay in one split",
        "{rows}（{share}%）与之前的{earlier}重复，例如“{example}”；重复的行留在同一划分中",
    ),
    "finding EQUAL_ROWS": (
        "{rows} ({share} %) are equal to an earlier one in every column, such as '{example}'; equal rows may be different "
        "cases, so splits may part them; --split.group_by COLUMN keeps those of a case together",
        "{rows}（{share}%）的所有列与之前的某一行相同，例如“{example}”；相同的行可能是不同的个案，划分时可能分开；"
        "--split.group_by COLUMN 可让同一个案的行留在一起",
    ),
    "finding CONTRADICTIONS": (
        "{rows} contradict an equal one, such as '{text}': {one} and {other}",
        "{rows}与相同的一条标签矛盾，例如“{text}”：{one} 与 {other}",
    ),
    "finding EQUAL_ROWS_DIFFER": (
        "{rows} have another label than an equal row, such as '{text}': {one} and {other}; the columns cannot tell them apart",
        "{rows}与所有列都相同的另一行标签不同，例如“{text}”：{one} 与 {other}；这些列无法区分它们",
    ),
    "finding LEAKAGE_NOT_MEASURED": (
        "leakage ({splits}) was not measured: so many rows are alike that equal ones tell nothing",
        "没有测量泄漏（{splits}）：相同的行太多，相同并不能说明问题",
    ),
    "finding LEAKING_ROWS": (
        "{share} % of the {split} rows repeat training rows, such as {example}; --split.group_by keeps rows of one group "
        "together",
        "{split} 中 {share}% 的行与训练行重复，例如 {example}；--split.group_by 可让同组的行留在一起",
    ),
    "finding NEARLY_EMPTY": (
        "column '{column}' is empty in {rows:row|rows} ({share} %): it tells little, and may be a mistake of the export",
        "“{column}”列在 {rows} 行中为空（{share}%）：几乎没有信息，也可能是导出有误",
    ),
    "finding NEARLY_CONSTANT": (
        "column '{column}' holds '{value}' in {share} % of the rows that have a value",
        "“{column}”列有取值的行中 {share}% 都是“{value}”",
    ),
    "finding MISSING_CELLS": (
        "{cells:cell is|cells are} missing in {columns:column|columns}: {named}",
        "{columns} 列中共缺失 {cells} 个单元格：{named}",
    ),
    "finding SURPRISING": (
        "{method} expects another label in {rows:row|rows}; first '{text}': {given}, expected {suggested}. Equal columns may "
        "well "
        "have different labels: rows to look at, not errors",
        "{method}对 {rows} 行预期另一个标签；首例“{text}”：标为 {given}，预期 {suggested}。列相同的行标签也可能不同："
        "只是值得查看，并不是错误",
    ),
    "finding LEAKAGE": (
        "{share} % of the {split} texts repeat, contain or are part of training texts, such as {example}; "
        "pass --split.group_by containment, or a column",
        "{split} 中 {share}% 的文本与训练文本重复或互相包含，例如 {example}；请使用 --split.group_by containment 或指定一列",
    ),
    "finding FEW_ROWS": (
        "{count:label has|labels have} fewer than {limit:training row|training rows}: {labels}",
        "{count} 个标签的训练行少于 {limit}：{labels}",
    ),
    "finding IMBALANCE": (
        "the rarest label, {label}, has {share} % of the training rows ({rows}); judge by macro F1",
        "最少的标签 {label} 只占训练行的 {share}%（{rows} 行）；请以宏平均 F1 评判",
    ),
    "finding NOT_IN_SPLIT": (
        "{count:label has|labels have} no row in the {split} split: {labels}",
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
        "{rows:text shows|texts show} a broken encoding or markup, such as '{text}'; groundup prepare repairs them",
        "{rows} 条文本有编码损坏或标记残留，例如“{text}”；groundup prepare 可以修复",
    ),
    "finding PERSONAL": (
        "{rows:text holds|texts hold} e-mail addresses, telephone or card numbers or other personal data",
        "{rows} 条文本含有邮箱、电话、卡号等个人信息",
    ),
    "finding LABEL_IN_TEXT": (
        "{share} % of the texts hold the name of one label, and in {right} % of these it is the row's own",
        "{share}% 的文本含有某个标签的名称，其中 {right}% 正是该行的标签",
    ),
    "finding TEXT_IS_LABEL": (
        "the {texts:different text|different texts} tell {share} % of the labels: is this the column with the text?",
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
        "{share} % of the training rows are longer than {limit:token|tokens} and would be cut; --max_length changes that",
        "{share}% 的训练行超过 {limit} 个词元，将被截断；可用 --max_length 调整",
    ),
    "finding NO_BASELINE": ("the baseline could not be scored: {what}", "无法评估基线：{what}"),
    "finding BASELINE": (
        "{method} reaches accuracy {accuracy} by cross-validation on {rows:row|rows}; always the same label {majority}",
        "{method}在 {rows} 行上交叉验证的准确率为 {accuracy}；总是回答同一标签为 {majority}",
    ),
    "finding NOTHING_LEARNED": (
        "the rows say nothing about the label: {method} reaches {accuracy}, always the same label {majority}",
        "各行内容与标签无关：{method}准确率 {accuracy}，总是回答同一标签为 {majority}",
    ),
    "finding SUSPECTS": (
        "{rows:label looks|labels look} wrong, an estimated {share} %; first '{text}': {given}, rather {suggested}",
        "{rows} 个标签可疑，估计有 {share}% 有误；首例“{text}”：标为 {given}，更像 {suggested}",
    ),
}
