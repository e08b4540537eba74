"""What the scorecard of explanation methods says, and the comparison of two models' explanations. In English and Chinese."""

SCORECARD: dict[str, tuple[str, str]] = {
    # scorecard
    "scorecard": ("Which explanation to believe", "该相信哪种解释"),
    "inputs": ("inputs", "输入"),
    "inputs explained": ("{inputs:input|inputs}, {methods:method|methods}", "{inputs} 个输入，{methods} 种方法"),
    "most faithful": (
        "The most faithful for this model and these inputs: {name}. Its insertion minus deletion AUC is {gap} (95 % interval "
        "{low} to {high}); random rankings have {random}.",
        "对该模型和这些输入最忠实的是：{name}。其插入减删除 AUC 为 {gap}（95% 区间 {low} 至 {high}），随机排序为 {random}。",
    ),
    "not told from": ("These inputs cannot tell it from {names}.", "这些输入无法将其与 {names} 区分开。"),
    "none beats random": (
        "None of the {count:method|methods} clearly beats random rankings on {inputs:input|inputs}: believe none of them here.",
        "在 {inputs} 个输入上，{count} 种方法都没有明确胜过随机排序：此处不应相信其中任何一种。",
    ),
    "judged on probability": (
        "Decided on the probability of one class against the other.",
        "以一类相对另一类的概率作为判断依据。",
    ),
    "judged on target": ("Decided on the number itself.", "以数值本身作为判断依据。"),
    "comprehensiveness": ("comprehensiveness ↑", "全面性 ↑"),
    "sufficiency": ("sufficiency ↓", "充分性 ↓"),
    "deletion": ("deletion ↓", "删除曲线 ↓"),
    "insertion": ("insertion ↑", "插入曲线 ↑"),
    "insertion_minus_deletion": ("insertion minus deletion AUC ↑", "插入减删除 AUC ↑"),
    "differences from random": ("Differences from random rankings, paired", "与随机排序之差（成对）"),
    "clearly better": ("clearly better than random rankings", "明确优于随机排序"),
    "clearly worse": ("clearly worse", "明确更差"),
    "beats random": ("beats random", "胜过随机"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "seconds each": ("time for one", "单个用时"),
    "scale probability": ("On the probability", "以概率衡量"),
    "scale target": ("On the number itself (logits)", "以数值本身（logit）衡量"),
    "replaced by": ("{units} replaced by: {name}", "{units}替换为：{name}"),
    "replacement mask": ("the mask token", "掩码词元"),
    "replacement mean": ("the mean embedding", "平均词向量"),
    "replacement pad": ("padding", "填充词元"),
    "replacement zero": ("zero", "零向量"),
    "replacement training rows": ("cells of training rows", "训练行的单元格"),
    "replacement left out": ("nothing: they are left out", "无：直接去掉"),
    "gap over all": ("Insertion minus deletion AUC, the mean over the replacements", "插入减删除 AUC（各替换方式的平均）"),
    "deletion curves": ("Deletion: the most relevant taken away first", "删除曲线：先去掉最相关的部分"),
    "insertion curves": ("Insertion: the most relevant put in first", "插入曲线：先放入最相关的部分"),
    "share of parts": ("share of the {units}", "{units}的比例"),
    "left of probability": ("probability", "概率"),
    "left of target": ("logits", "logit"),
    "how measured": (
        "Comprehensiveness: how much the number falls without the {units} that a method ranks first (1, 5, 10, 20 and 50 % of "
        "them, at least one; mean). Sufficiency: how much it falls with them alone. Deletion and insertion: areas under the "
        "curves below. Insertion minus deletion AUC is least-relevant-first minus most-relevant-first. Arrows say "
        "which way is good. A method beats random when the intervals of its differences in comprehensiveness and deletion lie "
        "on the good side of 0 for every replacement. Intervals: {draws:paired resample|paired resamples} of the inputs.",
        "全面性：去掉某方法排在最前的{units}（1%、5%、10%、20%、50%，至少一个；取平均）后数值下降多少。"
        "充分性：只保留它们时数值下降多少。删除与插入：下方曲线所围面积。插入减删除 AUC 等于先删最不相关与先删最相关之差。"
        "箭头指示优劣方向。若某方法的全面性与删除曲线之差的区间对每种替换方式都在 0 的好的一侧，则称其胜过随机。"
        "区间：对输入成对重采样 {draws} 次。",
    ),
    "left out inputs": ("Inputs of a single {unit}, left out: {count}.", "只有一个{unit}而未计入的输入：{count} 个。"),
    "does it hang on the model": ("Does the explanation depend on the model?", "解释是否取决于模型？"),
    "rank correlation": ("rank correlation with the trained model's explanation", "与已训练模型的解释的秩相关"),
    "curves": ("What is left", "剩余多少"),
    "stages": ("parts randomised, from the top", "自顶层起重新随机化的部分数"),
    "stage heads": ("head randomised", "重新随机输出头"),
    "stage blocks": ("{name} and all above", "{name} 及以上各层"),
    "stage embedding": ("everything", "全部"),
    "block": ("block {number}", "第 {number} 层"),
    "of sizes": ("of sizes", "绝对值"),
    "how forgotten": (
        "The model is randomised from the top (Adebayo et al., 2018). An explanation of the model should change: a "
        "correlation near 0. One that does not change describes the input and not the model.",
        "自顶层起逐步重新随机化模型（Adebayo 等，2018）。解释应随之改变，相关接近 0；若保持不变，它描述的是输入而非模型。",
    ),
    "unchanged methods": (
        "Hardly change though the model has forgotten everything: {names}.",
        "模型全部遗忘后仍几乎不变：{names}。",
    ),
    "planted word": ("A planted word decides the label", "由植入词决定标签"),
    "planted told": (
        "Share of {inputs:text|texts} whose planted word a method ranks first; the model reaches accuracy {accuracy} on such "
        "texts.",
        "{inputs} 条文本中，方法把植入词排在首位的比例；模型在此类文本上的准确率为 {accuracy}。",
    ),
    "ranked first": ("ranked first", "排在首位"),
    # two models
    "two models": ("Two models' explanations", "两个模型的解释"),
    "agree told": (
        "{inputs:input|inputs} that both models explain by the same target ({others} have another).",
        "{inputs} 个输入的解释目标在两个模型中相同（另有 {others} 个不同）。",
    ),
    "rank agreement": ("rank correlation of the scores", "分数的秩相关"),
    "top overlap": ("top {units} in common", "重合的最重要{units}"),
    "by chance alone": ("by chance", "随机情形"),
    "our faithfulness": ("{ours} minus {theirs}", "{ours} 减 {theirs}"),
    "faithfulness of both": ("Faithfulness of each model's explanations", "各模型解释的忠实度"),
}
