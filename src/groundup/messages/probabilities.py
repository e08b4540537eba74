"""What pages say of probabilities, of decisions by them, and of groups of rows. In English and Chinese."""

PROBABILITIES: dict[str, tuple[str, str]] = {
    "probabilities": ("Probabilities and decisions", "概率与决策"),
    "positive class": (
        "Ranking and rates are about the class {label}, the rarer one.",
        "排序与比率针对类别 {label}（较少的一类）。",
    ),
    "costs of errors": (
        "Saying yes wrongly costs {yes}, saying no wrongly {no}: yes is said from a probability of {threshold} on.",
        "误判为“是”的代价为 {yes}，误判为“否”的代价为 {no}：概率达到 {threshold} 即判为“是”。",
    ),
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
    "said": ("said so often", "判为该类的比例"),
    "hit_rate": ("hit rate", "命中率"),
    "false_alarm_rate": ("false alarm rate", "误报率"),
    "(smaller groups)": ("(smaller groups)", "（较小的组）"),
    "(missing)": ("(missing)", "（缺失）"),
    # simple models of tables
    "logistic regression": ("logistic regression", "逻辑回归"),
    "ridge regression": ("ridge regression", "岭回归"),
    "small boosting": ("small boosting", "小型梯度提升"),
    "random forest": ("random forest", "随机森林"),
    "kernel naive Bayes": ("kernel naive Bayes", "核朴素贝叶斯"),
    "mean of these": ("mean of these", "以上各模型的平均"),
    "masked_accuracy": ("accuracy of hidden cells", "被遮单元格的准确率"),
}
