"""What pages say of probabilities, of decisions by them, and of groups of rows. In English and Chinese."""

PROBABILITIES: dict[str, tuple[str, str]] = {
    "probabilities": ("Probabilities and decisions", "概率与决策"),
    "positive class from named": (
        "Ranking and rates are about the class {label!r}, as --positive says.",
        "排序与比率针对类别“{label}”（由 --positive 指定）。",
    ),
    "positive class from model": (
        "Ranking and rates are about the class {label!r}: the rarer one of the training rows, which the model keeps.",
        "排序与比率针对类别“{label}”：训练数据中较少的一类，随模型保存。",
    ),
    "positive class from rows": (
        "Ranking and rates are about the class {label!r}: the rarer one of these rows, for the model keeps none. "
        "--positive names another.",
        "排序与比率针对类别“{label}”：这些行中较少的一类，因为模型没有保存。可用 --positive 指定。",
    ),
    "costs of errors": (
        "A false alarm ({positive!r} is predicted where {negative!r} is right) costs {false_alarm}, a miss ({negative!r} is "
        "predicted where {positive!r} is right) costs {miss}: {positive!r} is predicted from a probability of {threshold} on.",
        "误报（实为“{negative}”却预测为“{positive}”）的代价为 {false_alarm}，漏报（实为“{positive}”却预测为“{negative}”）"
        "的代价为 {miss}：“{positive}”的概率达到 {threshold} 即预测为“{positive}”。",
    ),
    "costs of a row": (
        "A row costs {mean} on average; always the same answer costs {constant}",
        "每行平均代价为 {mean}；总是给出同一回答时为 {constant}",
    ),
    "least cost": (", the best of the simple methods ({name}) {mean}", "，最好的简单方法（{name}）为 {mean}"),
    "end of sentence": (".", "。"),
    "accuracy by": ("Accuracy by {column}: {values}", "按 {column} 的准确率：{values}"),
    "slice": ("{value} {accuracy} ({rows:row|rows})", "{value} {accuracy}（{rows} 行）"),
    "between slices": (", ", "，"),
    "more values": (", and {count:more value|more values} in the report", "，其余 {count} 个取值见报告"),
    "difference in log loss": ("log loss of the Transformer minus its", "Transformer 的对数损失与之差"),
    "largest gaps": ("Largest differences between groups: {gaps}.", "各组之间的最大差异：{gaps}。"),
    "own probabilities": ("Probabilities: {figures}", "概率：{figures}"),
    "best probabilities": (
        "; the best of the simple methods, {name}: {figures}; difference in log loss {apart}.",
        "；最好的简单方法是{name}：{figures}；对数损失之差 {apart}。",
    ),
    "short log_loss": ("log loss", "对数损失"),
    "short auc": ("AUC", "AUC"),
    "rare class": (
        "No row is answered {label!r}: its probability reaches one half nowhere, as is usual for a rare class. The "
        "probabilities do rank the rows (AUC {auc}); groundup evaluate --cost fp=1,fn=5 judges by the threshold that suits "
        "what errors cost.",
        "没有一行被判为“{label}”：其概率从未达到一半，少见类别通常如此。但概率确实能为各行排序（AUC {auc}）；"
        "groundup evaluate --cost fp=1,fn=5 会按错误代价所对应的阈值来评判。",
    ),
    "auc": ("AUC", "AUC"),
    "ks": ("Kolmogorov-Smirnov", "KS 统计量"),
    "sensitivity_at_90": ("sensitivity at 90 % specificity", "特异度 90% 时的灵敏度"),
    "mean_cost": ("cost of a row", "每行代价"),
    "share": ("share of the class", "该类占比"),
    "said": ("predicted share", "预测为该类的比例"),
    "hit_rate": ("hit rate", "命中率"),
    "false_alarm_rate": ("false alarm rate", "误报率"),
    "(smaller groups)": ("(smaller groups)", "（较小的组）"),
    "missing": ("missing", "缺失"),
    # simple models of tables
    "logistic regression": ("logistic regression", "逻辑回归"),
    "ridge regression": ("ridge regression", "岭回归"),
    "small boosting": ("small boosting", "小型梯度提升"),
    "random forest": ("random forest", "随机森林"),
    "kernel naive Bayes": ("kernel naive Bayes", "核朴素贝叶斯"),
    "mean of these": ("mean of the simple methods", "各简单方法的平均"),
    "masked_accuracy": ("accuracy of hidden cells", "被遮单元格的准确率"),
}
