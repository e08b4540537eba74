"""What the overview of classes says: words for and against each, and alarms of shortcuts. In English and Chinese."""

OVERVIEW: dict[str, tuple[str, str]] = {
    # global view
    "overview": ("What drives each class", "各类别由什么驱动"),
    "overview of": ("{inputs:input|inputs}, {classes:class|classes}, {method}", "{inputs} 个输入，{classes} 个类别，{method}"),
    "words for": ("Words that speak for {label}", "支持 {label} 的词"),
    "words against": ("Words that speak against {label}", "反对 {label} 的词"),
    "class inputs": (
        "{inputs:input is|inputs are} predicted as {label}; {words:word|words} occur in {fewest} of them or more.",
        "{inputs} 个输入被判为 {label}；有 {words} 个词至少出现在其中 {fewest} 个输入里。",
    ),
    "mean of scores": ("mean score", "平均分数"),
    "share of scores": ("share of all |scores|", "占全部 |分数| 的比例"),
    "linear weight": ("linear weight", "线性权重"),
    "example": ("example", "例子"),
    "no such words": ("None.", "无。"),
    "like the linear model": (
        "Rank correlation with the weights of the linear model, over its words: {value} (95 % interval {low} to {high}).",
        "与线性模型权重（按词）的秩相关：{value}（95% 区间 {low} 至 {high}）。",
    ),
    "how overviewed": (
        "Scores of {method} for the class that the model predicted, per word, ignoring case. Words are ranked by the "
        "lower end of the interval of their mean (those against by the upper), and listed where it lies above 0 (below). "
        "Intervals: {draws:resample|resamples} of the inputs of the class. Linear weight: of TF-IDF + logistic regression "
        "learned from "
        "{source}.",
        "对模型所判类别的 {method} 分数，按词（不分大小写）汇总。词按其平均值区间的下端排序（反对者按上端），"
        "只列出区间大于 0（反对者小于 0）的词。区间：对该类别的输入重采样 {draws} 次。"
        "线性权重：TF-IDF + 逻辑回归，学自{source}。",
    ),
    "from labels": ("the labels of these rows", "这些行的标签"),
    "from answers": ("the model's own answers to these rows", "模型自身对这些行的回答"),
    "without linear": ("nothing: it could not be fitted", "无（无法拟合）"),
    "shortcuts": ("Words that a class depends on", "左右类别的词"),
    "shortcut alarm": (
        "{label} depends on '{word}': without it {turned} % of the {inputs:input|inputs} that contain it change, with it "
        "alone {kept} % stay {label}. It occurs in {covers} % of the inputs of {label}. A reason, or an accident of the data?",
        "{label} 取决于“{word}”：含该词的 {inputs} 个输入中，去掉它时 {turned}% 改变判断，只留它时 {kept}% 仍为 {label}。"
        "它出现在 {label} 的 {covers}% 的输入中。它是理由，还是数据的偶然？",
    ),
    "no shortcut": ("No class depends on a single word.", "没有哪个类别取决于单个词。"),
    "kept alone": ("stays with it alone (%)", "只留该词仍不变（%）"),
    "turned without": ("changes without it (%)", "去掉后改变（%）"),
    "more than another": ("more than another word", "比其他词多"),
    "more than strongest": ("more than the next strongest", "比次强词多"),
    "covers": ("of the class's inputs (%)", "占该类输入（%）"),
    "how decided": (
        "An alarm: without the word at least {turns} % of the predictions change, or {some} % where it keeps {keeps} % of them "
        "alone; and the intervals lie above 0: of changing against the strongest other word of the same input, of keeping "
        "against another word of it drawn at random. At most {most:input|inputs} a word.",
        "警报条件：去掉该词至少改变 {turns}% 的判断，或至少改变 {some}% 且只留该词保持 {keeps}%；"
        "并且区间都大于 0："
        "改变与同一输入中最强的另一词相比，保持与其中随机另一词相比。每词至多 {most} 个输入。",
    ),
}

OVERVIEW_OF_COLUMNS: dict[str, tuple[str, str]] = {
    "word": ("column", "列"),
    "words for": ("Columns that speak for {label}", "支持 {label} 的列"),
    "words against": ("Columns that speak against {label}", "反对 {label} 的列"),
    "class inputs": (
        "{inputs:row|rows} are predicted as {label}; {words:column|columns} have a cell in {fewest} of them or more.",
        "{inputs} 行被判为 {label}；有 {words} 列至少在其中 {fewest} 行里有值。",
    ),
    "how overviewed": (
        "Scores of {method} for the class that the model predicted, per column, whatever stands in its cells. Columns are "
        "ranked by the lower end of the interval of their mean (those against by the upper), and listed where it lies above 0 "
        "(below). Intervals: {draws:resample|resamples} of the rows of the class.",
        "对模型所判类别的 {method} 分数，按列汇总，不论单元格内容。列按其平均值区间的下端排序（反对者按上端），"
        "只列出区间大于 0（反对者小于 0）的列。区间：对该类别的行重采样 {draws} 次。",
    ),
    "shortcuts": ("Columns that a class depends on", "左右类别的列"),
    "shortcut alarm": (
        "{label} depends on the column '{word}': without it {turned} % of {inputs:row|rows} change, with it alone {kept} % "
        "stay "
        "{label}. It has a cell in {covers} % of the rows of {label}. A reason, or a label in disguise?",
        "{label} 取决于列“{word}”：{inputs} 行中，去掉它时 {turned}% 改变判断，只留它时 {kept}% 仍为 {label}。"
        "它在 {label} 的 {covers}% 的行中有值。它是理由，还是伪装的标签？",
    ),
    "no shortcut": ("No class depends on a single column.", "没有哪个类别取决于单个列。"),
    "more than another": ("more than another column", "比其他列多"),
    "how decided": (
        "An alarm: without the column at least {turns} % of the predictions change, or {some} % where it keeps {keeps} % of "
        "them alone; and the intervals lie above 0: of changing against the strongest other column of the same row, of keeping "
        "against another column of it drawn at random. At most {most:row|rows} a column.",
        "警报条件：去掉该列至少改变 {turns}% 的判断，或至少改变 {some}% 且只留该列保持 {keeps}%；并且区间都大于 0："
        "改变与同一行中最强的另一列相比，保持与其中随机另一列相比。每列至多 {most} 行。",
    ),
}
"""What an overview of a table says otherwise."""
